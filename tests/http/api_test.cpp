// Routes over a small company in memory, and the contract in docs/openapi.yaml.
#include "http/api.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <set>

#include "app/fixture.h"
#include "codec/yaml_json.h"
#include "http/assets.h"

namespace baton::http {
namespace {

using app::World;

class ApiTest : public testing::Test {
   protected:
    World world;
    Api api{*world.ledger, world.clock, Gate{}};

    Response call(std::string method, const std::string& target, std::string body = {}) {
        Request request;
        request.method = std::move(method);
        EXPECT_TRUE(parse_target(target, request)) << target;
        request.headers["host"] = "localhost:8080";
        if (!body.empty()) request.headers["content-type"] = "application/json";
        request.body = std::move(body);
        return api.handle(request);
    }
    Response get(const std::string& target) { return call("GET", target); }
    Response post(std::string body) { return call("POST", "/api/v1/facts", std::move(body)); }
    static bool has(const Response& response, std::string_view text) {
        return response.body.find(text) != std::string::npos;
    }
};

const std::string three_facts = R"({"facts":[
  {"message_id":"1","type":"profile","email":"Anna@Acme.example","properties":{"employees":250,"origin":"fair"}},
  {"message_id":"2","type":"Page Viewed","email":"anna@acme.example","properties":{"path":"/"}},
  {"message_id":"3","type":"Demo Requested","email":"anna@acme.example"}]})";

TEST_F(ApiTest, TakesFactsOnceAndSaysSo) {
    EXPECT_EQ(post(three_facts).body, R"({"accepted":3,"duplicates":0,"refused":[]})");
    EXPECT_EQ(post(three_facts).body, R"({"accepted":0,"duplicates":3,"refused":[]})");
}

TEST_F(ApiTest, RefusesEachFactByItselfWithItsIndex) {
    const Response response =
        post(R"({"facts":[{"type":"Page Viewed"},{"type":"Page Viewed","email":"b@b.example","typo":1},
                                       {"type":"Page Viewed","email":"b@b.example"},{"type":"accept","email":"b@b.example"}]})");
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(has(response, R"("accepted":1)")) << response.body;
    for (const std::string text : {R"("index":0,"code":"key_missing")", R"("index":1,"code":"unknown_field")",
                                   R"("index":3,"code":"no_open_offer")"})
        EXPECT_TRUE(has(response, text)) << text << " in " << response.body;
}

TEST_F(ApiTest, RefusesRubbishWithItsPlace) {
    const Response broken = post("{\"facts\":[{]}");
    EXPECT_EQ(broken.status, 400);
    EXPECT_TRUE(has(broken, R"("code":"bad_json")")) << broken.body;
    EXPECT_TRUE(has(broken, "line 1")) << broken.body;
    Request plain;
    plain.method = "POST";
    plain.path = "/api/v1/facts";
    plain.headers = {{"host", "localhost"}, {"content-type", "text/plain"}};
    plain.body = three_facts;
    EXPECT_EQ(api.handle(plain).status, 415);
}

TEST_F(ApiTest, ShowsALeadWithItsTimelineAndWhy) {
    post(three_facts);
    const Response lead = get("/api/v1/leads/anna@acme.example");
    ASSERT_EQ(lead.status, 200) << lead.body;
    EXPECT_TRUE(has(lead, R"("stage":"qualified")")) << lead.body;
    EXPECT_TRUE(has(lead, R"("state":"open")")) << lead.body;
    EXPECT_TRUE(has(lead, R"("kind":"offered")")) << lead.body;
    const Response why = get("/api/v1/leads/anna@acme.example/why");
    ASSERT_EQ(why.status, 200) << why.body;
    EXPECT_TRUE(has(why, "sales to accept it")) << why.body;
}

TEST_F(ApiTest, WhyNotYetNamesTheSmallestChange) {
    post(R"({"facts":[{"message_id":"1","type":"profile","email":"c@c.example","properties":{"employees":150}},
                      {"message_id":"2","type":"Page Viewed","email":"c@c.example"}]})");
    const Response why = get("/api/v1/leads/c@c.example/why");
    EXPECT_TRUE(has(why, "Employees at least 200 (is 150)")) << why.body;
    EXPECT_FALSE(has(why, "person.employees >= 200")) << "expressions on request only";
    EXPECT_TRUE(has(get("/api/v1/leads/c@c.example/why?expressions=true"), "person.employees >= 200"));
}

