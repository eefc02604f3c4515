// A new version of the playbook over open leads, and the account's people.
#include "fixture.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(ActivationTest);
ON_EVERY_STORE(Accounts);
ON_EVERY_STORE(FunnelTest);

void two_leads(World& world) {
    world.take({fact("Page Viewed", "anna@example.com", "1"),
                fact("profile", "anna@example.com", "2", {{"employees", Value(80)}}),
                fact("Demo Requested", "anna@example.com", "3"), fact("Page Viewed", "ben@example.com", "4")});
    EXPECT_EQ(world.stage("anna@example.com"), "lead");
}

TEST_P(ActivationTest, ReEvaluatesOpenLeadsAndMigrates) {
    World world;
    two_leads(world);
    world.clock.advance(Duration::hours(1));
    const auto done = world.activate(second_playbook(), OpenLeads::re_evaluate, {{"lead", "interested"}});
    EXPECT_EQ(done.open_leads, 2);
    EXPECT_EQ(done.version, 2U);
    EXPECT_EQ(done.at, world.clock.time);
    world.fire(world.clock.time);
    EXPECT_EQ(world.stage("ben@example.com"), "interested");
    EXPECT_EQ(world.stage("anna@example.com"), "qualified");  // 80 are enough now
    EXPECT_EQ(world.person("ben@example.com").state.version, 2U);
    EXPECT_TRUE(world.activate(second_playbook()).already);
    const auto hash = world.state_hash();
    const auto rebuilt = world.ledger->rebuild();
    ASSERT_TRUE(rebuilt);
    EXPECT_TRUE(rebuilt->differences.empty())
        << rebuilt->differences.front().where << rebuilt->differences.front().what;
    EXPECT_EQ(world.state_hash(), hash);
    // What Baton knew an hour ago stands under the version of then.
    EXPECT_EQ(world.person("anna@example.com", world.clock.time - Duration::minutes(1)).state.version, 1U);
}

TEST_P(ActivationTest, WaitLeavesOpenLeadsUntilTheirNextFact) {
    World world;
    std::string text = first_playbook;
    text.replace(text.find("employees >= 200"), 16, "employees >= 50");
    two_leads(world);
    world.clock.advance(Duration::hours(1));
    world.activate(text, OpenLeads::wait);
    world.fire(world.clock.time);
    EXPECT_EQ(world.stage("anna@example.com"), "lead");
    world.take(fact("profile", "anna@example.com", "5", {{"employees", Value(90)}}));
    EXPECT_EQ(world.stage("anna@example.com"), "qualified");
    EXPECT_TRUE(world.ledger->rebuild()->differences.empty());
}

TEST_P(ActivationTest, AnnouncedForLater) {
    World world;
    two_leads(world);
    const Instant then = world.clock.time + Duration::days(1);
    world.activate(second_playbook(), OpenLeads::re_evaluate, {{"lead", "interested"}}, then);
    EXPECT_EQ(world.ledger->active()->version, 1U);
    EXPECT_EQ(*world.ledger->next_due(), then);
    world.open();
    world.clock.time = then - Duration{1};
    world.fire(world.clock.time);
    EXPECT_EQ(world.stage("ben@example.com"), "lead");
    world.clock.time = then + Duration::minutes(5);
    world.fire(world.clock.time);
    EXPECT_EQ(world.ledger->active()->version, 2U);
    EXPECT_EQ(world.stage("ben@example.com"), "interested");
    EXPECT_TRUE(world.ledger->rebuild()->differences.empty());
}

TEST_P(ActivationTest, OpenLeadsAreSpreadOverTime) {
    Options slow;
    slow.reevaluate_per_second = 1;
    World world(true, slow);
    for (int i = 0; i < 50; ++i) {
        const auto email = "p" + std::to_string(i) + "@example.com";
        world.take({fact("Page Viewed", email, "1"), fact("profile", email, "2", {{"employees", Value(80)}}),
                    fact("Demo Requested", email, "3")});
    }
    std::string text = first_playbook;
    text.replace(text.find("employees >= 200"), 16, "employees >= 50");
    world.activate(text);
    const Instant start = world.clock.time;
    std::size_t in_first_half = 0;
    world.clock.time = start + Duration::seconds(25);
    in_first_half = world.fire(world.clock.time);
    EXPECT_GT(in_first_half, 5U);
    EXPECT_LT(in_first_half, 45U);
    world.clock.time = start + Duration::seconds(50);
    EXPECT_EQ(in_first_half + world.fire(world.clock.time), 50U);
    EXPECT_EQ(world.reads()->funnel()->stages[2].inside, 50);
}

TEST_P(ActivationTest, RefusesWhatCannotBe) {
    World world;
    EXPECT_EQ(world.ledger->activate({99, {}, {}, {}, {}}).error().code, "unknown_version");
    const auto second = world.keep(second_playbook());
    EXPECT_EQ(world.ledger->activate({second, {}, {}, {{"nowhere", "interested"}}, {}}).error().code, "stage_unknown");
    EXPECT_EQ(world.ledger->activate({second, {}, {}, {{"lead", "nowhere"}}, {}}).error().code, "stage_unknown");
    EXPECT_EQ(world.ledger->activate({second, {}, {}, {{"won", "interested"}}, {}}).error().code, "stage_kept");
    EXPECT_EQ(world.ledger->store_playbook("playbook: 1\nid: x\n", "x.yaml").error().code, "not_runnable");
}

