// Forms over HTTP: traps, rates, returns, alike answers for known and unknown people, and who may define them.
#include <gtest/gtest.h>

#include "app/fixture.h"
#include "http/api.h"

namespace baton::http {
namespace {

using app::World;

constexpr const char* demo_form = R"(kind: form
event: Demo Requested
fields: {mail: email, tel: phone, first: first_name, role: role}
honeypot: website_url
time_trap: {seconds: 3}
returns: ['https://www.acme.example/thanks']
fills_per_minute: 5
)";

class FormsTest : public testing::Test {
   protected:
    World world;
    app::Sources sources{*world.ledger};
    Api api{*world.ledger, world.clock, Gate{}};
    std::string accept, agent;

    void SetUp() override { define("demo", demo_form); }
    void define(const std::string& name, const std::string& text) {
        const auto added = sources.add(name, {}, text, "", "test");
        ASSERT_TRUE(added) << added.error().detail;
    }
    Response call(const std::string& method, const std::string& path, const std::string& body,
                  const std::string& type = "application/x-www-form-urlencoded", const std::string& remote = "10.0.0.1",
                  const std::string& origin = "https://www.acme.example") {
        Request request;
        request.method = method;
        EXPECT_TRUE(parse_target(path, request)) << path;
        request.headers = {{"host", "localhost"}, {"content-type", type}, {"origin", origin}, {"accept", accept}};
        request.headers["user-agent"] = agent;
        request.remote = remote;
        request.body = body;
        return api.handle(request);
    }
    Response fill(const std::string& body, const std::string& path = "/forms/demo") {
        return call("POST", path, body, "application/x-www-form-urlencoded", "10.0.1." + std::to_string(++address_));
    }
    static std::string field(const Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return "";
    }
    /// The facts of somebody, oldest first: "profile|Demo Requested"; "nobody" when there is no such person.
    std::string facts_of(const std::string& key) {
        const auto reads = world.reads();
        const auto found = reads->find(key);
        if (!*found) return "nobody";
        const auto timeline = reads->timeline(**found);
        std::string text;
        for (const auto& entry : timeline->entries)
            if (entry.fact) text += (text.empty() ? "" : "|") + entry.fact->fact.type;
        return text;
    }
    std::string drops() {
        std::string codes;
        const Response response = call("GET", "/api/v1/drops", "", "", "10.0.0.9", "");
        for (std::size_t at = 0; (at = response.body.find("\"code\":\"", at)) != std::string::npos;) {
            at += 8;
            codes += (codes.empty() ? "" : " ") + response.body.substr(at, response.body.find('"', at) - at);
        }
        return codes;
    }
    std::string milliseconds_ago(std::int64_t ms) { return std::to_string(world.clock.now().us / 1'000 - ms); }

   private:
    int address_ = 0;
};

TEST_F(FormsTest, AFillBecomesFactsOfAPersonAndLeadsBack) {
    const Response response = fill("mail=Ada@Acme.example&first=Ada&rendered_at=" + milliseconds_ago(9'000) +
                                   "&return_to=https://www.acme.example/thanks?a=b");
    EXPECT_EQ(response.status, 303) << response.body;
    EXPECT_EQ(field(response, "location"), "https://www.acme.example/thanks?a=b");
    EXPECT_EQ(field(response, "access-control-allow-origin"), "https://www.acme.example");
    EXPECT_EQ(facts_of("ada@acme.example"), "profile|Demo Requested");
    EXPECT_EQ(drops(), "");
}

TEST_F(FormsTest, KnowsEachShapeAndAnswersWhatThePageCanRead) {
    accept = "application/json";
    EXPECT_EQ(call("POST", "/forms/demo", R"({"mail":"a@acme.example"})", "application/json").body,
              R"({"accepted":true,"return_to":"https://www.acme.example/thanks"})");
    accept = "text/html";
    const Response multipart = call(
        "POST", "/forms/demo", "--b\r\nContent-Disposition: form-data; name=\"mail\"\r\n\r\nb@acme.example\r\n--b--",
        "multipart/form-data; boundary=b");
    EXPECT_EQ(multipart.status, 303) << multipart.body;
    for (const char* key : {"a@acme.example", "b@acme.example"})
        EXPECT_EQ(facts_of(key), "profile|Demo Requested") << key;
    EXPECT_EQ(call("POST", "/forms/demo", "mail=c@acme.example", "text/plain").status, 415);
    EXPECT_EQ(call("POST", "/forms/demo", "first=Ada").status, 400);
    EXPECT_EQ(call("POST", "/forms/other", "mail=c@acme.example").status, 404);
    EXPECT_EQ(call("POST", "/forms/demo", std::string(300'000, 'a')).status, 413);
}

TEST_F(FormsTest, BotsAreAnsweredAlikeAndFillInNothing) {
    const Response honest = fill("mail=a@acme.example");
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36";
    const Response bot = fill("mail=bot@acme.example");
    EXPECT_EQ(bot.status, honest.status);
    EXPECT_EQ(bot.body, honest.body);
    EXPECT_EQ(field(bot, "location"), field(honest, "location"));
    EXPECT_EQ(facts_of("bot@acme.example"), "nobody");
    EXPECT_EQ(drops(), "bot");
    EXPECT_EQ(fill("mail=none").status, 400) << "what is wrong is told as to anybody";
}

TEST_F(FormsTest, TrapsAnswerAlikeAndStayVisible) {
    const Response honest = fill("mail=a@acme.example");
    const struct {
        std::string sent, reason;
    } table[] = {
        {"mail=bot1@acme.example&website_url=http://spam.example", "honeypot"},
        {"mail=bot2@acme.example&rendered_at=" + milliseconds_ago(1'000), "too_fast"},
    };
    for (const auto& row : table) {
        const Response trapped = fill(row.sent);
        EXPECT_EQ(trapped.status, honest.status) << row.sent;
        EXPECT_EQ(trapped.body, honest.body);
        EXPECT_EQ(field(trapped, "location"), field(honest, "location"));
        EXPECT_TRUE(drops().starts_with(row.reason)) << drops();
    }
    EXPECT_EQ(facts_of("bot1@acme.example"), "nobody");
    EXPECT_EQ(facts_of("bot2@acme.example"), "nobody");
    // What an honest fill is told it did wrong, a trapped one is told alike.
    EXPECT_EQ(fill("mail=none&website_url=x").body, fill("mail=none").body);
    // A clock that goes wrong is nobody's fault.
    EXPECT_EQ(fill("mail=late@acme.example&rendered_at=" + milliseconds_ago(-600'000)).status, 303);
    EXPECT_EQ(facts_of("late@acme.example"), "profile|Demo Requested");
}

TEST_F(FormsTest, ATokenSaysWhenThePageWasMade) {
    define("strict",
           "kind: form\nevent: Demo Requested\nfields: {mail: email}\ntime_trap: {seconds: 3, token: true}\n");
    const Response given = call("GET", "/forms/strict", "");
    ASSERT_EQ(given.status, 200) << given.body;
    const std::string token = given.body.substr(10, given.body.size() - 12);
    const auto reason = [&](const std::string& who, const std::string& shown) {
        const std::string before = drops();
        EXPECT_EQ(fill("mail=" + who + "@acme.example&rendered_at=" + shown, "/forms/strict").status, 200);
        const std::string after = drops();
        if (after == before) return facts_of(who + "@acme.example");
        return after.substr(0, after.find(' '));
    };
    EXPECT_EQ(reason("a", token), "too_fast");
    world.clock.advance(Duration::seconds(3));
    EXPECT_EQ(reason("b", token), "profile|Demo Requested");
    std::string other = token;
    other.back() = other.back() == '0' ? '1' : '0';
    EXPECT_EQ(reason("c", other), "no_token");
    EXPECT_EQ(reason("d", milliseconds_ago(9'000)), "no_token");
    EXPECT_EQ(reason("e", ""), "no_token");
    world.clock.advance(Duration::hours(25));
    EXPECT_EQ(reason("f", token), "no_token");
}

TEST_F(FormsTest, AnswersAlikeForKnownAndUnknownAndNeverOverwrites) {
    IncomingFact known = app::fact("profile", "known@acme.example", "p", {{"first_name", Value("Carla")}});
    known.external_id = "crm:7";
    ASSERT_TRUE(world.ledger->intake({{known}}));
    const Response of_known = fill("mail=known@acme.example&first=Mallory"), of_unknown = fill("mail=new@acme.example");
    EXPECT_EQ(of_known.status, of_unknown.status);
    EXPECT_EQ(of_known.body, of_unknown.body);
    EXPECT_EQ(of_known.headers, of_unknown.headers);
    const auto reads = world.reads();
    const auto timeline = reads->timeline(**reads->find("known@acme.example"));
    ASSERT_TRUE(timeline);
    std::size_t seen = 0;
    for (const auto& entry : timeline->entries) {
        if (!entry.fact || entry.fact->message_id == "p") continue;
        EXPECT_EQ(entry.fact->fact.trust, Trust::browser) << entry.fact->fact.type;
        ++seen;
    }
    EXPECT_EQ(seen, 2U);
}

TEST_F(FormsTest, LeadsNowhereElse) {
    for (const char* to : {"https://evil.example/", "//evil.example", "https://www.acme.example.evil.example/thanks",
                           "https://www.acme.example/thanks%0d%0aset-cookie:%20a=b"}) {
        const Response response = fill(std::string("mail=a@acme.example&return_to=") + to);
        EXPECT_EQ(field(response, "location"), "https://www.acme.example/thanks") << to;
        EXPECT_TRUE(drops().starts_with("return_not_listed"));
    }
}

TEST_F(FormsTest, HoldsTheRateOfEachAddress) {
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(call("POST", "/forms/demo", "mail=a" + std::to_string(i) + "@acme.example").status, 303);
    const Response response = call("POST", "/forms/demo", "mail=a6@acme.example");
    EXPECT_EQ(response.status, 429);
    EXPECT_NE(field(response, "retry-after"), "");
    EXPECT_EQ(facts_of("a6@acme.example"), "nobody");
    EXPECT_EQ(
        call("POST", "/forms/demo", "mail=b@acme.example", "application/x-www-form-urlencoded", "10.0.0.2").status,
        303);
}

TEST_F(FormsTest, ASlipInTheNumberLosesNoLead) {
    EXPECT_EQ(fill("mail=a@acme.example&tel=123").status, 303);
    EXPECT_EQ(facts_of("a@acme.example"), "profile|Demo Requested");
    EXPECT_EQ(drops(), "bad_phone");
    EXPECT_EQ(fill("tel=123").status, 400);
}

TEST_F(FormsTest, TheSameFillTwiceIsOne) {
    fill("mail=a@acme.example");
    fill("mail=a@acme.example");
    EXPECT_EQ(facts_of("a@acme.example"), "profile|Demo Requested");
    world.clock.advance(Duration::days(30));
    fill("mail=a@acme.example");
    EXPECT_EQ(facts_of("a@acme.example"), "profile|Demo Requested|profile|Demo Requested");
}

TEST_F(FormsTest, TakesHubSpotsForm) {
    define("hub", "kind: hubspot-form\nform: 0A-b\nportal: '62515'\nevent: Demo Requested\nthanks: Done.\n");
    const std::string path = "/submissions/v3/integration/submit/62515/0a-B";
    const std::string body = R"({"fields":[{"objectTypeId":"0-1","name":"email","value":"ada@acme.example"}]})";
    const Response response = call("POST", path, body, "application/json");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"inlineMessage":"Done."})");
    EXPECT_EQ(field(response, "access-control-allow-origin"), "https://www.acme.example");
    EXPECT_EQ(facts_of("ada@acme.example"), "profile|Demo Requested");
    EXPECT_EQ(call("POST", "/submissions/v3/integration/submit/1/0a-B", body, "application/json").status, 404);
    const Response wrong = call("POST", path, R"({"fields":[]})", "application/json");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_NE(wrong.body.find(R"("status":"error")"), std::string::npos) << wrong.body;
    EXPECT_NE(wrong.body.find(R"("errorType":"nobody")"), std::string::npos) << wrong.body;
}

TEST_F(FormsTest, TakesWebToLead) {
    define("sf", "kind: web-to-lead\nform: 00D1\nevent: Demo Requested\nreturns: ['https://www.acme.example/']\n");
    const Response response = fill(
        "oid=00D1&email=ada@acme.example&last_name=Byron&company=Acme&encoding=UTF-8&00N1=x&retURL="
        "https://www.acme.example/danke",
        "/servlet/servlet.WebToLead?encoding=UTF-8");
    EXPECT_EQ(response.status, 302);
    EXPECT_EQ(field(response, "location"), "https://www.acme.example/danke");
    EXPECT_EQ(facts_of("ada@acme.example"), "profile|account_changed|Demo Requested");
    EXPECT_EQ(drops(), "undeclared_field");
    EXPECT_EQ(fill("oid=00D2&email=b@acme.example", "/servlet/servlet.WebToLead").status, 404);
}

TEST_F(FormsTest, TheRegisterShowsNoSecretAndKeepsAnAudit) {
    ASSERT_TRUE(sources.add("demo", {}, demo_form, "hidden-secret", "mia"));
    Request request;
    request.method = "POST";
    request.path = "/api/v1/sources";
    request.headers = {{"host", "localhost"}, {"content-type", "application/json"}};
    const auto post = [&](const std::string& body) {
        request.body = body;
        return api.handle(request);
    };
    EXPECT_EQ(
        post(R"({"name":"two","kind":"form","definition":"event: A\nfields: {m: email}\n","secret":"also"})").status,
        201);
    const Response wrong = post(R"({"name":"three","definition":"kind: form\nevent: A\n"})");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_NE(wrong.body.find("definition:1:1: error: this source has no 'fields'"), std::string::npos) << wrong.body;
    for (const char* body :
         {R"({"name":"a b","definition":"kind: form"})", R"({"nam":"x"})", "[]", "{", R"({"name":"x","kind":"no"})",
          R"({"name":"x","kind":"typeform","definition":"event: A\nfields: {m: email}\n"})"})
        EXPECT_EQ(post(body).status, 400) << body;
    request.method = "GET";
    const Response list = api.handle(request);
    EXPECT_NE(list.body.find(R"("name":"demo","kind":"form","event":"Demo Requested")"), std::string::npos);
    EXPECT_EQ(list.body.find("hidden-secret"), std::string::npos);
    request.path = "/api/v1/sources/two";
    EXPECT_EQ(api.handle(request).status, 200);
    request.method = "DELETE";
    EXPECT_EQ(api.handle(request).status, 204);
    EXPECT_EQ(api.handle(request).status, 404);
    EXPECT_EQ(call("POST", "/forms/two", "m=a@acme.example").status, 404);
    const auto entries = app::Members::audit(*world.reads(), ports::no_position, 3);
    ASSERT_TRUE(entries);
    EXPECT_EQ((*entries)[0].what + " " + (*entries)[0].about, "source removed two");
    EXPECT_EQ((*entries)[1].what + " " + (*entries)[1].about, "source defined: form two");
    EXPECT_EQ((*entries)[2].actor, "mia");
}

TEST_F(FormsTest, TheRegisterSurvivesARebuild) {
    const auto rebuilt = world.ledger->rebuild();
    ASSERT_TRUE(rebuilt);
    EXPECT_EQ(rebuilt->different, 0U);
    EXPECT_EQ(fill("mail=a@acme.example").status, 303);
}

TEST_F(FormsTest, ASourceThatCannotBeReadStopsNoOther) {
    ASSERT_TRUE(world.ledger->act([](const codec::CompanyRow&, const ports::Reader&,
                                     Instant) -> Result<app::CompanyAct> {
        app::CompanyAct act;
        act.about = "broken";
        act.properties = {{"act", Value("source")}, {"definition", Value("kind: pigeon\n")}, {"kind", Value("pigeon")}};
        return act;
    }));
    EXPECT_EQ(fill("mail=a@acme.example").status, 303);
    EXPECT_EQ(fill("mail=a@acme.example", "/forms/broken").status, 404);
    const Response list = call("GET", "/api/v1/sources", "", "", "10.0.0.9", "");
    EXPECT_NE(list.body.find("there is no kind 'pigeon'"), std::string::npos) << list.body;
    EXPECT_NE(list.body.find(R"("problem":"","taken":1,"newest_at":"2026)"), std::string::npos) << list.body;
    EXPECT_NE(list.body.find(R"("taken":0,"newest_at":null)"), std::string::npos) << list.body;
}

TEST_F(FormsTest, AFormOfAnotherSystemIsTakenByOneSourceOnly) {
    define("one", "kind: hubspot-form\nform: f\nevent: A\n");
    EXPECT_EQ(sources.add("two", {}, "kind: hubspot-form\nform: F\nevent: A\n", "", "test").error().code,
              "source_exists");
    define("one", "kind: hubspot-form\nform: f\nevent: B\n");
    ASSERT_TRUE(sources.remove("one", "test"));
    define("two", "kind: hubspot-form\nform: F\nevent: A\n");
}

}  // namespace
}  // namespace baton::http