TEST_F(ApiTest, WhyAsOfAMomentIsWhatWasTrueThen) {
    post(R"({"type":"profile","email":"d@d.example","properties":{"employees":150}})");
    const std::string then = to_string(world.clock.now());
    world.clock.advance(Duration::days(3));
    post(R"({"type":"profile","email":"d@d.example","properties":{"employees":900}})");
    EXPECT_TRUE(has(get("/api/v1/leads/d@d.example"), "900"));
    const Response past = get("/api/v1/leads/d@d.example?at=" + then);
    EXPECT_TRUE(has(past, "150")) << past.body;
    EXPECT_FALSE(has(past, "900")) << past.body;
    EXPECT_EQ(get("/api/v1/leads/d@d.example/why?at=2020-01-01").status, 404);
    EXPECT_EQ(get("/api/v1/leads/d@d.example/why?at=yesterday").status, 400);
}

TEST_F(ApiTest, ListsAndPages) {
    for (int i = 0; i < 5; ++i) post(R"({"type":"Page Viewed","email":"p)" + std::to_string(i) + R"(@x.example"})");
    std::set<std::string> seen;
    std::string target = "/api/v1/leads?limit=2";
    for (int page = 0; page < 3; ++page) {
        const Response response = get(target);
        ASSERT_EQ(response.status, 200) << response.body;
        simdjson::dom::parser parser;
        const simdjson::dom::element body = parser.parse(response.body);
        for (const simdjson::dom::element row : body["leads"].get_array())
            seen.insert(std::string(std::string_view(row["email"])));
        if (body["next_cursor"].is_null()) break;
        target = "/api/v1/leads?limit=2&cursor=" + std::string(std::string_view(body["next_cursor"]));
    }
    EXPECT_EQ(seen.size(), 5u);
    EXPECT_TRUE(has(get("/api/v1/leads?q=P3@"), "p3@x.example"));
    EXPECT_TRUE(has(get("/api/v1/leads?q=" + std::string(257, 'x')), "bad_search"));
    EXPECT_TRUE(has(get("/api/v1/leads?q=a+b+c+d+e+f+g+h+i"), "leave some out"));
    EXPECT_FALSE(has(get("/api/v1/leads?stage=won"), "@x.example"));
}

TEST_F(ApiTest, RefusesUnknownAndBadParameters) {
    for (const std::string target :
         {"/api/v1/leads?limit=0", "/api/v1/leads?limit=501", "/api/v1/leads?limit=x", "/api/v1/leads?stge=won",
          "/api/v1/leads?open=maybe", "/api/v1/leads?sort=name", "/api/v1/leads?cursor=zzz",
          "/api/v1/funnel?by=nothing", "/api/v1/moves?limit=999", "/api/v1/playbook?format=pdf"})
        EXPECT_EQ(get(target).status, 400) << target;
}

TEST_F(ApiTest, CountsTheFunnelAndByAProperty) {
    post(three_facts);
    const Response funnel = get("/api/v1/funnel?by=origin");
    ASSERT_EQ(funnel.status, 200) << funnel.body;
    EXPECT_TRUE(has(funnel, R"("fair":{)")) << funnel.body;
    EXPECT_TRUE(has(get("/api/v1/funnel"),
                    R"({"id":"qualified","name":"Qualified","entered":1,"leads":1,"inside":1,"left":0})"));
}

TEST_F(ApiTest, ShowsLatestMovesWithReasons) {
    post(three_facts);
    ASSERT_TRUE(world.ledger->flush());
    const Response moves = get("/api/v1/moves");
    EXPECT_TRUE(has(moves, "became Qualified: Big enough, Asked for a demo")) << moves.body;
}

TEST_F(ApiTest, DrawsThePlaybook) {
    for (const std::string format : {"dot", "mermaid", "markdown", "table"}) {
        const Response response = get("/api/v1/playbook?format=" + format);
        EXPECT_EQ(response.status, 200) << format;
        EXPECT_TRUE(has(response, "Qualified")) << format;
    }
    EXPECT_TRUE(has(get("/api/v1/playbook"), R"("signed":false)"));
}

TEST_F(ApiTest, TellsWhatIsMissingOrNotAllowed) {
    EXPECT_EQ(get("/api/v1/leads/nobody@x.example").status, 404);
    EXPECT_EQ(get("/nothing").status, 404);
    EXPECT_EQ(call("DELETE", "/api/v1/leads").status, 405);
    EXPECT_EQ(get("/assets/..%2f..%2fopenapi.yaml").status, 404);
    EXPECT_EQ(get("/livez").status, 200);
    EXPECT_EQ(get("/readyz").status, 200);
    api.stop_taking();
    EXPECT_EQ(get("/readyz").status, 503);
}

