// What people allow, over HTTP: consent given and withdrawn, Global Privacy Control, tracking modes, and everything handed out.
#include <gtest/gtest.h>

#include "wire_api.h"

namespace baton::http {
namespace {

using app::Role;
using app::Scope;

class Privacy : public ApiWorld {
   protected:
    std::string seller, mia, page, server;

    void SetUp() override {
        seller = member("rep", Role::sales_rep);
        mia = member("mia", Role::marketing);
        page = key_of("mia", Scope::intake);
        server = key_of("mia", Scope::write);
        send(R"({"facts":[{"type":"profile","email":"anna@acme.example","properties":{"name":"Anna Berg"}}]})");
    }
    Response said(const std::string& body, const std::string& key) {
        return post("/api/v1/people/anna@acme.example/consent", body, key);
    }
    std::string standing(const std::string& who = "anna@acme.example") {
        const Response ledger = get("/api/v1/people/" + who + "/consent", seller);
        EXPECT_EQ(ledger.status, 200) << ledger.body;
        return text_of(ledger, "\"purpose\":") + " " + text_of(ledger, "\"state\":");
    }
    Response track(const std::string& call, const std::string& body, const std::string& key, const Headers& more = {}) {
        return post("/v1/" + call, body, key, more);
    }
    std::size_t consents_of(const std::string& who) {
        const std::string body = get("/api/v1/people/" + who + "/consent", seller).body;
        std::size_t count = 0;
        for (auto at = body.find("\"words\""); at != std::string::npos; at = body.find("\"words\"", at + 1)) ++count;
        return count;
    }
    std::string accepted() { return std::to_string(world.ledger->stats().accepted); }
};

TEST_F(Privacy, ConsentIsGivenAndWithdrawnByTheSameCall) {
    EXPECT_EQ(
        said(R"({"purpose":"marketing_email","given":true,"text":"Send me news","text_version":"2026-03"})", seller)
            .status,
        201);
    EXPECT_EQ(standing(), "marketing_email given");
    world.clock.advance(Duration::hours(1));
    const Response withdrawn = said(R"({"purpose":"marketing_email","given":false,"channel":"phone"})", seller);
    EXPECT_EQ(withdrawn.status, 201);
    for (const std::string text :
         {R"("state":"withdrawn")", R"("actor":"rep")", R"("channel":"phone")", R"("text_version":"2026-03")",
          R"("stands":true)", "withdrew marketing email, channel phone; recorded by rep"})
        EXPECT_TRUE(has(withdrawn, text)) << text << " in " << withdrawn.body;
    EXPECT_TRUE(has(get("/api/v1/people/anna@acme.example", seller), R"("consents":[{"purpose":"marketing_email")"));
    EXPECT_TRUE(has(get("/api/v1/leads/anna@acme.example", seller), "allowed marketing email, text 2026-03"));
    world.clock.advance(Duration::hours(1));
    EXPECT_EQ(said(R"({"purpose":"marketing_email","given":true})", seller).status, 201);
    world.clock.advance(Duration::hours(1));
    EXPECT_EQ(said(R"({"purpose":"marketing_email","given":false,"channel":"phone"})", seller).status, 201);
    EXPECT_EQ(standing(), "marketing_email withdrawn") << "the same words again, later, are said again";
}

TEST_F(Privacy, ConsentThatSaysNothingIsRefused) {
    const struct {
        const char* body;
        int status;
    } table[] = {
        {"{}", 400},
        {R"({"given":true})", 422},
        {R"({"purpose":"phone"})", 400},
        {R"({"purpose":"phone","given":"yes"})", 400},
        {R"({"purpose":"phone","given":true,"basis":"because"})", 422},
        {R"({"purpose":"phone","given":true,"occurred_at":"soon"})", 400},
        {R"({"purpose":"phone","given":true,"until":"2027"})", 400},
    };
    for (const auto& row : table) EXPECT_EQ(said(row.body, seller).status, row.status) << row.body;
    EXPECT_EQ(post("/api/v1/people/nobody@x.example/consent", R"({"purpose":"phone","given":true})", seller).status,
              404);
    EXPECT_EQ(consents_of("anna@acme.example"), 0U);
}

TEST_F(Privacy, APageWithdrawsAndLiftsNothing) {
    const std::string fact =
        R"({"facts":[{"type":"consent","email":"anna@acme.example","message_id":"ID","properties":{"purpose":"marketing_email","given":GIVEN}}]})";
    const auto tell = [&](std::string id, std::string given, const std::string& key) {
        std::string body = fact;
        body.replace(body.find("ID"), 2, id);
        body.replace(body.find("GIVEN"), 5, given);
        EXPECT_TRUE(has(post("/api/v1/facts", body, key), "\"accepted\":1")) << body;
        world.clock.advance(Duration::hours(1));
    };
    tell("1", "true", page);
    EXPECT_EQ(standing(), "marketing_email given");
    tell("2", "false", page);
    EXPECT_EQ(standing(), "marketing_email withdrawn");
    tell("3", "true", page);
    EXPECT_EQ(standing(), "marketing_email withdrawn");
    tell("4", "true", server);
    EXPECT_EQ(standing(), "marketing_email given");
}

// ---- Global Privacy Control --------------------------------------------------------------------------------------

TEST_F(Privacy, GlobalPrivacyControlIsOneFactOfVisitorAndPerson) {
    const Headers gpc{{"sec-gpc", "1"}};
    for (int i = 0; i < 3; ++i)
        track("page", R"({"anonymousId":"v","messageId":"p)" + std::to_string(i) + "\"}", page, gpc);
    EXPECT_EQ(standing("v"), "sale_or_sharing withdrawn");
    EXPECT_EQ(consents_of("v"), 1U) << "not one for each page";
    track("page", R"({"anonymousId":"v","messageId":"p9"})", page);
    EXPECT_EQ(standing("v"), "sale_or_sharing withdrawn") << "a call without the header undoes nothing";
    track("identify", R"({"anonymousId":"v","userId":"u","messageId":"i"})", page, gpc);
    track("identify", R"({"anonymousId":"v","userId":"u","messageId":"j"})", page, gpc);
    EXPECT_EQ(standing("u"), "sale_or_sharing withdrawn");
    EXPECT_EQ(consents_of("u"), 2U) << "the visitor's, and the person's own";
    Api again{*world.ledger, world.clock, Gate{}};  // that remembers nobody
    Request request;
    parse_target("/v1/page", request);
    request.method = "POST";
    request.headers = {{"host", "baton.example"}, {"authorization", "Bearer " + page}, {"sec-gpc", "1"}};
    request.body = R"({"userId":"u","messageId":"k"})";
    EXPECT_EQ(again.handle(request).status, 200);
    EXPECT_EQ(consents_of("u"), 2U);
}

TEST_F(Privacy, AServersFactsWithTheHeaderCountAsTheyWereSent) {
    const Response taken =
        post("/api/v1/facts", R"({"facts":[{"type":"Page Viewed","email":"anna@acme.example","message_id":"1"},
        {"type":"Page Viewed","email":"anna@acme.example","message_id":"2"}]})",
             server, {{"sec-gpc", "1"}});
    EXPECT_TRUE(has(taken, R"({"accepted":2,"duplicates":0,"refused":[]})")) << taken.body;
    EXPECT_EQ(standing(), "sale_or_sharing withdrawn");
    EXPECT_EQ(consents_of("anna@acme.example"), 1U);
}

