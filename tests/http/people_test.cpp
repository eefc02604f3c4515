// Look-up, people, organisations, merges and registers over HTTP: what is shown, who did it, who may not.
#include <gtest/gtest.h>

#include "wire_api.h"

namespace baton::http {
namespace {

using app::Role;
using app::Scope;

class People : public ApiWorld {
   protected:
    std::string seller;   ///< a rep's key
    std::string curator;  ///< marketing's key

    void SetUp() override {
        seller = member("rep", Role::sales_rep);
        curator = member("mia", Role::marketing);
        send(R"({"facts":[
          {"type":"profile","email":"anna@acme.example","account":"acme.example","properties":{"name":"Anna Berg","employees":250}},
          {"type":"Page Viewed","email":"anna@acme.example"},
          {"type":"profile","email":"a.berg@mail.example","properties":{"name":"A. Berg","employees":9,"role":"buyer"}},
          {"type":"profile","email":"ben@acme.example","account":"acme.example","properties":{"name":"Ben Câmara"}}]})");
    }
};

TEST_F(People, AreLookedUpWithTheirColleagues) {
    const Response found = get("/api/v1/lookup?q=anna@acme.example", seller);
    EXPECT_EQ(found.status, 200);
    EXPECT_TRUE(has(found, R"("standing":"lead","by":"e-mail")")) << found.body;
    EXPECT_TRUE(has(found, R"("standing":"known","by":"colleague")")) << found.body;
    EXPECT_TRUE(has(get("/api/v1/lookup?q=camar", seller), "Ben"));
    EXPECT_TRUE(has(get("/api/v1/lookup?q=nobody@nowhere.example", seller), R"("people":[])"));
    EXPECT_EQ(get("/api/v1/lookup", seller).status, 400);
    EXPECT_EQ(get("/api/v1/lookup?q=%20", seller).status, 400);
    EXPECT_EQ(get("/api/v1/lookup?q=a&limit=101", seller).status, 400);
}

TEST_F(People, OrganisationsAreListedByName) {
    send(R"({"facts":[
      {"type":"account","account":"zed.example","properties":{"industry":"rail"}},
      {"type":"profile","email":"cy@small.example","account":"Small & Sons","properties":{"name":"Cy"}}]})");
    const Response all = get("/api/v1/accounts", seller);
    ASSERT_EQ(all.status, 200) << all.body;
    EXPECT_TRUE(has(all, R"("key":"acme.example")")) << all.body;
    EXPECT_TRUE(has(all, R"("people":2,"open_leads":1})")) << all.body;
    EXPECT_TRUE(has(all, R"("key":"small & sons")")) << all.body;
    EXPECT_TRUE(has(all, R"("value":"rail")")) << "of which something was said, and nobody belongs to it";
    EXPECT_TRUE(has(all, R"("next_cursor":null)"));
    std::string seen, cursor;
    for (int pages = 0; pages < 5 && cursor != "null"; ++pages) {
        const Response page =
            get("/api/v1/accounts?limit=1" + (cursor.empty() ? "" : "&cursor=" + encoded(cursor)), seller);
        ASSERT_EQ(page.status, 200) << page.body;
        seen += text_of(page, "\"key\":") + ", ";
        cursor = text_of(page, "\"next_cursor\":");
    }
    EXPECT_EQ(seen, "acme.example, small & sons, zed.example, ");
    EXPECT_EQ(text_of(get("/api/v1/accounts?prefix=SMALL", seller), "\"key\":"), "small & sons");
    EXPECT_TRUE(has(get("/api/v1/accounts?prefix=x", seller), R"("accounts":[])"));
    for (const std::string wrong : {"limit=0", "limit=501", "prefix=zed&cursor=acme.example", "q=a", "sort=people"})
        EXPECT_EQ(get("/api/v1/accounts?" + wrong, seller).status, 400) << wrong;
}