TEST_F(ApiTest, MetricsCountRequestsByRouteNotByPath) {
    get("/api/v1/leads/nobody@x.example");
    const Response metrics = get("/metrics");
    EXPECT_TRUE(has(metrics, R"(route="/api/v1/leads/{key}",status="404"} 1)")) << metrics.body;
    EXPECT_FALSE(has(metrics, "nobody")) << metrics.body;
    EXPECT_TRUE(has(metrics, "baton_ledger{what=\"accepted\"} 0"));
}

TEST_F(ApiTest, ScriptsInNamesStayText) {
    post(R"({"type":"profile","email":"x@x.example","properties":{"origin":"<script>alert(1)</script>"}})");
    EXPECT_FALSE(has(get("/api/v1/leads/x@x.example"), "<script>"));
    EXPECT_TRUE(
        std::ranges::any_of(get("/").headers, [](const auto& h) { return h.first == "content-security-policy"; }));
}

// ---- who may not ----------------------------------------------------------------------------------------------

TEST_F(ApiTest, EveryRouteButTheProbesNeedsTheToken) {
    Api guarded(*world.ledger, world.clock, Gate{"s3cret"});
    for (const Route& route : Api::routes()) {
        Request request;
        request.method = route.method;
        request.path = route.path;
        request.headers["host"] = "baton.example";
        const int status = guarded.handle(request).status;
        if (route.access == Access::form)  // anybody may: here there is no such form
            EXPECT_TRUE(status == 404 || status == 415) << route.path << " " << status;
        else
            EXPECT_EQ(status, route.access == Access::probe ? 200 : 401) << route.path;
    }
}

TEST_F(ApiTest, OtherHostsAndOtherSitesAreTurnedAway) {
    for (const Route& route : Api::routes()) {
        if (route.access == Access::form) continue;  // for pages of every site
        Request request;
        request.method = route.method;
        request.path = route.path;
        request.headers["host"] = "rebound.example";
        EXPECT_EQ(api.handle(request).status, route.access == Access::probe ? 200 : 421) << route.path;
        request.headers["host"] = "localhost:8080";
        request.headers["origin"] = "https://other.example";
        const bool turned_away = api.handle(request).status == 403;
        EXPECT_EQ(turned_away, route.method != "GET") << route.path;
    }
}

// ---- the contract ---------------------------------------------------------------------------------------------

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(c | 0x20);
    return out;
}

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
    const auto json = codec::yaml_to_json(asset("docs/openapi.yaml"));
    ASSERT_TRUE(json) << json.error().detail;
    simdjson::dom::parser parser;
    const simdjson::dom::element document = parser.parse(*json);
    std::set<std::string> described;
    for (const auto& [path, operations] : simdjson::dom::object(document["paths"]))
        for (const auto& [method, operation] : simdjson::dom::object(operations))
            described.insert(std::string(method) + " " + std::string(path) + " " +
                             std::string(std::string_view(operation["x-access"])));
    std::set<std::string> served;
    for (const Route& route : Api::routes())
        served.insert(lower(route.method) + " " + std::string(route.path) + " " + std::string(to_string(route.access)));
    EXPECT_EQ(described, served);
}

TEST_F(ApiTest, AnswersHaveTheFieldsThatTheContractRequires) {
    post(three_facts);
    const auto json = codec::yaml_to_json(asset("docs/openapi.yaml"));
    simdjson::dom::parser contract_parser;
    const simdjson::dom::element contract = contract_parser.parse(*json);
    const std::pair<std::string, std::string> cases[] = {{"/api/v1/funnel", "Funnel"},
                                                         {"/api/v1/playbook", "Playbook"},
                                                         {"/api/v1/leads/anna@acme.example/why", "Why"},
                                                         {"/nothing", "Problem"}};
    for (const auto& [target, schema] : cases) {
        simdjson::dom::parser parser;
        const std::string body = get(target).body;
        const simdjson::dom::element answer = parser.parse(body);
        for (const simdjson::dom::element name : contract["components"]["schemas"][schema]["required"].get_array())
            EXPECT_EQ(answer[std::string_view(name)].error(), simdjson::SUCCESS)
                << target << " lacks " << std::string_view(name);
    }
}

}  // namespace
}  // namespace baton::http
