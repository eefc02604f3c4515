// Several processes on one store, in one process: a ledger each on a connection of its own. Together they do what one would
// have done, each fact and each due moment once, and each knows what the others did.
#include <atomic>
#include <random>
#include <thread>

#include "acts.h"
#include "support/dump.h"

namespace baton::app {
namespace {

class Shared : public OnEveryStore {
   protected:
    void SetUp() override {
        OnEveryStore::SetUp();
        if (support::postgres_server().empty()) GTEST_SKIP() << support::no_postgres;
        one_.emplace();
        two_ = another();
    }
    /// A second process on the first one's database, with the same clock.
    std::unique_ptr<World> another(Options options = {}) { return std::make_unique<World>(*one_, std::move(options)); }
    void both(Duration later) {
        one_->clock.advance(later);
        two_->clock.time = one_->clock.time;
    }
    std::string rows(const std::string& sql) const { return one_->schema->run(sql); }
    void end_connections() const {
        rows(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE application_name = 'baton " +
            std::to_string(getpid()) + "' AND pid <> pg_backend_pid()");
    }
    /// The store is sound, and a fold of its journal makes what stands there.
    static void expect_sound(World& world) {
        const auto damages = world.store->verify();
        ASSERT_TRUE(damages);
        for (const auto& damage : *damages) ADD_FAILURE() << damage.where << ": " << damage.what;
        const auto rebuilt = world.ledger->rebuild();
        ASSERT_TRUE(rebuilt) << rebuilt.error().detail;
        for (const auto& d : rebuilt->differences) ADD_FAILURE() << d.where << " " << d.what;
    }