TEST_F(People, OrganisationsLoseWhoIsErasedOrMerged) {
    send(
        R"({"facts":[{"type":"profile","email":"cy@small.example","account":"Small & Sons","properties":{"name":"Cy"}}]})");
    EXPECT_TRUE(has(get("/api/v1/accounts?prefix=small", seller), R"("people":1,"open_leads":0})"));
    EXPECT_EQ(call("DELETE", "/api/v1/people/cy@small.example", "", curator).status, 200);
    EXPECT_FALSE(has(get("/api/v1/accounts?prefix=small", seller), R"("people":1)"));
    EXPECT_TRUE(has(get("/api/v1/accounts?prefix=acme", seller), R"("people":2,"open_leads":1})"));
    const Response merged =
        post("/api/v1/merges", R"({"into":"anna@acme.example","from":"ben@acme.example"})", curator);
    ASSERT_EQ(merged.status, 201) << merged.body;
    EXPECT_TRUE(has(get("/api/v1/accounts?prefix=acme", seller), R"("people":1,"open_leads":1})"));
}

TEST_F(People, AreListedPageByPageEachOnce) {
    std::set<std::string> seen;
    std::string cursor;
    for (int pages = 0; pages < 4; ++pages) {
        const auto page = get("/api/v1/people?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor), seller);
        ASSERT_EQ(page.status, 200) << page.body;
        if (const std::string id = text_of(page, "\"id\":"); !id.empty()) EXPECT_TRUE(seen.insert(id).second) << id;
        cursor = text_of(page, "\"next_cursor\":");
        if (cursor == "null") break;
    }
    EXPECT_EQ(seen.size(), 3U);
    EXPECT_EQ(get("/api/v1/people?cursor=x", seller).status, 400);
    EXPECT_EQ(get("/api/v1/people?stage=lead", seller).status, 400);
}

TEST_F(People, AreShownWithKeysAttributesLeadAndTimeline) {
    const Response anna = get("/api/v1/people/anna@acme.example", seller);
    for (const std::string text :
         {R"("keys":[{"kind":"email","key":"anna@acme.example"}])", R"("id":"employees")", R"("stage":"lead")",
          R"("type":"Page Viewed")", R"("merged_into":null,"absorbed":[])"})
        EXPECT_TRUE(has(anna, text)) << text << " in " << anna.body;
    EXPECT_EQ(get("/api/v1/people/nobody@nowhere.example", seller).status, 404);
}

TEST_F(People, ShowWhereTheyCameFrom) {
    send(R"({"facts":[{"type":"Page Viewed","email":"cora@acme.example","occurred_at":"2026-01-01T10:00:00Z",
        "properties":{"url":"https://baton.example/?utm_source=news&utm_campaign=spring","referrer":"https://t.co/x"}}]})");
    const Response cora = get("/api/v1/people/cora@acme.example/touches", seller);
    ASSERT_EQ(cora.status, 200) << cora.body;
    for (const std::string text :
         {R"("first":{"at":"2026-01-01T10:00:00Z","by":"campaign","source":"news","medium":"","campaign":"spring")",
          R"("referrer":"https://t.co/x","landing_page":"https://baton.example/?utm_source=news&utm_campaign=spring")",
          R"("leads":[{"cycle":1,"opened_at")", R"("text":"news, campaign spring")"})
        EXPECT_TRUE(has(cora, text)) << text << " in " << cora.body;
    EXPECT_TRUE(has(get("/api/v1/leads/cora@acme.example", seller), R"("touch":"news, campaign spring")"));
    EXPECT_EQ(get("/api/v1/people/ben@acme.example/touches", seller).body,
              R"({"first":null,"last":null,"last_known":null,"leads":[],"touches":[]})");
    EXPECT_TRUE(
        has(get("/api/v1/people/cora@acme.example/touches?at=2020-01-01T00:00:00Z", seller), R"("first":null)"));
    EXPECT_EQ(get("/api/v1/people/nobody@nowhere.example/touches", seller).status, 404);
    EXPECT_EQ(get("/api/v1/people/cora@acme.example/touches?limit=1", seller).status, 400);
    EXPECT_EQ(get("/api/v1/people/cora@acme.example/touches", key_of("mia", Scope::intake)).status, 403);
    EXPECT_EQ(get("/api/v1/people/cora@acme.example/touches", "no such key").status, 401);
}