TEST_F(Privacy, AFormWithTheHeaderIsAnOptOutToo) {
    const std::string form =
        R"({"name":"demo","kind":"form","definition":"event: Demo Requested\nfields: {email: email}\nconsents: {news: marketing_email}\n"})";
    ASSERT_EQ(post("/api/v1/sources", form, mia).status, 201);
    EXPECT_EQ(post("/forms/demo", R"({"email":"anna@acme.example","news":"yes"})", "", {{"sec-gpc", "1"}}).status, 200);
    const Response ledger = get("/api/v1/people/anna@acme.example/consent", seller);
    for (const std::string text : {R"("purpose":"marketing_email","label":"marketing email","state":"given")",
                                   R"("purpose":"sale_or_sharing")", R"("source":"form:demo")", R"("trust":"browser")"})
        EXPECT_TRUE(has(ledger, text)) << text << " in " << ledger.body;
}

// ---- tracking modes ----------------------------------------------------------------------------------------------

TEST_F(Privacy, ModesAreSettledByMarketingAndAudited) {
    EXPECT_TRUE(has(get("/api/v1/tracking", seller), R"({"mode":"full","days":[]})"));
    EXPECT_EQ(call("PUT", "/api/v1/tracking", R"({"mode":"none"})", seller).status, 403);
    EXPECT_EQ(call("PUT", "/api/v1/tracking", R"({"mode":"none"})", page).status, 403);
    for (const char* wrong : {R"({"mode":""})", R"({"mode":"some"})", "{}", R"({"mode":1})"})
        EXPECT_EQ(call("PUT", "/api/v1/tracking", wrong, mia).status, 400) << wrong;
    EXPECT_EQ(call("PUT", "/api/v1/tracking", R"({"mode":"cookieless"})", mia).status, 204);
    EXPECT_TRUE(has(get("/api/v1/tracking", seller), R"("mode":"cookieless")"));
    EXPECT_TRUE(has(get("/api/v1/audit", member("ada", Role::admin)),
                    R"("actor":"mia","about":"","what":"tracking of visitors is cookieless")"));
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
    EXPECT_EQ(call("PUT", "/api/v1/tracking", R"({"mode":"full"})", mia).status, 204);
    EXPECT_EQ(world.reads()->company()->tracking, "");
}

