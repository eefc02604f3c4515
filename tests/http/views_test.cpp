// Views of the list of leads over HTTP: who sees and changes which, what their pages are good for, and what a new playbook makes of them.
#include "app/lead_filter.h"
#include "domain/engine/history.h"
#include "wire_api.h"

namespace baton::http {
namespace {

using app::Role;

class ViewRoutes : public ApiWorld {
   protected:
    std::string seller, other, manager, admin, reader;

    void SetUp() override {
        seller = member("sam", Role::sales_rep);
        other = member("olga", Role::leadership);
        manager = member("mia", Role::sales_manager);
        admin = member("ada", Role::admin);
        reader = key_of("crm", app::Scope::read);
        send(R"({"facts":[
          {"type":"profile","email":"anna@acme.example","properties":{"name":"Anna","employees":250}},
          {"type":"Page Viewed","email":"anna@acme.example"},
          {"type":"profile","email":"ben@acme.example","properties":{"name":"Ben","employees":40}},
          {"type":"Page Viewed","email":"ben@acme.example"},
          {"type":"profile","email":"cleo@other.example","properties":{"name":"Cleo","employees":900}}]})");
    }
    static std::string view(const std::string& name, const std::string& filter, const std::string& more = {}) {
        codec::JsonWriter out;
        out.begin_object();
        if (!name.empty()) out.field("name", name);
        out.field("filter", filter);
        std::string body = out.end_object().take();
        if (!more.empty()) body.insert(body.size() - 1, "," + more);
        return body;
    }
    Response save(const std::string& name, const std::string& filter, const std::string& key,
                  const std::string& more = {}) {
        return post("/api/v1/views", view(name, filter, more), key);
    }
    Response leads(const std::string& of, const std::string& key, const std::string& more = {}) {
        return get("/api/v1/leads?view=" + of + more, key);
    }
    static std::size_t rows(const Response& response) {
        std::size_t n = 0;
        for (auto at = response.body.find(R"("stage":)"); at != std::string::npos;
             at = response.body.find(R"("stage":)", at + 1))
            ++n;
        return n;
    }
};

TEST_F(ViewRoutes, ShippedOnesNeedNoSetUp) {
    const Response all = get("/api/v1/views", reader);
    ASSERT_EQ(all.status, 200) << all.body;
    EXPECT_FALSE(has(all, R"("shipped":false)"));
    for (const std::string name :
         {"open", "awaiting-acceptance", "overdue", "unassigned", "nurture", "recycled-due", "square-pegs"}) {
        EXPECT_TRUE(has(all, R"("name":")" + name + R"(")")) << name;
        const Response one = get("/api/v1/views/" + name, reader);
        EXPECT_TRUE(has(one, R"("shipped":true,"actor":"","since":null,"revision":0,"problem":"")")) << one.body;
        EXPECT_EQ(leads(name, reader).status, 200) << name;
        for (const std::string method : {"PUT", "DELETE"}) {
            const Response kept =
                call(method, "/api/v1/views/" + name, method == "PUT" ? view("", "lead.open") : "", admin);
            EXPECT_EQ(kept.status, 409) << kept.body;
            EXPECT_TRUE(has(kept, "view_shipped")) << kept.body;
        }
        EXPECT_EQ(save(name, "lead.open", seller).status, 409) << name;
    }
    EXPECT_EQ(rows(leads("open", reader)), 2U);
    EXPECT_EQ(rows(leads("unassigned", reader)), 2U);
    EXPECT_EQ(rows(leads("nurture", reader)), 0U);
}

