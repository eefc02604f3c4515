// The HTTP server: sockets, limits, time limits, graceful stop. Routes come in as one handler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace baton::http {

struct Limits {
    std::size_t header_bytes = 16'384;
    std::size_t body_bytes = 16'777'216;
    int seconds_to_header = 10;  ///< first byte to end of header
    int seconds_to_body = 30;
    int seconds_to_write = 30;
    int seconds_idle = 60;  ///< keep-alive without a request
    std::size_t connections = 20'000;
    std::size_t workers = 16;  ///< threads that run handlers (they may wait for a commit)
};

/// Answers one request; may block; called from several threads at once. An exception becomes a 500 without its text.
using Handler = std::function<Response(const Request&)>;

class Server {
   public:
    /// Listens on "HOST:PORT" (numeric host or "localhost"; "[::1]:8080"; port 0 = any free one). Codes: bad_address, in_use.
    static Result<std::unique_ptr<Server>> listen(const std::string& address, Handler handler, Limits limits = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Serves until stop(); requests that have begun are finished (at most 10 s). Call from one thread.
    void run();
    /// From any thread or a signal-safe place of the caller's own making (it only posts).
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
