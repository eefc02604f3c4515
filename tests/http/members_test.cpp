// Signing in, members, keys, the audit trail, and the hand-written matrix of who may call what.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "app/fixture.h"
#include "codec/yaml_json.h"
#include "http/api.h"
#include "http/assets.h"

namespace baton::http {
namespace {

using app::Role;
using app::Roles;
using app::Scope;
using app::World;

constexpr const char* password = "correct horse battery staple";

class MembersTest : public testing::Test {
   protected:
    World world;
    app::Members members{*world.ledger};
    Api api{*world.ledger, world.clock, Gate{}};

    struct With {
        std::string bearer, cookie, origin, remote = "10.0.0.9";
    };
    Response call(std::string method, std::string path, std::string body, const With& with) {
        Request request;
        request.method = std::move(method);
        EXPECT_TRUE(parse_target(path, request)) << path;
        request.headers["host"] = "baton.example";
        request.remote = with.remote;
        if (!with.bearer.empty()) request.headers["authorization"] = "Bearer " + with.bearer;
        if (!with.cookie.empty()) request.headers["cookie"] = "a=b; baton_session=" + with.cookie;
        if (!with.origin.empty()) request.headers["origin"] = with.origin;
        if (!body.empty()) request.headers["content-type"] = "application/json";
        request.body = std::move(body);
        return api.handle(request);
    }
    Response call(std::string method, std::string path, std::string body = {}) {
        return call(std::move(method), std::move(path), std::move(body), With{});
    }
    void person(const std::string& id, Roles roles) {
        app::MemberChange change;
        change.id = id;
        change.roles = roles;
        change.email = id + "@us.example";
        ASSERT_TRUE(members.add(change, "test"));
        ASSERT_TRUE(members.set_password(id, password, "test"));
    }
    static std::string body_for(const std::string& who, const std::string& secret = password) {
        return R"({"who":")" + who + R"(","password":")" + secret + "\"}";
    }
    static std::string cookie_of(const Response& response) {
        for (const auto& [name, value] : response.headers)
            if (name == "set-cookie") return value.substr(value.find('=') + 1, value.find(';') - value.find('=') - 1);
        return "";
    }
    std::string sign_in(const std::string& who) {
        const Response response = call("POST", "/api/v1/session", body_for(who));
        EXPECT_EQ(response.status, 200) << response.body;
        return cookie_of(response);
    }
    std::string key(Scope scope, const std::string& owner = "crm") {
        const auto made = members.make_key(owner, scope, "", "test");
        EXPECT_TRUE(made) << made.error().detail;
        return made ? made->text : "";
    }
    static bool has(const Response& response, std::string_view text) {
        return response.body.find(text) != std::string::npos;
    }
};

// ---- who may --------------------------------------------------------------------------------------------------

std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> found;
    std::stringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) found.push_back(cell);
    return found;
}

TEST_F(MembersTest, TheMatrixOfRoutesAndRoles) {
    std::map<std::string, With> callers{{"nobody", {}}};
    for (const Scope scope : {Scope::intake, Scope::read, Scope::write})
        callers["key " + std::string(to_string(scope))].bearer = key(scope);
    for (const std::string& role : Roles::all().names()) {
        person("one-" + role, Roles{*app::role_of(role)});
        callers[role].cookie = sign_in("one-" + role);
    }
    std::ifstream file(std::string(BATON_SOURCE_DIR) + "/tests/http/access.csv");
    std::vector<std::string> columns;
    std::set<std::string> covered;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) continue;
        const auto row = cells(line);
        if (columns.empty()) {
            columns = row;
            ASSERT_EQ(columns.size(), 2 + callers.size());
            continue;
        }
        ASSERT_EQ(row.size(), columns.size()) << line;
        covered.insert(row[0] + " " + row[1]);
        std::string path = row[1];
        if (const auto brace = path.find("{key}"); brace != std::string::npos) path.replace(brace, 5, "x");
        for (std::size_t i = 2; i < row.size(); ++i) {
            ASSERT_TRUE(callers.contains(columns[i])) << columns[i];
            const int status = call(row[0], path, "", callers[columns[i]]).status;
            const bool refused = status == 401 || status == 403;
            EXPECT_EQ(refused ? std::to_string(status) : "y", row[i])
                << row[0] << " " << row[1] << " by " << columns[i];
        }
    }
    std::set<std::string> served;
    for (const Route& route : Api::routes()) served.insert(std::string(route.method) + " " + std::string(route.path));
    EXPECT_EQ(covered, served);
}