TEST_F(ViewRoutes, ShippedOnesFollowHandOffsToTheirEnd) {
    std::string expiring = app::first_playbook;
    const std::string kept = "then: accepted}";
    expiring.replace(expiring.find(kept), kept.size(), "then: expired}");
    world.activate(expiring);
    const auto shown = [&] {
        std::string all;
        for (const std::string name : {"awaiting-acceptance", "overdue", "unassigned", "nurture", "recycled-due"})
            if (has(leads(name, reader), R"("name":"Anna")")) all += (all.empty() ? "" : " ") + name;
        return all;
    };
    int messages = 0;
    const auto says = [&](const std::string& what, const std::string& more = {}) {
        const std::string body = R"({"facts":[{"email":"anna@acme.example","type":")" + what + R"(","message_id":"m)" +
                                 std::to_string(++messages) + "\"" + more + "}]}";
        const Response taken = post("/api/v1/facts", body, seller);
        EXPECT_TRUE(has(taken, R"("accepted":1,)")) << taken.body;
    };
    EXPECT_EQ(shown(), "unassigned");
    says("Demo Requested");
    EXPECT_EQ(shown(), "awaiting-acceptance unassigned");
    world.clock.advance(Duration::days(3));
    world.fire();
    EXPECT_EQ(shown(), "overdue unassigned");
    says("move", R"(,"properties":{"to":"lead","reason":"once more"})");
    says("Demo Requested");
    EXPECT_EQ(shown(), "awaiting-acceptance unassigned");
    says("reject", R"(,"properties":{"reason":"wrong_fit"})");
    EXPECT_EQ(shown(), "nurture") << "on hold for 30 days";
    world.clock.advance(Duration::days(31));
    world.fire();
    EXPECT_EQ(shown(), "nurture recycled-due");
    says("Demo Requested");
    EXPECT_EQ(shown(), "awaiting-acceptance unassigned");
    says("accept");
    EXPECT_EQ(shown(), "") << "sam owns it";
    EXPECT_TRUE(has(leads("open", reader), R"("name":"Anna")"));
}

TEST_F(ViewRoutes, HandOffsCanBeAskedForInEveryWordOfTheEngine) {
    for (int end = 0; end <= static_cast<int>(engine::OfferEnd::imported); ++end) {
        const std::string word(to_string(static_cast<engine::OfferEnd>(end)));
        EXPECT_EQ(get("/api/v1/leads?filter=" + encoded("lead.hand_off == \"" + word + "\""), reader).status, 200);
    }
    EXPECT_EQ(get("/api/v1/leads?filter=" + encoded("lead.hand_off == \"lost\""), reader).status, 400);
}

TEST_F(ViewRoutes, OnesOwnIsSeenByNobodyElseButAdmins) {
    ASSERT_EQ(save("large", "person.employees >= 200", seller, R"("label":"Large ones")").status, 201);
    EXPECT_TRUE(has(get("/api/v1/views/large", seller), R"("label":"Large ones","filter":"person.employees >= 200")"));
    EXPECT_TRUE(
        has(get("/api/v1/views/large", seller), R"("shared":false,"owner":"sam","shipped":false,"actor":"sam")"));
    EXPECT_EQ(rows(leads("large", seller)), 2U);
    for (const std::string& somebody : {other, manager, reader}) {
        EXPECT_EQ(get("/api/v1/views/large", somebody).status, 404);
        EXPECT_EQ(leads("large", somebody).status, 404);
        EXPECT_FALSE(has(get("/api/v1/views", somebody), "Large"));
    }
    EXPECT_EQ(call("PUT", "/api/v1/views/large", view("", "lead.open"), manager).status, 404);
    EXPECT_EQ(call("DELETE", "/api/v1/views/large", "", manager).status, 404);
    EXPECT_EQ(save("large", "lead.open", other).status, 409) << "the name is taken";
    EXPECT_TRUE(has(get("/api/v1/views", admin), "Large"));
    EXPECT_EQ(call("PUT", "/api/v1/views/large", view("", "person.employees > 300"), admin).status, 204);
    EXPECT_TRUE(has(get("/api/v1/views/large", seller), R"("owner":"sam","shipped":false,"actor":"ada")"))
        << "still sam's";
    EXPECT_EQ(rows(leads("large", seller)), 1U);
    EXPECT_EQ(call("DELETE", "/api/v1/views/large", "", seller).status, 204);
    EXPECT_EQ(call("DELETE", "/api/v1/views/large", "", seller).status, 404);
}

