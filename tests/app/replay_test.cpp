// The state is a fold of the journal: after crashes, rebuilds, in any batches and cache, the same.
#include <array>
#include <set>

#include "acts.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(ReplayTest);
ON_EVERY_STORE(Crash);
ON_EVERY_STORE(Rebuild);

TEST_P(ReplayTest, IncrementalIsRebuildIsSnapshotAndTail) {
    holds([] {
        const auto acts = any_acts(120);
        Options small;
        small.cache_bytes = 1;  // everything is dropped and read again
        small.derive_bytes = 1;
        World plain, tight(true, small), torn;
        live(plain, acts, 0, acts.size());
        live(tight, acts, 0, acts.size());
        const auto cut = *rc::gen::inRange<std::size_t>(0, acts.size() + 1);
        live(torn, acts, 0, cut);
        if (*rc::gen::arbitrary<bool>()) RC_ASSERT(torn.ledger->flush().has_value());
        live(torn, acts, cut, acts.size());
        const std::string hash = plain.state_hash();
        RC_ASSERT(hash == tight.state_hash());
        RC_ASSERT(hash == torn.state_hash());
        const auto rebuilt = plain.ledger->rebuild();
        RC_ASSERT(rebuilt.has_value());
        for (const auto& d : rebuilt->differences) RC_FAIL(d.where + " " + d.what);
        RC_ASSERT(plain.state_hash() == hash);
        RC_ASSERT(plain.store->verify()->empty());
    });
}

TEST_P(Crash, WhatWasNotDerivedIsFoldedOnOpening) {
    holds([] {
        const auto acts = any_acts(80);
        const auto cut = *rc::gen::inRange<std::size_t>(0, acts.size() + 1);
        World plain, crashing;
        live(plain, acts, 0, acts.size());

        live(crashing, acts, 0, cut);
        crashing.crash();
        live(crashing, acts, cut, acts.size());
        RC_ASSERT(plain.state_hash() == crashing.state_hash());
        for (int who = 0; who < 5; ++who) RC_ASSERT(plain.history(mail(who)) == crashing.history(mail(who)));
    });
}

TEST_P(Crash, AFailedAppendLeavesNothingAndIsMended) {
    World world;
    Forgetful& faulty = *world.front;
    world.take(fact("Page Viewed", "a@example.com", "1"));
    const auto before = world.state_hash();
    faulty.appends_left = 0;
    const auto answer = world.ledger->intake(
        std::vector{fact("Page Viewed", "a@example.com", "2"), fact("profile", "new@example.com", "3")});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "disk_full");
    EXPECT_EQ(world.state_hash(), before);
    faulty.appends_left = -1;
    EXPECT_EQ(world.take(fact("Page Viewed", "a@example.com", "2")).verdict, Verdict::accepted);
    EXPECT_TRUE(world.store->verify()->empty());
}

TEST_P(Crash, AnUnknownCommitIsResolvedByTheHeads) {
    for (const bool happened : {false, true}) {
        World world;
        Forgetful& faulty = *world.front;
        faulty.appends_left = 0;
        faulty.failure = "commit_unknown";
        faulty.happened = happened;
        const auto answer = world.ledger->intake(std::vector{fact("Page Viewed", "a@example.com", "1")});
        // Where others write too, the facts are sent once more from within: their message ids tell.
        const bool in = happened || world.store->shared();
        EXPECT_EQ(answer.has_value(), in);
        faulty.appends_left = -1;
        const auto again = world.take(fact("Page Viewed", "a@example.com", "1"));
        EXPECT_EQ(again.verdict, in ? Verdict::duplicate : Verdict::accepted);
        EXPECT_EQ(world.reads()->funnel()->stages[0].in.entered, 1);
    }
}

TEST_P(ReplayTest, ObservationsInAnyOrderMakeTheSameFeatures) {
    holds([] {
        std::vector<IncomingFact> facts;
        World first, second;
        for (int i = 0; i < 12; ++i) {
            auto f = fact(i % 3 == 0 ? "profile" : "note", "a@example.com", "m" + std::to_string(i),
                          {{"origin", Value("o" + std::to_string(i))}});
            f.occurred_at = first.clock.time - Duration::hours(*rc::gen::inRange(1, 500));
            facts.push_back(f);
        }
        for (const auto& f : facts) first.take(f);
        for (std::size_t i = facts.size(); i > 1; --i)
            std::swap(facts[i - 1], facts[*rc::gen::inRange<std::size_t>(0, i)]);
        for (const auto& f : facts) second.take(f);
        const auto a = first.person("a@example.com").state.features;
        const auto b = second.person("a@example.com").state.features;
        RC_ASSERT(a.attributes.size() == b.attributes.size());
        // Of two facts of one moment the later one stands: they are told apart by their place, not by their order here.
        RC_ASSERT(a.attributes[0].occurred_at == b.attributes[0].occurred_at);
    });
}

