// kill -9 of an erasure on PostgreSQL, at many moments: afterwards the person is wholly there or wholly gone from every table,
// all others are as if nobody had killed anything, and a second erasure comes to its end.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <functional>
#include <memory>
#include <sstream>
#include <thread>

#include "eraser/life.h"
#include "storage/open.h"
#include "support/dump.h"
#include "support/faults.h"
#include "support/measured.h"
#include "support/postgres.h"

namespace baton {
namespace {

using faults::Child;
using support::PostgresSchema;
using support::StreamTaker;

constexpr std::size_t facts = 60;

std::vector<std::string> eraser(const PostgresSchema& schema, const char* task, bool threads) {
    return {BATON_ERASER, schema.url(), std::to_string(facts), task, threads ? "threads" : "direct"};
}

/// Which words of the person stand in which table: every row as text, and every bytes column as its bytes.
std::string words_in(const PostgresSchema& schema) {
    std::istringstream tables(schema.run(
        "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = current_schema()"));
    std::string found;
    for (std::string table; tables >> table;) {
        const std::string rows = schema.run("SELECT coalesce(string_agg(t::text, ' '), '') FROM \"" + table + "\" t");
        for (const std::string_view word : faults::words_of_person) {
            std::string hex;
            for (const char c : word) {
                constexpr const char* digits = "0123456789abcdef";
                hex += digits[static_cast<unsigned char>(c) >> 4];
                hex += digits[static_cast<unsigned char>(c) & 15];
            }
            if (rows.find(word) != std::string::npos || rows.find(hex) != std::string::npos)
                found += table + ": " + std::string(word) + "\n";
        }
    }
    return found;
}

/// Everything a store holds, and its digests.
struct Held {
    std::string journal, derived, digest;
    bool operator==(const Held&) const = default;
};

class ErasePostgresKill : public testing::Test {
   protected:
    void SetUp() override {
        if (support::postgres_server().empty()) GTEST_SKIP() << "BATON_TEST_POSTGRES names no server";
        source_ = std::make_unique<PostgresSchema>();
        const auto stream = faults::others(facts);
        {
            const auto store = storage::open_store(source_->url());
            ASSERT_TRUE(store.has_value()) << store.error().detail;
            StreamTaker taker(**store, stream, {});
            ASSERT_TRUE(taker.ready().has_value());
            const Status filled = faults::fill(taker, stream);
            ASSERT_TRUE(filled.has_value()) << filled.error().detail;
            ASSERT_TRUE(taker.ledger().close().has_value());
        }
        words_ = words_in(*source_);
        for (const auto word : faults::words_of_person)
            ASSERT_NE(words_.find(word), std::string::npos) << word << ": else the test looks in the wrong place";
        untouched_ = look(*source_, nullptr);
        const PostgresSchema schema;
        refill(schema);
        ASSERT_EQ(words_in(schema), words_) << "a copy is like what it was made of";
        const auto begun = std::chrono::steady_clock::now();
        Child child = Child::run(eraser(schema, "erase", false));
        ASSERT_EQ(child.line(), "opened");
        opened_ = std::chrono::steady_clock::now() - begun;
        ASSERT_EQ(child.line(), "erased");
        whole_ = std::chrono::steady_clock::now() - begun;
        int status = 0;
        child.finish(status);
        ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
        undisturbed_ = look(schema, nullptr);
        ASSERT_EQ(words_in(schema), "");
        ASSERT_FALSE(untouched_ == undisturbed_);
    }

    /// Every table as it was, by the server alone.
    void refill(const PostgresSchema& schema) const {
        const std::string from = schema_of(*source_), to = schema_of(schema);
        {
            storage::OpenOptions how;
            how.hash_key = HashKey{};
            ASSERT_TRUE(storage::open_store(schema.url(), how).has_value());
        }
        schema.run(
            "DO $$ DECLARE t text; BEGIN SET LOCAL session_replication_role = replica; "
            "FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '" +
            from +
            "' LOOP "
            "EXECUTE format('TRUNCATE %I.%I CASCADE', '" +
            to +
            "', t); END LOOP; "
            "FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '" +
            from +
            "' LOOP "
            "EXECUTE format('INSERT INTO %I.%I OVERRIDING SYSTEM VALUE SELECT * FROM %I.%I', '" +
            to + "', t, '" + from + "', t); END LOOP; END $$");
    }
    static std::string schema_of(const PostgresSchema& schema) { return schema.run("SELECT current_schema()"); }

