// The one translation unit that knows Boost.Asio and Beast.
#include "http/server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <list>

#include "http/framing.h"

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

namespace {

constexpr std::size_t piece = 65'536;  // bodies are read in pieces of so many bytes

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

std::optional<Response> refuse(const Parser& parser) {
    const auto& message = parser.get();
    Header header{view(message.method_string()), view(message.target()), message.version(), {}};
    for (const auto& field : message) header.fields.emplace_back(view(field.name_string()), view(field.value()));
    return refuse_header(header);
}

/// The header as it stands before the body is read: a trailer behind the body is no part of it.
Request to_request(const Parser& parser, bool& valid) {
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

Reply to_reply(const Response& from, unsigned version, bool keep_alive, bool head, bool secure) {
    Reply reply{static_cast<bhttp::status>(from.status), version};
    reply.set(bhttp::field::server, "baton");
    reply.set(bhttp::field::content_type, from.content_type);
    reply.set("x-content-type-options", "nosniff");
    reply.set("referrer-policy", "no-referrer");
    reply.set("cache-control", "no-store");
    if (secure) reply.set("strict-transport-security", "max-age=31536000");
    for (const auto& [name, value] : from.headers) reply.set(name, value);
    reply.body() = from.body;
    reply.keep_alive(keep_alive);
    reply.prepare_payload();
    if (head) reply.body().clear();
    return reply;
}

Response busy() {
    Response response = problem(503, "busy", "The server reads too much at once; try again soon.");
    response.headers.emplace_back("retry-after", "1");
    return response;
}

Response answer_to(error_code error, const Limits& limits) {
    if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow)
        return problem(431, "header_too_large",
                       "The request's header is larger than " + std::to_string(limits.header_bytes) + " bytes.");
    if (error == bhttp::error::body_limit)
        return problem(
            413, "body_too_large",
            "The request's body is larger than " + std::to_string(limits.body_bytes) + " bytes; send smaller batches.");
    if (error == asio::error::no_buffer_space) return busy();
    return problem(400, "bad_request", "This is not a well-formed HTTP/1.1 request: " + error.message() + ".");
}

/// No answer is owed to a peer that just went away, and none can be given after a timeout: Beast has closed the socket.
bool gone(error_code error) {
    return error == bhttp::error::end_of_stream || error == asio::error::connection_reset ||
           error == asio::error::operation_aborted || error == asio::error::eof ||
           error == bhttp::error::partial_message || error == ssl::error::stream_truncated ||
           error == beast::error::timeout;
}

}  // namespace

/// A connection while it lives.
struct Peer {
    std::string address, origin;
    Plain* socket = nullptr;
    bool busy = false;  ///< a request has begun
};

struct ServerCore {
    ServerCore(Handler answer, const ListenOptions& given)
        : handler(std::move(answer)), limits(given.limits), proxies(given.proxies), workers(limits.workers) {}

    Handler handler;
    Limits limits;
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

    asio::awaitable<void> accept_all();
    bool may_come(const tcp::socket& socket, Peer& peer);
    void begin_stop();
};

namespace {

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
        parser.body_limit(core_.limits.body_bytes);
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
        const bool expected = co_await go_on(parser);
        if (!expected)
            co_return co_await refuse_with(problem(417, "unknown_expectation", "Only 100-continue is understood."),
                                           head);
        error = co_await read_body(parser, request.body, held);
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
        const Response response = co_await handle(std::move(request), readable);
        if (!readable) co_return co_await refuse_with(response, head);
        co_return co_await write(to_reply(response, parser.get().version(), keep && !core_.stopping, head, secure));
    }

    /// The handler may wait for a commit: it runs on the pool, and the answer comes back to the one I/O thread.
    asio::awaitable<Response> handle(Request request, bool& readable) {
        Response response;
        co_await asio::co_spawn(
            core_.workers,
            [&]() -> asio::awaitable<void> {
                try {
                    auto refusal = inflate_body(request, core_.limits.inflate);
                    readable = !refusal;
                    response = refusal ? std::move(*refusal) : core_.handler(request);
                } catch (const std::exception& error) {
                    std::fprintf(stderr, "request %s %s failed: %s\n", request.method.c_str(), request.path.c_str(),
                                 error.what());
                    response = problem(500, "internal_error", "The request failed inside Baton; the log says where.");
                }
                co_return;
            },
            asio::use_awaitable);
        co_return response;
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
};

