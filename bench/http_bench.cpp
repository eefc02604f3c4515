// Facts over HTTP, through to durable, by 64 connections from the same machine: batches of 100 and single events, beside a bare
// Beast server that echoes the same bodies in the same run.
//   http_bench [SECONDS] [FOLDER]      default 5 seconds a figure, a folder in /tmp
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "app/ledger.h"
#include "app/members.h"
#include "http/api.h"
#include "http/server.h"
#include "storage/open.h"

namespace {

using namespace baton;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using Steady = std::chrono::steady_clock;

constexpr int connections = 64;

template <class T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "%s: %s\n", result.error().code.c_str(), result.error().detail.c_str());
    std::exit(1);
}

class RealClock : public ports::Clock {
   public:
    Instant now() override {
        return {
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
    }
    Duration elapsed() override {
        return {std::chrono::duration_cast<std::chrono::microseconds>(Steady::now().time_since_epoch()).count()};
    }
};

/// One connection that asks and waits for the answer.
class Client {
   public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::exit(2);
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Whether the answer was 200.
    bool ask(const std::string& request) {
        if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
            return false;
        std::string reply;
        char room[8'192];
        for (;;) {
            const ssize_t n = ::recv(socket_, room, sizeof room, 0);
            if (n <= 0) return false;
            reply.append(room, static_cast<std::size_t>(n));
            const std::size_t end = reply.find("\r\n\r\n");
            if (end == std::string::npos) continue;
            const std::size_t at = reply.find("Content-Length: ");
            if (reply.size() >= end + 4 + std::strtoul(reply.c_str() + at + 16, nullptr, 10)) break;
        }
        return reply.starts_with("HTTP/1.1 200");
    }

   private:
    int socket_;
};

/// Echoes: the least that a Beast server with one I/O thread does.
class Echo {
   public:
    Echo() : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}) {
        asio::co_spawn(io_, accept(), asio::detached);
        thread_ = std::thread([this] { io_.run(); });
    }
    ~Echo() {
        io_.stop();
        thread_.join();
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

   private:
    asio::awaitable<void> accept() {
        for (;;) {
            auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
            socket.set_option(asio::ip::tcp::no_delay(true));
            asio::co_spawn(io_, serve(beast::tcp_stream(std::move(socket))), asio::detached);
        }
    }
    static asio::awaitable<void> serve(beast::tcp_stream stream) {
        beast::flat_buffer buffer;
        try {
            for (;;) {
                bhttp::request<bhttp::string_body> request;
                co_await bhttp::async_read(stream, buffer, request, asio::use_awaitable);
                bhttp::response<bhttp::string_body> reply{bhttp::status::ok, 11};
                reply.body() = std::move(request.body());
                reply.prepare_payload();
                co_await bhttp::async_write(stream, reply, asio::use_awaitable);
            }
        } catch (const std::exception&) {  // the client has gone
        }
    }

    asio::io_context io_{1};
    asio::ip::tcp::acceptor acceptor_;
    std::thread thread_;
};

struct Figure {
    double per_second = 0, p50 = 0, p99 = 0;  ///< requests; milliseconds
    double processor = 0;                     ///< microseconds a request, of client and server
};

double processor_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto of = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return of(used.ru_utime) + of(used.ru_stime);
}