TEST_F(MembersTest, OpenUntilSomebodyHasAPassword) {
    EXPECT_EQ(call("GET", "/api/v1/leads").status, 421);
    Request local;
    local.method = "GET";
    local.path = "/api/v1/leads";
    local.headers["host"] = "localhost:8080";
    EXPECT_EQ(api.handle(local).status, 200);
    const std::string made = key(Scope::read);  // a key alone closes nothing
    EXPECT_EQ(api.handle(local).status, 200);
    EXPECT_EQ(call("GET", "/api/v1/leads", "", {.bearer = made}).status, 200);
    EXPECT_EQ(call("GET", "/api/v1/leads", "", {.bearer = made + "x"}).status, 401);
    person("anna", {Role::admin});
    EXPECT_EQ(api.handle(local).status, 401);
}

TEST_F(MembersTest, DecisionsAreForThoseWhoseTheyAre) {
    person("rep", {Role::sales_rep});
    person("mia", {Role::marketing});
    const With rep{.cookie = sign_in("rep")}, mia{.cookie = sign_in("mia")};
    const auto facts = [](const std::string& type) {
        return R"({"facts":[{"type":"Page Viewed","email":"a@a.example"},{"type":")" + type +
               R"(","email":"a@a.example","properties":{"reason":"x"}}]})";
    };
    EXPECT_TRUE(has(call("POST", "/api/v1/facts", facts("accept"), mia), R"("index":1,"code":"not_allowed")"));
    EXPECT_TRUE(has(call("POST", "/api/v1/facts", facts("accept"), rep), R"("index":1,"code":"no_open_offer")"));
    EXPECT_TRUE(has(call("POST", "/api/v1/facts", facts("withdraw"), rep), R"("index":1,"code":"not_allowed")"));
    EXPECT_TRUE(has(call("POST", "/api/v1/facts", facts("user"), rep), R"("index":1,"code":"not_allowed")"));
    const With page{.bearer = key(Scope::intake)};
    EXPECT_TRUE(has(call("POST", "/api/v1/facts", facts("accept"), page), R"("index":1,"code":"not_allowed")"));
}

TEST_F(MembersTest, WhoDidItNeverComesFromTheBody) {
    person("rep", {Role::sales_rep});
    const With rep{.cookie = sign_in("rep")};
    const std::string note = R"({"type":"note","email":"a@a.example","properties":{"text":"hello"})";
    EXPECT_TRUE(has(call("POST", "/api/v1/facts", note + R"(,"actor":"boss"})", rep), R"("code":"actor_not_allowed")"));
    EXPECT_TRUE(has(call("POST", "/api/v1/facts", note + "}", rep), R"("accepted":1)"));
    const auto reads = world.reads();
    const auto timeline = reads->timeline(**reads->find("a@a.example"));
    EXPECT_EQ(timeline->entries.front().fact->fact.actor, "rep");
}

TEST_F(MembersTest, OtherSitesMayNotUseASession) {
    person("anna", {Role::admin});
    const std::string cookie = sign_in("anna");
    const std::string fact = R"({"type":"Page Viewed","email":"a@a.example"})";
    const std::string other = "https://other.example";
    EXPECT_EQ(call("POST", "/api/v1/facts", fact, {.cookie = cookie, .origin = other}).status, 403);
    EXPECT_EQ(call("POST", "/api/v1/session", body_for("anna"), {.origin = other}).status, 403);
    EXPECT_EQ(call("POST", "/api/v1/facts", fact, {.cookie = cookie, .origin = "https://baton.example"}).status, 200);
    EXPECT_EQ(call("POST", "/api/v1/facts", fact, {.bearer = key(Scope::intake), .origin = other}).status, 200);
}

