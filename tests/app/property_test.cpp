// What must not make a difference, makes none: not to the journal, not to a single derived row.
#include <random>
#include <set>

#include "acts.h"
#include "domain/engine/step.h"
#include "support/dump.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Same);

/// Everything a store says, in the order and with the numbers it says it.
struct Outcomes {
    std::string heads, journal, derived;

    explicit Outcomes(World& world) {
        EXPECT_TRUE(world.ledger->flush());
        heads = to_hex(world.reads()->digest()->journal_head) + to_hex(world.reads()->digest()->state_hash);
        journal = support::dump_journal(*world.store);
        derived = support::dump_derived(*world.store);
    }
};

void expect_same(World& one, World& other) {
    const Outcomes a(one), b(other);
    RC_ASSERT(a.journal == b.journal);
    RC_ASSERT(a.derived == b.derived);
    RC_ASSERT(a.heads == b.heads);
}

/// Lives through the acts; `between(i)` comes after each of them.
template <class Between>
void live_with(World& world, const std::vector<Act>& acts, Between between) {
    for (std::size_t i = 0; i < acts.size(); ++i) {
        live(world, acts, i, i + 1);
        between(i);
    }
}

TEST_P(Same, WhateverIsSentTwice) {
    holds([] {
        const auto acts = any_acts(80);
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        World once, often;
        live(once, acts, 0, acts.size());
        std::vector<IncomingFact> accepted;
        live_with(often, acts, [&](std::size_t i) {
            const auto f = fact_of(acts[i], i);
            // A decision that was refused may rightly be taken later: only what was accepted must change nothing.
            if (f && often.ledger->preview(std::vector{*f})->duplicates == 1) accepted.push_back(*f);
            std::vector<IncomingFact> again;
            for (auto n = accepted.empty() ? 0 : random() % 4; n > 0; --n)
                again.push_back(accepted[random() % accepted.size()]);
            RC_ASSERT(often.take(again).duplicates == again.size());
        });
        expect_same(once, often);
    });
}

TEST_P(Same, HoweverTheFactsAreCutIntoBatches) {
    holds([] {
        const auto acts = any_acts(80);
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        World single, gathered;
        live(single, acts, 0, acts.size());
        std::vector<IncomingFact> waiting;
        const auto send = [&] {
            if (!waiting.empty()) gathered.take(std::exchange(waiting, {}));
        };
        for (std::size_t i = 0; i < acts.size(); ++i) {
            if (const auto f = fact_of(acts[i], i)) {
                waiting.push_back(*f);
                if (random() % 5 == 0) send();
                continue;
            }
            send();
            live(gathered, acts, i, i + 1);
        }
        send();
        expect_same(single, gathered);
    });
}

TEST_P(Same, WheneverDerivedRowsAreWrittenAndStatesDropped) {
    holds([] {
        const auto acts = any_acts(80);
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        Options options;
        options.cache_bytes = random() % 3 == 0 ? 1 : random() % 20'000;
        options.derive_bytes = random() % 20'000;
        World lazy, eager(true, options);
        live(lazy, acts, 0, acts.size());
        live_with(eager, acts, [&](std::size_t) {
            if (random() % 3 == 0) RC_ASSERT(eager.ledger->flush().has_value());
            if (random() % 3 == 0) RC_ASSERT(eager.ledger->wait_for(eager.ledger->stats().position).has_value());
            if (random() % 5 == 0) RC_ASSERT(eager.ledger->next_due().has_value());
        });
        expect_same(lazy, eager);
    });
}

TEST_P(Same, WhereverItCrashesAndBeginsAgain) {
    holds([] {
        const auto acts = any_acts(80);
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        Options options;
        options.derive_bytes = random() % 2 == 0 ? std::size_t{64} << 20 : random() % 20'000;
        World steady, torn(true, options);
        live(steady, acts, 0, acts.size());
        live_with(torn, acts, [&](std::size_t) {
            switch (random() % 8) {
                case 0: torn.crash(); break;
                case 1: torn.open(); break;
                case 2: RC_ASSERT(torn.ledger->flush().has_value()); break;
                default: break;
            }
        });
        expect_same(steady, torn);
    });
}

TEST_P(Same, WhetherFoldedLiveOrFromTheJournal) {
    holds([] {
        const auto acts = any_acts(80);
        World world;
        live(world, acts, 0, acts.size());
        const Outcomes before(world);
        const auto rebuilt = world.ledger->rebuild();
        RC_ASSERT(rebuilt.has_value());
        for (const auto& d : rebuilt->differences) RC_FAIL(d.where + " " + d.what);
        const Outcomes after(world);
        RC_ASSERT(before.journal == after.journal);
        RC_ASSERT(before.derived == after.derived);
        RC_ASSERT(world.store->verify()->empty());
    });
}

TEST(SameOnFastStores, DigestsAndRows) {
    holds([] {
        const auto acts = any_acts(80);
        World memory(true, {}, "memory"), sqlite(true, {}, "sqlite");
        live(memory, acts, 0, acts.size());
        live(sqlite, acts, 0, acts.size());
        expect_same(memory, sqlite);
    });
}

