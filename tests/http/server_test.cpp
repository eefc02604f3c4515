// The server itself, over real sockets: limits, rubbish, keep-alive, graceful stop.
#include "http/server.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "http/wire.h"

namespace baton::http {
namespace {

class ServerTest : public testing::Test {
   protected:
    void SetUp() override {
        Limits limits;
        limits.body_bytes = 1024;
        limits.header_bytes = 2048;
        limits.workers = 2;
        ListenOptions options;
        options.limits = limits;
        auto made = Server::listen("127.0.0.1:0", [](const Request& request) { return answer(request); }, options);
        ASSERT_TRUE(made) << made.error().detail;
        server = std::move(*made);
        thread = std::thread([this] { server->run(); });
    }
    void TearDown() override {
        server->stop();
        thread.join();
    }
    static Response answer(const Request& request) {
        if (request.path == "/throws") throw std::runtime_error("secret detail");
        return {200, "text/plain", request.method + " " + request.path + " " + request.body, {}};
    }
    std::string exchange(std::string_view bytes) {
        Wire wire(server->port());
        wire.send(bytes);
        return wire.receive();
    }
    std::unique_ptr<Server> server;
    std::thread thread;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
    Wire wire(server->port());
    for (int i = 0; i < 3; ++i) {
        wire.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
        const std::string reply = wire.receive("POST /echo hello");
        EXPECT_TRUE(has(reply, "HTTP/1.1 200 OK")) << reply;
        EXPECT_TRUE(has(reply, "x-content-type-options: nosniff")) << reply;
    }
}

TEST_F(ServerTest, HandlerFailureIsA500WithoutItsText) {
    const std::string reply = exchange("GET /throws HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(has(reply, "500")) << reply;
    EXPECT_FALSE(has(reply, "secret detail")) << reply;
}

TEST_F(ServerTest, RubbishIsAnsweredAndClosed) {
    const std::pair<std::string, std::string> cases[] = {
        {"NONSENSE\r\n\r\n", "400"},
        {"GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(4096, 'x') + "\r\n\r\n", "431"},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n", "413"},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "400"},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", "400"},
    };
    for (const auto& [bytes, status] : cases) {
        const std::string reply = exchange(bytes);
        EXPECT_TRUE(has(reply, "HTTP/1.1 " + status)) << bytes.substr(0, 60) << " -> " << reply.substr(0, 200);
    }
}

TEST_F(ServerTest, EndlessChunksStopAtTheLimit) {
    std::string bytes = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 100; ++i) bytes += "64\r\n" + std::string(100, 'y') + "\r\n";
    EXPECT_TRUE(has(exchange(bytes), "HTTP/1.1 413"));
}

TEST_F(ServerTest, HeadHasNoBody) {
    const std::string reply = exchange("HEAD /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(has(reply, "200 OK")) << reply;
    EXPECT_TRUE(reply.ends_with("\r\n\r\n")) << reply;
}

TEST(ServerAddress, SaysWhatIsWrong) {
    for (const std::string address :
         {"", "8080", "localhost", "localhost:x", "localhost:70000", "no-such-host.example:80", "1.2.3:80"}) {
        const auto made = Server::listen(address, [](const Request&) { return Response{}; });
        ASSERT_FALSE(made) << address;
        EXPECT_EQ(made.error().code, "bad_address") << address;
    }
    auto first = Server::listen("127.0.0.1:0", [](const Request&) { return Response{}; });
    ASSERT_TRUE(first);
    const auto second =
        Server::listen("127.0.0.1:" + std::to_string((*first)->port()), [](const Request&) { return Response{}; });
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "in_use");
}

}  // namespace
}  // namespace baton::http
