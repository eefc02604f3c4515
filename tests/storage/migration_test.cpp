// A store's tables, step by step: from nothing, from an older version, after a break.
#include <array>

#include "base/digest.h"
#include "storage/postgres/schema.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite_file.h"

namespace baton {
namespace {

constexpr std::array two_steps = {
    sqlite::Migration{1, "CREATE TABLE one (a INTEGER)"},
    sqlite::Migration{2, "ALTER TABLE one ADD COLUMN b INTEGER; CREATE TABLE two (c INTEGER)"}};
constexpr std::array broken_step = {
    two_steps[0], sqlite::Migration{2, "ALTER TABLE one ADD COLUMN b INTEGER; CREATE TABLE one (c INTEGER)"}};

std::unique_ptr<sqlite::Database> database(const std::string& path) {
    return sqlite::Database::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "").value();
}

TEST_F(SqliteFile, migrations_run_forward_once) {
    {
        const auto db = database(path_);
        EXPECT_EQ(sqlite::schema_version(*db, two_steps).value(), 0);
        ASSERT_TRUE(sqlite::migrate(*db, 0, {two_steps.data(), 1}));
        EXPECT_EQ(sqlite::schema_version(*db, two_steps).value(), 1);
    }
    const auto db = database(path_);
    ASSERT_TRUE(sqlite::migrate(*db, 1, two_steps));
    EXPECT_EQ(sqlite::schema_version(*db, two_steps).value(), 2);
    EXPECT_EQ(sqlite::schema_objects(*db)->size(), 2U);
    EXPECT_EQ(code_of(sqlite::schema_version(*db, {two_steps.data(), 1})), "newer_schema");
}

TEST_F(SqliteFile, a_migration_that_breaks_off_leaves_the_step_before_and_resumes) {
    {
        const auto db = database(path_);
        EXPECT_FALSE(sqlite::migrate(*db, 0, broken_step).has_value());
    }
    const auto db = database(path_);
    EXPECT_EQ(sqlite::schema_version(*db, two_steps).value(), 1);
    EXPECT_EQ(db->number("SELECT count(name) FROM pragma_table_info('one')").value(), 1) << "half a step is no step";
    ASSERT_TRUE(sqlite::migrate(*db, 1, two_steps));
    EXPECT_EQ(sqlite::schema_version(*db, two_steps).value(), 2);
}

TEST_F(SqliteFile, people_of_a_store_made_before_search_are_found) {
    {
        const auto store = open();
        ports::Derived derived;
        derived.states = {{support::subject_in(1, 1), 0, {9}, "state", ports::LeadRow{}}};
        derived.states[0].lead->person = support::subject_in(1, 1);
        derived.states[0].lead->name = "Anna Müller";
        derived.states[0].lead->account = "acme.example";
        derived.states.push_back({support::subject_in(1, 2), 0, Instant::never(), "of an account", {}});
        ASSERT_TRUE(store->write_derived(derived));
    }
    tamper(path_,
           "DROP TABLE lead_index; DROP TABLE secret; DROP TABLE identity_recent; DROP TABLE account_state; DROP TABLE "
           "schema_step; DROP INDEX "
           "lead_account; DROP INDEX "
           "identity_account; DROP INDEX lead_updated_open; DROP INDEX lead_updated_rest; DROP INDEX lead_score_rest; "
           "CREATE INDEX lead_updated ON lead (updated_at DESC); "
           "PRAGMA user_version = 1");  // as version 1 left it
    const auto store = open();
    EXPECT_EQ(store->leads({.text = "muller"})->size(), 1U);
    EXPECT_EQ(store->accounts({})->at(0).people, 1);
    EXPECT_TRUE(store->state_of(support::subject_in(1, 2)).value().value().of_account);
    EXPECT_FALSE(store->state_of(support::subject_in(1, 1)).value().value().of_account);
    EXPECT_EQ(damages(*store), "");
}

TEST_F(SqliteFile, steps_that_are_not_ours_are_refused) {
    make();
    const std::string sound = read_file(path_);
    struct Case {
        const char *sql, *code;
    };
    for (const auto& [sql, code] : {Case{"UPDATE schema_step SET hash = 'other' WHERE version = 2", "not_a_store"},
                                    Case{"DELETE FROM schema_step WHERE version = 5", "not_a_store"},
                                    Case{"DELETE FROM schema_step WHERE version = 2", "not_a_store"},
                                    Case{"DELETE FROM schema_step", "not_a_store"},
                                    Case{"INSERT INTO schema_step VALUES (10, 'later')", "not_a_store"},
                                    Case{"DROP TABLE schema_step", "corrupt"}}) {
        write_file(path_, sound);
        tamper(path_, sql);
        const std::string before = read_file(path_);
        EXPECT_EQ(refusal(), code) << sql;
        EXPECT_EQ(refusal(with(OpenOptions::Mode::inspect)), code) << sql;
        EXPECT_EQ(read_file(path_), before) << sql;
    }
}

TEST_F(SqliteFile, a_damaged_search_index_is_made_anew) {
    make();
    tamper(path_, "INSERT INTO lead_index (lead_index) VALUES ('delete-all')");
    const auto store = open();
    EXPECT_NE(damages(*store), "");
    ASSERT_TRUE(store->rebuild_search());
    EXPECT_EQ(damages(*store), "");
}

/// Stores were made with them: a step that was released is never changed, a new one is added behind it.
template <class Steps>
std::string hashes(const Steps& steps) {
    std::string all;
    std::int64_t version = 0;
    for (const auto& step : steps) {
        EXPECT_EQ(step.version, ++version);
        all += to_hex(blake2b(step.sql)).substr(0, 8) + " ";
    }
    return all;
}

TEST(Steps, are_those_that_stores_were_made_with) {
    EXPECT_EQ(hashes(sqlite::migrations()),
              "82ed42da 0ab533da f5e5193a d5dd4bdb b4d82df9 bed10403 d32741fd 1e19087d fd48fed1 ");
    EXPECT_EQ(
        hashes(storage::postgres::migrations()),
        "c60cf8b0 db5c36d1 eab7b543 e24417c2 cf32316b ed81e085 d294956f 8b5cf782 0a15e68c 29dd509a 88dbd197 6fa58bde "
        "c64da2b5 71f6b99a 097cc1ea 73f8d890 b194c87e 1ab3cda3 d199501d af07f4f9 8b0e2fcd ba48a388 f850098a "
        "6f04f611 c4adc035 c8e1200d d76704df 338c3355 ed425a1d 17ea048f 5b9bd019 c3bd62d4 cc47b196 2e78d894 801320e4 "
        "ddfc636c 8b4652d3 f7fc5250 2f940f80 75851928 ");
}

}  // namespace
}  // namespace baton
