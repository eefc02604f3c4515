// One connection: its requests are read within their limits, handed over, answered. Only server.cpp includes this: the one translation unit
// that knows Boost.Asio and Beast.
#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cctype>
#include <condition_variable>
#include <cstdio>
#include <list>
#include <mutex>

#include "http/framing.h"
#include "http/server.h"

namespace baton::http {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using beast::error_code;
using Plain = beast::tcp_stream;
using Secured = beast::ssl_stream<beast::tcp_stream>;
using Parser = bhttp::request_parser<bhttp::buffer_body>;
using Reply = bhttp::response<bhttp::string_body>;

inline constexpr std::size_t piece = 65'536;  // bodies are read in pieces of so many bytes

inline std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

inline std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

inline std::optional<Response> refuse(const Parser& parser) {
    const auto& message = parser.get();
    Header header{view(message.method_string()), view(message.target()), message.version(), {}};
    for (const auto& field : message) header.fields.emplace_back(view(field.name_string()), view(field.value()));
    return refuse_header(header);
}

/// The header as it stands before the body is read: a trailer behind the body is no part of it.
inline Request to_request(const Parser& parser, bool& valid) {
    const auto& message = parser.get();
    Request request;
    request.method = std::string(view(message.method_string()));
    valid = parse_target(view(message.target()), request);
    for (const auto& field : message) {
        std::string& value = request.headers[lower(view(field.name_string()))];
        if (!value.empty()) value += ", ";
        value.append(view(field.value()));
    }
    return request;
}

inline void put_fields(bhttp::fields& reply, const Response& from, bool secure) {
    reply.set(bhttp::field::server, "baton");
    reply.set(bhttp::field::content_type, from.content_type);
    reply.set("x-content-type-options", "nosniff");
    reply.set("referrer-policy", "no-referrer");
    reply.set("cache-control", "no-store");
    if (secure) reply.set("strict-transport-security", "max-age=31536000");
    for (const auto& [name, value] : from.headers) reply.set(name, value);
}

inline Reply to_reply(const Response& from, unsigned version, bool keep_alive, bool head, bool secure) {
    Reply reply{static_cast<bhttp::status>(from.status), version};
    put_fields(reply, from, secure);
    reply.body() = from.body;
    reply.keep_alive(keep_alive);
    reply.prepare_payload();
    if (head) reply.body().clear();
    return reply;
}

inline Response busy() {
    Response response = problem(503, "busy", "The server reads too much at once; try again soon.");
    response.headers.emplace_back("retry-after", "1");
    return response;
}

inline Response too_large(std::uint64_t most, std::string_view instead) {
    return problem(
        413, "body_too_large",
        "The request's body is larger than " + std::to_string(most) + " bytes; " + std::string(instead) + ".");
}

inline Response answer_to(error_code error, const Limits& limits) {
    if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow)
        return problem(431, "header_too_large",
                       "The request's header is larger than " + std::to_string(limits.header_bytes) + " bytes.");
    if (error == bhttp::error::body_limit) return too_large(limits.body_bytes, "send smaller batches");
    if (error == asio::error::no_buffer_space) return busy();
    return problem(400, "bad_request", "This is not a well-formed HTTP/1.1 request: " + error.message() + ".");
}

/// No answer is owed to a peer that just went away, and none can be given after a timeout: Beast has closed the socket.
inline bool gone(error_code error) {
    return error == bhttp::error::end_of_stream || error == asio::error::connection_reset ||
           error == asio::error::operation_aborted || error == asio::error::eof ||
           error == bhttp::error::partial_message || error == ssl::error::stream_truncated ||
           error == beast::error::timeout;
}

/// A connection while it lives.
struct Peer {
    std::string address, origin;
    Plain* socket = nullptr;
    bool busy = false;  ///< a request has begun
};

struct ServerCore {
    ServerCore(LaterHandler answer, const ListenOptions& given)
        : handler(std::move(answer)),
          limits(given.limits),
          uploading(given.uploading),
          proxies(given.proxies),
          workers(limits.workers) {}