// ---- signing in -----------------------------------------------------------------------------------------------

TEST_F(MembersTest, ASessionEndsBySigningOutByTimeByANewPasswordAndByBeingDisabled) {
    person("anna", {Role::admin});
    person("bo", {Role::sales_rep});
    const auto alive = [&](const std::string& cookie) {
        return call("GET", "/api/v1/leads", "", {.cookie = cookie}).status;
    };
    const std::string first = sign_in("bo"), second = sign_in("bo@us.example");
    EXPECT_EQ(call("DELETE", "/api/v1/session", "", {.cookie = first}).status, 204);
    EXPECT_EQ(alive(first), 401);
    EXPECT_EQ(alive(second), 200);
    ASSERT_TRUE(members.set_password("bo", "another long password", "bo"));
    EXPECT_EQ(alive(second), 401);
    EXPECT_EQ(call("POST", "/api/v1/session", body_for("bo")).status, 401);
    ASSERT_TRUE(members.set_password("bo", password, "bo"));
    const std::string third = sign_in("bo"), programs = key(Scope::read, "bo");
    const With anna{.cookie = sign_in("anna")};
    EXPECT_EQ(call("PATCH", "/api/v1/members/bo", R"({"disabled":true})", anna).status, 204);
    EXPECT_EQ(alive(third), 401);
    EXPECT_EQ(call("GET", "/api/v1/leads", "", {.bearer = programs}).status, 401);
    EXPECT_EQ(call("POST", "/api/v1/session", body_for("bo")).status, 401);
    EXPECT_EQ(call("PATCH", "/api/v1/members/bo", R"({"disabled":false})", anna).status, 204);
    const std::string fourth = sign_in("bo");
    EXPECT_EQ(alive(third), 401);
    world.clock.advance(Duration::hours(13));
    EXPECT_EQ(alive(fourth), 401);
}

TEST_F(MembersTest, ARoleTakenAwayIsGoneAtOnce) {
    person("anna", {Role::admin});
    person("bo", {Role::admin, Role::marketing});
    const With anna{.cookie = sign_in("anna")}, bo{.cookie = sign_in("bo")};
    EXPECT_EQ(call("GET", "/api/v1/keys", "", bo).status, 200);
    EXPECT_EQ(call("PATCH", "/api/v1/members/bo", R"({"roles":["marketing"]})", anna).status, 204);
    EXPECT_EQ(call("GET", "/api/v1/keys", "", bo).status, 403);
    EXPECT_EQ(call("GET", "/api/v1/leads", "", bo).status, 200);
    EXPECT_EQ(call("PATCH", "/api/v1/members/anna", R"({"roles":["marketing"]})", anna).status, 409);
    EXPECT_EQ(call("PATCH", "/api/v1/members/anna", R"({"disabled":true})", anna).status, 409);
}

TEST_F(MembersTest, GuessingIsSlowedByNameAndByAddress) {
    person("anna", {Role::admin});
    person("bo", {Role::sales_rep});
    for (int i = 0; i < Attempts::most; ++i)
        EXPECT_EQ(
            call("POST", "/api/v1/session", body_for("bo", "wrong"), {.remote = "10.0.0." + std::to_string(i)}).status,
            401);
    const Response waiting = call("POST", "/api/v1/session", body_for("bo"), {.remote = "10.1.1.1"});
    EXPECT_EQ(waiting.status, 429);
    EXPECT_TRUE(std::ranges::any_of(waiting.headers, [](const auto& h) { return h.first == "retry-after"; }));
    EXPECT_EQ(call("POST", "/api/v1/session", body_for("anna"), {.remote = "10.1.1.1"}).status, 200);
    world.clock.advance(Attempts::window);
    EXPECT_EQ(call("POST", "/api/v1/session", body_for("bo"), {.remote = "10.1.1.1"}).status, 200);
    for (int i = 0; i < Attempts::most; ++i)
        call("POST", "/api/v1/session", body_for("x" + std::to_string(i), "wrong"), {.remote = "10.2.2.2"});
    EXPECT_EQ(call("POST", "/api/v1/session", body_for("anna"), {.remote = "10.2.2.2"}).status, 429);
}

