// Meta's and LinkedIn's hooks: ids come first, answers later, from a provider that may fail in every way. Nothing told is lost.
#include <gtest/gtest.h>

#include <deque>

#include "app/fixture.h"
#include "base/mac.h"
#include "codec/json_tree.h"
#include "http/api.h"
#include "support/dump.h"

namespace baton::http {
namespace {

using app::World;

/// Answers what the test says next; at last the same again and again.
class Provider : public ports::Fetcher {
   public:
    std::deque<Result<ports::Fetched>> answers;
    std::vector<ports::FetchWanted> asked;
    Result<ports::Fetched> get(const ports::FetchWanted& wanted) override {
        asked.push_back(wanted);
        if (answers.empty()) return fail("unreachable", "nobody there");
        auto next = answers.front();
        if (answers.size() > 1) answers.pop_front();
        return next;
    }
};

std::string metas(const std::string& id, const std::string& email, const std::string& name = "Ada Byron") {
    return R"({"id":")" + id +
           R"(","created_time":"2026-02-20T10:00:00+0000","form_id":"77","platform":"fb","field_data":[
        {"name":"full_name","values":[")" +
           name + R"("]},{"name":"email","values":[")" + email + R"("]},
        {"name":"company_name","values":["acme.example"]},{"name":"team_size?","values":["12"]}]})";
}

std::string metas_call(const std::string& ids) {
    return R"({"object":"page","entry":[{"id":1,"time":2,"changes":[{"field":"leadgen","value":{"leadgen_id":)" + ids +
           R"(,"page_id":3,"form_id":4}}]}]})";
}

std::string linkedins(const std::string& id, bool test) {
    return R"({"id":")" + id + R"(","leadType":"SPONSORED","submittedAt":1771581600000,"testLead":)" +
           (test ? "true" : "false") + R"(,"form":{"id":7,"name":"Demo form","hiddenFields":[],"content":{"questions":[
        {"questionId":1,"name":"email","predefinedField":"EMAIL"},{"questionId":2,"name":"role"}]}},
        "formResponse":{"answers":[{"questionId":1,"answerDetails":{"textQuestionAnswer":{"answer":"lin@acme.example"}}},
        {"questionId":2,"answerDetails":{"textQuestionAnswer":{"answer":"decision maker"}}}]}})";
}

std::string linkedins_call(const std::string& action, const std::string& id = "a9-4") {
    return R"({"type":"LEAD_ACTION","leadGenFormResponse":"urn:li:leadGenFormResponse:)" + id +
           R"(","leadType":"SPONSORED","leadAction":")" + action + R"(","occurredAt":1771581600001})";
}

class LeadHooksTest : public testing::TestWithParam<const char*> {
   protected:
    World world{true, {}, GetParam()};
    Provider provider;
    std::unique_ptr<Api> api;

