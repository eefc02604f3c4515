// The state is a fold of the journal: after crashes, rebuilds, in any batches and cache, the same.
#include <rapidcheck.h>

#include "fixture.h"

namespace baton::app {
namespace {

/// One move of a random history: a fact about one of few people, or time passing.
struct Act {
    int kind = 0, who = 0, amount = 0;
};

Act any_act() { return {*rc::gen::inRange(0, 14), *rc::gen::inRange(0, 5), *rc::gen::inRange(0, 400)}; }

std::string mail(int who) { return std::string(1, static_cast<char>('a' + who)) + "@example.com"; }

std::optional<IncomingFact> fact_of(const Act& act, std::size_t i) {
    const std::string id = "m" + std::to_string(i);
    const std::string who = mail(act.who);
    switch (act.kind) {
        case 0:
        case 1: return fact("Page Viewed", who, id);
        case 2: return fact("Demo Requested", who, id);
        case 3: return fact("profile", who, id, {{"employees", Value(act.amount)}});
        case 4: return fact("profile", who, id, {{"role", Value(act.amount % 2 == 0 ? "decision maker" : "user")}});
        case 5: return fact("accept", who, id);
        case 6: return fact("reject", who, id, {{"reason", Value("wrong_fit")}});
        case 7: return fact("Deal Won", who, id);
        case 8:
        case 9: {
            auto f = fact("profile", who, id, {{"origin", Value("o" + std::to_string(act.amount % 3))}});
            f.account = act.amount % 2 == 0 ? "acme.example" : "other.example";
            return f;
        }
        case 10: {
            auto f = fact("account", "", id, {{"industry", Value("i" + std::to_string(act.amount % 3))}});
            f.account = "acme.example";
            return f;
        }
        default: return std::nullopt;
    }
}

/// To the other version, at once or in some hours.
void change_version(World& world, const Act& act) {
    const bool second = act.amount % 2 == 0;
    const bool now_second = world.ledger->active()->stage("interested").has_value();
    std::map<std::string, std::string> migrate;
    if (second && !now_second) migrate = {{"lead", "interested"}};
    if (!second && now_second) migrate = {{"interested", "lead"}};
    std::optional<Instant> at;
    if (act.amount % 5 == 0) at = world.clock.time + Duration::hours(act.amount / 10);
    world.activate(second ? second_playbook() : first_playbook,
                   act.amount % 3 == 0 ? OpenLeads::wait : OpenLeads::re_evaluate, migrate, at);
}

void live(World& world, const std::vector<Act>& acts, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
        if (const auto f = fact_of(acts[i], i)) {
            world.take(*f);
        } else if (acts[i].kind == 11) {
            change_version(world, acts[i]);
        } else {
            world.clock.advance(Duration::hours(acts[i].amount / 4));
            RC_ASSERT(world.ledger->run_due(world.clock.time).has_value());
        }
    }
}

std::vector<Act> any_acts(int most) {
    std::vector<Act> acts;
    for (int n = *rc::gen::inRange(1, most); n > 0; --n) acts.push_back(any_act());
    return acts;
}

TEST(Replay, IncrementalIsRebuildIsSnapshotAndTail) {
    EXPECT_TRUE(rc::check([] {
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
    }));
}

/// A store that loses its unwritten derived rows: what a crash leaves. The memory store is the disk; the ledger is dropped.
class Forgetful : public ports::Store {
   public:
    explicit Forgetful(ports::Store& disk) : disk_(disk) {}
    bool crashed = false;
    int appends_left = -1;  ///< the next append after so many fails; -1 = never
    std::string failure = "disk_full";
    bool happened = false;  ///< commit_unknown: it was written all the same