TEST_F(MembersTest, NobodyAndWrongPasswordAnswerAlike) {
    person("anna", {Role::admin});
    EXPECT_EQ(call("POST", "/api/v1/session", body_for("anna", "wrong password")).body,
              call("POST", "/api/v1/session", body_for("nobody", "wrong password")).body);
}

// ---- members and keys over HTTP -------------------------------------------------------------------------------

TEST_F(MembersTest, AnAdminMakesMembersAndKeys) {
    person("anna", {Role::admin});
    const With anna{.cookie = sign_in("anna")};
    const std::string carl = R"({"id":"carl","name":"Carl","email":"Carl@Us.example","roles":["sales_rep"]})";
    EXPECT_EQ(call("POST", "/api/v1/members", carl, anna).status, 201);
    EXPECT_EQ(call("POST", "/api/v1/members", carl, anna).status, 409);
    EXPECT_EQ(call("PUT", "/api/v1/members/carl/password", R"({"password":"short"})", anna).status, 400);
    EXPECT_EQ(call("PUT", "/api/v1/members/carl/password", R"({"password":"carl is a long one"})", anna).status, 400);
    EXPECT_EQ(call("PUT", "/api/v1/members/carl/password", R"({"password":"a really long one"})", anna).status, 204);
    EXPECT_EQ(call("POST", "/api/v1/session", body_for("carl@us.example", "a really long one")).status, 200);
    const Response list = call("GET", "/api/v1/members", "", anna);
    EXPECT_TRUE(has(list, R"("id":"carl","name":"Carl","email":"carl@us.example","roles":["sales_rep"])")) << list.body;
    EXPECT_FALSE(has(list, "argon2"));
    const Response made = call("POST", "/api/v1/keys", R"({"owner":"form","scope":"intake","label":"web form"})", anna);
    ASSERT_EQ(made.status, 201) << made.body;
    const auto from = made.body.find("baton_intake_");
    const std::string text = made.body.substr(from, made.body.find('"', from) - from);
    const std::string id = made.body.substr(7, 16);
    const std::string fact = R"({"type":"Page Viewed","email":"a@a.example"})";
    EXPECT_EQ(call("POST", "/api/v1/facts", fact, {.bearer = text}).status, 200);
    EXPECT_FALSE(has(call("GET", "/api/v1/keys", "", anna), text));
    EXPECT_TRUE(has(call("GET", "/api/v1/keys", "", anna), id));
    EXPECT_EQ(call("DELETE", "/api/v1/keys/" + id, "", anna).status, 204);
    EXPECT_EQ(call("DELETE", "/api/v1/keys/" + id, "", anna).status, 404);
    EXPECT_EQ(call("POST", "/api/v1/facts", fact, {.bearer = text}).status, 401);
}

TEST_F(MembersTest, AnswersHaveTheFieldsThatTheContractRequires) {
    person("anna", {Role::admin});
    const With anna{.cookie = sign_in("anna")};
    const auto text = codec::yaml_to_json(asset("docs/openapi.yaml"));
    ASSERT_TRUE(text);
    simdjson::dom::parser contract_parser;
    const simdjson::dom::element contract = contract_parser.parse(*text);
    const std::pair<std::string, std::string> cases[] = {
        {"session", "Session"}, {"members", "Members"}, {"keys", "Keys"}, {"audit", "Audit"}};
    for (const auto& [path, schema] : cases) {
        simdjson::dom::parser parser;
        const std::string body = call("GET", "/api/v1/" + path, "", anna).body;
        const simdjson::dom::element answer = parser.parse(body);
        for (const simdjson::dom::element name : contract["components"]["schemas"][schema]["required"].get_array())
            EXPECT_EQ(answer[std::string_view(name)].error(), simdjson::SUCCESS)
                << path << " " << std::string_view(name);
    }
}

