// Floods, slow clients and bombs, over real sockets: the right answer, the connection closed, the memory kept.
#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include "http/server.h"
#include "http/wire.h"

namespace baton::http {
namespace {

using std::chrono::milliseconds;

std::string gzip(std::string_view text, int times = 1) {
    z_stream z{};
    EXPECT_EQ(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out;
    char room[16'384];
    for (int i = 0; i < times; ++i) {
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
        z.avail_in = static_cast<uInt>(text.size());
        do {
            z.next_out = reinterpret_cast<Bytef*>(room);
            z.avail_out = sizeof room;
            deflate(&z, i + 1 == times ? Z_FINISH : Z_NO_FLUSH);
            out.append(room, sizeof room - z.avail_out);
        } while (z.avail_out == 0);
    }
    deflateEnd(&z);
    return out;
}

std::size_t resident_kib(const char* name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name)) return std::stoul(line.substr(line.find_first_of("0123456789")));
    return 0;
}
/// From here on the peak is counted anew.
void forget_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool sanitized = false;
#endif

/// A sanitizer keeps what was freed, so under one the peak says nothing.
void expect_peak_within(std::size_t kib) {
    if (sanitized)
        std::printf("%zu KiB may be resident; not held against the peak under a sanitizer\n", kib);
    else
        EXPECT_LE(resident_kib("VmHWM"), kib);
}

class LimitsTest : public testing::Test {
   protected:
    ListenOptions options;
    std::unique_ptr<Server> server;
    std::thread thread;
    std::atomic<int> answered{0};

