// Due moments: once, never early, also after a restart, over clock jumps and in a historical import.
#include <thread>

#include "fixture.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Scheduler);
ON_EVERY_STORE(Historical);

std::vector<IncomingFact> qualify(const std::string& email) {
    return {fact("profile", email, "p", {{"employees", Value(300)}}), fact("Page Viewed", email, "v"),
            fact("Demo Requested", email, "d")};
}

TEST_P(Scheduler, SilenceIsAcceptedOnceAndNotEarly) {
    World world;
    world.take(qualify("anna@example.com"));
    EXPECT_EQ(world.stage("anna@example.com"), "qualified");
    const Instant due = world.clock.time + Duration::days(2);
    EXPECT_EQ(*world.ledger->next_due(), due);
    world.clock.time = due - Duration{1};
    EXPECT_EQ(world.fire(Instant::never()), 0U);
    EXPECT_EQ(world.stage("anna@example.com"), "qualified");
    world.clock.time = due;
    EXPECT_EQ(world.fire(due), 1U);
    EXPECT_EQ(world.stage("anna@example.com"), "accepted");
    EXPECT_EQ(world.fire(due), 0U);
    world.open();
    EXPECT_EQ(world.fire(due), 0U);
    const auto funnel = world.reads()->funnel();
    EXPECT_EQ(funnel->offers.front().ends.at("accepted_by_default"), 1);
}

TEST_P(Scheduler, AfterARestartOverdueOnesFireAtTheirOwnTime) {
    World punctual, late;
    for (World* world : {&punctual, &late}) {
        world->take(qualify("anna@example.com"));
        world->clock.advance(Duration::hours(1));
        world->take(qualify("ben@example.com"));
    }
    for (int hour = 0; hour < 24 * 30; ++hour) {
        punctual.clock.advance(Duration::hours(1));
        punctual.fire(punctual.clock.time);
    }
    late.open();
    late.clock.time = punctual.clock.time;
    late.fire(late.clock.time);
    EXPECT_EQ(punctual.history("anna@example.com"), late.history("anna@example.com"));
    EXPECT_EQ(punctual.history("ben@example.com"), late.history("ben@example.com"));
    EXPECT_EQ(punctual.state_hash(), late.state_hash());
}

TEST_P(Scheduler, AFactFindsEverythingDueBeforeItDone) {
    World world;
    world.take(qualify("anna@example.com"));
    world.clock.advance(Duration::days(3));
    const auto late = world.take(fact("accept", "anna@example.com", "a"));
    EXPECT_EQ(late.code, "no_open_offer");  // silence had accepted it a day ago
    EXPECT_EQ(world.stage("anna@example.com"), "accepted");
}

TEST_P(Scheduler, AClockThatJumpsBackFiresNothingEarly) {
    World world;
    world.take(qualify("anna@example.com"));
    const Instant start = world.clock.time;
    world.clock.time = start - Duration::days(100);
    EXPECT_EQ(world.fire(Instant::never()), 0U);
    EXPECT_EQ(world.take(fact("note", "anna@example.com", "n")).verdict, Verdict::accepted);
    const auto looking = world.reads();
    Instant before = Instant::beginning();
    const auto timeline = looking->timeline(**looking->find("anna@example.com"));
    for (const auto& entry : timeline->entries) {
        if (!entry.fact) continue;
        EXPECT_GE(entry.fact->fact.recorded_at, before);
        before = entry.fact->fact.recorded_at;
    }
    EXPECT_EQ(before, start);
    world.clock.time = start + Duration::days(365);
    EXPECT_GT(world.fire(Instant::never()), 0U);
    EXPECT_EQ(world.stage("anna@example.com"), "accepted");
}