    LaterHandler handler;
    Limits limits;
    Uploading uploading;
    Proxies proxies;
    std::list<Peer> peers;  // before io: its coroutines take themselves out when they end
    std::map<std::string, std::size_t> each;
    std::size_t held = 0;  ///< bytes of bodies being read or answered
    std::optional<ssl::context> tls;
    asio::io_context io{1};
    asio::thread_pool workers;
    tcp::acceptor acceptor{io};
    asio::signal_set signals{io};
    std::atomic<bool> stopping{false};
    std::mutex owed_mutex;
    std::condition_variable none_owed;
    std::size_t owed = 0;  ///< answers that somebody has not given yet

    void owe();
    void answered();
    void wait_for_answers();
    asio::awaitable<void> accept_all();
    bool may_come(const tcp::socket& socket, Peer& peer);
    void begin_stop();
};

/// Counts what a request holds until it is answered.
class Held {
   public:
    explicit Held(ServerCore& core) : core_(core) {}
    ~Held() { core_.held -= bytes_; }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    bool more(std::size_t bytes) {
        if (core_.held + bytes > core_.limits.bodies_in_all) return false;
        core_.held += bytes;
        bytes_ += bytes;
        return true;
    }

   private:
    ServerCore& core_;
    std::size_t bytes_ = 0;
};

/// Takes a connection out of the books.
class Entry {
   public:
    Entry(ServerCore& core, Peer peer) : core_(core), at_(core.peers.insert(core.peers.end(), std::move(peer))) {
        ++core_.each[at_->origin];
    }
    ~Entry() {
        const auto count = core_.each.find(at_->origin);
        if (--count->second == 0) core_.each.erase(count);
        core_.peers.erase(at_);
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    Peer& peer() { return *at_; }

   private:
    ServerCore& core_;
    std::list<Peer>::iterator at_;
};

template <class Stream>
class Connection {
   public:
    Connection(ServerCore& core, Stream stream, Peer peer)
        : core_(core),
          stream_(std::move(stream)),
          entry_(core, std::move(peer)),
          buffer_(core.limits.header_bytes + 4096) {
        entry_.peer().socket = &lowest();
    }

    asio::awaitable<void> serve() {
        bool more = co_await shake_hands();
        while (more) {
            const bool kept = co_await serve_one();  // g++ 12 breaks on co_await within &&
            entry_.peer().busy = first_ = false;
            more = kept && !core_.stopping;
        }
        co_await end();
    }

