// The one translation unit that knows Boost.Asio and Beast.
#include "http/server.h"

#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdio>

namespace baton::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using Stream = beast::tcp_stream;
using Parser = bhttp::request_parser<bhttp::string_body>;
using Reply = bhttp::response<bhttp::string_body>;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

Request to_request(const bhttp::request<bhttp::string_body>& from, bool& valid) {
    Request request;
    request.method = std::string(from.method_string());
    valid = parse_target({from.target().data(), from.target().size()}, request);
    for (const auto& field : from) {
        const std::string name = lower({field.name_string().data(), field.name_string().size()});
        std::string& value = request.headers[name];
        if (!value.empty()) value += ", ";
        value.append(field.value().data(), field.value().size());
    }
    request.body = from.body();
    return request;
}

Reply to_reply(const Response& from, unsigned version, bool keep_alive, bool head) {
    Reply reply{static_cast<bhttp::status>(from.status), version};
    reply.set(bhttp::field::server, "baton");
    reply.set(bhttp::field::content_type, from.content_type);
    reply.set("x-content-type-options", "nosniff");
    reply.set("referrer-policy", "no-referrer");
    reply.set("cache-control", "no-store");
    for (const auto& [name, value] : from.headers) reply.set(name, value);
    reply.body() = from.body;
    reply.keep_alive(keep_alive);
    reply.prepare_payload();
    if (head) reply.body().clear();
    return reply;
}

Response answer_to(beast::error_code error) {
    if (error == bhttp::error::header_limit)
        return problem(431, "header_too_large", "The request's header is larger than 16 KiB.");
    if (error == bhttp::error::body_limit)
        return problem(413, "body_too_large", "The request's body is larger than 16 MiB; send smaller batches.");
    if (error == beast::error::timeout) return problem(408, "too_slow", "The request did not arrive in time.");
    return problem(400, "bad_request", "This is not a well-formed HTTP/1.1 request: " + error.message() + ".");
}

/// No answer is owed to a peer that just went away.
bool gone(beast::error_code error) {
    return error == bhttp::error::end_of_stream || error == asio::error::connection_reset ||
           error == asio::error::operation_aborted || error == asio::error::eof ||
           error == bhttp::error::partial_message;
}

}  // namespace

struct Server::State {
    State(Handler answer, Limits given)
        : handler(std::move(answer)), limits(given), workers(given.workers), acceptor(io), signals(io) {}

    Handler handler;
    Limits limits;
    asio::io_context io{1};
    asio::thread_pool workers;
    tcp::acceptor acceptor;
    asio::signal_set signals;
    std::atomic<std::size_t> open{0};
    std::atomic<bool> stopping{false};

    asio::awaitable<void> accept_all();
    asio::awaitable<void> serve(Stream stream);
    asio::awaitable<bool> serve_one(Stream& stream, beast::flat_buffer& buffer);
    asio::awaitable<Response> run_handler(Request request);
    asio::awaitable<bool> write(Stream& stream, Reply reply);
    void begin_stop();
};

