// The tracking API's routes: keys in every place clients put them, answers as they expect them, drops with their reason.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/fixture.h"
#include "http/api.h"

namespace baton::http {
namespace {

using app::Scope;
using app::World;

class TrackingTest : public testing::Test {
   protected:
    World world;
    app::Members members{*world.ledger};
    Api api{*world.ledger, world.clock, Gate{}};
    std::string site, shop, reading;

    void SetUp() override {
        app::MemberChange ada;
        ada.id = "ada";
        ada.roles = app::Roles{app::Role::admin};
        ASSERT_TRUE(members.add(ada, "test"));
        ASSERT_TRUE(members.set_password("ada", "correct horse battery", "test"));
        site = members.make_key("site", Scope::intake, "", "test")->text;
        shop = members.make_key("shop", Scope::write, "", "test")->text;
        reading = members.make_key("bi", Scope::read, "", "test")->text;
    }
    Response call(std::string method, std::string path, std::string body,
                  std::map<std::string, std::string> headers = {}) {
        Request request;
        request.method = std::move(method);
        EXPECT_TRUE(parse_target(path, request)) << path;
        request.headers = std::move(headers);
        request.headers["host"] = "baton.example";
        request.body = std::move(body);
        return api.handle(request);
    }
    static std::string event(const std::string& name, const std::string& more = {}) {
        return R"({"userId":"u","event":")" + name + "\"" + more + "}";
    }
    static std::string field(const Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return "";
    }
    std::size_t facts_of(const std::string& key) {
        const auto reads = world.reads();
        const auto found = reads->find(key);
        return *found ? reads->timeline(**found)->entries.size() : 0;
    }
};

/// RFC 4648 §4, as clients write it.
std::string base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        unsigned bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += i + k > text.size() ? '=' : digits[bits >> (18 - 6 * k) & 63];
    }
    return out;
}

TEST_F(TrackingTest, TheKeyComesInAnyPlace) {
    const std::string in_body = event("E", R"(,"writeKey":")" + site + "\"");
    EXPECT_EQ(call("POST", "/v1/track", in_body, {{"content-type", "text/plain"}}).body, R"({"success":true})");
    EXPECT_EQ(call("POST", "/v1/t", event("E"), {{"authorization", "Basic " + base64(site + ":")}}).status, 200);
    EXPECT_EQ(call("POST", "/v1/track", event("E"), {{"authorization", "Bearer " + shop}}).status, 200);
    EXPECT_EQ(call("POST", "/api/s/track", event("E"), {{"x-write-key", site}}).status, 200);
    EXPECT_EQ(call("POST", "/api/s/s2s/event", event("E"), {{"x-write-key", shop}}).status, 200);
    EXPECT_EQ(
        call("POST", "/v1/b", R"({"batch":[{"type":"track","userId":"u","event":"E","writeKey":")" + site + R"("}]})")
            .status,
        200);
    EXPECT_EQ(call("POST", "/v1/track", event("E")).status, 401);
    EXPECT_EQ(call("POST", "/v1/track", event("E", R"(,"writeKey":"x")")).status, 401);
    EXPECT_EQ(call("POST", "/v1/track", event("E", R"(,"writeKey":")" + reading + "\"")).status, 403);
    EXPECT_EQ(call("POST", "/v1/nothing", event("E"), {{"authorization", "Bearer " + shop}}).status, 404);
    EXPECT_EQ(call("GET", "/v1/track", "").status, 405);
}

TEST_F(TrackingTest, AnyPageMayAskAndSend) {
    const std::map<std::string, std::string> page{{"origin", "https://www.acme.example"},
                                                  {"access-control-request-method", "POST"},
                                                  {"access-control-request-headers", "authorization,content-type"}};
    const Response asked = call("OPTIONS", "/v1/t", "", page);
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(field(asked, "access-control-allow-origin"), "https://www.acme.example");
    EXPECT_NE(field(asked, "access-control-allow-headers").find("x-retry-count"), std::string::npos);
    const Response sent = call("POST", "/v1/t", event("E", R"(,"writeKey":")" + site + "\""),
                               {{"origin", "https://www.acme.example"}, {"sec-fetch-site", "cross-site"}});
    EXPECT_EQ(sent.status, 200);
    EXPECT_EQ(field(sent, "access-control-allow-origin"), "https://www.acme.example");
    EXPECT_EQ(call("OPTIONS", "/api/v1/facts", "", page).status, 403) << "the rest of the API is not open";
    const Response settings = call("GET", "/v1/projects/" + site + "/settings", "", {{"origin", "https://a.example"}});
    EXPECT_EQ(settings.body, R"({"integrations":{"Segment.io":{"apiKey":")" + site +
                                 R"(","apiHost":"baton.example/v1","protocol":"http"}}})");
    EXPECT_EQ(field(settings, "access-control-allow-origin"), "https://a.example");
}

TEST_F(TrackingTest, SentAgainIsOneFact) {
    const std::string body = event("E", R"(,"messageId":"m1","writeKey":")" + site + "\"");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(call("POST", "/v1/track", body).status, 200);
    const std::size_t once = facts_of("u");
    EXPECT_GT(once, 0U);
    call("POST", "/v1/track", event("E", R"(,"messageId":"m2","writeKey":")" + site + "\""));
    EXPECT_EQ(facts_of("u"), once + 1);
}