TEST_P(Rebuild, SaysWhatDiffered) {
    World world;
    world.take(fact("Page Viewed", "a@example.com", "1"));
    world.take(fact("profile", "b@example.com", "2", {{"employees", Value(10)}}));
    ASSERT_TRUE(world.ledger->flush());
    const auto person = **world.reads()->find("a@example.com");
    const auto last = *world.store->last_position();
    auto row = **world.store->state_of(person);
    row.next_at = row.next_at - Duration::days(1);
    ports::Derived wrong;
    wrong.up_to = last;
    wrong.states = {row};
    wrong.history = {{person, last, 7, world.clock.time, 1, "said by nobody"}};
    wrong.counters = {{"entered\tlead", 5}};
    ASSERT_TRUE(world.store->write_derived(wrong));
    world.open();
    const auto rebuilt = world.ledger->rebuild();
    ASSERT_TRUE(rebuilt);
    std::set<std::string> said;
    for (const auto& d : rebuilt->differences) said.insert(d.where + " " + d.what);
    const std::string of_a = " of subject " + std::to_string(person.value) + " is not what the journal makes";
    EXPECT_EQ(said, (std::set<std::string>{"counter entered\tlead was 6, the journal makes 1", "history" + of_a,
                                           "state" + of_a}));
    EXPECT_EQ(rebuilt->different, 3U);
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

TEST_P(Rebuild, NamesAChangedRowOfTheListOfLeads) {
    const std::array<void (*)(ports::LeadRow&), 6> changes{
        [](ports::LeadRow& row) { row.stage = "qualified"; },
        [](ports::LeadRow& row) { row.open = !row.open; },
        [](ports::LeadRow& row) { row.score_micros += 1; },
        [](ports::LeadRow& row) { row.holder = "owner nobody"; },
        [](ports::LeadRow& row) { row.classes += " abc=A"; },
        [](ports::LeadRow& row) { std::swap(row.name, row.email); },
    };
    World world;
    world.take(fact("Page Viewed", "a@example.com", "1"));
    world.take(fact("Page Viewed", "b@example.com", "2"));
    const auto person = **world.reads()->find("a@example.com");
    const auto row = **world.store->state_of(person);
    const auto lead = **world.store->lead(person);
    const auto rebuild_after = [&](const ports::LeadRow& wrong) {
        ports::Derived derived;
        derived.up_to = *world.store->last_position();
        derived.states = {row};
        derived.states.front().lead = wrong;
        EXPECT_TRUE(world.store->write_derived(derived));
        world.open();
        std::string said;
        const auto rebuilt = world.ledger->rebuild();
        EXPECT_TRUE(rebuilt);
        for (const auto& d : rebuilt->differences) said += d.where + " " + d.what + "\n";
        return said;
    };
    for (const auto change : changes) {
        auto wrong = lead;
        change(wrong);
        EXPECT_EQ(rebuild_after(wrong), "row in the list of leads of subject " + std::to_string(person.value) +
                                            " is not what the journal makes\n");
        EXPECT_EQ(world.ledger->rebuild()->different, 0U);
    }
}

/// What stands is right, so nothing is written unless it is asked for.
TEST_P(Rebuild, WritesOnlyWhatIsAskedForOrDiffers) {
    World world;
    for (int i = 0; i < 20; ++i)
        world.take(fact(i % 2 == 0 ? "Page Viewed" : "profile", mail(i % 7), std::to_string(i)));
    ASSERT_TRUE(world.ledger->flush());
    const auto hash = world.state_hash();
    const auto evaluated = world.ledger->stats().replayed;
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
    EXPECT_EQ(world.ledger->stats().replayed, evaluated);
    const auto anew = world.ledger->rebuild({}, Anew::always);
    ASSERT_TRUE(anew);
    EXPECT_EQ(anew->different, 0U);
    EXPECT_GT(world.ledger->stats().replayed, evaluated);
    EXPECT_EQ(world.state_hash(), hash);
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

/// However little memory there is, a round takes at least a lane, and all of them together everything.
TEST_P(Rebuild, InManyRoundsIsTheSame) {
    Options little;
    little.cache_bytes = 1;
    World world(true, little);
    std::vector<IncomingFact> facts;
    for (int i = 0; i < 5'000; ++i)
        facts.push_back(fact("Page Viewed", "p" + std::to_string(i) + "@example.com", std::to_string(i)));
    ASSERT_TRUE(world.ledger->intake(facts));
    std::uint64_t furthest = 0;
    const auto rebuilt = world.ledger->rebuild([&](std::uint64_t done, std::uint64_t of) {
        EXPECT_LE(done, of);
        furthest = done;
    });
    ASSERT_TRUE(rebuilt);
    EXPECT_EQ(rebuilt->different, 0U);
    EXPECT_EQ(rebuilt->subjects, 5'000U + lane_count);
    EXPECT_GT(furthest, rebuilt->facts);  // several rounds read the journal several times
}

}  // namespace
}  // namespace baton::app