template <class Stream>
asio::awaitable<void> serve(ServerCore& core, Stream stream, Peer peer) {
    try {
        Connection<Stream> connection(core, std::move(stream), std::move(peer));
        co_await connection.serve();
    } catch (const std::exception& error) {  // no memory: this connection ends, the others live
        std::fprintf(stderr, "a connection failed: %s\n", error.what());
    }
}

}  // namespace

bool ServerCore::may_come(const tcp::socket& socket, Peer& peer) {
    error_code error;
    const auto address = socket.remote_endpoint(error).address();
    if (error || peers.size() >= limits.connections) return false;
    peer.address = plain_address(address.to_string()).value_or("");
    peer.origin = share_of(peer.address);
    if (proxies.holds(peer.address)) return true;
    const auto count = each.find(peer.origin);
    return count == each.end() || count->second < limits.connections_each;
}

asio::awaitable<void> ServerCore::accept_all() {
    while (!stopping) {
        error_code error;
        tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted) co_return;
        if (error) {  // out of descriptors: let some end before taking more
            asio::steady_timer pause(io, std::chrono::milliseconds(50));
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        Peer peer;
        if (!may_come(socket, peer)) continue;  // the socket closes here
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        if (tls)
            asio::co_spawn(io, serve(*this, Secured(Plain(std::move(socket)), *tls), std::move(peer)), asio::detached);
        else
            asio::co_spawn(io, serve(*this, Plain(std::move(socket)), std::move(peer)), asio::detached);
    }
}

void ServerCore::begin_stop() {
    if (stopping.exchange(true)) return;
    error_code ignored;
    acceptor.close(ignored);
    signals.cancel(ignored);
    for (Peer& peer : peers)
        if (!peer.busy) peer.socket->cancel();
}

struct Server::State : ServerCore {
    using ServerCore::ServerCore;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() {
    state_->workers.stop();
    state_->workers.join();
}

namespace {

Status load(std::optional<ssl::context>& context, const TlsFiles& files) {
    if (files.certificate.empty() && files.key.empty()) return {};
    context.emplace(ssl::context::tls_server);
    error_code error;
    context->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::single_dh_use, error);
    if (!error) context->use_certificate_chain_file(files.certificate, error);
    if (error)
        return fail("bad_certificate", "cannot use the certificate '" + files.certificate + "': " + error.message());
    context->use_private_key_file(files.key, ssl::context::pem, error);
    if (error) return fail("bad_certificate", "cannot use the key '" + files.key + "': " + error.message());
    return {};
}

std::optional<tcp::endpoint> endpoint_of(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    error_code error;
    const auto ip = asio::ip::make_address(host, error);
    const bool numeric = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
    if (error || !numeric || std::stoi(port) > 65'535) return std::nullopt;
    return tcp::endpoint(ip, static_cast<std::uint16_t>(std::stoi(port)));
}

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(const std::string& address, Handler handler,
                                               const ListenOptions& options) {
    const auto endpoint = endpoint_of(address);
    if (!endpoint)
        return fail("bad_address", "'" + address + "' is not HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080");
    auto state = std::make_unique<State>(std::move(handler), options);
    if (const Status loaded = load(state->tls, options.tls); !loaded) return std::unexpected(loaded.error());
    error_code error;
    state->acceptor.open(endpoint->protocol(), error);
    if (!error) state->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) state->acceptor.bind(*endpoint, error);
    if (!error) state->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return fail("in_use",
                    "cannot listen on " + address + ": " + error.message() + "; choose another port with --listen");
    return std::unique_ptr<Server>(new Server(std::move(state)));
}

void Server::run() {
    State& s = *state_;
    asio::co_spawn(s.io, s.accept_all(), asio::detached);
    s.io.restart();
    while (!s.stopping) s.io.run_one();
    // Idle connections were told to end; those with a request are waited for.
    const auto deadline = std::chrono::steady_clock::now() + s.limits.to_stop;
    while (!s.peers.empty() && std::chrono::steady_clock::now() < deadline) s.io.run_for(std::chrono::milliseconds(20));
}

void Server::stop() {
    asio::post(state_->io, [this] { state_->begin_stop(); });
}

void Server::stop_on_signals() {
    state_->signals.add(SIGINT);
    state_->signals.add(SIGTERM);
    state_->signals.async_wait([this](const error_code& error, int) {
        if (!error) state_->begin_stop();
    });
}

std::uint16_t Server::port() const { return state_->acceptor.local_endpoint().port(); }

}  // namespace baton::http