TEST_F(TrackingTest, WhatIsDroppedStaysVisible) {
    const std::map<std::string, std::string> by_site{{"authorization", "Bearer " + site}};
    const std::string batch =
        R"({"batch":[{"type":"track","userId":"u","event":"accept"},{"type":"track","event":"E"},{"type":"track","userId":"u","event":"E"},
            {"type":"group","userId":"u","groupId":"acme.example"}]})";
    EXPECT_EQ(call("POST", "/v1/batch", batch, by_site).body, R"({"success":true})");
    const Response drops = call("GET", "/api/v1/drops", "", {{"authorization", "Bearer " + reading}});
    for (const std::string part :
         {R"("counts":{"id_missing":1,"not_allowed":1,"reserved_name":1})",
          R"("by":"site","call":"batch","index":3,"code":"not_allowed")", R"("index":1,"code":"id_missing")"})
        EXPECT_NE(drops.body.find(part), std::string::npos) << part << " in " << drops.body;
    EXPECT_EQ(call("GET", "/api/v1/drops?limit=0", "", {{"authorization", "Bearer " + reading}}).status, 400);
    EXPECT_EQ(call("GET", "/api/v1/drops", "", by_site).status, 403);
    auto strict = by_site;
    strict["x-strict-mode"] = "1";
    EXPECT_EQ(call("POST", "/v1/batch", batch, strict).status, 400);
    EXPECT_EQ(call("POST", "/v1/batch", "{", by_site).status, 400);
}

TEST_F(TrackingTest, BotsLeaveNothingButTheirNumber) {
    const std::string crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    const std::string person = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    const auto context = [](const std::string& agent) { return R"(,"context":{"userAgent":")" + agent + "\"}"; };
    const struct {
        std::string key, header, more;
        bool taken;
    } table[] = {
        {site, person, context(person), true},
        {site, "", "", true},
        {site, crawler, "", false},
        {site, crawler, context(person), false},
        {site, person, context(crawler), false},
        {shop, "analytics-node/2.1.0", context(crawler), false},
        {shop, crawler, context(person), true},  // a server's own name is not the visitor's
    };
    std::size_t facts = 0, bots = 0;
    for (const auto& row : table) {
        const std::string id = std::to_string(&row - table);
        const Response sent =
            call("POST", "/v1/track",
                 event("E", row.more + R"(,"messageId":"m)" + id + R"(","writeKey":")" + row.key + "\""),
                 {{"user-agent", row.header}});
        EXPECT_EQ(sent.body, R"({"success":true})");
        const std::size_t now = facts_of("u");
        EXPECT_EQ(now > facts, row.taken) << row.header << row.more;
        facts = now;
        bots += row.taken ? 0 : 1;
    }
    const std::string batch = R"({"context":{"userAgent":"Slackbot-LinkExpanding 1.0"},"batch":[
        {"type":"page","anonymousId":"b"},{"type":"page","anonymousId":"c","context":{"userAgent":")" +
                              person + R"("}}]})";
    call("POST", "/v1/batch", batch, {{"authorization", "Bearer " + shop}});
    EXPECT_EQ(facts_of("b"), 0U);
    EXPECT_GT(facts_of("c"), 0U);
    const Response drops = call("GET", "/api/v1/drops?limit=1", "", {{"authorization", "Bearer " + reading}});
    for (const std::string& part : {R"("counts":{"bot":)" + std::to_string(bots + 1) + "}",
                                    R"("bots":{"Google":)" + std::to_string(bots) + R"(,"Slack":1})",
                                    std::string(R"("index":0,"code":"bot","detail":"Slack")")})
        EXPECT_NE(drops.body.find(part), std::string::npos) << part << " in " << drops.body;
}

TEST_F(TrackingTest, TroubleIsATimeToComeBack) {
    world.front->appends_left = 0;
    const Response response = call("POST", "/v1/track", event("E"), {{"authorization", "Bearer " + shop}});
    EXPECT_EQ(response.status, 503);
    EXPECT_NE(field(response, "retry-after"), "");
}

TEST(DropsTest, RemembersTheNewest) {
    Drops drops;
    for (std::size_t i = 0; i < Drops::remembered + 5; ++i) drops.add({{}, "", "t", i, "code", ""});
    const auto seen = drops.look(2'000);
    EXPECT_EQ(seen.newest.size(), Drops::remembered);
    EXPECT_EQ(seen.newest.front().index, Drops::remembered + 4);
    EXPECT_EQ(seen.counts.at("code"), Drops::remembered + 5);
}

TEST(DropsTest, BotsTakeOnlyAPartOfTheMemory) {
    Drops drops;
    for (std::size_t i = 0; i < Drops::remembered; ++i) drops.add({{}, "", "t", i, "code", ""});
    for (std::size_t i = 0; i < 3 * Drops::remembered; ++i) drops.add({{}, "", "t", i, "bot", i % 3 == 0 ? "X" : "Y"});
    auto seen = drops.look(2'000);
    const auto bots = [&] { return std::ranges::count(seen.newest, "bot", &Drop::code); };
    EXPECT_EQ(seen.newest.size(), Drops::remembered);
    EXPECT_EQ(bots(), static_cast<std::ptrdiff_t>(Drops::remembered_bots));
    EXPECT_EQ(seen.newest.front().index, 3 * Drops::remembered - 1);
    EXPECT_EQ(seen.bots, (std::map<std::string, std::uint64_t>{{"X", 1'000}, {"Y", 2'000}}));
    for (std::size_t i = 0; i < Drops::remembered; ++i) drops.add({{}, "", "t", i, "code", ""});
    seen = drops.look(2'000);
    EXPECT_EQ(bots(), 0);
    for (std::size_t i = 0; i < 150; ++i) drops.add({{}, "", "t", i, "bot", "X"});
    seen = drops.look(2'000);
    EXPECT_EQ(bots(), static_cast<std::ptrdiff_t>(Drops::remembered_bots));
}

}  // namespace
}  // namespace baton::http
