// What only a PostgreSQL store can meet: other processes that write too, a lost connection, a schema from elsewhere, a changed row.
#include <array>
#include <thread>

#include "storage/contract.h"
#include "storage/postgres/schema.h"

namespace baton {
namespace {

using storage::OpenOptions;
using support::JournalWriter;
using support::subject_in;

class Postgres : public testing::Test {
   protected:
    void SetUp() override {
        if (support::postgres_server().empty()) GTEST_SKIP() << support::no_postgres;
        schema_.emplace();
        store_ = open().value();
    }

    Result<std::unique_ptr<ports::Store>> open(OpenOptions::Mode mode = OpenOptions::Mode::create) const {
        OpenOptions options;
        options.mode = mode;
        return storage::open_store(schema_->url(), options);
    }
    std::string refusal(OpenOptions::Mode mode = OpenOptions::Mode::create) const { return code_of(open(mode)); }
    void run(const std::string& sql) const { schema_->run(sql); }

    Status add(const char* payload) {
        JournalWriter writer(*store_);
        writer.learn_links();
        writer.add(subject_in(1, 1), payload);
        writer.identify(subject_in(1, 1), 'e', "anna@example.com");
        writer.message(++message_);
        return writer.flush();
    }
    std::string payloads() const {
        std::string found;
        EXPECT_TRUE(store_->scan(0, [&](const ports::Record& row) {
            found += row.payload + " ";
            return true;
        }));
        return found;
    }
    /// Ends every connection to this schema's store but the one that asks.
    void end_connections() const {
        run("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE application_name = 'baton " +
            std::to_string(getpid()) + "' AND pid <> pg_backend_pid()");
    }