TEST_F(People, OfAnOrganisation) {
    const Response acme = get("/api/v1/accounts/acme.example", seller);
    EXPECT_EQ(acme.status, 200);
    for (const std::string text :
         {R"("key":"acme.example")", "Anna Berg", "Ben", R"("counts":{"deciders":0})", R"("more":false)"})
        EXPECT_TRUE(has(acme, text)) << text << " in " << acme.body;
    EXPECT_FALSE(has(acme, "A. Berg"));
    EXPECT_TRUE(has(get("/api/v1/accounts/acme.example?limit=1", seller), R"("more":true)"));
    EXPECT_EQ(get("/api/v1/accounts/nowhere.example", seller).status, 404);
}

TEST_F(People, WhoMayBeOneTwiceAreShownWithTheReasonUntilMerged) {
    EXPECT_EQ(get("/api/v1/duplicates", seller).body, R"({"duplicates":[],"more":false})");
    send(R"({"facts":[{"type":"profile","email":"anna+news@acme.example","account":"acme.example",
        "properties":{"name":"Anna Berg"}}]})");
    EXPECT_EQ(get("/api/v1/duplicates", seller).body, R"({"duplicates":[],"more":false})");  // as of a moment ago
    world.clock.advance(Duration::minutes(1));
    const Response found = get("/api/v1/duplicates?limit=1", seller);
    EXPECT_EQ(found.status, 200);
    EXPECT_EQ(header_of(found, "age"), "0");
    EXPECT_TRUE(has(found, R"("email":"anna@acme.example")")) << found.body;
    EXPECT_TRUE(has(found, R"("email":"anna+news@acme.example")")) << found.body;
    EXPECT_TRUE(has(found, R"("because":["same e-mail")")) << found.body;
    EXPECT_TRUE(has(found, R"("more":false)")) << found.body;
    const Response merged =
        post("/api/v1/merges", R"({"into":"anna@acme.example","from":"anna+news@acme.example"})", curator);
    ASSERT_EQ(merged.status, 201) << merged.body;
    EXPECT_EQ(get("/api/v1/duplicates", seller).body, R"({"duplicates":[],"more":false})");
    EXPECT_EQ(get("/api/v1/duplicates?limit=0", seller).status, 400);
    EXPECT_EQ(get("/api/v1/duplicates?since=1", seller).status, 400);
    EXPECT_EQ(get("/api/v1/duplicates", key_of("rep", Scope::intake)).status, 403);
    EXPECT_EQ(get("/api/v1/duplicates", "wrong").status, 401);
}

TEST_F(People, AreMergedByWhoMayAndTakenApartAgain) {
    const std::string both = "into=anna@acme.example&from=a.berg@mail.example";
    const Response beside = get("/api/v1/merges?" + both, seller);
    EXPECT_TRUE(has(beside, R"("property":"employees","label":"Employees","survivor":{"value":250,)")) << beside.body;
    const std::string wanted =
        R"({"into":"anna@acme.example","from":"a.berg@mail.example","keep":{"employees":"survivor"}})";
    EXPECT_EQ(post("/api/v1/merges", wanted, seller).status, 403);
    const Response merged = post("/api/v1/merges", wanted, curator);
    ASSERT_EQ(merged.status, 201) << merged.body;
    const std::string number = text_of(merged, "\"merged\":");
    const Response anna = get("/api/v1/people/a.berg@mail.example", seller);
    EXPECT_TRUE(has(anna, R"("absorbed":[)" + number + "]")) << anna.body;
    EXPECT_TRUE(has(anna, R"("label":"Employees","value":250)")) << anna.body;
    EXPECT_TRUE(has(anna, R"("actor":"mia")")) << anna.body;
    EXPECT_EQ(post("/api/v1/merges", wanted, curator).status, 409);
    EXPECT_EQ(call("DELETE", "/api/v1/merges/" + number, "", seller).status, 403);
    EXPECT_EQ(call("DELETE", "/api/v1/merges/" + number, "", curator).status, 204);
    EXPECT_EQ(call("DELETE", "/api/v1/merges/" + number, "", curator).status, 409);
    EXPECT_TRUE(has(get("/api/v1/people/a.berg@mail.example", seller), R"("label":"Employees","value":9)"));
}