TEST_F(Privacy, CookielessCountsVisitorsAndKeepsNothingOfThem) {
    ASSERT_EQ(call("PUT", "/api/v1/tracking", R"({"mode":"cookieless"})", mia).status, 204);
    const std::string before = accepted();
    for (const char* path : {"/a", "/b"})
        EXPECT_EQ(
            track("page", R"({"anonymousId":"v-secret","properties":{"path":")" + std::string(path) + "\"}}", page)
                .status,
            200);
    EXPECT_EQ(accepted(), before);
    EXPECT_TRUE(
        has(get("/api/v1/tracking", seller), R"({"day":"2026-03-01","events":{"Page Viewed":2},"left_out":0})"));
    EXPECT_EQ(get("/api/v1/people/v-secret", seller).status, 404);
    track("track", R"({"anonymousId":"v-secret","userId":"u","event":"Demo Requested","messageId":"1"})", server);
    const Response person = get("/api/v1/people/u", seller);
    EXPECT_TRUE(has(person, "Demo Requested"));
    EXPECT_FALSE(has(person, "v-secret"));
    const Response refused =
        post("/api/v1/facts", R"({"facts":[{"type":"Page Viewed","anonymous_id":"v-secret"}]})", page);
    EXPECT_TRUE(has(refused, R"("code":"visitors_not_kept")")) << refused.body;
    ASSERT_EQ(call("PUT", "/api/v1/tracking", R"({"mode":"full"})", mia).status, 204);
    track("identify", R"({"anonymousId":"v-secret","userId":"u","messageId":"2"})", server);
    EXPECT_FALSE(has(get("/api/v1/people/u", seller), "Page Viewed")) << "nothing comes back when more is kept later";
}