   private:
    static constexpr bool secured = std::is_same_v<Stream, Secured>;
    Plain& lowest() { return beast::get_lowest_layer(stream_); }
    auto into(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

    asio::awaitable<bool> shake_hands() {
        error_code error;
        lowest().expires_after(core_.limits.to_first);
        if constexpr (secured) co_await stream_.async_handshake(ssl::stream_base::server, into(error));
        co_return !error;
    }

    /// Waits with a small buffer only: most connections wait most of the time.
    asio::awaitable<bool> first_byte() {
        if (buffer_.size() > 0) co_return true;
        lowest().expires_after(first_ ? core_.limits.to_first : core_.limits.idle);
        error_code error;
        const std::size_t n = co_await stream_.async_read_some(buffer_.prepare(512), into(error));
        buffer_.commit(n);
        co_return !error;
    }

    asio::awaitable<error_code> read_header(Parser& parser) {
        parser.header_limit(static_cast<std::uint32_t>(core_.limits.header_bytes));
        // What may come is known when the path is (within): here only what is too much for any.
        parser.body_limit(std::max<std::uint64_t>(core_.limits.body_bytes, core_.uploading.bytes));
        lowest().expires_after(core_.limits.to_header);
        error_code error;
        co_await bhttp::async_read_header(stream_, buffer_, parser, into(error));
        co_return error;
    }

    asio::awaitable<error_code> read_body(Parser& parser, std::string& body, Held& held) {
        lowest().expires_after(core_.limits.to_body);
        error_code error;
        while (!parser.is_done()) {
            const std::size_t had = body.size();
            const std::size_t wanted =
                std::clamp<std::uint64_t>(parser.content_length_remaining().value_or(piece), 1, piece);
            if (!held.more(wanted)) co_return asio::error::no_buffer_space;
            body.resize(had + wanted);
            auto& room = parser.get().body();
            room.data = body.data() + had;
            room.size = wanted;
            co_await bhttp::async_read(stream_, buffer_, parser, into(error));
            body.resize(had + wanted - room.size);
            if (error == bhttp::error::need_buffer) error = {};
            if (error) co_return error;
        }
        co_return error;
    }

    /// Why not so much: said before any of it is read.
    std::optional<Response> within(Parser& parser, const Request& request) {
        upload_ = core_.uploading.is_one != nullptr && core_.uploading.is_one(request);
        const std::uint64_t most = upload_ ? core_.uploading.bytes : core_.limits.body_bytes;
        parser.body_limit(most);
        if (parser.content_length().value_or(0) <= most) return std::nullopt;
        return too_large(most, upload_ ? "send the rows in several files" : "send smaller batches");
    }

    /// Runs `work` on the pool: it may wait for a disk.
    template <class Work>
    asio::awaitable<void> elsewhere(Work& work) {
        co_await asio::co_spawn(
            core_.workers,
            [&]() -> asio::awaitable<void> {
                work();
                co_return;
            },
            asio::use_awaitable);
    }

    /// The body goes to the disk as it comes; what is answered instead of the handler, if anything is.
    asio::awaitable<std::optional<Response>> spool(Parser& parser, Request& request, Held& held, error_code& error) {
        std::string room(piece, '\0');
        if (!held.more(room.size())) co_return busy();
        lowest().expires_after(core_.uploading.to_body);
        while (!parser.is_done()) {
            parser.get().body().data = room.data();
            parser.get().body().size = room.size();
            co_await bhttp::async_read(stream_, buffer_, parser, into(error));
            if (error == bhttp::error::need_buffer) error = {};
            if (error == bhttp::error::body_limit)
                co_return too_large(core_.uploading.bytes, "send the rows in several files");
            if (error) co_return std::nullopt;
            Status written;
            const std::string_view come(room.data(), room.size() - parser.get().body().size);
            auto write = [&] { written = request.spooled->write(come); };
            co_await elsewhere(write);
            if (!written) co_return unavailable(written.error());
        }
        co_return std::nullopt;
    }

    asio::awaitable<std::optional<Response>> begin_upload(Request& request) {
        std::optional<Response> refusal;
        auto begin = [&] {
            auto begun = core_.uploading.begin(request);
            if (begun)
                request.spooled = std::move(*begun);
            else
                refusal = std::move(begun.error());
        };
        co_await elsewhere(begin);
        co_return refusal;
    }

    asio::awaitable<bool> go_on(const Parser& parser) {
        const auto expect = parser.get()[bhttp::field::expect];
        if (expect.empty()) co_return true;
        if (lower(view(expect)) != "100-continue") co_return false;
        if (parser.is_done() || buffer_.size() > 0) co_return true;
        bhttp::response<bhttp::empty_body> reply{bhttp::status::continue_, 11};
        error_code error;
        co_await bhttp::async_write(stream_, reply, into(error));
        co_return !error;
    }

    asio::awaitable<bool> write(Reply reply) {
        lowest().expires_after(core_.limits.to_write);
        error_code error;
        co_await bhttp::async_write(stream_, reply, into(error));
        co_return !error && reply.keep_alive();
    }

    /// A file as the body, in pieces.
    asio::awaitable<bool> write_file(const Response& from, unsigned version, bool keep_alive, bool head, bool secure) {
        bhttp::response<bhttp::file_body> reply{static_cast<bhttp::status>(from.status), version};
        put_fields(reply, from, secure);
        error_code error;
        reply.body().open(from.file.c_str(), beast::file_mode::scan, error);
        if (error)
            co_return co_await write(to_reply(problem(404, "no_such_file", "The file is not there any more."), version,
                                              keep_alive, head, secure));
        reply.keep_alive(keep_alive);
        reply.prepare_payload();
        lowest().expires_after(core_.uploading.to_body);
        bhttp::response_serializer<bhttp::file_body> serializer{reply};
        if (head)
            co_await bhttp::async_write_header(stream_, serializer, into(error));
        else
            co_await bhttp::async_write(stream_, serializer, into(error));
        co_return !error && reply.keep_alive();
    }

    /// Answers, and closes whatever the client wanted.
    asio::awaitable<bool> refuse_with(Response response, bool head) {
        refused_ = true;
        co_await write(to_reply(response, 11, false, head, secured));
        co_return false;
    }

    asio::awaitable<bool> serve_one() {
        const bool begun = co_await first_byte();
        if (!begun) co_return false;
        entry_.peer().busy = true;
        Parser parser;
        Held held(core_);
        error_code error = co_await read_header(parser);
        if (error) {
            if (gone(error)) co_return false;
            co_return co_await refuse_with(answer_to(error, core_.limits), false);
        }
        const bool head = parser.get().method() == bhttp::verb::head;
        if (auto refusal = refuse(parser)) co_return co_await refuse_with(std::move(*refusal), head);
        bool valid = false;
        Request request = to_request(parser, valid);
        if (!valid)
            co_return co_await refuse_with(
                problem(400, "bad_target", "The path or query is not valid percent-encoded UTF-8."), head);
        if (auto refusal = within(parser, request)) co_return co_await refuse_with(std::move(*refusal), head);
        if (upload_) {
            auto refusal = co_await begin_upload(request);
            if (refusal) co_return co_await refuse_with(std::move(*refusal), head);
        }
        const bool expected = co_await go_on(parser);
        if (!expected)
            co_return co_await refuse_with(problem(417, "unknown_expectation", "Only 100-continue is understood."),
                                           head);
        if (upload_) {
            auto refusal = co_await spool(parser, request, held, error);
            if (refusal) co_return co_await refuse_with(std::move(*refusal), head);
        } else {
            error = co_await read_body(parser, request.body, held);
        }
        if (error) {
            if (gone(error)) co_return false;
            co_return co_await refuse_with(answer_to(error, core_.limits), head);
        }
        const auto seen = core_.proxies.look(entry_.peer().address, request.headers);
        request.remote = seen.address;
        request.secure = secured || seen.secure;
        const bool secure = request.secure;
        const bool keep = parser.get().keep_alive();
        lowest().expires_never();
        bool readable = true;
        const Response response = co_await handle(request, readable);
        if (!readable) co_return co_await refuse_with(response, head);
        if (!response.file.empty())
            co_return co_await write_file(response, parser.get().version(), keep && !core_.stopping, head, secure);
        co_return co_await write(to_reply(response, parser.get().version(), keep && !core_.stopping, head, secure));
    }

    /// The handler may wait for a disk, so it runs on the pool; whoever has the answer brings it back to the one I/O thread.
    asio::awaitable<Response> handle(Request& request, bool& readable) {
        auto begin = [this, &request, &readable](auto resume) {
            asio::post(core_.workers, [this, &request, &readable, answer = to_io(std::move(resume))]() mutable {
                work_on(request, readable, std::move(answer));
            });
        };
        co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Response)>(begin,
                                                                                               asio::use_awaitable);
    }