TEST_F(ViewRoutes, SharedOnesAreForManagersToChange) {
    const Response refused = save("large", "person.employees >= 200", seller, R"("shared":true)");
    EXPECT_EQ(refused.status, 403) << refused.body;
    EXPECT_EQ(get("/api/v1/views/large", admin).status, 404);
    ASSERT_EQ(save("large", "person.employees >= 200", manager, R"("shared":true,"sort":"score")").status, 201);
    EXPECT_EQ(save("large", "lead.open", manager, R"("shared":true)").status, 409);
    for (const std::string& somebody : {seller, other, admin, reader}) EXPECT_EQ(rows(leads("large", somebody)), 2U);
    EXPECT_EQ(call("PUT", "/api/v1/views/large", view("", "lead.open"), seller).status, 403)
        << "nor take it for oneself";
    EXPECT_EQ(call("PUT", "/api/v1/views/large", view("", "lead.open", R"("shared":true)"), seller).status, 403);
    EXPECT_EQ(call("DELETE", "/api/v1/views/large", "", seller).status, 403);
    EXPECT_EQ(call("PUT", "/api/v1/views/none", view("", "lead.open"), seller).status, 404);
    EXPECT_EQ(call("DELETE", "/api/v1/views/large", "", admin).status, 204);
    const auto audit = app::Members::audit(*world.reads(), ports::no_position, 2);
    ASSERT_TRUE(audit);
    EXPECT_EQ(audit->at(0).what, "view of leads deleted");
    EXPECT_EQ(audit->at(0).actor, "ada");
    EXPECT_EQ(audit->at(1).what, "view of leads saved, for everybody: person.employees >= 200");
    EXPECT_EQ(audit->at(1).actor, "mia");
    EXPECT_EQ(audit->at(1).about, "large");
}

TEST_F(ViewRoutes, WhatCannotBeSavedSaysWhyAndWhere) {
    const std::string many(8'193, ' ');
    const struct {
        std::string name, filter, more, says;
    } cases[] = {
        {"a", "person.employes > 2", "", "1:1: unknown property person.employes; did you mean person.employees?"},
        {"a", "lead.open &&", "", "1:13: "},
        {"a", "person.employees", "", "1:1: a filter must be true or false"},
        {"a", many, "", "at most 8192 bytes"},
        {"a b", "lead.open", "", "a view's name is 1 to 60 letters"},
        {"-a", "lead.open", "", "a view's name is 1 to 60 letters"},
        {"a", "lead.open", R"("sort":"name")", "'sort' must be updated, score or entered"},
        {"a", "lead.open", R"("label":")" + std::string(201, 'x') + "\"", "a label is at most 200 bytes"},
        {"a", "person.name == \"\x01\" && person.nmae", "", "did you mean person.name?"},
        {"a", "lead.open", R"("shared":"yes")", "'shared' must be"},
        {"a", "lead.open", R"("columns":[])", "columns"},
        {"", "lead.open", "", "a view needs 'name' and 'filter'"}};
    for (const auto& c : cases) {
        const Response refused = save(c.name, c.filter, admin, c.more);
        EXPECT_EQ(refused.status, 400) << c.says << ": " << refused.body;
        EXPECT_TRUE(has(refused, c.says)) << c.says << ": " << refused.body;
    }
    EXPECT_EQ(post("/api/v1/views", R"({"name":"a"})", admin).status, 400);
    EXPECT_FALSE(has(get("/api/v1/views", admin), R"("shipped":false)"));
}

TEST_F(ViewRoutes, FurtherFiltersNarrowThem) {
    ASSERT_EQ(save("sized", "person.employees < 100 || person.employees > 500 // the odd ones", manager).status, 201);
    EXPECT_EQ(rows(leads("sized", manager)), 2U);
    EXPECT_EQ(rows(leads("sized", manager, "&filter=lead.open")), 1U) << "|| does not escape";
    EXPECT_EQ(rows(leads("sized", manager, "&open=false")), 1U);
    EXPECT_EQ(rows(leads("sized", manager, "&q=ben&count=true")), 1U);
    EXPECT_TRUE(has(leads("sized", manager, "&filter=lead.opne"), "1:1: ")) << "in the caller's own text";
    EXPECT_EQ(leads("nobodys", manager).status, 404);
    EXPECT_EQ(get("/api/v1/leads?views=open", manager).status, 400);
}