    Status append(const ports::Append& batch) override {
        if (appends_left == 0) {
            if (happened) static_cast<void>(disk_.append(batch));
            return fail(failure, "planted");
        }
        if (appends_left > 0) --appends_left;
        return disk_.append(batch);
    }
    Status write_derived(const ports::Derived& batch) override {
        if (crashed) return fail("io", "crashed");
        return disk_.write_derived(batch);
    }
    ports::Position position_of_next(Lane l, Seq s, std::size_t i) const override {
        return disk_.position_of_next(l, s, i);
    }
    Status clear_derived() override { return disk_.clear_derived(); }
    Result<std::uint16_t> source_number(std::string_view n) override { return disk_.source_number(n); }
    Result<std::uint32_t> store_playbook(const ports::StoredPlaybook& p) override { return disk_.store_playbook(p); }
    Status set_setting(std::string_view n, std::string_view v) override { return disk_.set_setting(n, v); }
    HashKey hash_key() const override { return disk_.hash_key(); }
    Result<std::unique_ptr<ports::Reader>> reader() const override { return disk_.reader(); }
    Result<std::vector<ports::Damage>> verify() const override { return disk_.verify(); }
    Status backup(const std::string& to) const override { return disk_.backup(to); }
    Result<std::vector<ports::LaneHead>> heads() const override { return disk_.heads(); }
    Status scan(ports::Position p, const std::function<bool(const ports::Record&)>& e) const override {
        return disk_.scan(p, e);
    }
    Result<std::vector<ports::Record>> records_of(SubjectId s, ports::Position l) const override {
        return disk_.records_of(s, l);
    }
    Result<std::optional<ports::Record>> record(Lane l, ports::Position p) const override { return disk_.record(l, p); }
    Result<std::vector<std::optional<SubjectId>>> subjects_of(std::span<const ports::IdentityKey> k) const override {
        return disk_.subjects_of(k);
    }
    Result<std::vector<ports::Identity>> identities_of(SubjectId s) const override { return disk_.identities_of(s); }
    Result<std::vector<ports::Position>> positions_of(std::span<const ports::MessageKey> k) const override {
        return disk_.positions_of(k);
    }
    Result<std::vector<std::string>> sources() const override { return disk_.sources(); }
    Result<std::optional<ports::StateRow>> state_of(SubjectId s) const override { return disk_.state_of(s); }
    Result<std::vector<ports::StateRow>> states_of(std::span<const SubjectId> s) const override {
        return disk_.states_of(s);
    }
    Status scan_states(const std::function<bool(const ports::StateRow&)>& e) const override {
        return disk_.scan_states(e);
    }
    Result<std::vector<ports::LeadRow>> leads(const ports::LeadQuery& q) const override { return disk_.leads(q); }
    Result<std::optional<ports::LeadRow>> lead(SubjectId p) const override { return disk_.lead(p); }
    Result<std::vector<ports::HistoryRow>> history_of(SubjectId s, std::span<const ports::Position> p) const override {
        return disk_.history_of(s, p);
    }
    Result<std::vector<ports::HistoryRow>> latest_history(std::size_t l,
                                                          std::span<const std::uint8_t> k) const override {
        return disk_.latest_history(l, k);
    }
    Result<std::vector<std::pair<std::string, std::int64_t>>> counters() const override { return disk_.counters(); }
    Result<std::vector<std::pair<Instant, SubjectId>>> due(Instant u, std::size_t l) const override {
        return disk_.due(u, l);
    }
    Result<std::optional<Instant>> next_due() const override { return disk_.next_due(); }
    Result<ports::Position> derived_up_to() const override { return disk_.derived_up_to(); }
    Result<ports::Position> last_position() const override { return disk_.last_position(); }
    Result<std::vector<ports::StoredPlaybook>> playbooks() const override { return disk_.playbooks(); }
    Result<std::optional<std::string>> setting(std::string_view n) const override { return disk_.setting(n); }

   private:
    ports::Store& disk_;
};

TEST(Crash, WhatWasNotDerivedIsFoldedOnOpening) {
    EXPECT_TRUE(rc::check([] {
        const auto acts = any_acts(80);
        const auto cut = *rc::gen::inRange<std::size_t>(0, acts.size() + 1);
        World plain, crashing;
        live(plain, acts, 0, acts.size());

        Forgetful faulty(*crashing.store);
        crashing.ledger.reset();
        auto opened = Ledger::open(faulty, crashing.clock, {});
        RC_ASSERT(opened.has_value());
        crashing.ledger = std::move(*opened);
        live(crashing, acts, 0, cut);
        faulty.crashed = true;  // nothing more is derived: the process is gone
        crashing.ledger.reset();
        crashing.open();
        live(crashing, acts, cut, acts.size());
        RC_ASSERT(plain.state_hash() == crashing.state_hash());
        for (int who = 0; who < 5; ++who) RC_ASSERT(plain.history(mail(who)) == crashing.history(mail(who)));
    }));
}

TEST(Crash, AFailedAppendLeavesNothingAndIsMended) {
    World world;
    Forgetful faulty(*world.store);
    world.ledger.reset();
    world.ledger = std::move(*Ledger::open(faulty, world.clock, {}));
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
    world.ledger.reset();  // before the store under it
}

TEST(Crash, AnUnknownCommitIsResolvedByTheHeads) {
    for (const bool happened : {false, true}) {
        World world;
        Forgetful faulty(*world.store);
        world.ledger.reset();
        world.ledger = std::move(*Ledger::open(faulty, world.clock, {}));
        faulty.appends_left = 0;
        faulty.failure = "commit_unknown";
        faulty.happened = happened;
        const auto answer = world.ledger->intake(std::vector{fact("Page Viewed", "a@example.com", "1")});
        EXPECT_EQ(answer.has_value(), happened);
        faulty.appends_left = -1;
        const auto again = world.take(fact("Page Viewed", "a@example.com", "1"));
        EXPECT_EQ(again.verdict, happened ? Verdict::duplicate : Verdict::accepted);
        EXPECT_EQ(world.reads()->funnel()->stages[0].in.entered, 1);
        world.ledger.reset();
    }
}

TEST(Replay, ObservationsInAnyOrderMakeTheSameFeatures) {
    EXPECT_TRUE(rc::check([] {
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
    }));
}

}  // namespace
}  // namespace baton::app