    std::optional<World> one_;
    std::unique_ptr<World> two_;
};

std::vector<const char*> shared_stores() {
    std::vector<const char*> all = {"postgres"};
    if (!support::postgres_pooler().empty()) all.push_back("pgbouncer");
    return all;
}
INSTANTIATE_TEST_SUITE_P(Stores, Shared, testing::ValuesIn(shared_stores()),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(Shared, EachSeesAtOnceWhatTheOtherWrote) {
    one_->take(fact("Page Viewed", "a@example.com", "1"));
    EXPECT_EQ(two_->stage("a@example.com"), "lead");
    two_->take(fact("profile", "a@example.com", "2", {{"employees", Value(500)}}));
    one_->take(fact("Demo Requested", "a@example.com", "3"));
    EXPECT_EQ(two_->stage("a@example.com"), "qualified");
    EXPECT_EQ(two_->take(fact("accept", "a@example.com", "4")).verdict, Verdict::accepted);
    EXPECT_EQ(one_->take(fact("accept", "a@example.com", "5")).code, "no_open_offer");
    EXPECT_EQ(one_->history("a@example.com"), two_->history("a@example.com"));
    EXPECT_EQ(one_->ledger->stats().derived, 4 + static_cast<ports::Position>(lane_count));
    expect_sound(*one_);
}

TEST_P(Shared, AMessageSentToBothIsTakenOnce) {
    const auto sent = std::vector{fact("Page Viewed", "a@example.com", "1"), fact("Page Viewed", "b@example.com", "2")};
    EXPECT_EQ(one_->take(sent).accepted, 2U);
    EXPECT_EQ(two_->take(sent).duplicates, 2U);
    EXPECT_EQ(one_->take(sent).duplicates, 2U);
    EXPECT_EQ(one_->reads()->funnel()->stages[0].in.entered, 2);
}

TEST_P(Shared, APersonMadeByBothIsOne) {
    one_->take(fact("Page Viewed", "a@example.com", "1"));
    const auto made = two_->take(fact("Page Viewed", "A@Example.com", "2"));
    EXPECT_EQ(**one_->reads()->find("a@example.com"), made.subject);
    auto known = fact("profile", "a@example.com", "3");
    known.external_id = "crm-7";
    two_->take(known);
    auto same = fact("Page Viewed", "", "4");
    same.external_id = "crm-7";
    EXPECT_EQ(one_->take(same).subject, made.subject);
}

TEST_P(Shared, ADueMomentFiresOnceWhoeverFiresIt) {
    for (int i = 0; i < 3; ++i) {
        const std::string who = mail(i), id = std::to_string(i);
        one_->take(fact("profile", who, "p" + id, {{"employees", Value(500)}}));
        one_->take(fact("Page Viewed", who, "v" + id));
        one_->take(fact("Demo Requested", who, "d" + id));
    }
    EXPECT_EQ(two_->stage("c@example.com"), "qualified");
    EXPECT_EQ(one_->ledger->next_due().value(), two_->ledger->next_due().value());
    both(Duration::days(3));
    EXPECT_EQ(one_->fire(), 3U);
    EXPECT_EQ(two_->fire(), 0U);
    EXPECT_EQ(two_->stage("a@example.com"), "accepted");
    EXPECT_EQ(rows("SELECT value FROM counter WHERE key LIKE 'offer%by_default'"), "3");
    expect_sound(*two_);
}

TEST_P(Shared, AnActivationOfOneActsInTheOther) {
    one_->take(fact("profile", "a@example.com", "1", {{"employees", Value(60)}}));
    two_->take(fact("Demo Requested", "a@example.com", "2"));
    EXPECT_EQ(two_->stage("a@example.com"), "prospect");
    one_->activate(second_playbook(), OpenLeads::re_evaluate, {{"lead", "interested"}});
    two_->take(fact("Page Viewed", "a@example.com", "3"));
    EXPECT_EQ(two_->ledger->active()->version, 2U);
    EXPECT_EQ(two_->stage("a@example.com"), "qualified");
    // Announced by one; the other is the first to come to the moment.
    two_->activate(first_playbook, OpenLeads::wait, {{"interested", "lead"}}, two_->clock.time + Duration::hours(5));
    both(Duration::hours(6));
    one_->take(fact("Page Viewed", "b@example.com", "4"));
    EXPECT_EQ(one_->ledger->active()->version, 1U);
    EXPECT_EQ(one_->stage("b@example.com"), "lead");
    EXPECT_EQ(two_->fire(), 0U);
    EXPECT_EQ(two_->ledger->active()->version, 1U);
    EXPECT_EQ(two_->ledger->playbook(2)->version, 2U);
    EXPECT_EQ(rows("SELECT count(*) FROM journal WHERE subject < 64"), std::to_string(3 * lane_count + 1));
    expect_sound(*one_);
}

/// Three facts of an earlier day, of which one makes an offer.
std::vector<IncomingFact> past_facts(Instant now) {
    std::vector<IncomingFact> facts = {fact("profile", "a@example.com", "1", {{"employees", Value(500)}}),
                                       fact("Page Viewed", "a@example.com", "2"),
                                       fact("Demo Requested", "a@example.com", "3")};
    for (auto& f : facts) {
        f.historical = true;
        f.occurred_at = now - Duration::days(1);
    }
    return facts;
}

TEST_P(Shared, AnImportGoesOnWhereAnotherProcessBegins) {
    const auto past = past_facts(one_->clock.time);
    const auto history = [&] { return rows("SELECT convert_from(value, 'UTF8') FROM setting WHERE name = 'history'"); };
    const auto opened = [](Instant at) { return "open " + std::to_string(at.us); };
    one_->take({past[0], past[1]});
    const Instant began = one_->clock.time;
    EXPECT_EQ(history(), opened(began));
    EXPECT_EQ(two_->ledger->go_live().value(), 0U) << "one is still at it";
    both(Duration::seconds(9));
    one_->take(past[2]);
    EXPECT_EQ(history(), opened(began)) << "said not so long ago";
    both(Duration::seconds(50));
    EXPECT_EQ(two_->ledger->go_live().value(), 0U);
    one_->take(fact("Page Viewed", "b@example.com", "4"));
    EXPECT_EQ(history(), opened(began)) << "what happens now is no import";
    both(Duration::seconds(1));
    EXPECT_EQ(two_->ledger->go_live().value(), 1U) << "nothing more for a minute";
    EXPECT_EQ(history(), "closed");
    EXPECT_EQ(one_->ledger->go_live().value(), 0U);
    EXPECT_EQ(two_->person("a@example.com").state.lead.holder.name, "marketing");
    auto more = past[0];
    more.message_id = "5";
    one_->take(more);
    EXPECT_EQ(history(), opened(one_->clock.time)) << "another import";
    EXPECT_EQ(one_->ledger->go_live().value(), 0U);
    EXPECT_EQ(history(), "closed") << "one's own is ended at once";
    expect_sound(*two_);
}

TEST_P(Shared, AnImportThatIsDoneIsEndedByWhoeverServesNext) {
    one_->take(past_facts(one_->clock.time));
    EXPECT_EQ(two_->ledger->go_live().value(), 0U);
    ASSERT_TRUE(one_->ledger->close());
    EXPECT_EQ(two_->ledger->go_live().value(), 1U);
}

TEST_P(Shared, AServerEndsAnImportThatNobodyGoesOnWith) {
    Options options;
    options.threads = true;
    one_->take(past_facts(one_->clock.time));
    both(Duration::minutes(2));
    const auto server = another(options);
    while (rows("SELECT convert_from(value, 'UTF8') FROM setting WHERE name = 'history'") != "closed")
        std::this_thread::yield();
    EXPECT_EQ(two_->person("a@example.com").state.lead.holder.name, "marketing");
}

TEST_P(Shared, WhatIsPreviewedOrRefusedLeavesNoTrace) {
    two_->take(fact("Page Viewed", "a@example.com", "1"));
    const auto before = one_->state_hash();
    auto strange = fact("accept", "a@example.com", "2");
    strange.source = "strange";
    EXPECT_EQ(one_->take(strange).verdict, Verdict::refused);
    EXPECT_EQ(one_->ledger->preview(std::vector{fact("Page Viewed", "n@example.com", "3")})->accepted, 1U);
    EXPECT_EQ(one_->state_hash(), before);
    auto other = fact("Page Viewed", "b@example.com", "4");
    other.source = "other";
    two_->take(other);
    strange.type = "Page Viewed";
    one_->take(strange);
    EXPECT_EQ(rows("SELECT count(DISTINCT name)::text || ' of ' || count(*)::text FROM source WHERE name IN "
                   "('other', 'strange')"),
              "2 of 2");
    expect_sound(*two_);
}

TEST_P(Shared, ConnectionsThatAreEndedLoseNothing) {
    for (int i = 0; i < 6; ++i) {
        World& world = i % 2 == 0 ? *one_ : *two_;
        end_connections();
        EXPECT_EQ(world.take(fact("Page Viewed", mail(i % 3), std::to_string(i))).verdict, Verdict::accepted);
    }
    end_connections();
    EXPECT_EQ(two_->fire(), 0U);
    EXPECT_EQ(rows("SELECT count(*) FROM message"), "6");
    expect_sound(*one_);
}

TEST_P(Shared, WhoWaitsTooLongIsToldAndNothingOfItIsThere) {
    one_->front->away = true;
    const auto sent = std::vector{fact("Page Viewed", "a@example.com", "1")};
    const auto answer = one_->ledger->intake(sent);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "unavailable");
    EXPECT_FALSE(one_->ledger->available());
    EXPECT_EQ(rows("SELECT count(*) FROM message"), "0");
    one_->front->away = false;
    EXPECT_EQ(one_->take(sent).accepted, 1U);
    EXPECT_TRUE(one_->ledger->available());
}

/// Ended in the middle of a turn, at its n-th statement that writes a table, before and at the commit.
TEST_P(Shared, ATurnThatIsLostIsBegunAnew) {
    rows(
        "CREATE SEQUENCE calls; "
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF nextval('calls') % 11 = 0 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; "
        "RETURN NULL; END $$");
    for (const char* table : {"journal", "state", "history", "counter", "ledger", "identity"})
        rows(std::string("CREATE TRIGGER die AFTER INSERT OR UPDATE ON ") + table +
             " FOR EACH STATEMENT EXECUTE FUNCTION die()");
    rows(
        "CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON ledger DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION die()");
    World plain(true, {}, "memory");
    for (int i = 0; i < 30; ++i) {
        World& world = i % 3 == 0 ? *one_ : *two_;
        const auto f = i % 4 == 0 ? fact("profile", mail(i % 5), std::to_string(i), {{"employees", Value(i * 30)}})
                                  : fact(i % 4 == 1 ? "Demo Requested" : "Page Viewed", mail(i % 5), std::to_string(i));
        EXPECT_EQ(world.take(f).verdict, Verdict::accepted) << i;
        plain.take(f);
        if (i % 10 == 9) {
            both(Duration::days(1));
            plain.clock.time = one_->clock.time;
            world.fire();
            plain.fire();
        }
    }
    EXPECT_GT(std::stoi(rows("SELECT last_value FROM calls")), 100);
    EXPECT_EQ(one_->state_hash(), plain.state_hash());
    EXPECT_EQ(support::dump_journal(*one_->store), support::dump_journal(*plain.store));
    for (const char* table : {"journal", "state", "history", "counter", "ledger", "identity"})
        rows(std::string("DROP TRIGGER die ON ") + table);
    rows("DROP TRIGGER at_commit ON ledger; DROP FUNCTION die(); DROP SEQUENCE calls");
    expect_sound(*two_);
}

/// As one process would have done it: the same journal to the byte, the same rows, whoever did which part.
TEST_P(Shared, RandomLivesAreThoseOfOneProcess) {
    for (std::int64_t seed = 1; seed <= faults::scaled(4); ++seed) {
        std::mt19937_64 random(static_cast<std::uint64_t>(seed));
        std::vector<Act> acts = {{0, 0, 0}};
        for (int i = 0; i < 60; ++i)
            acts.push_back(
                {static_cast<int>(random() % 14), static_cast<int>(random() % 5), static_cast<int>(random() % 400)});
        Options small;
        small.cache_bytes = random() % 2 == 0 ? 1 : std::size_t{64} << 20;
        World plain(true, {}, "memory"), first(true, small);
        World second(first, {}), third(first, small);
        for (std::size_t i = 0; i < acts.size(); ++i) {
            live(plain, acts, i, i + 1);
            const auto drawn = random() % 3;
            World& world = drawn == 0 ? first : drawn == 1 ? second : third;
            world.clock.time = std::max({first.clock.time, second.clock.time, third.clock.time});
            if (acts[i].kind == 11) RC_ASSERT(world.ledger->flush().has_value());  // looks which version is in force
            live(world, acts, i, i + 1);
            if (random() % 12 == 0) world.crash();
        }
        EXPECT_EQ(support::dump_journal(*first.store), support::dump_journal(*plain.store)) << seed;
        ASSERT_TRUE(plain.ledger->flush());
        EXPECT_EQ(support::dump_derived(*second.store), support::dump_derived(*plain.store)) << seed;
        EXPECT_EQ(third.state_hash(), plain.state_hash()) << seed;
        expect_sound(second);
    }
}

/// Of two processes whose callers saw the same version, one takes what depends on it.
TEST_P(Shared, AVersionThatBothSawLetsOneChangeThrough) {
    one_->take(fact("Page Viewed", "a@example.com", "first"));
    for (int round = 0; round < 5; ++round) {
        const auto reads = one_->reads();
        const SubjectId person = reads->find("a@example.com").value().value();
        const std::string seen = version_of(reads->version(person).value(), reads->active()->version);
        std::atomic<int> accepted = 0, changed = 0;
        std::vector<std::thread> callers;
        for (World* world : {&*one_, two_.get()})
            callers.emplace_back([&, world] {
                auto note =
                    fact("note", "a@example.com", std::to_string(round) + (world == two_.get() ? "/two" : "/one"),
                         {{"text", Value("seen")}});
                note.only_if = {seen};
                const auto receipt = world->ledger->intake(std::vector{note});
                ASSERT_TRUE(receipt) << receipt.error().detail;
                accepted += receipt->accepted == 1 ? 1 : 0;
                changed += receipt->outcomes[0].code == "changed" ? 1 : 0;
            });
        for (auto& caller : callers) caller.join();
        EXPECT_EQ(accepted, 1);
        EXPECT_EQ(changed, 1);
    }
    expect_sound(*one_);
}

/// All at once, each with its writer thread and scheduler; the same messages go to all of them.
TEST_P(Shared, ThreadsOfSeveralProcessesTakeEachFactOnce) {
    Options threaded;
    threaded.threads = true;
    threaded.gather = {};
    const auto third = another(threaded), fourth = another(threaded);
    const std::size_t each = 4 * static_cast<std::size_t>(faults::scaled(30));
    std::atomic<std::size_t> accepted = 0, duplicates = 0;
    std::vector<std::thread> clients;
    for (World* world : {&*one_, two_.get(), third.get(), fourth.get()})
        for (std::size_t shift : {0U, 7U})
            clients.emplace_back([&, world, shift] {
                for (std::size_t i = 0; i < each; i += 4) {
                    std::vector<IncomingFact> facts;
                    for (std::size_t n = i; n < i + 4; ++n) {
                        const std::size_t id = (n + shift) % each;
                        facts.push_back(fact(id % 9 == 0 ? "Demo Requested" : "Page Viewed",
                                             mail(static_cast<int>(id % 11)), std::to_string(id)));
                    }
                    const auto receipt = world->ledger->intake(facts);
                    if (!receipt) ADD_FAILURE() << receipt.error().code << ": " << receipt.error().detail;
                    if (!receipt) return;
                    accepted += receipt->accepted;
                    duplicates += receipt->duplicates;
                }
            });
    for (auto& client : clients) client.join();
    EXPECT_EQ(accepted, each);
    EXPECT_EQ(duplicates, 7 * each);
    EXPECT_EQ(rows("SELECT count(*) FROM message"), std::to_string(each));
    expect_sound(*one_);
}

}  // namespace
}  // namespace baton::app