TEST_F(ViewRoutes, CursorsGoWithTheViewTheyWereGivenFor) {
    ASSERT_EQ(save("known", "person.employees > 1", seller, R"("sort":"score")").status, 201);
    const auto cursor = [&](const std::string& of, const std::string& more = "&limit=1") {
        return text_of(leads(of, seller, more), "\"next_cursor\":");
    };
    const std::string first = cursor("known");
    const Response second = leads("known", seller, "&limit=1&cursor=" + first);
    ASSERT_EQ(second.status, 200) << second.body;
    const Response third = leads("known", seller, "&limit=1&cursor=" + text_of(second, "\"next_cursor\":"));
    EXPECT_TRUE(has(third, R"("next_cursor":null)")) << third.body;
    EXPECT_EQ(rows(third), 1U);

    for (const std::string& wrong : {cursor("open"), cursor("known", "&limit=1&sort=updated")}) {
        ASSERT_NE(wrong, "null");
        const Response refused = leads("known", seller, "&cursor=" + wrong);
        EXPECT_EQ(refused.status, 409) << refused.body;
        EXPECT_TRUE(has(refused, "view_changed"));
    }
    EXPECT_EQ(leads("known", seller, "&cursor=5_6").status, 400) << "of the list without a view";
    EXPECT_EQ(get("/api/v1/leads?cursor=" + first, seller).status, 400);
    ASSERT_EQ(call("PUT", "/api/v1/views/known", view("", "person.employees > 2", R"("sort":"score")"), seller).status,
              204);
    EXPECT_EQ(leads("known", seller, "&cursor=" + first).status, 409);
    ASSERT_EQ(call("PUT", "/api/v1/views/known", view("", "person.employees > 1", R"("sort":"score")"), seller).status,
              204);
    EXPECT_EQ(leads("known", seller, "&cursor=" + first).status, 200) << "it is as it was";
}

TEST_F(ViewRoutes, ANewPlaybookThatDoesNotUnderstandOneSaysSo) {
    ASSERT_EQ(save("fair", "person.origin == \"fair\"", manager, R"("shared":true)").status, 201);
    std::string without = app::first_playbook;
    const std::string line = "  - {id: origin, label: Origin, type: string, filled_by: [form]}\n";
    without.replace(without.find(line), line.size(), "");
    world.activate(without);
    const Response used = leads("fair", seller);
    EXPECT_EQ(used.status, 409) << used.body;
    EXPECT_TRUE(has(used, "view_outdated"));
    EXPECT_TRUE(has(used, "1:1: unknown property person.origin")) << used.body;
    EXPECT_TRUE(has(get("/api/v1/views/fair", seller), R"("problem":"1:1: unknown property person.origin)"));
    EXPECT_EQ(leads("open", seller).status, 200) << "those that come with Baton are in words every playbook has";
    EXPECT_EQ(call("PUT", "/api/v1/views/fair", view("", "person.employees > 1", R"("shared":true)"), manager).status,
              204);
    EXPECT_EQ(leads("fair", seller).status, 200);
}

TEST_F(ViewRoutes, SurviveARestartAndARebuild) {
    ASSERT_EQ(save("large", "person.employees >= 200", seller).status, 201);
    ASSERT_EQ(save("small", "person.employees < 200", manager, R"("shared":true)").status, 201);
    ASSERT_EQ(call("DELETE", "/api/v1/views/small", "", manager).status, 204);
    const std::string before = get("/api/v1/views", admin).body;
    const auto rebuilt = world.ledger->rebuild();
    ASSERT_TRUE(rebuilt);
    EXPECT_EQ(rebuilt->different, 0U);
    EXPECT_EQ(get("/api/v1/views", admin).body, before);
    ASSERT_TRUE(world.ledger->close());
    const auto again = app::Ledger::open(*world.store, world.clock, {});
    ASSERT_TRUE(again);
    const auto reads = (*again)->reads();
    ASSERT_TRUE(reads);
    const auto views = app::Views::list(**reads, {});
    ASSERT_TRUE(views);
    EXPECT_EQ(app::document(*views), before);
}

}  // namespace
}  // namespace baton::http