    void SetUp() override {
        restart();
        app::Sources sources(*world.ledger);
        const app::SourceSecrets secrets{"secret", "token-1", "verify me"};
        ASSERT_TRUE(sources.add("ads", {}, "kind: meta\nevent: Demo Requested\n", secrets, "test"));
        ASSERT_TRUE(sources.add("li", {},
                                "kind: linkedin\nevent: Demo Requested\napi_version: '202601'\n"
                                "fields: {EMAIL: email, role: role}\nbase_url: http://127.0.0.1:9/rest/\n",
                                app::SourceSecrets{"secret", "token-2", ""}, "test"));
    }
    void restart() {
        ApiOptions options;
        options.fetch = {&provider, {"http://127.0.0.1:9/rest"}};
        api = std::make_unique<Api>(*world.ledger, world.clock, Gate{"token"}, std::move(options));
    }
    void crash() {
        api.reset();
        world.crash();
        restart();
    }
    Response get(const std::string& target) {
        Request request;
        request.method = "GET";
        EXPECT_TRUE(parse_target(target, request));
        request.headers["host"] = "baton.example";
        request.headers["authorization"] = "Bearer token";
        return api->handle(request);
    }
    Response post(const std::string& name, const std::string& body, const std::string& secret = "secret") {
        Request request;
        request.method = "POST";
        request.path = "/hooks/" + name;
        request.headers["host"] = "baton.example";
        if (name == "ads")
            request.headers["x-hub-signature-256"] = "sha256=" + hex_of(hmac_sha256(secret, {body}));
        else
            request.headers["x-li-signature"] = hex_of(hmac_sha256(secret, {"hmacsha256=", body}));
        request.body = body;
        return api->handle(request);
    }
    void answer(std::string body, int status = 200) {
        provider.answers.emplace_back(ports::Fetched{status, std::move(body)});
    }
    std::size_t fetch() {
        const auto came = api->fetches().run_once();
        EXPECT_TRUE(came) << (came ? "" : came.error().detail);
        return came.value_or(0);
    }
    int facts_of(const std::string& key) {
        const auto reads = world.reads();
        const auto found = reads->find(key);
        if (!*found) return -1;
        const auto timeline = reads->timeline(**found);
        return static_cast<int>(std::ranges::count_if(
            timeline->entries, [](const auto& e) { return e.fact && !is_internal(e.fact->fact.kind); }));
    }
    std::string waiting() {
        const auto all = app::Awaited::list(*world.reads());
        std::string text;
        for (const auto& lead : *all)
            text += (text.empty() ? "" : ", ") + lead.key + " " + std::to_string(lead.attempts) +
                    (lead.problem.empty() ? "" : " " + lead.problem);
        return text;
    }
    std::string drops() {
        const auto body = codec::parse_json(get("/api/v1/drops").body);
        std::string text;
        for (const auto& drop : body->find("drops")->items) text += (text.empty() ? "" : " ") + drop.find("code")->text;
        return text;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, LeadHooksTest, testing::ValuesIn(support::every_store()),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(LeadHooksTest, ShakesHandsWithWhoeverShowsTheToken) {
    const Response right = get("/hooks/ads?hub.mode=subscribe&hub.verify_token=verify%20me&hub.challenge=1158201444");
    EXPECT_EQ(right.status, 200);
    EXPECT_EQ(right.body, "1158201444");
    EXPECT_TRUE(right.content_type.starts_with("text/plain"));
    for (const char* wrong : {"?hub.mode=subscribe&hub.verify_token=other&hub.challenge=1",
                              "?hub.mode=subscribe&hub.verify_token=&hub.challenge=1", "",
                              "?hub.mode=other&hub.verify_token=verify%20me&hub.challenge=1",
                              "?hub.mode=subscribe&hub.verify_token=verify%20me&hub.challenge=%3Cb%3E"})
        EXPECT_EQ(get(std::string("/hooks/ads") + wrong).status, 403) << wrong;
    const std::string code = "890e4665-4dfe-4ab1-b689-ed553bceeed0";
    const Response known = get("/hooks/li?challengeCode=" + code);
    EXPECT_EQ(known.body, R"({"challengeCode":")" + code + R"(","challengeResponse":")" +
                              hex_of(hmac_sha256("secret", {code})) + "\"}");
    EXPECT_EQ(get("/hooks/li").status, 403);
    EXPECT_EQ(get("/hooks/li?challengeCode=%22").status, 403);
    EXPECT_EQ(get("/hooks/none?challengeCode=1").status, 404);
}

TEST_P(LeadHooksTest, FetchesWhatMetaToldOfOnce) {
    const std::string call = metas_call("123");
    EXPECT_EQ(post("ads", call, "other").status, 401);
    EXPECT_EQ(waiting(), "");
    EXPECT_EQ(post("ads", call).status, 200);
    EXPECT_EQ(post("ads", call).status, 200);
    EXPECT_EQ(waiting(), "ads/123 0");
    EXPECT_EQ(provider.asked.size(), 0U);  // the hook is answered without it
    answer(metas("123", "ada@acme.example"));
    EXPECT_EQ(fetch(), 1U);
    EXPECT_EQ(waiting(), "");
    EXPECT_EQ(facts_of("ada@acme.example"), 2);
    ASSERT_EQ(provider.asked.size(), 1U);
    const auto& asked = provider.asked.front();
    EXPECT_TRUE(asked.url.starts_with("https://graph.facebook.com/v23.0/123?fields=")) << asked.url;
    EXPECT_TRUE(asked.url.ends_with("&appsecret_proof=" + hex_of(hmac_sha256("secret", {"token-1"})))) << asked.url;
    EXPECT_EQ(asked.headers.at(1), std::pair(std::string("Authorization"), std::string("Bearer token-1")));
    EXPECT_FALSE(asked.inside);
    EXPECT_EQ(post("ads", call).status, 200);  // Meta calls again: fetched again, and known
    EXPECT_EQ(fetch(), 1U);
    EXPECT_EQ(facts_of("ada@acme.example"), 2);
    const auto view = world.person("ada@acme.example");
    EXPECT_EQ(view.name, "Ada Byron");
}

TEST_P(LeadHooksTest, LosesNothingWhenTheProcessEndsBetweenAnswerAndFetch) {
    ASSERT_EQ(post("ads", metas_call("123")).status, 200);
    crash();
    EXPECT_EQ(waiting(), "ads/123 0");
    provider.answers.clear();
    EXPECT_EQ(fetch(), 0U);  // asked for, and this process ends, too
    crash();
    EXPECT_EQ(waiting(), "ads/123 1 unreachable");
    answer(metas("123", "ada@acme.example"));
    EXPECT_EQ(fetch(), 0U);  // not before its time
    world.clock.advance(Duration::minutes(1));
    EXPECT_EQ(fetch(), 1U);
    EXPECT_EQ(facts_of("ada@acme.example"), 2);
    const auto rebuilt = world.ledger->rebuild();
    ASSERT_TRUE(rebuilt);
    EXPECT_TRUE(rebuilt->differences.empty());
}

TEST_P(LeadHooksTest, TriesAgainEverMoreSlowlyAndSaysWhy) {
    ASSERT_EQ(post("ads", metas_call("1")).status, 200);
    ASSERT_EQ(post("ads", metas_call("2")).status, 200);
    const struct {
        Result<ports::Fetched> answer;
        const char* problem;
        std::int64_t minutes;  ///< until it is asked for again
    } table[] = {
        {fail("too_slow", "no whole answer came in time"), "too_slow", 1},
        {fail("redirected", "302"), "redirected", 5},
        {fail("too_much", "longer than 1048576 bytes"), "too_much", 30},
        {fail("address_refused", "private"), "address_refused", 120},
        {ports::Fetched{500, "oh"}, "provider_busy", 360},
        {ports::Fetched{401, R"({"error":{"code":190}})"}, "not_allowed", 720},
        {ports::Fetched{200, "<html>"}, "bad_answer", 720},
        {ports::Fetched{200, "{}"}, "bad_answer", 720},
        {ports::Fetched{200, metas("9", "ada@acme.example")}, "bad_answer", 720},
    };
    std::uint32_t attempts = 0;
    for (const auto& row : table) {
        provider.answers = {row.answer};
        EXPECT_EQ(fetch(), 0U);
        ++attempts;
        EXPECT_TRUE(waiting().starts_with("ads/1 " + std::to_string(attempts) + " " + row.problem)) << waiting();
        const std::size_t asked = provider.asked.size();
        world.clock.advance(Duration::minutes(row.minutes) + Duration{-1});
        EXPECT_EQ(fetch(), 0U);
        EXPECT_EQ(provider.asked.size(), asked) << row.problem;
        world.clock.advance(Duration{1});
    }
    const Response register_of = get("/api/v1/sources/ads");
    EXPECT_NE(register_of.body.find(R"("waiting":{"leads":2)"), std::string::npos) << register_of.body;
    EXPECT_NE(register_of.body.find(R"("problem":"bad_answer")"), std::string::npos) << register_of.body;
    provider.answers = {ports::Fetched{404, ""}, ports::Fetched{200, metas("2", "ben@acme.example", "Ben")}};
    EXPECT_EQ(fetch(), 1U);
    EXPECT_EQ(waiting(), "");
    EXPECT_EQ(facts_of("ben@acme.example"), 2);
    EXPECT_TRUE(drops().find("lead_gone") != std::string::npos) << drops();
}

TEST_P(LeadHooksTest, ANewTokenIsTriedAtOnceAndTheOldOneForNinetyDays) {
    ASSERT_EQ(post("ads", metas_call("1")).status, 200);
    answer("", 403);
    fetch();
    app::Sources sources(*world.ledger);
    const std::string definition = "kind: meta\nevent: Demo Requested\n";
    ASSERT_TRUE(sources.add("ads", {}, definition, app::SourceSecrets{"", "token-9", ""}, "test"));
    fetch();
    EXPECT_EQ(waiting(), "ads/1 2 not_allowed");
    EXPECT_EQ(provider.asked.back().headers.at(1).second, "Bearer token-9");
    world.clock.advance(app::awaited_at_most + Duration{1});
    fetch();
    EXPECT_EQ(waiting(), "");
    EXPECT_EQ(drops(), "lead_lost");
}

TEST_P(LeadHooksTest, OneSilentProviderIsAskedOnceAPass) {
    for (int i = 1; i <= 45; ++i) ASSERT_EQ(post("ads", metas_call(std::to_string(i))).status, 200);
    ASSERT_EQ(post("li", linkedins_call("CREATED")).status, 200);
    fetch();
    EXPECT_EQ(provider.asked.size(), 2U);  // each source once
}

TEST_P(LeadHooksTest, AProviderThatAnswersAgainIsAskedForAllAtOnce) {
    for (const char* id : {"1", "2", "3"}) ASSERT_EQ(post("ads", metas_call(id)).status, 200);
    ASSERT_EQ(post("ads", metas_call("4")).status, 200);
    provider.answers = {ports::Fetched{200, "?"}, fail("unreachable", "")};  // the first is no outage
    for (int i = 0; i < 4; ++i) {
        fetch();
        world.clock.advance(Duration::minutes(120));
    }
    world.clock.advance(Duration::hours(24));
    provider.answers = {fail("unreachable", "")};
    fetch();
    ASSERT_EQ(post("ads", metas_call("9")).status, 200);
    provider.answers = {
        ports::Fetched{200, metas("9", "n@acme.example")}, ports::Fetched{200, metas("1", "o@acme.example")},
        ports::Fetched{200, metas("2", "p@acme.example")}, ports::Fetched{200, metas("3", "q@acme.example")},
        ports::Fetched{200, metas("4", "r@acme.example")}};
    EXPECT_EQ(fetch(), 5U);
    EXPECT_EQ(waiting(), "");
}

TEST_P(LeadHooksTest, TestsAreToldApart) {
    EXPECT_EQ(post("ads", metas_call("444444444444")).status, 200);
    EXPECT_EQ(waiting(), "");
    ASSERT_EQ(post("ads", metas_call("5")).status, 200);
    answer(metas("5", "test@meta.com", "<test lead: dummy data for full_name>"));
    EXPECT_EQ(fetch(), 0U);
    provider.answers.clear();
    ASSERT_EQ(post("li", linkedins_call("CREATED")).status, 200);
    answer(linkedins("a9-4", true));
    EXPECT_EQ(fetch(), 0U);
    EXPECT_EQ(waiting(), "");
    EXPECT_EQ(drops(), "test_lead test_lead test_lead");
    EXPECT_EQ(facts_of("test@meta.com"), -1);
    EXPECT_EQ(facts_of("lin@acme.example"), -1);
}

TEST_P(LeadHooksTest, LinkedInsAnswersComeAndAreTakenBack) {
    ASSERT_EQ(post("li", linkedins_call("CREATED")).status, 200);
    answer(linkedins("a9-4", false));
    EXPECT_EQ(fetch(), 1U);
    const auto& asked = provider.asked.front();
    EXPECT_TRUE(asked.url.starts_with("http://127.0.0.1:9/rest/leadFormResponses/a9-4?fields=")) << asked.url;
    EXPECT_TRUE(asked.inside);
    EXPECT_EQ(asked.headers.at(2).second, "202601");
    EXPECT_EQ(facts_of("lin@acme.example"), 2);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(post("li", linkedins_call("DELETED")).status, 200);
    EXPECT_EQ(facts_of("lin@acme.example"), -1) << "what the answers said is erased, the address too";
    EXPECT_EQ(support::dump_journal(*world.store).find("lin@acme.example"), std::string::npos);
    EXPECT_EQ(support::dump_derived(*world.store).find("lin@acme.example"), std::string::npos);
    const auto reads = world.reads();
    const auto timeline = reads->timeline(**reads->find("linkedin:a9-4"));
    const auto told = std::ranges::count_if(
        timeline->entries, [](const auto& e) { return e.fact && e.fact->fact.type == "Lead Form Response Deleted"; });
    EXPECT_EQ(told, 1);
}

/// first_playbook with a stage where a person decides whether we may go on.
std::string with_review() {
    std::string text = app::first_playbook;
    const auto before = [&](std::string_view place, std::string_view line) { text.insert(text.find(place), line); };
    before("  - {id: Deal Won,", "  - {id: Lead Form Response Deleted, label: took an answer back}\n");
    before("  - {id: accepted,",
           "  - {id: review, name: To review, definition: took data back, kind: marketing, "
           "owner: marketing, metric: r}\n");
    before("  - {from: prospect,",
           "  - {from: [prospect, lead, qualified], to: review, on: Lead Form Response Deleted}\n");
    return text;
}

TEST_P(LeadHooksTest, AnArrowSendsWhoTookAnAnswerBackToReview) {
    world.activate(with_review());
    ASSERT_EQ(post("li", linkedins_call("CREATED")).status, 200);
    answer(linkedins("a9-4", false));
    ASSERT_EQ(fetch(), 1U);
    ASSERT_EQ(post("li", linkedins_call("DELETED")).status, 200);
    const auto reads = world.reads();
    const auto who = reads->find("linkedin:a9-4");
    ASSERT_TRUE(who && *who);
    EXPECT_EQ((*reads->person(**who))->state.lead.stage, "review");
    EXPECT_EQ(facts_of("lin@acme.example"), -1) << "and what the answers said is erased";
}

TEST_P(LeadHooksTest, WhatIsTakenBackBeforeItCameIsNotFetched) {
    ASSERT_EQ(post("li", linkedins_call("CREATED")).status, 200);
    EXPECT_EQ(post("li", linkedins_call("DELETED")).status, 200);
    EXPECT_EQ(waiting(), "");
    EXPECT_EQ(fetch(), 0U);
    EXPECT_EQ(provider.asked.size(), 0U);
    EXPECT_EQ(drops(), "not_known");
    for (const char* wrong : {"{}", R"({"type":"LEAD_ACTION"})"})
        EXPECT_EQ(post("li", wrong).status, wrong == std::string("{}") ? 200 : 400) << wrong;
}

TEST_P(LeadHooksTest, NeedsBothSecretsAndForgetsWhatWaitsOfARemovedSource) {
    app::Sources sources(*world.ledger);
    const std::string meta = "kind: meta\nevent: A\n", linkedin = "kind: linkedin\nevent: A\n";
    using Secrets = app::SourceSecrets;
    EXPECT_EQ(sources.add("m", {}, meta, Secrets{"s", "t", ""}, "test").error().code, "secret_missing");
    EXPECT_EQ(sources.add("m", {}, meta, Secrets{"s", "", "v"}, "test").error().code, "secret_missing");
    EXPECT_EQ(sources.add("m", {}, linkedin, Secrets{"s", "t", "v"}, "test").error().code, "bad_source");
    EXPECT_EQ(sources.add("m", {}, linkedin, Secrets{"s", "t\r\nX: y", ""}, "test").error().code, "bad_source");
    ASSERT_EQ(post("ads", metas_call("1")).status, 200);
    ASSERT_TRUE(sources.remove("ads", "test"));
    EXPECT_EQ(post("ads", metas_call("1")).status, 404);
    EXPECT_EQ(fetch(), 0U);
    EXPECT_EQ(waiting(), "");
    EXPECT_EQ(drops(), "unknown_source");
    EXPECT_EQ(provider.asked.size(), 0U);
    EXPECT_EQ(sources.add("ads", {}, meta, Secrets{"", "", ""}, "test").error().code, "secret_missing");
}

}  // namespace
}  // namespace baton::http