asio::awaitable<Response> Server::State::run_handler(Request request) {
    // The handler may wait for a commit: it runs on the pool, and the answer comes back to the one I/O thread.
    Response response;
    co_await asio::co_spawn(
        workers,
        [&]() -> asio::awaitable<void> {
            try {
                response = handler(request);
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

asio::awaitable<bool> Server::State::write(Stream& stream, Reply reply) {
    stream.expires_after(std::chrono::seconds(limits.seconds_to_write));
    beast::error_code error;
    co_await bhttp::async_write(stream, reply, asio::redirect_error(asio::use_awaitable, error));
    co_return !error && reply.keep_alive();
}

asio::awaitable<bool> Server::State::serve_one(Stream& stream, beast::flat_buffer& buffer) {
    beast::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
    if (buffer.size() == 0) {
        stream.expires_after(std::chrono::seconds(limits.seconds_idle));
        const std::size_t n = co_await stream.async_read_some(buffer.prepare(4096), token);
        if (error) co_return false;
        buffer.commit(n);
    }
    stream.expires_after(std::chrono::seconds(limits.seconds_to_header));
    co_await bhttp::async_read_header(stream, buffer, parser, token);
    if (!error && lower({parser.get()[bhttp::field::expect].data(), parser.get()[bhttp::field::expect].size()}) ==
                      "100-continue") {
        bhttp::response<bhttp::empty_body> go_on{bhttp::status::continue_, 11};
        co_await bhttp::async_write(stream, go_on, token);
    }
    if (!error) {
        stream.expires_after(std::chrono::seconds(limits.seconds_to_body));
        co_await bhttp::async_read(stream, buffer, parser, token);
    }
    if (error) {
        if (!gone(error)) co_await write(stream, to_reply(answer_to(error), 11, false, false));
        co_return false;
    }
    const auto message = parser.release();
    bool valid = false;
    Request request = to_request(message, valid);
    beast::error_code no_peer;
    const auto peer = stream.socket().remote_endpoint(no_peer);
    if (!no_peer) request.remote = peer.address().to_string();
    const bool head = request.method == "HEAD";
    const bool keep = message.keep_alive() && !stopping;
    if (!valid) {
        co_return co_await write(
            stream, to_reply(problem(400, "bad_target", "The path or query is not valid percent-encoded UTF-8."), 11,
                             false, head));
    }
    stream.expires_never();
    const Response response = co_await run_handler(std::move(request));
    co_return co_await write(stream, to_reply(response, message.version(), keep, head));
}

asio::awaitable<void> Server::State::serve(Stream stream) {
    beast::flat_buffer buffer;
    while (co_await serve_one(stream, buffer)) {
        if (stopping) break;
    }
    beast::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    --open;
}

asio::awaitable<void> Server::State::accept_all() {
    while (!stopping) {
        beast::error_code error;
        tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted) co_return;
        if (error) {  // out of descriptors: let some end before taking more
            asio::steady_timer pause(io, std::chrono::milliseconds(50));
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        if (open >= limits.connections) continue;  // the socket closes here
        ++open;
        beast::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        asio::co_spawn(io, serve(Stream(std::move(socket))), asio::detached);
    }
}

void Server::State::begin_stop() {
    if (stopping.exchange(true)) return;
    beast::error_code ignored;
    acceptor.close(ignored);
    signals.cancel(ignored);
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() {
    state_->workers.stop();
    state_->workers.join();
}

Result<std::unique_ptr<Server>> Server::listen(const std::string& address, Handler handler, Limits limits) {
    const std::size_t colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    beast::error_code error;
    const auto ip = asio::ip::make_address(host, error);
    const bool numeric = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
    if (error || !numeric || std::stoi(port) > 65'535)
        return fail("bad_address", "'" + address + "' is not HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080");
    auto state = std::make_unique<State>(std::move(handler), limits);
    const tcp::endpoint endpoint(ip, static_cast<std::uint16_t>(std::stoi(port)));
    state->acceptor.open(endpoint.protocol());
    state->acceptor.set_option(tcp::acceptor::reuse_address(true));
    state->acceptor.bind(endpoint, error);
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
    // After stop() idle connections are not waited for: only requests that have begun, and those only so long.
    while (!s.stopping) s.io.run_one();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (s.open > 0 && std::chrono::steady_clock::now() < deadline &&
           s.io.run_for(std::chrono::milliseconds(20)) > 0) {
    }
}

void Server::stop() {
    asio::post(state_->io, [this] { state_->begin_stop(); });
}

void Server::stop_on_signals() {
    state_->signals.add(SIGINT);
    state_->signals.add(SIGTERM);
    state_->signals.async_wait([this](const beast::error_code& error, int) {
        if (!error) state_->begin_stop();
    });
}

std::uint16_t Server::port() const { return state_->acceptor.local_endpoint().port(); }

}  // namespace baton::http
