// The list of leads filtered in the criteria language, over HTTP: whom it shows, what a mistake answers, how pages go on.
#include "app/lead_filter.h"
#include "wire_api.h"

namespace baton::http {
namespace {

class Filters : public ApiWorld {
   protected:
    std::string reader;

    void SetUp() override {
        reader = key_of("crm", app::Scope::read);
        send(R"({"facts":[
          {"type":"profile","email":"anna@acme.example","account":"acme.example","properties":{"name":"Anna","employees":250,"role":"buyer"}},
          {"type":"Page Viewed","email":"anna@acme.example"},
          {"type":"profile","email":"ben@acme.example","properties":{"name":"Ben","employees":40,"origin":"fair"}},
          {"type":"Page Viewed","email":"ben@acme.example"},
          {"type":"Page Viewed","email":"ben@acme.example","properties":{"path":"/b"}},
          {"type":"profile","email":"cleo@other.example","properties":{"name":"Cleo","employees":900}},
          {"type":"profile","email":"dora@other.example","properties":{"name":"Dora"}}]})");
    }
    Response leads(const std::string& filter, const std::string& more = {}) {
        return get("/api/v1/leads?filter=" + encoded(filter) + more, reader);
    }
    /// Names in the order shown: "Anna Ben".
    static std::string names(const Response& response) {
        std::string all;
        const std::string mark = R"("name":")";
        for (auto at = response.body.find(mark); at != std::string::npos; at = response.body.find(mark, at + 1)) {
            const auto from = at + mark.size();
            all += (all.empty() ? "" : " ") + response.body.substr(from, response.body.find('"', from) - from);
        }
        return all;
    }
};

TEST_F(Filters, ShowWhomTheyFit) {
    const std::pair<std::string, std::string> cases[] = {
        {"person.employees >= 200", "Anna Cleo"},
        {"person.employees < 100 || person.role == \"buyer\"", "Anna Ben"},
        {"!(person.employees < 100)", "Anna Cleo"},  // of Dora it is not known
        {"has(person.employees)", "Anna Ben Cleo"},
        {"!has(person.employees)", "Dora"},
        {"person.name.startsWith(\"A\")", "Anna"},
        {"person.role in [\"buyer\", \"user\"]", "Anna"},
        {"count(\"Page Viewed\") >= 2", "Ben"},
        {"score.behaviour > 20", "Ben"},
        {"class.heat == \"cool\" && person.employees == 250", "Anna"},
        {"lead.stage == \"prospect\"", "Cleo Dora"},
        {"lead.stage == \"lead\" && person.employees > 100", "Anna"},
        {"lead.open", "Anna Ben"},
        {"!lead.open && person.employees > 1", "Cleo"},
        {"lead.holder == \"queue\"", "Anna Ben"},
        {"lead.owner == \"\"", "Anna Ben Cleo Dora"},
        {"lead.cycle > 1", ""}};
    for (const auto& [filter, who] : cases) {
        const Response found = leads(filter);
        ASSERT_EQ(found.status, 200) << filter << ": " << found.body;
        std::vector<std::string> seen;
        std::stringstream in(names(found));
        for (std::string name; in >> name;) seen.push_back(name);
        std::ranges::sort(seen);
        std::string sorted;
        for (const auto& name : seen) sorted += (sorted.empty() ? "" : " ") + name;
        EXPECT_EQ(sorted, who) << filter;
    }
}