    std::optional<support::PostgresSchema> schema_;
    std::unique_ptr<ports::Store> store_;
    std::uint64_t message_ = 0;
};

/// What a turn finds, in one line.
std::string told(const Result<ports::Turn>& turn) {
    if (!turn) return turn.error().code;
    if (!turn->others_wrote) return "nothing new";
    if (turn->all_is_new) return "all is new";
    std::string text = "up to " + std::to_string(turn->last_position) + ", touched";
    for (const SubjectId id : turn->touched) text += " " + std::to_string(id.value);
    for (const auto& head : turn->heads)
        text += ", lane " + std::to_string(head.lane.value) + " at " + std::to_string(head.seq.value);
    return text;
}

TEST_F(Postgres, a_turn_says_what_others_wrote_since_the_last_one) {
    const auto other = open().value();
    EXPECT_EQ(told(other->begin_turn(0)), "nothing new");
    EXPECT_TRUE(other->end_turn());
    ASSERT_TRUE(add("a"));
    ASSERT_TRUE(add("b"));
    EXPECT_EQ(told(other->begin_turn(0)), "up to 2, touched 65, lane 1 at 2");
    EXPECT_EQ(other->position_of_next({1}, {3}, 0), 3);
    EXPECT_EQ(code_of(other->begin_turn(2)), "conflict") << "one at a time";
    other->drop_turn();
    EXPECT_EQ(told(other->begin_turn(2)), "nothing new") << "it was told, whatever became of the turn";
    other->drop_turn();
    ASSERT_TRUE(store_->set_setting("zone", "UTC"));
    EXPECT_EQ(told(other->begin_turn(2)), "up to 2, touched, lane 1 at 2");
    other->drop_turn();
    EXPECT_EQ(told(other->begin_turn(2)), "nothing new");
    other->drop_turn();
    EXPECT_EQ(told(store_->begin_turn(2)), "nothing new") << "one's own writing is no news";
    store_->drop_turn();
}

TEST_F(Postgres, all_is_new_when_the_database_was_put_back_or_very_much_was_written) {
    const auto other = open().value();
    ASSERT_TRUE(add("a"));
    EXPECT_EQ(told(other->begin_turn(7)), "all is new") << "it knew of positions that are not there any more";
    other->drop_turn();
    run("UPDATE ledger SET commits = 0");
    EXPECT_EQ(told(other->begin_turn(1)), "all is new");
    other->drop_turn();
    run("UPDATE ledger SET commits = 9, last_position = 20002");
    EXPECT_EQ(told(other->begin_turn(1)), "all is new");
}

TEST_F(Postgres, what_a_turn_writes_is_there_at_once_or_never) {
    const auto reader = store_->reader().value();
    const auto states = [&](const ports::Reader& from) {
        int found = 0;
        EXPECT_TRUE(from.scan_states([&](const ports::StateRow& row) {
            found += from.state_of(row.subject).value() ? 1 : 0;  // a scan's callback may use the store
            return true;
        }));
        return found;
    };
    ports::Derived derived;
    for (std::uint64_t n = 1; n <= 4'321; ++n)
        derived.states.push_back({subject_in(1, n), 1, Instant::never(), "s", {}});
    for (const bool kept : {false, true}) {
        ASSERT_TRUE(store_->begin_turn(0));
        ASSERT_TRUE(add("a"));
        ASSERT_TRUE(add("b"));
        ASSERT_TRUE(store_->write_derived(derived));
        ASSERT_TRUE(store_->set_setting("zone", "UTC"));
        EXPECT_EQ(payloads(), "a b ") << "the turn sees what it wrote";
        EXPECT_EQ(states(*store_), 4'321);
        EXPECT_EQ(reader->last_position(), 0);
        EXPECT_EQ(states(*reader), 0);
        if (kept) EXPECT_TRUE(store_->end_turn());
        if (!kept) store_->drop_turn();
        EXPECT_EQ(payloads(), kept ? "a b " : "");
        EXPECT_EQ(reader->last_position(), kept ? 2 : 0);
        EXPECT_EQ(states(*reader), kept ? 4'321 : 0);
    }
    EXPECT_EQ(damages(*store_), "");
}

TEST_F(Postgres, a_lost_turn_leaves_nothing_and_nothing_goes_on_in_it) {
    ASSERT_TRUE(add("a"));
    ASSERT_TRUE(store_->begin_turn(1));
    ASSERT_TRUE(add("lost"));
    end_connections();
    EXPECT_EQ(code_of(store_->last_position()), "unavailable");
    EXPECT_EQ(code_of(store_->last_position()), "unavailable") << "not as if there had been no turn";
    EXPECT_EQ(code_of(add("lost too")), "unavailable");
    EXPECT_EQ(code_of(store_->end_turn()), "unavailable");
    EXPECT_EQ(payloads(), "a ");
    EXPECT_EQ(told(store_->begin_turn(1)), "nothing new");
    ASSERT_TRUE(add("b"));
    ASSERT_TRUE(store_->end_turn());
    EXPECT_EQ(payloads(), "a b ");
}

TEST_F(Postgres, turns_wait_for_each_other) {
    const auto other = open().value();
    ASSERT_TRUE(store_->begin_turn(0));
    ASSERT_TRUE(add("a"));
    std::string found;
    std::thread waits([&] {
        found = told(other->begin_turn(0));
        other->drop_turn();
    });
    while (schema_->run("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = "
                        "'baton " +
                        std::to_string(getpid()) + "'") == "0")
        std::this_thread::yield();
    EXPECT_EQ(found, "");
    ASSERT_TRUE(store_->end_turn());
    waits.join();
    EXPECT_EQ(found, "up to 1, touched 65, lane 1 at 1");
}

TEST_F(Postgres, a_source_that_another_process_numbered_is_not_numbered_twice) {
    const auto other = open().value();
    EXPECT_EQ(store_->source_number("web").value(), 0);
    EXPECT_EQ(other->source_number("crm").value(), 0) << "neither is durable";
    ASSERT_TRUE(add("a"));
    EXPECT_EQ(code_of(other->set_setting("zone", "UTC")), "conflict");
    EXPECT_EQ(other->source_number("crm").value(), 1);
    EXPECT_TRUE(other->set_setting("zone", "UTC"));
    EXPECT_EQ(schema_->run("SELECT string_agg(name, ' ' ORDER BY number) FROM source"), "web crm");
    ASSERT_TRUE(other->begin_turn(0));
    EXPECT_EQ(other->source_number("form").value(), 2);
    ASSERT_TRUE(other->end_turn());
    EXPECT_EQ(other->sources()->size(), 2U) << "nothing was written in the turn, so no number was given";
}

TEST_F(Postgres, looking_needs_no_lock_and_writes_nothing) {
    ASSERT_TRUE(add("a"));
    const auto looking = open(OpenOptions::Mode::inspect).value();
    EXPECT_EQ(damages(*looking), "");
    EXPECT_EQ(looking->last_position(), 1);
    EXPECT_EQ(code_of(looking->set_setting("zone", "UTC")), "read_only");
    EXPECT_EQ(code_of(looking->write_derived({})), "read_only");
    EXPECT_TRUE(add("b"));
}

TEST_F(Postgres, whoever_was_taken_over_writes_nothing_more) {
    ASSERT_TRUE(add("a"));
    run("UPDATE ledger SET epoch = epoch + 1");
    EXPECT_EQ(code_of(add("lost")), "locked");
    EXPECT_EQ(code_of(store_->set_setting("zone", "UTC")), "locked");
    EXPECT_EQ(code_of(store_->write_derived({})), "locked");
    EXPECT_EQ(payloads(), "a ");
}

TEST_F(Postgres, lost_connections_are_made_anew) {
    ASSERT_TRUE(add("a"));
    const auto reader = store_->reader().value();
    end_connections();
    EXPECT_EQ(reader->last_position(), 1);
    ASSERT_TRUE(add("b"));
    end_connections();
    EXPECT_EQ(payloads(), "a b ");
    EXPECT_EQ(store_->subject_of({'e', "anna@example.com"})->value(), subject_in(1, 1));
    ASSERT_TRUE(add("c"));
    EXPECT_EQ(payloads(), "a b c ");
    EXPECT_EQ(damages(*store_), "");
}

/// The writer's own connection is ended while it commits: the answer to COMMIT is lost.
TEST_F(Postgres, a_commit_whose_answer_was_lost_is_looked_up) {
    run("CREATE SEQUENCE commits; "
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF nextval('commits') = 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$; "
        "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION die()");
    ASSERT_TRUE(add("a"));
    ASSERT_TRUE(add("b")) << "was not done, which is seen, and is done again";
    EXPECT_EQ(payloads(), "a b ");
    EXPECT_EQ(schema_->run("SELECT last_value FROM commits"), "3");
    run("DROP TRIGGER at_commit ON journal; DROP FUNCTION die(); DROP SEQUENCE commits");
    EXPECT_EQ(damages(*store_), "");
}

TEST_F(Postgres, a_lost_race_is_done_again) {
    run("CREATE SEQUENCE tries; "
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF nextval('tries') < 3 THEN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER race BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION lose()");
    EXPECT_TRUE(add("a"));
    EXPECT_EQ(payloads(), "a ");
    EXPECT_EQ(schema_->run("SELECT last_value FROM tries"), "3");
}

TEST_F(Postgres, a_newer_schema_is_refused_before_the_first_write) {
    store_.reset();
    const std::string epoch = schema_->run("SELECT epoch FROM ledger");
    run("INSERT INTO schema_step (version, hash) VALUES (99, 'later')");
    for (const auto mode : {OpenOptions::Mode::create, OpenOptions::Mode::existing, OpenOptions::Mode::inspect})
        EXPECT_EQ(refusal(mode), "newer_schema");
    EXPECT_EQ(schema_->run("SELECT epoch FROM ledger"), epoch);
}

TEST_F(Postgres, a_step_that_is_not_ours_is_refused) {
    store_.reset();
    run("UPDATE schema_step SET hash = 'other' WHERE version = 2");
    EXPECT_EQ(refusal(), "not_a_store");
}

TEST_F(Postgres, somebody_elses_tables_are_left_alone) {
    const support::PostgresSchema theirs;
    theirs.run("CREATE TABLE lead (n int)");
    EXPECT_EQ(code_of(storage::open_store(theirs.url())), "not_a_store");
    EXPECT_EQ(theirs.run("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"), "1");
}

TEST_F(Postgres, a_store_that_is_not_there) {
    const support::PostgresSchema empty;
    OpenOptions options;
    for (const auto mode : {OpenOptions::Mode::existing, OpenOptions::Mode::inspect}) {
        options.mode = mode;
        EXPECT_EQ(code_of(storage::open_store(empty.url(), options)), "not_found");
    }
    EXPECT_EQ(empty.run("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"), "0");
    EXPECT_EQ(code_of(storage::open_store(empty.url() + "_nowhere")), "not_found");
}

/// A process that dies between any two steps of making its tables leaves what the next one goes on from.
TEST_F(Postgres, a_migration_goes_on_where_it_stopped) {
    const auto steps = storage::postgres::migrations();
    for (std::size_t done = 0; done <= steps.size(); done += done < 18 ? 6 : 1) {
        const support::PostgresSchema half;
        const auto db = storage::postgres::Database::open(half.url()).value();
        ASSERT_TRUE(storage::postgres::migrate(*db, 0, steps.first(done)));
        const auto store = storage::open_store(half.url());
        ASSERT_TRUE(store.has_value()) << done << ": " << store.error().detail;
        EXPECT_EQ(damages(**store), "") << done;
    }
}

/// The connection is ended inside each step in turn, at the note of it: its statements are done, its commit is not.
TEST_F(Postgres, a_process_that_dies_inside_a_step_leaves_the_one_before_it) {
    const auto steps = storage::postgres::migrations();
    const support::PostgresSchema half;
    const auto looking = storage::postgres::Database::open(half.url()).value();
    ASSERT_TRUE(storage::postgres::migrate(*looking, 0, steps.first(1)));
    for (std::int64_t done = 1; done < static_cast<std::int64_t>(steps.size()); ++done) {
        const std::string before = storage::postgres::schema_digest(*looking).value();
        half.run(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$; "
            "CREATE TRIGGER dies BEFORE INSERT ON schema_step FOR EACH ROW EXECUTE FUNCTION die()");
        const auto dying = storage::postgres::Database::open(half.url()).value();
        EXPECT_FALSE(storage::postgres::migrate(*dying, done, steps)) << done;
        half.run("DROP TRIGGER dies ON schema_step; DROP FUNCTION die()");
        EXPECT_EQ(storage::postgres::schema_version(*looking, steps).value(), done);
        EXPECT_EQ(storage::postgres::schema_digest(*looking).value(), before) << done << ": half a step is no step";
        ASSERT_TRUE(storage::postgres::migrate(*looking, done, steps.first(static_cast<std::size_t>(done) + 1)));
    }
    EXPECT_EQ(damages(*storage::open_store(half.url()).value()), "");
}

TEST_F(Postgres, a_step_that_fails_leaves_the_one_before_it) {
    const support::PostgresSchema half;
    const auto db = storage::postgres::Database::open(half.url()).value();
    const std::array steps = {storage::postgres::Migration{1, "CREATE TABLE a (n int)"},
                              storage::postgres::Migration{2, "CREATE TABLE b (n int); SELECT 1 / 0"}};
    EXPECT_FALSE(storage::postgres::migrate(*db, 0, steps));
    EXPECT_EQ(half.run("SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables "
                       "WHERE schemaname = current_schema()"),
              "a schema_step");
    EXPECT_EQ(storage::postgres::schema_version(*db, steps).value(), 1);
}

/// A person in the list, of the given name.
ports::Derived person_named(const char* name) {
    ports::Derived derived;
    derived.states = {{subject_in(1, 1), 0, {9}, "state", ports::LeadRow{}}};
    derived.states[0].lead->person = subject_in(1, 1);
    derived.states[0].lead->name = name;
    return derived;
}

const std::string as_version_24 = R"sql(
    DROP INDEX state_due, state_updated, state_score, state_warm, lead_account, identity_account;
    ALTER TABLE state DROP COLUMN warm, DROP COLUMN place_due, DROP COLUMN place_score, DROP COLUMN place_updated;
    CREATE INDEX state_due ON state (next_at, subject) WHERE next_at IS NOT NULL;
    ALTER TABLE lead ADD COLUMN score_micros BIGINT, ADD COLUMN updated_at BIGINT, ADD COLUMN checksum BIGINT;
    UPDATE lead SET score_micros = state.score_micros, updated_at = state.updated_at, checksum = lead_check
    FROM state WHERE state.lane = lead.lane AND subject = person;
    ALTER TABLE state DROP COLUMN score_micros, DROP COLUMN updated_at, DROP COLUMN lead_check;
    CREATE INDEX lead_updated ON lead (updated_at DESC, person);
    CREATE INDEX lead_score ON lead (score_micros DESC, person);
    DROP INDEX lead_stage;
    DELETE FROM schema_step WHERE version > 24;)sql";

TEST_F(Postgres, a_list_made_before_scores_moved_is_in_its_order) {
    ports::Derived derived = person_named("Anna");
    derived.states.push_back({subject_in(1, 2), 0, {9}, "state", ports::LeadRow{}});
    derived.states[1].lead->person = subject_in(1, 2);
    derived.states[1].lead->score_micros = 7;
    derived.states[0].lead->updated_at = {9};
    ASSERT_TRUE(store_->write_derived(derived));
    store_.reset();
    run(as_version_24);
    store_ = open().value();
    EXPECT_EQ(store_->leads({.sort = ports::LeadQuery::Sort::score})->front().person, subject_in(1, 2));
    EXPECT_EQ(store_->leads({.sort = ports::LeadQuery::Sort::updated})->front().person, subject_in(1, 1));
    EXPECT_EQ(damages(*store_), "");
}

TEST_F(Postgres, people_of_a_store_made_before_search_are_found) {
    ASSERT_TRUE(store_->write_derived(person_named("Anna Müller")));
    store_.reset();
    run("DROP TABLE lead_text; DROP TABLE secret; " + as_version_24);
    run("DELETE FROM schema_step WHERE version >= 20");  // as version 19 left it
    store_ = open().value();
    EXPECT_EQ(store_->leads({.text = "muller"})->size(), 1U);
    EXPECT_EQ(damages(*store_), "");
}

TEST_F(Postgres, harmed_search_texts_are_made_anew) {
    for (const char* harm :
         {"DELETE FROM lead_text", "UPDATE lead_text SET text = 'x'", "INSERT INTO lead_text VALUES (1, 129, 'x')"}) {
        ASSERT_TRUE(store_->write_derived(person_named("Anna")));
        run(harm);
        EXPECT_NE(damages(*store_), "") << harm;
        ASSERT_TRUE(store_->rebuild_search());
        EXPECT_EQ(damages(*store_), "") << harm;
    }
}

TEST_F(Postgres, without_the_right_to_add_pg_trgm_it_is_said_what_to_do) {
    const std::string server = support::postgres_server();
    const std::string name = "no_rights_" + std::to_string(getpid());
    const std::size_t database = server.find("/postgres?");
    ASSERT_NE(database, std::string::npos) << "the test server's URL has changed: " << server;
    const std::string tail = "/" + name + server.substr(database + 9);
    const std::string owner = server.substr(0, database) + tail;
    const std::string user = "postgres://" + name + "@" + tail;
    support::postgres_run(server, "CREATE ROLE " + name + " LOGIN");
    support::postgres_run(server, "CREATE DATABASE " + name);
    support::postgres_run(owner, "CREATE SCHEMA " + name + " AUTHORIZATION " + name);
    const auto refused = storage::open_store(user);
    EXPECT_EQ(code_of(refused), "extension_missing");
    EXPECT_NE(refused.error().detail.find("run: CREATE EXTENSION pg_trgm;"), std::string::npos)
        << refused.error().detail;
    support::postgres_run(owner, "CREATE EXTENSION pg_trgm");
    {
        const auto store = storage::open_store(user);
        ASSERT_TRUE(store.has_value()) << store.error().detail;
        ASSERT_TRUE((*store)->write_derived(person_named("Anna")));
        EXPECT_EQ((*store)->leads({.text = "anna"})->size(), 1U);
        EXPECT_EQ(damages(**store), "");
    }
    support::postgres_run(server, "DROP DATABASE " + name + " WITH (FORCE)");
    support::postgres_run(server, "DROP ROLE " + name);
}

TEST_F(Postgres, backup_and_restore_say_where_to_turn) {
    EXPECT_EQ(code_of(store_->backup("/tmp/never")), "unsupported");
    EXPECT_EQ(code_of(storage::restore_store(schema_->url(), "/tmp/never")), "unsupported");
}

struct Harm {
    const char* sql;
    const char* found;
    friend void PrintTo(const Harm& harm, std::ostream* out) { *out << harm.sql; }
};

constexpr std::array harms = {
    Harm{"UPDATE journal SET payload = 'x' WHERE position = 2", "lane 1 seq 2 (position 2): checksum differs"},
    Harm{"UPDATE journal SET recorded_at = 7 WHERE position = 3", "lane 1: its chain does not end in"},
    Harm{"DELETE FROM journal WHERE position = 3", "journal: ends at position 2, should at 3"},
    Harm{"DELETE FROM journal WHERE position = 1", "position 1: record missing"},
    Harm{"UPDATE lane_head SET subjects = 9 WHERE lane = 1", "head of lane 1: checksum differs"},
    Harm{"DELETE FROM lane_head WHERE lane = 9", "lane heads: there are not as many as lanes"},
    Harm{"UPDATE ledger SET commits = 1", "ledger: checksum differs"},
    Harm{"UPDATE source SET name = 'crm'", "source 0: checksum differs"},
    Harm{"UPDATE identity SET key = 'ben@example.com'", "identity key of subject 65: checksum differs"},
    Harm{"DELETE FROM identity", "identities: a key is missing"},
    Harm{"UPDATE message SET day = day + 1", "message ids: one is changed"},
    Harm{"DELETE FROM message WHERE position = 2", "message ids: one is changed, missing"},
    Harm{"UPDATE state SET next_at = 8", "state of subject 65: checksum differs"},
    Harm{"UPDATE lead SET stage = 'x'", "lead of person 65: checksum differs"},
    Harm{"UPDATE state SET score_micros = 8", "lead of person 65: checksum differs"},
    Harm{"UPDATE state SET updated_at = NULL", "lead of person 65: a part of it is missing"},
    Harm{"UPDATE state SET place_score = 8", "state of subject 65: a list would not find it in its place"},
    Harm{"UPDATE state SET place_due = NULL", "state of subject 65: a list would not find it in its place"},
    Harm{"UPDATE state SET warm = 1", "state of subject 65: a list would not find it in its place"},
    Harm{"DELETE FROM lead", "lead of person 65: a part of it is missing"},
    Harm{"DELETE FROM lead_text", "search index: a search would miss person 65"},
    Harm{"UPDATE lead_text SET text = 'x'", "search index: a search would miss person 65"},
    Harm{"INSERT INTO lead_text VALUES (1, 129, 'x')", "search index: leads to person 129, who is not in the list"},
    Harm{"DROP INDEX lead_text_trigrams", "schema: the tables are not those"},
    Harm{"UPDATE history SET record = 'x'", "history of subject 65 at position 1: checksum differs"},
    Harm{"UPDATE counter SET value = 8", "counter entered/a: checksum differs"},
    Harm{"UPDATE playbook SET text = 'x'", "playbook version 1: checksum differs"},
    Harm{"UPDATE setting SET value = 'x'", "setting zone: checksum differs"},
    Harm{"DROP INDEX state_due", "schema: the tables are not those"},
    Harm{"ALTER TABLE lead ADD COLUMN more int", "schema: the tables are not those"},
};

class Harmed : public Postgres, public testing::WithParamInterface<Harm> {
   protected:
    void SetUp() override {
        Postgres::SetUp();
        if (IsSkipped()) return;
        ASSERT_EQ(store_->source_number("web").value(), 0);
        for (const char* payload : {"a", "b", "c"}) ASSERT_TRUE(add(payload));
        ports::Derived derived;
        derived.states = {{subject_in(1, 1), 3, {9}, "state", ports::LeadRow{}}};
        derived.states[0].lead->person = subject_in(1, 1);
        derived.history = {{subject_in(1, 1), 1, 0, {5}, 1, "history"}};
        derived.counters = {{"entered/a", 1}};
        derived.up_to = 3;
        ASSERT_TRUE(store_->write_derived(derived));
        ASSERT_TRUE(store_->set_setting("zone", "UTC"));
        ports::StoredPlaybook playbook;
        playbook.text = "text";
        ASSERT_TRUE(store_->store_playbook(playbook));
    }
};

TEST_P(Harmed, verify_names_the_place) {
    ASSERT_EQ(damages(*store_), "");
    run(GetParam().sql);
    EXPECT_NE(damages(*store_).find(GetParam().found), std::string::npos) << damages(*store_);
}

INSTANTIATE_TEST_SUITE_P(rows, Harmed, testing::ValuesIn(harms));

}  // namespace
}  // namespace baton