    void start() {
        options.limits.workers = 2;  // so that both have run, and have their memory, before anything is measured
        auto made = Server::listen("127.0.0.1:0", [this](const Request& request) { return answer(request); }, options);
        ASSERT_TRUE(made) << made.error().detail;
        server = std::move(*made);
        thread = std::thread([this] { server->run(); });
    }
    void TearDown() override {
        if (server) server->stop();
        if (thread.joinable()) thread.join();
    }
    Response answer(const Request& request) {
        ++answered;
        return {200,
                "text/plain",
                request.remote + (request.secure ? " secure " : " plain ") + std::to_string(request.body.size()) + " " +
                    request.header("authorization") + request.header("x-forwarded-for") + "|",
                {}};
    }
    std::string exchange(std::string_view bytes) {
        Wire wire(server->port());
        wire.send(bytes);
        return wire.receive();
    }
    static std::string post(std::string_view body, std::string_view more = "") {
        return "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + std::string(more) +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
    }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_F(LimitsTest, WhatCanBeReadInTwoWaysIsRefusedAndClosed) {
    start();
    const std::string smuggled = "GET /admin HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const std::string host = "Host: localhost\r\n";
    const std::pair<std::string, std::string> heads[] = {
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nContent-Length: 4\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nContent-Length: 0\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 4, 4\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: +4\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 0x4\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length : 4\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, identity\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host +
             "Transfer-Encoding: \x0b"
             "chunked\r\n",
         "400"},
        {"POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n", "400"},
        {"GET / HTTP/1.1\r\n" + host + "X: a\rb\r\n", "400"},
        {"GET / HTTP/1.1\r\n" + host + "X\0: a\r\n", "400"},
        {"GET / HTTP/1.1\n" + host, "400"},
        {"GET / HTTP/1.1\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: a b\r\n", "400"},
        {"GET / HTTP/1.2\r\n" + host, "400"},
        {"PRI * HTTP/2.0\r\n", "400"},
        {"GET http://other/ HTTP/1.1\r\n" + host, "400"},
        {"GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n" + host, "414"},
        {"POST / HTTP/1.1\r\n" + host + "Expect: 200-ok\r\nContent-Length: 4\r\n", "417"},
    };
    for (const auto& [head, status] : heads) {
        const std::string reply = exchange(head + "\r\n" + smuggled);
        EXPECT_TRUE(has(reply, "HTTP/1.1 " + status)) << head.substr(0, 120) << " -> " << reply.substr(0, 200);
        EXPECT_EQ(reply.find("Server:"), reply.rfind("Server:")) << head << " was read as two: " << reply;
    }
    EXPECT_EQ(answered, 0);
    std::string fields;
    for (int i = 0; i < 101; ++i) fields += "A" + std::to_string(i) + ": b\r\n";
    EXPECT_TRUE(has(exchange("GET / HTTP/1.1\r\n" + host + fields + "\r\n"), "HTTP/1.1 431"));
}

TEST_F(LimitsTest, ChunksAreReadStrictly) {
    options.limits.body_bytes = 1'000;
    start();
    const std::string head =
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    EXPECT_TRUE(has(exchange(head + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), "plain 5 "));
    EXPECT_TRUE(has(exchange(head + "3\r\nabc\r\n0\r\nAuthorization: Bearer x\r\n\r\n"), "plain 3 |"));
    for (const std::string body :
         {"zz\r\nabc\r\n", "-1\r\nabc\r\n", "3\r\nabcd\r\n0\r\n\r\n", "ffffffffffffffffff\r\nabc\r\n"})
        EXPECT_TRUE(has(exchange(head + body), "HTTP/1.1 4")) << body;
    EXPECT_TRUE(has(exchange(head + "3;" + std::string(200'000, 'x')), "HTTP/1.1 431"));
}

TEST_F(LimitsTest, LargeAndEndlessBodiesHoldNoMemory) {
    start();
    for (int i = 0; i < 8; ++i) exchange(post("warm"));
    const std::size_t before = resident_kib("VmRSS");
    forget_peak();
    {
        Wire wire(server->port());
        wire.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n");
        EXPECT_TRUE(has(wire.receive(), "HTTP/1.1 413"));
    }
    {
        // A gigabyte that is really sent: it is answered before, and what comes after goes nowhere.
        Wire wire(server->port());
        wire.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n");
        const std::string piece(65'536, 'x');
        for (int i = 0; i < 15'000 && wire.send(piece);) ++i;
        EXPECT_TRUE(has(wire.receive(), "HTTP/1.1 413"));
    }
    expect_peak_within(before + 1'024);
    EXPECT_EQ(answered, 8);
}

TEST_F(LimitsTest, GzipIsReadAndBombsAreNot) {
    start();
    const std::string text(5'000, 'a');
    EXPECT_TRUE(has(exchange(post(gzip(text), "Content-Encoding: gzip\r\n")), "plain 5000 "));
    EXPECT_TRUE(has(exchange(post(gzip(text) + "x", "Content-Encoding: gzip\r\n")), "HTTP/1.1 400"));
    EXPECT_TRUE(has(exchange(post(gzip(text).substr(0, 20), "Content-Encoding: gzip\r\n")), "HTTP/1.1 400"));
    EXPECT_TRUE(has(exchange(post(text, "Content-Encoding: gzip\r\n")), "HTTP/1.1 400"));
    EXPECT_TRUE(has(exchange(post(text, "Content-Encoding: br\r\n")), "HTTP/1.1 415"));
    const std::string bomb = gzip(std::string(1'000'000, '\0'), 300);  // 300 MB in 300 kB
    EXPECT_LT(bomb.size(), 400'000U);
    const std::string small = gzip(std::string(1'000'000, '\0'), 10);
    for (int i = 0; i < 8; ++i) exchange(post(gzip(text), "Content-Encoding: gzip\r\n"));
    const std::size_t before = resident_kib("VmRSS");
    forget_peak();
    EXPECT_TRUE(has(exchange(post(small, "Content-Encoding: gzip\r\n")), "HTTP/1.1 413"));
    EXPECT_TRUE(has(exchange(post(bomb, "Content-Encoding: gzip\r\n")), "HTTP/1.1 413"));
    expect_peak_within(before + 1'024 + 3 * bomb.size() / 1'024);  // the bomb as it is sent, and here twice
}

TEST_F(LimitsTest, TheSlowAreCutOff) {
    options.limits.to_first = options.limits.to_header = options.limits.to_body = options.limits.idle =
        milliseconds(100);
    start();
    EXPECT_EQ(exchange(""), "");
    for (const std::string part :
         {"GET / HTTP/1.1\r\nHost: local", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab",
          "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
          "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n"})
        EXPECT_EQ(exchange(part), "") << part;
    EXPECT_EQ(answered, 0);
    const std::string kept = exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(has(kept, "HTTP/1.1 200")) << kept;
    EXPECT_EQ(kept.find("Server:"), kept.rfind("Server:")) << "an idle connection ends without a word";
}

TEST_F(LimitsTest, AnAddressHasItsShareOfConnections) {
    options.limits.connections_each = 3;
    start();
    const std::string ask = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    std::vector<std::unique_ptr<Wire>> wires;
    for (int i = 0; i < 3; ++i) {
        wires.push_back(std::make_unique<Wire>(server->port()));
        wires.back()->send(ask);
        EXPECT_TRUE(has(wires.back()->receive("|"), "200 OK"));
    }
    EXPECT_EQ(exchange(ask), "");
    wires.back()->send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    wires.back()->receive();
    wires.pop_back();
    Wire again(server->port());
    again.send(ask);
    EXPECT_TRUE(has(again.receive("|"), "200 OK"));
}

TEST_F(LimitsTest, BodiesInAllHaveALimit) {
    options.limits.bodies_in_all = 1'000;
    start();
    const std::string reply = exchange(post(std::string(1'500, 'x')));
    EXPECT_TRUE(has(reply, "HTTP/1.1 503")) << reply;
    EXPECT_TRUE(has(reply, "retry-after: 1")) << reply;
    EXPECT_TRUE(has(exchange(post(std::string(900, 'x'))), "200 OK"));
}

TEST_F(LimitsTest, OnlyAConfiguredProxyIsBelieved) {
    start();
    const std::string forged =
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: "
        "https\r\n\r\n";
    EXPECT_TRUE(has(exchange(forged), "127.0.0.1 plain 0 |"));
    TearDown();
    ASSERT_TRUE(options.proxies.add("127.0.0.0/8"));
    start();
    EXPECT_TRUE(has(exchange(forged), "6.6.6.6 secure 0 |"));
}

TEST_F(LimitsTest, StoppingFinishesWhatHasBegunAndWaitsForNobodyElse) {
    start();
    Wire idle(server->port());
    idle.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    idle.receive("|");
    Wire begun(server->port());
    begun.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    begun.receive("100 Continue");
    server->stop();
    EXPECT_EQ(idle.receive(), "") << "closed at once";
    begun.send("abcd");
    EXPECT_TRUE(has(begun.receive(), "Connection: close"));
    thread.join();
}

TEST(Inflate, SaysWhatIsWrong) {
    const std::string text = R"({"a":1})";
    EXPECT_EQ(inflate(gzip(text)).value_or(""), text);
    EXPECT_EQ(inflate(gzip("")).value_or("?"), "");
    std::string broken = gzip(std::string(1'000, 'a'));
    broken[broken.size() - 6] ^= 1;  // its checksum
    EXPECT_EQ(inflate(broken).error().code, "bad_gzip");
    EXPECT_EQ(inflate("").error().code, "bad_gzip");
    EXPECT_EQ(inflate(gzip(std::string(2'000, 'a')), {.bytes = 1'999}).error().code, "body_too_large");
    EXPECT_EQ(inflate(gzip(std::string(9'000, 'a')), {.ratio = 100, .unratioed = 2'000}).error().code,
              "body_too_large");
}

TEST(ProxiesTest, AShareIsAHostOrA64) {
    for (const auto& [address, share] :
         {std::pair("192.0.2.7", "192.0.2.7"), std::pair("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
          std::pair("::1", "::"), std::pair("", "")})
        EXPECT_EQ(share_of(address), share) << address;
}

TEST(ProxiesTest, ReadsTheChainFromTheRight) {
    Proxies proxies;
    for (const std::string network : {"10.0.0.0/8", "::1", "192.0.2.7"}) ASSERT_TRUE(proxies.add(network)) << network;
    for (const std::string wrong : {"", "10.0.0.0/33", "10.0.0/8", "::1/129", "10.0.0.0/", "10.0.0.0/x", "host"})
        EXPECT_EQ(proxies.add(wrong).error().code, "bad_proxy") << wrong;
    struct Case {
        std::string peer, chain, address;
    };
    const Case cases[] = {{"8.8.8.8", "6.6.6.6", "8.8.8.8"},
                          {"10.1.2.3", "6.6.6.6", "6.6.6.6"},
                          {"10.1.2.3", "", "10.1.2.3"},
                          {"10.1.2.3", "6.6.6.6, 5.5.5.5", "5.5.5.5"},
                          {"10.1.2.3", "6.6.6.6, 10.9.9.9", "6.6.6.6"},
                          {"10.1.2.3", "6.6.6.6, 192.0.2.7:4711", "6.6.6.6"},
                          {"::1", "[2001:db8::1]:443", "2001:db8::1"},
                          {"::1", "::ffff:6.6.6.6", "6.6.6.6"},
                          {"10.1.2.3", "<script>", "10.1.2.3"},
                          {"10.1.2.3", "6.6.6.6, rubbish", "10.1.2.3"}};
    for (const Case& c : cases) {
        std::map<std::string, std::string> headers{{"x-forwarded-for", c.chain}, {"x-real-ip", "1.1.1.1"}, {"a", "b"}};
        EXPECT_EQ(proxies.look(c.peer, headers).address, c.address) << c.peer << " < " << c.chain;
        EXPECT_EQ(headers, (std::map<std::string, std::string>{{"a", "b"}}));
    }
}

}  // namespace
}  // namespace baton::http