    /// Opens the application, which brings to its end what was begun.
    static Held look(const PostgresSchema& schema, const std::function<void(app::Ledger&)>& then) {
        const auto stream = faults::others(facts);
        storage::OpenOptions how;
        how.mode = storage::OpenOptions::Mode::existing;
        const auto store = storage::open_store(schema.url(), how);
        EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().detail);
        if (!store) return {};
        StreamTaker taker(**store, stream, {});
        EXPECT_TRUE(taker.ready().has_value());
        if (!taker.ready()) return {};
        if (then) then(taker.ledger());
        EXPECT_TRUE(taker.ledger().flush().has_value());
        Held held{support::dump_journal(**store), support::dump_derived(**store), ""};
        const auto digests = taker.ledger().reads().value()->digest();
        EXPECT_TRUE(digests.has_value()) << (digests ? "" : digests.error().detail);
        if (digests) held.digest = to_hex(digests->journal_head) + " " + to_hex(digests->state_hash);
        const auto damages = (*store)->verify();
        EXPECT_TRUE(damages.has_value()) << (damages ? "" : damages.error().detail);
        if (damages)
            for (const auto& damage : *damages) ADD_FAILURE() << damage.where << ": " << damage.what;
        EXPECT_TRUE(taker.ledger().close().has_value());
        return held;
    }

    /// What a session of the killed process still does on the server ends first.
    static void wait_for_server(const PostgresSchema& schema) {
        for (int i = 0; i < 200; ++i) {
            const auto open = schema.run(
                "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = "
                "c.relnamespace WHERE n.nspname = current_schema() AND l.pid <> pg_backend_pid()");
            if (open == "0") return;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ADD_FAILURE() << "the server still works for the process that was killed";
    }

    bool kill_after(std::chrono::nanoseconds pause, const PostgresSchema& schema, bool threads, bool& acknowledged);
    void expect_all_or_nothing(const PostgresSchema& schema, bool acknowledged);

    std::unique_ptr<PostgresSchema> source_;
    std::string words_;
    std::chrono::nanoseconds opened_{}, whole_{};
    Held untouched_, undisturbed_;
    int there_ = 0, gone_ = 0;
};

/// Answers whether it was killed before its end. The pause begins when it says that the store is open.
bool ErasePostgresKill::kill_after(std::chrono::nanoseconds pause, const PostgresSchema& schema, bool threads,
                                   bool& acknowledged) {
    Child child = Child::run(eraser(schema, "erase", threads));
    EXPECT_EQ(child.line(), "opened");
    std::this_thread::sleep_for(pause);
    child.kill();
    int status = 0;
    acknowledged = child.finish(status) == "erased";
    return faults::was_killed(status);
}

void ErasePostgresKill::expect_all_or_nothing(const PostgresSchema& schema, bool acknowledged) {
    wait_for_server(schema);
    const std::string words = words_in(schema);
    EXPECT_TRUE(words.empty() || words == words_) << "half of it is there:\n" << words;
    EXPECT_TRUE(words.empty() || !acknowledged) << "although it was said to be erased";
    ++(words.empty() ? gone_ : there_);
    EXPECT_TRUE(look(schema, nullptr) == (words.empty() ? undisturbed_ : untouched_)) << "others are not as they were";
    EXPECT_EQ(words_in(schema), words);
    const Held again = look(schema, [&](app::Ledger& ledger) {
        const auto erased = faults::erase_person(ledger);
        ASSERT_TRUE(erased.has_value()) << erased.error().code << ": " << erased.error().detail;
        EXPECT_EQ(erased->has_value(), !words.empty());
        const auto rebuilt = ledger.rebuild();
        ASSERT_TRUE(rebuilt.has_value());
        for (const auto& d : rebuilt->differences) ADD_FAILURE() << d.where << ": " << d.what;
    });
    EXPECT_TRUE(again == undisturbed_);
    EXPECT_EQ(words_in(schema), "");
}

TEST_F(ErasePostgresKill, at_any_moment) {
    const std::int64_t times = faults::scaled(6);
    const auto span = whole_ - opened_;
    std::uint64_t kills = 0;
    const PostgresSchema schema;
    for (std::int64_t n = 0; n < times && !HasFailure(); ++n) {
        refill(schema);
        bool acknowledged = false;
        const auto pause = span * n * 5 / (4 * times);
        kills += kill_after(pause, schema, n % 2 == 0, acknowledged) ? 1 : 0;
        expect_all_or_nothing(schema, acknowledged);
        EXPECT_FALSE(HasFailure()) << "killed after " << pause.count() / 1000 << " us of " << span.count() / 1000;
    }
    faults::measured("kills_of_an_erasure_on_postgres", kills);
    std::printf("%d times the person was there, %d times gone\n", there_, gone_);
    if (times < 6) return;
    EXPECT_GT(there_, 0);
    EXPECT_GT(kills, 0U);
}

}  // namespace
}  // namespace baton