TEST_F(MembersTest, RubbishIsRefusedWithItsName) {
    person("anna", {Role::admin});
    const With anna{.cookie = sign_in("anna")};
    const std::pair<std::string, std::string> cases[] = {
        {R"({"id":"a b","roles":["admin"]})", "bad_member"},
        {R"({"id":"x","roles":["king"]})", "bad_role"},
        {R"({"id":"x"})", "bad_role"},
        {R"({"id":"x","roles":"admin"})", "bad_body"},
        {R"({"id":"x","rolls":["admin"]})", "bad_body"},
        {R"(["x"])", "bad_body"},
        {R"({"id":"x","roles":["admin"],"email":"no"})", "bad_member"},
        {R"({"id":"x","roles":["admin"],"name":"Ann\u0007a"})", "bad_member"},
        {R"({"id":"x","roles":["admin"],"name":"Ann\u009ba"})", "bad_member"},
        {R"({"id":"x","roles":["admin"],"name":"Ann\u202ea"})", "bad_member"},
        {R"({"id":"x","roles":["admin"],"email":"x\u007f@us.example"})", "bad_member"},
        {R"({"id":)", "bad_json"},
        {R"({"id":"x","roles":["admin"],"email":"anna@us.example"})", "member_exists"}};
    for (const auto& [body, code] : cases)
        EXPECT_TRUE(has(call("POST", "/api/v1/members", body, anna), "\"code\":\"" + code + "\"")) << body;
    EXPECT_TRUE(has(call("PATCH", "/api/v1/members/anna", R"({"name":"A\nB"})", anna), "\"code\":\"bad_member\""));
    EXPECT_TRUE(
        has(call("POST", "/api/v1/keys", R"({"scope":"read","label":"bi\u0007"})", anna), "control characters"));
    EXPECT_EQ(call("PATCH", "/api/v1/members/anna", R"({"name":"Änne  O’Hara 王"})", anna).status, 204);
    EXPECT_EQ(call("PATCH", "/api/v1/members/nobody", "{}", anna).status, 404);
    EXPECT_EQ(call("POST", "/api/v1/keys", R"({"scope":"all"})", anna).status, 400);
    EXPECT_EQ(call("GET", "/api/v1/audit?limit=0", "", anna).status, 400);
    EXPECT_EQ(call("GET", "/api/v1/audit?before=999999", "", anna).status, 400);
}

TEST_F(MembersTest, EveryChangeStandsInTheAuditTrailOnceWithWhoDidIt) {
    person("anna", {Role::admin});
    const With anna{.cookie = sign_in("anna")};
    call("POST", "/api/v1/members", R"({"id":"carl","roles":["sales_rep"]})", anna);
    call("POST", "/api/v1/keys", R"({"owner":"carl","scope":"read"})", anna);
    call("PATCH", "/api/v1/members/carl", R"({"disabled":true})", anna);
    call("POST", "/api/v1/members", R"({"id":"carl","roles":["sales_rep"]})", anna);  // refused: no entry
    const auto reads = world.reads();
    const auto all = app::Members::audit(*reads, ports::no_position, 100);
    ASSERT_TRUE(all);
    std::vector<std::string> said;
    for (const auto& entry : *all) said.push_back(entry.actor + " > " + entry.about + ": " + entry.what.substr(0, 9));
    EXPECT_EQ(said, (std::vector<std::string>{"anna > carl: disabled:", "anna > carl: key made:",
                                              "anna > carl: made or c", "anna > anna: signed in",
                                              "test > anna: password ", "test > anna: made or c", " > : put in fo"}));
    const auto older = app::Members::audit(*reads, (*all)[4].position, 100);
    ASSERT_TRUE(older);
    EXPECT_EQ(older->size(), 2U);
}

}  // namespace
}  // namespace baton::http