TEST_P(Historical, DueMomentsBetweenTheFactsAndNothingAfterTheLast) {
    World world;
    const Instant then = *parse_instant("2020-05-01T10:00:00Z");
    const auto at = [&](IncomingFact f, Duration later) {
        f.historical = true;
        f.occurred_at = then + later;
        return f;
    };
    for (const auto& email : {"anna@example.com", "ben@example.com"}) {
        std::vector<IncomingFact> facts;
        for (auto& f : qualify(email)) facts.push_back(at(f, {}));
        EXPECT_EQ(world.take(facts).accepted, 3U);
    }
    EXPECT_EQ(world.take(at(fact("Deal Won", "anna@example.com", "w"), Duration::days(20))).verdict, Verdict::accepted);
    EXPECT_EQ(world.stage("anna@example.com"), "won");
    EXPECT_NE(world.history("anna@example.com").find("2020-05-03T10:00:00Z offer_ended to_sales accepted_by_default"),
              std::string::npos)
        << world.history("anna@example.com");
    EXPECT_EQ(world.stage("ben@example.com"), "qualified");
    EXPECT_EQ(world.stage("anna@example.com", then + Duration::days(1)), "qualified");
    EXPECT_EQ(world.stage("anna@example.com", then + Duration::days(3)), "accepted");

    EXPECT_EQ(*world.ledger->go_live(), 1U);
    EXPECT_EQ(*world.ledger->go_live(), 0U);
    EXPECT_NE(world.history("ben@example.com").find("2020-05-01T10:00:00Z offer_ended to_sales imported"),
              std::string::npos)
        << world.history("ben@example.com");
    world.fire(world.clock.time);
    EXPECT_EQ(world.history("ben@example.com").find("accepted_by_default"), std::string::npos);
    EXPECT_TRUE(world.ledger->rebuild()->differences.empty());
}

/// The label of "heat" as why tells it, and what it says has passed.
using Told = std::pair<std::string, std::string>;
Told seen_by_why(World& world, std::string_view key, Instant at) {
    const auto looking = world.reads();
    const auto why = looking->why(**looking->find(key), world.clock.time, at);
    EXPECT_TRUE(why);
    std::string passed;
    for (const auto& p : why->passed) passed += to_string(p.at) + " " + p.text + "\n";
    return {why->classes.front().label, passed};
}

TEST_P(Historical, WhyTellsWhatTimeAloneHasChangedSince) {
    World world;
    const Instant then = *parse_instant("2020-05-01T10:00:00Z");
    std::vector<IncomingFact> facts;
    for (const char* id : {"1", "2", "3"}) {
        facts.push_back(fact("Page Viewed", "anna@example.com", id));
        facts.back().historical = true;
        facts.back().occurred_at = then;
    }
    world.take(facts);
    const auto told = [&](Duration later) { return seen_by_why(world, "anna@example.com", then + later); };
    EXPECT_EQ(told({}), Told("hot", ""));
    EXPECT_EQ(told(Duration::days(10) - Duration{1}), Told("hot", ""));
    EXPECT_EQ(told(Duration::days(10)), Told("cool", "2020-05-11T10:00:00Z Heat is cool, was hot\n"));
    EXPECT_EQ(told(Duration::days(900)), told(Duration::days(10)));
    EXPECT_EQ(world.person("anna@example.com").state.lead.labels.front(), "hot");  // looking writes nothing

    ASSERT_TRUE(world.ledger->go_live());
    world.fire(world.clock.time);
    EXPECT_EQ(told(Duration::days(900)), Told("cool", ""));
    EXPECT_EQ(told(Duration::days(5)), Told("hot", ""));
}

TEST_P(Scheduler, ThreadedLedgerTakesDerivesAndFires) {
    Options options;
    options.threads = true;
    options.derive_within = Duration{1'000};
    World world(true, options);
    std::vector<std::thread> clients;
    for (int c = 0; c < 4; ++c)
        clients.emplace_back([&world, c] {
            for (int i = 0; i < 50; ++i) {
                const auto email = "c" + std::to_string(c) + "x" + std::to_string(i) + "@example.com";
                const auto receipt = world.ledger->intake(qualify(email));
                EXPECT_TRUE(receipt && receipt->accepted == 3);
                EXPECT_TRUE(world.ledger->wait_for(receipt ? receipt->position : 0));
            }
        });
    for (auto& client : clients) client.join();
    EXPECT_EQ(world.reads()->funnel()->stages[2].inside, 200);
    EXPECT_EQ(world.ledger->stats().accepted, 600U);
    EXPECT_TRUE(world.ledger->close());
    EXPECT_EQ(world.ledger->intake(qualify("late@example.com")).error().code, "closed");
}

}  // namespace
}  // namespace baton::app
