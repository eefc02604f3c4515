// Rates, pages of other sites, full disks: what a caller is told before and after the routes.
#include <gtest/gtest.h>

#include "app/fixture.h"
#include "http/api.h"

namespace baton::http {
namespace {

using app::World;

class DoorsTest : public testing::Test {
   protected:
    World world;
    std::map<std::string, std::string> headers{{"host", "localhost"}};
    std::string remote = "10.0.0.9";

    Response call(Api& api, std::string method, const std::string& target, std::string body = {}) {
        Request request;
        request.method = std::move(method);
        EXPECT_TRUE(parse_target(target, request)) << target;
        request.headers = headers;
        request.remote = remote;
        if (!body.empty()) request.headers["content-type"] = "application/json";
        request.body = std::move(body);
        return api.handle(request);
    }
    static std::string field(const Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return "";
    }
};

TEST_F(DoorsTest, EveryCallerHasItsRate) {
    Api api(*world.ledger, world.clock, Gate{}, {.requests_per_minute = 3});
    for (const std::string left : {"2", "1", "0"}) {
        const Response response = call(api, "GET", "/api/v1/leads");
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(field(response, "ratelimit-policy"), R"("caller";q=3;w=60)");
        EXPECT_EQ(field(response, "ratelimit"), "\"caller\";r=" + left + ";t=61");
        EXPECT_EQ(field(response, "retry-after"), "");
    }
    world.clock.advance(Duration::seconds(20));
    const Response refused = call(api, "GET", "/api/v1/leads");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(field(refused, "retry-after"), "41");
    EXPECT_EQ(call(api, "GET", "/livez").status, 200) << "probes are not counted";
    remote = "10.0.0.10";
    EXPECT_EQ(call(api, "GET", "/api/v1/leads").status, 200) << "another address";
    remote = "10.0.0.9";
    world.clock.advance(Duration::seconds(40));
    EXPECT_EQ(call(api, "GET", "/api/v1/leads").status, 200) << "another minute";
}

TEST_F(DoorsTest, WithoutALimitNothingIsTold) {
    Api api(*world.ledger, world.clock, Gate{});
    EXPECT_EQ(field(call(api, "GET", "/api/v1/leads"), "ratelimit"), "");
}

TEST_F(DoorsTest, PagesOfOtherSitesByOptionOnly) {
    const std::string site = "https://www.acme.example";
    Api shut(*world.ledger, world.clock, Gate{"s3cret"});
    Api open(*world.ledger, world.clock, Gate{"s3cret"}, {.cors = Cors({site})});
    headers["origin"] = site;
    headers["access-control-request-method"] = "POST";
    EXPECT_EQ(call(shut, "OPTIONS", "/api/v1/facts").status, 403);
    const Response asked = call(open, "OPTIONS", "/api/v1/facts");
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(field(asked, "access-control-allow-origin"), site);
    EXPECT_EQ(field(asked, "access-control-allow-methods"), "POST");
    EXPECT_EQ(field(asked, "access-control-allow-credentials"), "") << "never with cookies";
    headers.erase("access-control-request-method");
    headers["authorization"] = "Bearer s3cret";
    const Response sent = call(open, "POST", "/api/v1/facts", R"({"type":"Page Viewed","email":"a@b.example"})");
    EXPECT_EQ(sent.status, 200) << sent.body;
    EXPECT_EQ(field(sent, "access-control-allow-origin"), site);
    EXPECT_EQ(field(sent, "vary"), "origin");
    headers["origin"] = "https://evil.example";
    EXPECT_EQ(field(call(open, "GET", "/api/v1/leads"), "access-control-allow-origin"), "");
    headers.erase("authorization");
    EXPECT_EQ(call(open, "POST", "/api/v1/facts", "{}").status, 403);
}

TEST_F(DoorsTest, OtherMethodsAreNamed) {
    Api api(*world.ledger, world.clock, Gate{});
    const Response wrong = call(api, "DELETE", "/api/v1/session/x");
    EXPECT_EQ(wrong.status, 404);
    const Response other = call(api, "PUT", "/api/v1/session");
    EXPECT_EQ(other.status, 405);
    EXPECT_EQ(field(other, "allow"), "GET, POST, DELETE, OPTIONS");
    const Response asked = call(api, "OPTIONS", "/api/v1/session");
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(field(asked, "allow"), "GET, POST, DELETE, OPTIONS");
}

TEST_F(DoorsTest, AFullDiskIsAReasonToComeBack) {
    Api api(*world.ledger, world.clock, Gate{});
    world.front->appends_left = 0;
    const Response response = call(api, "POST", "/api/v1/facts", R"({"type":"Page Viewed","email":"a@b.example"})");
    EXPECT_EQ(response.status, 503) << response.body;
    EXPECT_EQ(field(response, "retry-after"), "30");
}

TEST_F(DoorsTest, DeepAndWideDocumentsAreRefused) {
    Api api(*world.ledger, world.clock, Gate{});
    std::string deep(1'000'000, '[');
    EXPECT_EQ(call(api, "POST", "/api/v1/facts", deep).status, 400);
    deep.append(1'000'000, ']');
    EXPECT_EQ(call(api, "POST", "/api/v1/facts", deep).status, 400);
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
    EXPECT_EQ(call(api, "POST", "/api/v1/facts", objects).status, 400);
    std::string wide = "[0";
    for (int i = 0; i < 500'000; ++i) wide += ",0";
    const Response response = call(api, "POST", "/api/v1/facts", wide + "]");
    EXPECT_EQ(response.status, 400);
    EXPECT_NE(response.body.find("values in one document"), std::string::npos) << response.body;
}

}  // namespace
}  // namespace baton::http