    template <class Resume>
    Answer to_io(Resume resume) {
        core_.owe();
        return Answer([&core = core_, work = asio::make_work_guard(core_.io),
                       resume = std::move(resume)](Response response) mutable {
            asio::post(core.io, [resume = std::move(resume), response = std::move(response)]() mutable {
                std::move(resume)(std::move(response));
            });
            work.reset();
            core.answered();
        });
    }

    void work_on(Request& request, bool& readable, Answer answer) {
        const std::string what = request.method + " " + request.path;  // it is gone once it is answered
        try {
            auto refusal = inflate_body(request, core_.limits.inflate);
            if (refusal) {
                readable = false;
                answer(std::move(*refusal));
            } else {
                core_.handler(request, std::move(answer));
            }
        } catch (const std::exception& error) {  // the answer, dropped on the way, says 500
            std::fprintf(stderr, "request %s failed: %s\n", what.c_str(), error.what());
        }
    }

    /// After a refusal the peer may still be sending; were the socket closed on what it sends, it would not see the answer.
    asio::awaitable<void> end() {
        error_code error;
        lowest().expires_after(std::min<std::chrono::milliseconds>(core_.limits.to_write, std::chrono::seconds(2)));
        if constexpr (secured) {
            if (!refused_) co_await stream_.async_shutdown(into(error));
        }
        lowest().socket().shutdown(tcp::socket::shutdown_send, error);
        buffer_.clear();
        while (refused_ && !error) {
            co_await lowest().async_read_some(buffer_.prepare(4096), into(error));
        }
    }

    ServerCore& core_;
    Stream stream_;
    Entry entry_;
    beast::flat_buffer buffer_;
    bool first_ = true, refused_ = false;
    bool upload_ = false;  ///< the request at hand brings a file
};

}  // namespace baton::http