/// `request(connection, n)`: the n-th of that connection.
Figure drive(std::uint16_t port, double seconds, const std::function<std::string(int, std::uint64_t)>& request) {
    std::vector<std::vector<double>> waits(connections);
    std::vector<std::thread> threads;
    std::atomic<std::uint64_t> failed{0};
    const double before = processor_seconds();
    const auto start = Steady::now();
    const auto end = start + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
    for (int c = 0; c < connections; ++c) {
        threads.emplace_back([&, c] {
            Client client(port);
            for (std::uint64_t n = 0; Steady::now() < end; ++n) {
                const std::string text = request(c, n);
                const auto sent = Steady::now();
                if (!client.ask(text)) ++failed;
                waits[static_cast<std::size_t>(c)].push_back(
                    std::chrono::duration<double, std::milli>(Steady::now() - sent).count());
            }
        });
    }
    for (auto& thread : threads) thread.join();
    const double took = std::chrono::duration<double>(Steady::now() - start).count();
    std::vector<double> all;
    for (const auto& some : waits) all.insert(all.end(), some.begin(), some.end());
    std::ranges::sort(all);
    if (failed > 0) std::fprintf(stderr, "%lu requests failed\n", static_cast<unsigned long>(failed));
    const double requests = static_cast<double>(all.size());
    return {requests / took, all[all.size() / 2], all[all.size() * 99 / 100],
            (processor_seconds() - before) * 1e6 / requests};
}

std::string post(const std::string& path, const std::string& body, const std::string& key) {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string event(const std::string& run, int connection, std::uint64_t n) {
    const std::string id = std::to_string(connection) + "-" + std::to_string(n);
    return R"({"message_id":")" + run + id + R"(","type":"Page Viewed","user_id":"u)" +
           std::to_string((n * 2'654'435'761U + static_cast<unsigned>(connection)) % 20'000) +
           R"(","properties":{"path":"/pricing","referrer":"https://www.example.com/"}})";
}

std::string batch(const std::string& run, int connection, std::uint64_t n) {
    std::string body = R"({"facts":[)";
    for (std::uint64_t i = 0; i < 100; ++i) body += (i == 0 ? "" : ",") + event(run, connection, n * 100 + i);
    return body + "]}";
}

void print(const char* what, const Figure& figure, double facts, const Figure& echo) {
    std::printf(
        "%-16s %7.0f facts/s, p50 %.1f ms, p99 %.1f ms, %.0f us of processor a request; bare echo %.0f requests/s, "
        "%.0f us\n",
        what, figure.per_second * facts, figure.p50, figure.p99, figure.processor, echo.per_second, echo.processor);
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 5;
    const std::string folder = argc > 2 ? argv[2] : "/tmp/baton-http-bench";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    RealClock clock;
    storage::OpenOptions create;
    create.mode = storage::OpenOptions::Mode::create;
    const auto store = must(storage::open_store(folder + "/bench.db", create));
    app::Options threads;
    threads.threads = true;
    const auto ledger = must(app::Ledger::open(*store, clock, threads));
    std::ifstream file(std::string(BATON_SOURCE_DIR) + "/playbooks/handoff-loop.yaml");
    const std::string book((std::istreambuf_iterator<char>(file)), {});
    app::Activation activation;
    activation.version = must(ledger->store_playbook(book, "handoff-loop.yaml"));
    must(ledger->activate(activation));
    const std::string key = must(app::Members(*ledger).make_key("bench", app::Scope::write, "", "")).text;
    http::Api api(*ledger, clock, http::Gate{});
    const auto server =
        must(http::Server::listen("127.0.0.1:0", [&](const http::Request& request, http::Answer answer) {
            api.handle(request, std::move(answer));
        }));
    std::thread serving([&] { server->run(); });
    {
        const Echo echo;
        const auto both = [&](const char* what, double facts, const auto& body) {
            const auto asking = [&](const std::string& run) {
                return
                    [&body, run, &key](int c, std::uint64_t n) { return post("/api/v1/facts", body(run, c, n), key); };
            };
            drive(server->port(), seconds / 5, asking(std::string(what) + "warm"));
            const Figure bare = drive(echo.port(), seconds, asking("echo"));
            print(what, drive(server->port(), seconds, asking(what)), facts, bare);
        };
        both("single events", 1, event);
        both("batches of 100", 100, batch);
    }
    server->stop();
    serving.join();
    if (const auto closed = ledger->close(); !closed) std::fprintf(stderr, "%s\n", closed.error().detail.c_str());
    std::filesystem::remove_all(folder);
    return 0;
}