TEST_F(Privacy, NoneTakesWhatServersSayOfPeopleByName) {
    ASSERT_EQ(call("PUT", "/api/v1/tracking", R"({"mode":"none"})", mia).status, 204);
    const std::string before = accepted();
    track("page", R"({"anonymousId":"v"})", page);
    track("identify", R"({"userId":"u","anonymousId":"v"})", page);
    track("page", R"({"anonymousId":"v"})", server);
    EXPECT_EQ(accepted(), before);
    EXPECT_TRUE(has(get("/api/v1/tracking", seller), R"("events":{},"left_out":3)"));
    EXPECT_TRUE(has(get("/api/v1/drops", seller), R"("drops":[])")) << "counted, and nothing told of them";
    track("identify", R"({"userId":"u","anonymousId":"v","messageId":"1"})", server);
    EXPECT_EQ(get("/api/v1/people/u", seller).status, 200);
    EXPECT_EQ(get("/api/v1/people/v", seller).status, 404);
}

TEST_F(Privacy, AFormForgetsTheBrowserWhereVisitorsAreNotKept) {
    const std::string form =
        R"({"name":"demo","kind":"form","definition":"event: Demo Requested\nfields: {email: email, aid: anonymous_id}\n"})";
    ASSERT_EQ(post("/api/v1/sources", form, mia).status, 201);
    ASSERT_EQ(call("PUT", "/api/v1/tracking", R"({"mode":"none"})", mia).status, 204);
    EXPECT_EQ(post("/forms/demo", R"({"email":"eva@acme.example","aid":"v","hutk":"cookie"})", "").status, 200);
    EXPECT_EQ(post("/forms/demo", R"({"aid":"v"})", "").status, 200);
    const Response eva = get("/api/v1/people/eva@acme.example", seller);
    EXPECT_TRUE(has(eva, "Demo Requested"));
    EXPECT_FALSE(has(eva, "cookie"));
    EXPECT_EQ(get("/api/v1/people/v", seller).status, 404);
    EXPECT_TRUE(has(get("/api/v1/drops", seller), R"("code":"visitors_not_kept")"));
}

// ---- everything that is kept -------------------------------------------------------------------------------------

TEST_F(Privacy, AllDataAreHandedOutByWhoMayAndThatIsRecorded) {
    const std::string path = "/api/v1/people/anna@acme.example/export";
    for (const Role role :
         {Role::sales_rep, Role::inside_sales, Role::sales_manager, Role::leadership, Role::customer_success})
        EXPECT_EQ(get(path, member("member-" + std::to_string(static_cast<int>(role)), role)).status, 403);
    EXPECT_EQ(get(path, page).status, 403);
    EXPECT_EQ(get(path, key_of("mia", Scope::read)).status, 403);
    const std::string admin = member("ada", Role::admin);
    EXPECT_FALSE(has(get("/api/v1/audit", admin), "handed out"));
    const Response data = get(path, mia);
    EXPECT_EQ(data.status, 200);
    EXPECT_EQ(header_of(data, "cache-control"), "no-store");
    EXPECT_TRUE(has(data, R"("said_by":"a system or a person signed in")")) << data.body;
    const Response html = get(path + "?format=html", mia);
    EXPECT_EQ(html.content_type, "text/html; charset=utf-8");
    EXPECT_TRUE(has(html, "<h1>Data kept about Anna Berg</h1>"));
    EXPECT_TRUE(header_of(html, "content-security-policy").starts_with("default-src 'none'"));
    EXPECT_EQ(get(path + "?format=pdf", mia).status, 400);
    EXPECT_EQ(get("/api/v1/people/nobody@x.example/export", mia).status, 404);
    const Response audit = get("/api/v1/audit", admin);
    const auto first = audit.body.find("handed out");
    EXPECT_NE(first, std::string::npos);
    const auto second = audit.body.find("handed out", first + 1);
    EXPECT_NE(second, std::string::npos);
    EXPECT_EQ(audit.body.find("handed out", second + 1), std::string::npos)
        << "one entry each, none for what was refused";
    EXPECT_TRUE(has(audit, R"("actor":"mia")"));
}

}  // namespace
}  // namespace baton::http
