// Targets, problems, and who may come in.
#include "http/message.h"

#include <gtest/gtest.h>

#include "http/access.h"

namespace baton::http {
namespace {

struct Target {
    std::string text, path, name, value;
};

TEST(Message, ReadsTargets) {
    const Target cases[] = {{"/", "/", "", ""},
                            {"/api/v1/leads?stage=won", "/api/v1/leads", "stage", "won"},
                            {"/leads/a%40b.example", "/leads/a@b.example", "", ""},
                            {"/x?q=J%C3%B6rg+M", "/x", "q", "Jörg M"},
                            {"/x?q=", "/x", "q", ""},
                            {"/x?q=1&q=2", "/x", "q", "2"},
                            {"/x?a=b=c", "/x", "a", "b=c"}};
    for (const Target& c : cases) {
        Request request;
        ASSERT_TRUE(parse_target(c.text, request)) << c.text;
        EXPECT_EQ(request.path, c.path) << c.text;
        if (!c.name.empty()) {
            EXPECT_EQ(request.parameter(c.name), c.value) << c.text;
        }
    }
}

TEST(Message, RefusesBrokenTargets) {
    const std::vector<std::string> broken{"",
                                          "no-slash",
                                          "/%",
                                          "/%4",
                                          "/%zz",
                                          "/%00",
                                          "/%ff",
                                          "/%c0%af",
                                          "/%ed%a0%80",
                                          "/x?a=%",
                                          "/x?%ff=1",
                                          "/%e2%82",
                                          std::string("/a\0b", 4),
                                          "/a b",
                                          "/a\n",
                                          "/x?a=\x7f"};
    for (const std::string& text : broken) {
        Request request;
        EXPECT_FALSE(parse_target(text, request)) << text;
    }
}

TEST(Message, ProblemsCarryCodeAndAdvice) {
    const Response response = problem(404, "unknown_person", "Nobody is known by \"x\".");
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(
        response.body,
        R"({"type":"about:blank","title":"Not found","status":404,"code":"unknown_person","detail":"Nobody is known by \"x\"."})");
}

Request from(std::string host, std::string name = {}, std::string value = {}) {
    Request request;
    request.method = "GET";
    request.headers["host"] = std::move(host);
    if (!name.empty()) request.headers[name] = std::move(value);
    return request;
}

int status_of(const Gate& gate, const Request& request, Access access) {
    const Directory empty{[](std::string_view) { return Result<std::optional<app::Caller>>(std::nullopt); },
                          [] { return Result<bool>(false); }};
    const auto who = gate.admit(request, access, empty);
    return who ? 200 : who.error().status;
}

TEST(Access, WithoutTokenOnlyLoopbackNames) {
    const Gate gate;
    for (const std::string host : {"localhost:8080", "127.0.0.1:1", "[::1]:8080", "localhost"})
        EXPECT_EQ(status_of(gate, from(host), Access::read), 200) << host;
    for (const std::string host :
         {"evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", ""}) {
        EXPECT_EQ(status_of(gate, from(host), Access::read), 421) << host;
        EXPECT_EQ(status_of(gate, from(host), Access::intake), 421) << host;
        EXPECT_EQ(status_of(gate, from(host), Access::probe), 200) << host;
    }
}

TEST(Access, TokenByBearerOrPassword) {
    const Gate gate{"s3cret"};
    EXPECT_EQ(status_of(gate, from("baton.example"), Access::read), 401);
    EXPECT_EQ(status_of(gate, from("baton.example", "authorization", "Bearer s3cret"), Access::read), 200);
    EXPECT_EQ(status_of(gate, from("baton.example", "authorization", "Bearer s3creT"), Access::read), 401);
    EXPECT_EQ(status_of(gate, from("baton.example", "authorization", "Bearer "), Access::intake), 401);
    EXPECT_EQ(status_of(gate, from("baton.example", "authorization", "Basic YW55OnMzY3JldA=="), Access::intake),
              200);  // any:s3cret
    EXPECT_EQ(status_of(gate, from("baton.example", "authorization", "Basic ????"), Access::read), 401);
    EXPECT_EQ(status_of(gate, from("baton.example"), Access::probe), 200);
}

TEST(Access, OtherSitesMayNotWrite) {
    const Gate gate;
    const auto post = [](std::string name, std::string value) {
        Request request = from("localhost:8080", std::move(name), std::move(value));
        request.method = "POST";
        return request;
    };
    EXPECT_EQ(status_of(gate, post("origin", "http://localhost:8080"), Access::intake), 200);
    EXPECT_EQ(status_of(gate, post("origin", "https://evil.example"), Access::intake), 403);
    EXPECT_EQ(status_of(gate, post("origin", "null"), Access::intake), 403);
    EXPECT_EQ(status_of(gate, post("sec-fetch-site", "cross-site"), Access::intake), 403);
    EXPECT_EQ(status_of(gate, from("localhost:8080", "origin", "https://evil.example"), Access::read), 200);
}

TEST(Access, LoopbackAddresses) {
    for (const std::string address : {"127.0.0.1:8080", "localhost:0", "[::1]:80"})
        EXPECT_TRUE(is_loopback_address(address)) << address;
    for (const std::string address : {"0.0.0.0:8080", "[::]:80", "192.168.1.5:80", "127.0.0.1.example:1"})
        EXPECT_FALSE(is_loopback_address(address)) << address;
}

}  // namespace
}  // namespace baton::http