IncomingFact member(const std::string& email, const std::string& role, const std::string& account,
                    const std::string& id) {
    auto f = fact("profile", email, id, {{"role", Value(role)}});
    f.account = account;
    return f;
}

std::string abc(World& world, const std::string& email) { return world.person(email).state.lead.labels.at(1); }

TEST_P(Accounts, MembersHearOfEachOther) {
    World world;
    world.take({member("anna@acme.example", "decision maker", "ACME.example ", "1"),
                member("ben@acme.example", "user", "acme.example", "2")});
    EXPECT_EQ(abc(world, "anna@acme.example"), "C");
    world.take(member("cleo@acme.example", "decision maker", "acme.example", "3"));
    for (const auto& email : {"anna@acme.example", "ben@acme.example", "cleo@acme.example"})
        EXPECT_EQ(abc(world, email), "A") << email;
    auto profile = fact("account", "", "4", {{"industry", Value("steel")}});
    profile.account = "acme.example";
    EXPECT_EQ(world.take(profile).verdict, Verdict::accepted);
    EXPECT_EQ(world.take(profile).verdict, Verdict::duplicate);
    EXPECT_EQ(world.person("ben@acme.example").state.features.account_attributes.size(), 1U);
    world.take(member("cleo@acme.example", "decision maker", "other.example", "5"));
    EXPECT_EQ(abc(world, "anna@acme.example"), "C");
    const auto hash = world.state_hash();
    world.open();
    EXPECT_TRUE(world.ledger->rebuild()->differences.empty());
    EXPECT_EQ(world.state_hash(), hash);
}

TEST_P(Accounts, WhatAnotherAccountToldIsForgottenUnderANewVersionToo) {
    World world;
    const auto at = [](const std::string& account, const std::string& id) {
        auto f = fact("Page Viewed", "anna@example.com", id);
        f.account = account;
        return f;
    };
    auto industry = fact("account", "", "i", {{"industry", Value("steel")}});
    industry.account = "acme.example";
    world.take({industry, at("acme.example", "1"), at("other.example", "2")});
    EXPECT_TRUE(world.person("anna@example.com").state.features.account_attributes.empty());
    world.activate(second_playbook(), OpenLeads::re_evaluate, {{"lead", "interested"}});
    world.clock.advance(Duration::hours(1));
    world.take(fact("Page Viewed", "anna@example.com", "3"));
    EXPECT_TRUE(world.person("anna@example.com").state.features.account_attributes.empty());
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

TEST_P(Accounts, ManyMembersInOneBatchCountOnce) {
    World one, many;
    std::vector<IncomingFact> facts;
    for (int i = 0; i < 30; ++i)
        facts.push_back(member("p" + std::to_string(i) + "@acme.example", i % 2 == 0 ? "decision maker" : "user",
                               "acme.example", std::to_string(i)));
    many.take(facts);
    many.take(facts);
    for (const auto& f : facts) one.take(f);
    EXPECT_EQ(many.person("p1@acme.example").state.features.aggregates.at(0), 15);
    EXPECT_EQ(one.state_hash(), many.state_hash());
}

TEST_P(FunnelTest, CountsEntriesLeadsAndEnds) {
    World world;
    const auto qualify = [&](const std::string& who, const std::string& origin) {
        world.take({fact("profile", who, "p", {{"employees", Value(300)}, {"origin", Value(origin)}}),
                    fact("Page Viewed", who, "v"), fact("Demo Requested", who, "d")});
    };
    qualify("anna@example.com", "web");
    qualify("ben@example.com", "");
    world.take(fact("Page Viewed", "cleo@example.com", "v"));
    auto reject = fact("reject", "ben@example.com", "r", {{"reason", Value("wrong_fit")}});
    reject.actor = "sam";
    EXPECT_EQ(world.take(reject).verdict, Verdict::accepted);
    world.take(fact("accept", "anna@example.com", "a"));
    world.take(fact("Deal Won", "anna@example.com", "w"));
    const auto looking = world.reads();
    const auto funnel = *looking->funnel();
    std::string text;
    for (const auto& s : funnel.stages)
        text += s.id + " " + std::to_string(s.in.entered) + "/" + std::to_string(s.in.leads) + " in " +
                std::to_string(s.inside) + " left " + std::to_string(s.left) + "\n";
    EXPECT_EQ(text,
              "prospect 3/3 in 0 left 3\n"
              "lead 4/3 in 2 left 2\n"
              "qualified 2/2 in 0 left 2\n"
              "accepted 1/1 in 0 left 1\n"
              "won 1/1 in 1 left 0\n");
    EXPECT_EQ(funnel.offers.front().ends,
              (std::map<std::string, std::int64_t>{{"offered", 2}, {"accepted", 1}, {"rejected", 1}}));
    const auto by = *looking->funnel_by("origin");
    EXPECT_EQ(by.by.at("web").at("won").entered, 1);
    EXPECT_EQ(by.by.at("").at("lead").entered, 3);
    EXPECT_EQ(by.by.at("").at("lead").leads, 2);
    EXPECT_EQ(looking->funnel_by("nothing").error().code, "unknown_property");
    EXPECT_EQ(looking->latest_moves(1)->front().record.to, "won");
    const auto why = looking->why(**looking->find("cleo@example.com"), world.clock.time);
    ASSERT_TRUE(why);
    EXPECT_EQ(why->stage, "lead");
    ports::LeadQuery query;
    query.text = "anna";
    const auto rows = *looking->leads(query);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].stage, "won");
    EXPECT_EQ(rows[0].email, "anna@example.com");
}

}  // namespace
}  // namespace baton::app
