// The HTTP server: sockets, TLS, limits, time limits, graceful stop. Routes come in as one handler.
//
// A connection costs about 4 KiB while it waits. Whoever sends slowly is cut off by time, whoever sends much by size; what cannot be
// read in one way only is refused and the connection closed (framing.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/answer.h"
#include "http/inflate.h"
#include "http/message.h"
#include "http/proxies.h"

namespace baton::http {

struct Limits {
    std::size_t header_bytes = 16'384;
    std::size_t body_bytes = 16'777'216;      ///< as sent; `inflate.bytes` is what it may become
    std::size_t bodies_in_all = 268'435'456;  ///< of all requests that are being read
    InflateLimits inflate;
    std::chrono::milliseconds to_first{10'000};   ///< connection made to first byte, TLS handshake included
    std::chrono::milliseconds to_header{10'000};  ///< first byte to end of header
    std::chrono::milliseconds to_body{30'000};    ///< end of header to end of body
    std::chrono::milliseconds to_write{30'000};
    std::chrono::milliseconds idle{60'000};     ///< keep-alive without a request
    std::chrono::milliseconds to_stop{10'000};  ///< for requests that have begun
    std::size_t connections = 20'000;
    std::size_t connections_each =
        1'000;                 ///< from one address (IPv6: one /64); a configured proxy has no limit of its own
    std::size_t workers = 64;  ///< threads that run handlers (they may wait for a commit)
};

/// PEM files; both empty = no TLS.
struct TlsFiles {
    std::string certificate;  ///< with its chain
    std::string key;
};

/// Bodies that are not held in memory: files that are uploaded.
struct Uploading {
    bool (*is_one)(const Request&) = nullptr;  ///< by the header alone; null = there are none
    /// Where such a body goes, or why it may not come; asked on a worker before a byte of it is read.
    std::function<std::expected<std::shared_ptr<Spooled>, Response>(const Request&)> begin;
    std::uint64_t bytes = std::uint64_t{256} << 20;
    std::chrono::milliseconds to_body{600'000};  ///< and to the end of a file that is sent
};

struct ListenOptions {
    Limits limits;
    Uploading uploading;
    TlsFiles tls;
    Proxies proxies;
};

/// Answers one request; may block; called from several threads at once. An exception becomes a 500 without its text.
using Handler = std::function<Response(const Request&)>;
/// The same, now or later from another thread: no thread of the pool waits meanwhile. The request lives until it is answered.
using LaterHandler = std::function<void(const Request&, Answer)>;

class Server {
   public:
    /// Listens on "HOST:PORT" (numeric host or "localhost"; "[::1]:8080"; port 0 = any free one). Codes: bad_address, in_use,
    /// bad_certificate.
    static Result<std::unique_ptr<Server>> listen(const std::string& address, Handler handler,
                                                  const ListenOptions& options = {});
    static Result<std::unique_ptr<Server>> listen(const std::string& address, LaterHandler handler,
                                                  const ListenOptions& options = {});
    /// Waits for the answers that are owed.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Serves until stop(); requests that have begun are finished. Call from one thread.
    void run();
    /// From any thread.
    void stop();
    /// Stops on SIGINT and SIGTERM.
    void stop_on_signals();
    std::uint16_t port() const;

   private:
    struct State;
    explicit Server(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace baton::http