TEST_F(People, MergesThatAreNoneAreRefusedWithTheReason) {
    const std::pair<std::string, std::string> cases[] = {
        {R"({"into":"anna@acme.example"})", "bad_body"},
        {R"({"into":"anna@acme.example","from":"nobody@x.example"})", "unknown_person"},
        {R"({"into":"anna@acme.example","from":"anna@acme.example"})", "same_person"},
        {R"({"into":"anna@acme.example","from":"ben@acme.example","keep":{"employees":"newest"}})", "bad_body"},
        {R"({"into":"anna@acme.example","from":"ben@acme.example","keep":{"employees":"merged"}})", "bad_body"},
        {R"({"into":"anna@acme.example","from":"ben@acme.example","actor":"boss"})", "bad_body"}};
    for (const auto& [body, code] : cases) {
        const Response refused = post("/api/v1/merges", body, curator);
        EXPECT_TRUE(has(refused, "\"code\":\"" + code + "\"")) << body << " → " << refused.body;
    }
}

TEST_F(People, StandInRegistersWithWhoPutThemThere) {
    const std::string entries = R"({"entries":["Anna@Acme.example","@rival.example"],"reason":"asked"})";
    const Response put = post("/api/v1/suppression/do_not_call", entries, seller);
    EXPECT_EQ(put.body, R"({"changed":2,"people":1})");
    EXPECT_EQ(post("/api/v1/suppression/do_not_call", entries, seller).body, R"({"changed":0,"people":0})");
    const Response list = get("/api/v1/suppression/do_not_call", seller);
    EXPECT_TRUE(has(list, R"("entry":"domain rival.example","reason":"asked","actor":"rep")")) << list.body;
    EXPECT_TRUE(has(get("/api/v1/suppression/customer", seller), R"("entries":[],"next_cursor":null)"));
    const Response first = get("/api/v1/suppression?limit=1", seller);
    const std::string cursor = text_of(first, "\"next_cursor\":");
    const Response second = get("/api/v1/suppression?limit=1&cursor=" + encoded(cursor), seller);
    EXPECT_TRUE(has(first, "rival") && has(second, "anna") && has(second, R"("next_cursor":null)")) << second.body;
    EXPECT_TRUE(has(get("/api/v1/people/anna@acme.example", seller), R"("registers":[{"register":"do_not_call")"));
}

TEST_F(People, AreFreedOnlyByWhoMay) {
    post("/api/v1/suppression/suppressed", R"({"entries":["anna@acme.example"]})", seller);
    const std::string entry = "/api/v1/suppression/suppressed?entry=anna@acme.example";
    EXPECT_EQ(call("DELETE", entry, "", seller).status, 403);
    EXPECT_EQ(call("DELETE", entry, "", key_of("mia", Scope::intake)).status, 403);
    EXPECT_EQ(call("DELETE", entry, "", curator).body, R"({"changed":1,"people":1})");
    EXPECT_TRUE(has(get("/api/v1/people/anna@acme.example", seller), R"("registers":[])"));
    EXPECT_EQ(call("DELETE", "/api/v1/suppression/suppressed", "", curator).status, 400);
    EXPECT_EQ(call("DELETE", "/api/v1/suppression/none?entry=a@a.example", "", curator).status, 404);
    EXPECT_EQ(post("/api/v1/suppression/suppressed", R"({"entries":["what"]})", curator).status, 400);
    EXPECT_EQ(post("/api/v1/suppression/suppressed", R"({"entries":[]})", curator).status, 400);
}

}  // namespace
}  // namespace baton::http