TEST(SameOnPostgres, DigestsAndRows) {
    if (support::postgres_server().empty()) GTEST_SKIP() << support::no_postgres;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        std::mt19937_64 random(seed);
        std::vector<Act> acts(80);
        for (Act& act : acts)
            act = {static_cast<int>(random() % 14), static_cast<int>(random() % 5), static_cast<int>(random() % 400)};
        World memory(true, {}, "memory"), postgres(true, {}, "postgres");
        live(memory, acts, 0, acts.size());
        live(postgres, acts, 0, acts.size());
        const Outcomes want(memory), got(postgres);
        EXPECT_EQ(got.heads, want.heads) << seed;
        EXPECT_EQ(got.journal, want.journal) << seed;
        EXPECT_EQ(got.derived, want.derived) << seed;
        EXPECT_TRUE(postgres.store->verify()->empty()) << seed;
    }
}

// ---- counters, and one holder -----------------------------------------------------------------------------------

/// Invariant 13 of every funnel counter: entered = inside + left, leads recounted from the history.
TEST_P(Same, CountersAsARecountOfTheHistory) {
    holds([] {
        const auto acts = any_acts(120);
        World world;
        live(world, acts, 0, acts.size());
        const auto looking = world.reads();
        const auto funnel = looking->funnel();
        RC_ASSERT(funnel.has_value());
        std::map<std::string, std::int64_t> entered, inside;
        std::map<std::string, std::set<std::string>> leads;
        for (int who = 0; who < 5; ++who) {
            const auto id = looking->find(mail(who));
            if (!id || !*id) continue;
            const auto timeline = looking->timeline(**id);
            for (const auto& entry : timeline->entries) {
                if (!entry.history) continue;
                if (entry.history->kind != engine::HistoryKind::stage_entered &&
                    entry.history->kind != engine::HistoryKind::migrated)
                    continue;
                ++entered[entry.history->to];
                leads[entry.history->to].insert(mail(who));
            }
            const auto& lead = world.person(mail(who)).state.lead;
            if (!lead.stage.empty()) ++inside[lead.stage];
            // Invariant 5: an open lead has exactly one holder, with somebody responsible.
            if (lead.open)
                RC_ASSERT(lead.holder.kind != engine::HolderKind::none &&
                          (!lead.holder.name.empty() || !lead.holder.responsible.empty()));
        }
        for (const auto& stage : funnel->stages) {
            RC_ASSERT(stage.in.entered == stage.inside + stage.left);
            RC_ASSERT(stage.in.entered == entered[stage.id]);
            RC_ASSERT(stage.inside == inside[stage.id]);
            RC_ASSERT(stage.in.leads == static_cast<std::int64_t>(leads[stage.id].size()));
        }
    });
}

// ---- late facts -------------------------------------------------------------------------------------------------

/// What is known of the person and how the scores run on from now, told by when facts occurred and not by where they stand.
std::string told(const PersonView& person, Instant now) {
    const engine::Features& features = person.state.features;
    std::string text = std::to_string(features.facts) + " facts\n";
    for (const auto& a : features.attributes)
        text += "attribute " + std::to_string(a.property.value) + " " + to_text(a.value) + " " +
                to_string(a.occurred_at) + "\n";
    for (int day = 0; day < 12; ++day) {
        const Instant at = now + Duration::days(day);
        for (std::uint16_t i = 0; i < person.playbook->scores.size(); ++i)
            text += std::to_string(engine::score_at(*person.playbook, person.state, {i}, at).micros) + " ";
    }
    return text;
}

TEST_P(Same, FeaturesInWhateverOrderLateFactsCome) {
    holds([] {
        World first, second;
        std::vector<IncomingFact> facts;
        std::set<int> hours;
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        while (hours.size() < 14) hours.insert(static_cast<int>(1 + random() % (24 * 20)));
        int i = 0;
        for (const int hour : hours) {  // no two at one moment: then there is no doubt which is the newer
            auto f = i % 3 == 0 ? fact("Page Viewed", "a@example.com", "m" + std::to_string(i))
                     : i % 3 == 1
                         ? fact("profile", "a@example.com", "m" + std::to_string(i),
                                {{"origin", Value("o" + std::to_string(i))}})
                         : fact("profile", "a@example.com", "m" + std::to_string(i), {{"employees", Value(i)}});
            f.occurred_at = first.clock.time - Duration::hours(hour);
            facts.push_back(std::move(f));
            ++i;
        }
        for (const auto& f : facts) first.take(f);
        for (std::size_t n = facts.size(); n > 1; --n) std::swap(facts[n - 1], facts[random() % n]);
        for (const auto& f : facts) second.take(f);
        const auto a = first.person("a@example.com"), b = second.person("a@example.com");
        RC_ASSERT(told(a, first.clock.time) == told(b, first.clock.time));
    });
}

}  // namespace
}  // namespace baton::app
