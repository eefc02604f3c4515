// The one translation unit that knows Boost.Asio and Beast.
#include "http/server.h"

#include <csignal>

#include "http/connection.h"

namespace baton::http {
namespace {

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

void ServerCore::owe() {
    const std::lock_guard lock(owed_mutex);
    ++owed;
}

void ServerCore::answered() {
    const std::lock_guard lock(owed_mutex);
    if (--owed == 0) none_owed.notify_all();  // while it is locked: who waits may take all of this down
}

void ServerCore::wait_for_answers() {
    std::unique_lock lock(owed_mutex);
    none_owed.wait(lock, [this] { return owed == 0; });
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
    state_->wait_for_answers();
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
    return listen(address, LaterHandler([handler = std::move(handler)](const Request& request, Answer answer) {
                      answer(handler(request));
                  }),
                  options);
}

Result<std::unique_ptr<Server>> Server::listen(const std::string& address, LaterHandler handler,
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