TEST_F(Filters, MistakesAreToldWithTheirPlaceAndHowToMendThem) {
    const std::pair<std::string, std::string> cases[] = {
        {"person.employes >= 200", "1:1: unknown property person.employes; did you mean person.employees?"},
        {"lead.open &&\\n  lead.stage == \"leat\"", "2:17: "},
        {"lead.stage == \"' OR '1'='1\"", "1:15: "},
        {"lead.opened", "did you mean lead.open?"},
        {"person.employees >=", "1:20: "},
        {"person.employees", "1:1: a filter must be true or false"},
        {"event.path == \"/\"", "event.path cannot be read here"}};
    for (const auto& [filter, text] : cases) {
        std::string lines = filter;
        if (const auto at = lines.find("\\n"); at != std::string::npos) lines.replace(at, 2, "\n");
        const Response refused = leads(lines);
        EXPECT_EQ(refused.status, 400) << filter;
        EXPECT_TRUE(has(refused, R"("code":"bad_filter")")) << refused.body;
        EXPECT_TRUE(has(refused, text)) << refused.body;
    }
}

TEST_F(Filters, GoWithTheOtherParametersAndCount) {
    EXPECT_EQ(names(leads("person.employees > 1", "&stage=prospect")), "Cleo");
    EXPECT_EQ(names(leads("lead.stage == \"lead\"", "&stage=prospect")), "");
    EXPECT_EQ(names(leads("person.employees > 1", "&q=acme&sort=score")), "Ben Anna");
    EXPECT_TRUE(has(leads("person.employees > 1", "&count=true&limit=1"), R"("count":{"count":3,"capped":false})"));
    EXPECT_TRUE(has(get("/api/v1/leads?count=true&limit=1", reader), R"("count":{"count":4,"capped":false})"));
    EXPECT_EQ(get("/api/v1/leads?count=many", reader).status, 400);
}

TEST_F(Filters, GoOnFromPageToPageEachOnce) {
    std::string seen, cursor;
    for (int pages = 0; pages < 5 && cursor != "null"; ++pages) {
        const Response page =
            leads("person.employees > 1", "&limit=1&sort=score" + (cursor.empty() ? "" : "&cursor=" + cursor));
        ASSERT_EQ(page.status, 200) << page.body;
        seen += names(page) + " ";
        cursor = text_of(page, "\"next_cursor\":");
    }
    EXPECT_EQ(seen, "Ben Anna Cleo ");
}

TEST_F(Filters, AnswerEarlyWhenTheyMayNotGoOnAndLoseNobody) {
    for (int i = 0; i < 1'200; ++i) {
        IncomingFact fact = app::fact("profile", "p" + std::to_string(i) + "@many.example");
        fact.properties = {{"employees", Value(std::int64_t{i})}};
        world.ledger->intake(std::span(&fact, 1)).value();
    }
    ASSERT_TRUE(world.ledger->flush());
    const auto reads = world.reads();
    auto filter = app::LeadFilter::compile("person.employees % 400 == 7", *reads);
    ASSERT_TRUE(filter) << filter.error().detail;
    ports::LeadQuery query;
    app::Walk walk;
    walk.may_go_on = [] { return false; };
    std::size_t found = 0, answers = 0, looked_at = 0;
    for (bool more = true; more; ++answers) {
        const auto page = app::filtered_leads(*reads, query, *filter, world.clock.now(), walk);
        ASSERT_TRUE(page);
        EXPECT_LE(page->looked_at, 500U);
        found += page->rows.size();
        looked_at += page->looked_at;
        more = page->go_on_after.has_value();
        if (!more) break;
        query.after_key = app::sort_value(*page->go_on_after, query.sort);
        query.after_person = page->go_on_after->person;
    }
    EXPECT_EQ(found, 3U);
    EXPECT_EQ(looked_at, 1'204U);
    EXPECT_GT(answers, 1U);
    query.after_key = 0;
    query.after_person = {};
    const auto counted = app::count_leads(*reads, query, nullptr, world.clock.now(), walk);
    ASSERT_TRUE(counted);
    EXPECT_TRUE(counted->capped);
}

TEST_F(Filters, HoldAlsoUnderAnOlderVersion) {
    world.activate(app::second_playbook(), app::OpenLeads::wait);
    EXPECT_EQ(names(leads("person.employees >= 200 && person.role == \"buyer\"")), "Anna");
}

}  // namespace
}  // namespace baton::http
