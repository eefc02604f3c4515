// Hooks over HTTP: what is not proved is refused, what is proved is taken once, and a store that cannot is told so.
#include <gtest/gtest.h>

#include "app/fixture.h"
#include "base/mac.h"
#include "http/api.h"

namespace baton::http {
namespace {

using app::World;

class HooksTest : public testing::Test {
   protected:
    World world;
    app::Sources sources{*world.ledger};
    Api api{*world.ledger, world.clock, Gate{"token"}};

    void define(const std::string& name, const std::string& text, const std::string& secret = "secret") {
        const auto added = sources.add(name, {}, text, secret, "test");
        ASSERT_TRUE(added) << added.error().detail;
    }
    Response call(const std::string& name, const std::string& body, std::map<std::string, std::string> headers = {}) {
        Request request;
        request.method = "POST";
        request.path = "/hooks/" + name;
        request.headers = std::move(headers);
        request.headers["host"] = "baton.example";
        request.body = body;
        return api.handle(request);
    }
    Response signed_call(const std::string& body) {
        return call("crm", body, {{"x-sign", hex_of(hmac_sha256("secret", {body}))}});
    }
    /// Facts that are no account's word: how many there are of somebody, -1 when there is nobody.
    int facts_of(const std::string& key) {
        const auto reads = world.reads();
        const auto found = reads->find(key);
        if (!*found) return -1;
        const auto timeline = reads->timeline(**found);
        return static_cast<int>(
            std::ranges::count_if(timeline->entries, [](const auto& e) { return e.fact.has_value(); }));
    }
};

constexpr const char* crm =
    "kind: signed\nevent: Lead Told\nfields: {email: email, phone: phone, n: employees}\n"
    "signature: {header: X-Sign}\nid_field: id\n";

TEST_F(HooksTest, TakesASignedCallOnceAndRefusesOthers) {
    define("crm", crm);
    const std::string body = R"({"id":"7","email":"ada@acme.example","n":12})";
    EXPECT_EQ(call("crm", body).status, 401);
    EXPECT_EQ(call("crm", body, {{"x-sign", "00"}}).status, 401);
    EXPECT_EQ(facts_of("ada@acme.example"), -1);
    for (int i = 0; i < 3; ++i) {
        const Response response = signed_call(body);
        EXPECT_EQ(response.status, 200) << response.body;
        EXPECT_EQ(response.body, "{}");
        EXPECT_EQ(facts_of("ada@acme.example"), 2);
        world.clock.advance(Duration::hours(7));
    }
    EXPECT_EQ(call("other", body).status, 404);
    EXPECT_EQ(signed_call("{").status, 400);
    EXPECT_EQ(signed_call(std::string(2 << 20, ' ')).status, 413);
}

TEST_F(HooksTest, WhatCannotBecomeAFactIsTakenAndSeen) {
    define("crm", crm);
    EXPECT_EQ(signed_call(R"({"id":"8","n":12})").status, 200);
    EXPECT_EQ(signed_call(R"({"id":"9","email":"none"})").status, 200);
    EXPECT_EQ(signed_call(R"({"id":"10","email":"none","phone":"+49 30 901820"})").status, 200);
    EXPECT_EQ(facts_of("+4930901820"), 2);
}

TEST_F(HooksTest, AServersWordMayOverwriteWhereTheDefinitionSaysSo) {
    define("crm", std::string(crm) + "trust: server\n");
    EXPECT_EQ(signed_call(R"({"id":"1","email":"ada@acme.example","n":12})").status, 200);
    define("crm", crm);
    EXPECT_EQ(signed_call(R"({"id":"2","email":"ada@acme.example","n":13})").status, 200);
    const auto reads = world.reads();
    const auto timeline = reads->timeline(**reads->find("ada@acme.example"));
    std::string trusts;
    for (const auto& entry : timeline->entries)
        if (entry.fact) trusts += entry.fact->fact.trust == Trust::server ? "s" : "b";
    EXPECT_EQ(trusts, "ssbb");
}

TEST_F(HooksTest, ANewSecretHoldsAtOnceAndTheOldOneStaysWithoutOne) {
    define("crm", crm);
    define("crm", crm, "");
    EXPECT_EQ(signed_call(R"({"id":"1","email":"a@acme.example"})").status, 200);
    define("crm", crm, "another");
    EXPECT_EQ(signed_call(R"({"id":"2","email":"b@acme.example"})").status, 401);
    ASSERT_TRUE(sources.remove("crm", "test"));
    EXPECT_EQ(signed_call(R"({"id":"3","email":"c@acme.example"})").status, 404);
    EXPECT_EQ(sources.add("crm", {}, crm, "", "test").error().code, "secret_missing");
    EXPECT_EQ(sources
                  .add("std", {}, "kind: signed\nevent: A\nfields: {a: email}\nsignature: standard-webhooks\n", "short",
                       "test")
                  .error()
                  .code,
              "bad_source");
}

}  // namespace
}  // namespace baton::http
