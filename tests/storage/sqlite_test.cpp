// What only the store in a file has: one process, heads outside, schema versions, backup and restore, verify.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <thread>

#include "storage/sqlite/anchor.h"
#include "storage/sqlite/identity.h"
#include "storage/sqlite/message_index.h"
#include "storage/sqlite_file.h"
#include "support/disk.h"
#include "support/dump.h"

namespace baton {
namespace {

TEST_F(SqliteFile, a_second_opening_is_refused_and_names_the_process) {
    const auto store = open();
    const auto second = storage::open_store(path_);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, "locked");
    EXPECT_NE(second.error().detail.find(std::to_string(getpid())), std::string::npos) << second.error().detail;
    EXPECT_EQ(code_of(storage::open_store(path_, with(OpenOptions::Mode::inspect))), "locked");
}

TEST_F(SqliteFile, a_second_process_is_refused) {
    const auto store = open();
    const pid_t process = fork();
    ASSERT_GE(process, 0);
    if (process == 0) _exit(code_of(storage::open_store(path_)) == "locked" ? 42 : 1);
    int status = 0;
    ASSERT_EQ(waitpid(process, &status, 0), process);
    EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST_F(SqliteFile, the_lock_goes_with_the_store) {
    open().reset();
    EXPECT_EQ(refusal(), "ok");
}

TEST_F(SqliteFile, a_store_that_is_not_there) {
    EXPECT_EQ(refusal(with(OpenOptions::Mode::existing)), "not_found");
    EXPECT_EQ(refusal(with(OpenOptions::Mode::inspect)), "not_found");
    EXPECT_EQ(code_of(storage::check_store(path_)), "not_found");
    EXPECT_TRUE(std::filesystem::is_empty(std::filesystem::path(path_).parent_path())) << "looking leaves nothing";
    path_ = folder_.file("no/folder/store.db");
    EXPECT_EQ(refusal(), "io_error");
}

TEST_F(SqliteFile, urls) {
    EXPECT_EQ(code_of(storage::open_store("")), "bad_url");
    EXPECT_EQ(code_of(storage::open_store("postgres://nobody@127.0.0.1:1/db")), "unavailable");
    EXPECT_EQ(code_of(storage::open_store("sqlite:" + path_)), "ok");
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(SqliteFile, other_files_are_refused_untouched) {
    tamper(path_, "CREATE TABLE somebody_elses (x); PRAGMA user_version = 1");
    const std::string before = read_file(path_);
    EXPECT_EQ(refusal(), "not_a_store");
    EXPECT_EQ(read_file(path_), before);
    write_file(path_, std::string(5000, 'n'));
    EXPECT_EQ(refusal(), "corrupt");
    EXPECT_EQ(read_file(path_), std::string(5000, 'n'));
}

TEST_F(SqliteFile, a_newer_schema_is_refused_before_the_first_write) {
    make();
    tamper(path_, "PRAGMA user_version = 99");
    const std::string before = read_file(path_);
    const auto opened = storage::open_store(path_);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, "newer_schema");
    EXPECT_EQ(read_file(path_), before);
}

TEST_F(SqliteFile, inspecting_changes_nothing) {
    make();
    const std::string before = read_file(path_);
    {
        const auto store = storage::open_store(path_, with(OpenOptions::Mode::inspect)).value();
        EXPECT_EQ(support::check_store_holds(*store, 4, 4), "");
        EXPECT_EQ(code_of(store->set_setting("zone", "x")), "read_only");
        EXPECT_EQ(code_of(store->append({})), "read_only");
        EXPECT_EQ(code_of(store->write_derived({})), "read_only");
    }
    EXPECT_EQ(read_file(path_), before);
}

TEST_F(SqliteFile, a_folder_that_cannot_be_written_is_told_so) {
    path_ = folder_.file("none/store.db");
    const auto opened = storage::open_store(path_);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, "io_error");
    EXPECT_NE(opened.error().detail.find("so its folder must be there and writable"), std::string::npos)
        << opened.error().detail;
}

// ---- message ids ------------------------------------------------------------------------------------------------

TEST_F(SqliteFile, ids_looked_up_and_never_appended_do_not_pile_up) {
    make();
    const auto db = sqlite::Database::open(path_, SQLITE_OPEN_READWRITE, "").value();
    sqlite::MessageIndex index;
    constexpr std::size_t batch = 4'096;
    std::vector<ports::MessageKey> keys(batch);
    std::uint64_t next = 0;
    for (int i = 0; i < 40; ++i) {
        for (auto& key : keys) key = {1, Lane{3}, 0, ++next};
        const auto found = index.positions_of(*db, keys);
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(*found, std::vector<ports::Position>(batch, ports::no_position));
        EXPECT_GE(index.remembered(), batch);  // the newest are known still
        EXPECT_LE(index.remembered(), sqlite::MessageIndex::most_remembered);
    }
    std::vector<ports::Message> forgotten{{{1, Lane{3}, 0, 1}, 1}};
    EXPECT_TRUE(index.check_new(*db, forgotten).has_value());
}

// ---- heads outside the file -------------------------------------------------------------------------------------

TEST_F(SqliteFile, a_shortened_file_is_noticed) {
    make(3);
    const std::string earlier = read_file(path_);
    {
        const auto store = open();
        support::Workload work(*store);
        ASSERT_TRUE(work.append_next());
    }
    write_file(path_, earlier);
    EXPECT_EQ(refusal(), "corrupt");
    const auto damages = storage::check_store(path_).value();
    ASSERT_EQ(damages.size(), 1U);
    EXPECT_EQ(damages[0].where, "heads file");
    OpenOptions accept;
    accept.heads = OpenOptions::Heads::accept_file;
    EXPECT_EQ(refusal(accept), "ok");
    EXPECT_EQ(refusal(), "ok");
    EXPECT_TRUE(storage::check_store(path_)->empty());
}

TEST_F(SqliteFile, missing_heads_are_noticed) {
    make();
    std::filesystem::remove(path_ + ".heads");
    EXPECT_EQ(refusal(), "corrupt");
    EXPECT_EQ(storage::check_store(path_)->front().where, "heads file");
}

TEST_F(SqliteFile, heads_of_another_store_are_noticed) {
    make();
    const std::string own = path_;
    path_ = folder_.file("other.db");
    make(5);
    write_file(path_ + ".heads", read_file(own + ".heads"));
    EXPECT_EQ(refusal(), "corrupt");
}

TEST_F(SqliteFile, heads_one_commit_behind_are_repaired_and_more_are_not) {
    make(3);
    std::vector<std::string> heads = {read_file(path_ + ".heads")};
    for (int i = 0; i < 2; ++i) {
        const auto store = open();
        support::Workload work(*store);
        ASSERT_TRUE(work.append_next());
        heads.push_back(read_file(path_ + ".heads"));
    }
    write_file(path_ + ".heads", heads[1]);
    EXPECT_EQ(refusal(), "ok");
    EXPECT_TRUE(storage::check_store(path_)->empty());
    write_file(path_ + ".heads", heads[0]);
    EXPECT_EQ(refusal(), "corrupt");
    EXPECT_EQ(storage::check_store(path_)->front().where, "heads file");
}

TEST_F(SqliteFile, a_torn_head_is_reported_and_mended) {
    make();
    std::string heads = read_file(path_ + ".heads");
    heads[40] = '#';
    write_file(path_ + ".heads", heads);
    EXPECT_EQ(storage::check_store(path_)->front().what, "1 of its lines torn or damaged");
    EXPECT_EQ(refusal(), "ok");
    EXPECT_TRUE(storage::check_store(path_)->empty());
}

TEST(AnchorLine, comes_back_or_not_at_all) {
    const sqlite::Anchor anchor{-3, 7, 123456789, blake2b("x")};
    const std::string line = sqlite::to_line(anchor);
    EXPECT_EQ(line.size(), 512U);
    EXPECT_EQ(sqlite::parse_line(line), anchor);
    for (std::size_t at = 0; at < line.size(); ++at) {
        std::string other = line;
        other[at] = static_cast<char>(other[at] ^ 1);
        EXPECT_EQ(sqlite::parse_line(other), std::nullopt) << at;
    }
    EXPECT_EQ(sqlite::parse_line(""), std::nullopt);
    EXPECT_EQ(sqlite::parse_line(line.substr(0, 511)), std::nullopt);
}

// ---- verify says where ------------------------------------------------------------------------------------------

TEST_F(SqliteFile, verify_says_where) {
    make();
    const std::vector<std::array<std::string, 2>> cases = {
        {"UPDATE journal SET payload = x'00' WHERE position = 5", "position 5): checksum differs"},
        {"UPDATE journal SET recorded_at = recorded_at + 1 WHERE position = 2", "position 2): checksum differs"},
        {"UPDATE journal SET position = 900 WHERE position = 3", "position 3: record missing; the next is 4"},
        {"DELETE FROM journal WHERE position = 1", "position 1: record missing; the next is 2"},
        {"DELETE FROM journal WHERE position > 12", "its head says"},
        {"UPDATE lane_head SET subjects = subjects + 1", "head of lane"},
        {"UPDATE identity SET subject = subject + 64", "identity key of subject"},
        {"DELETE FROM identity WHERE subject = (SELECT min(subject) FROM identity)", "identities: a key is missing"},
        {"UPDATE message SET position = position + 1", "message id of position"},
        {"DELETE FROM message WHERE position = 4", "message ids: one is missing"},
        {"UPDATE state SET next_at = 5", "state of subject"},
        {"UPDATE lead SET score_micros = 9", "lead of person"},
        {"INSERT INTO lead_index (lead_index) VALUES ('delete-all')", "would miss person"},
        {"INSERT INTO lead_index (lead_index, rowid, text) SELECT 'delete', person, email FROM lead LIMIT 1",
         "would miss person"},
        {"INSERT INTO lead_index (rowid, text) SELECT 999, email FROM lead LIMIT 1",
         "leads to person 999, who does not have it"},
        {"UPDATE history SET at = 9", "history of subject"},
        {"UPDATE counter SET value = value + 1", "counter records: checksum differs"},
        {"UPDATE setting SET value = 'other'", "setting zone: checksum differs"},
        {"UPDATE playbook SET text = 'other'", "playbook version 1: checksum differs"},
        {"UPDATE source SET name = 'other'", "source 0: checksum differs"},
        {"UPDATE ledger SET derived_up_to = 0", "ledger: checksum differs"},
        {"UPDATE ledger SET hash_key = zeroblob(16)", "heads file: is another store's"},
        {"DELETE FROM ledger", "the row of the store itself is missing"},
        {"DROP INDEX state_due", "schema: the tables are not"},
        {"DROP INDEX lead_account", "schema: the tables are not"},
        {"CREATE TABLE extra (x)", "schema: the tables are not"},
    };
    for (const auto& [sql, expected] : cases) {
        const std::string found = finding(sql);
        EXPECT_NE(found.find(expected), std::string::npos) << sql << " -> " << found;
    }
    EXPECT_EQ(finding("PRAGMA user_version = 9"), "sound");
}

TEST_F(SqliteFile, verify_looks_at_states_of_accounts) {
    {
        const auto store = open();
        ports::Derived batch;
        batch.states = {{support::subject_in(1, 1), 0, Instant::never(), "s", {}, true}};
        ASSERT_TRUE(store->write_derived(batch));
        EXPECT_EQ(damages(*store), "");
    }
    EXPECT_EQ(finding("UPDATE account_state SET state = x'00'"), "state of subject 65: checksum differs");
    EXPECT_EQ(finding("INSERT INTO state SELECT subject, last, NULL, state, checksum FROM account_state"),
              "state of subject 65: stands twice");
}

TEST_F(SqliteFile, keys_that_share_a_hash_are_told_apart) {
    {
        const auto store = open();
        support::JournalWriter writer(*store);
        writer.identify(support::subject_in(1, 1), 'e', "first@example.com");
        ASSERT_TRUE(writer.flush());
    }
    // No two such keys are known, so the first one's row is made to stand where the second one belongs.
    const HashKey secret = open()->hash_key();
    const std::int64_t hash = sqlite::hash_of(secret, {'e', "second@example.com"});
    tamper(path_, "UPDATE identity SET hash = " + std::to_string(hash));
    const auto store = open();
    EXPECT_FALSE(store->subject_of({'e', "second@example.com"})->has_value());
    support::JournalWriter writer(*store);
    writer.identify(support::subject_in(2, 1), 'e', "second@example.com");
    ASSERT_TRUE(writer.flush());
    writer.identify(support::subject_in(2, 1), 'e', "second@example.com");
    ASSERT_TRUE(writer.flush());
    EXPECT_EQ(store->subject_of({'e', "second@example.com"})->value(), support::subject_in(2, 1));
    EXPECT_EQ(store->identities_of(support::subject_in(1, 1))->size(), 1U);
    writer.identify(support::subject_in(3, 1), 'e', "second@example.com");
    EXPECT_EQ(code_of(writer.flush()), "conflict");
}

// ---- backup and restore -----------------------------------------------------------------------------------------

TEST_F(SqliteFile, a_backup_is_a_store_and_overwrites_nothing) {
    make();
    const std::string backup = folder_.file("backup.db");
    const auto store = open();
    ASSERT_TRUE(store->backup(backup));
    EXPECT_EQ(code_of(store->backup(backup)), "exists");
    EXPECT_EQ(code_of(store->backup(path_)), "exists");
    EXPECT_TRUE(storage::check_store(backup)->empty());
    const auto copy = storage::open_store(backup).value();
    EXPECT_EQ(support::dump_journal(*copy), support::dump_journal(*store));
    EXPECT_EQ(support::dump_derived(*copy), support::dump_derived(*store));
    EXPECT_EQ(copy->hash_key(), store->hash_key());
}

TEST_F(SqliteFile, a_backup_while_facts_come_in_holds_whole_batches) {
    const auto store = open();
    support::Workload work(*store);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(work.append_next());
    const std::uint64_t before = work.next();
    std::atomic<bool> done = false;
    Status status;
    const std::string backup = folder_.file("backup.db");
    std::thread copier([&] {
        status = store->backup(backup);
        done = true;
    });
    while (!done) ASSERT_TRUE(work.append_next() && work.derive());
    copier.join();
    ASSERT_TRUE(status.has_value()) << status.error().detail;
    const auto copy = storage::open_store(backup).value();
    EXPECT_EQ(support::check_store_holds(*copy, before, work.next()), "");
}

TEST_F(SqliteFile, restore_copies_a_sound_backup_only) {
    make();
    const std::string backup = folder_.file("backup.db");
    ASSERT_TRUE(open()->backup(backup));
    const std::string restored = folder_.file("restored.db");
    EXPECT_TRUE(storage::restore_store(backup, restored)->empty());
    EXPECT_EQ(support::check_store_holds(*storage::open_store(restored).value(), 4, 4), "");
    EXPECT_EQ(code_of(storage::restore_store(backup, restored)), "exists");
    tamper(backup, "UPDATE setting SET value = 'other'");
    const std::string third = folder_.file("third.db");
    EXPECT_EQ(storage::restore_store(backup, third)->size(), 1U);
    EXPECT_FALSE(std::filesystem::exists(third));
}

// ---- readers ----------------------------------------------------------------------------------------------------

TEST_F(SqliteFile, readers_beside_the_writer_see_whole_batches) {
    const auto store = open();
    support::Workload work(*store);
    ASSERT_TRUE(work.append_next());
    std::atomic<bool> stop = false;
    std::atomic<int> looks = 0;
    std::string wrong;
    std::thread looking([&, reader = std::move(store->reader().value())] {
        while (!stop) {
            const ports::Position up_to = reader->derived_up_to().value();
            std::int64_t counted = 0;
            const auto counters = reader->counters().value();
            if (!counters.empty()) counted = counters.front().second;
            if (counted < up_to) wrong = "a counter that is older than the watermark before it";
            ++looks;
        }
    });
    for (int i = 0; i < 60 || looks < 20; ++i) ASSERT_TRUE(work.append_next() && work.derive());
    stop = true;
    looking.join();
    EXPECT_EQ(wrong, "");
}

TEST_F(SqliteFile, verify_beside_the_writer_finds_nothing) {
    const auto store = open();
    support::Workload work(*store);
    std::atomic<bool> stop = false;
    std::string found;
    std::atomic<int> looks = 0;
    std::thread looking([&] {
        while (!stop) {
            found += damages(*store);
            ++looks;
        }
    });
    for (int i = 0; i < 40 || looks < 3; ++i) ASSERT_TRUE(work.append_next() && work.derive());
    stop = true;
    looking.join();
    EXPECT_EQ(found, "");
}

TEST_F(SqliteFile, a_long_log_is_written_back_and_begun_anew) {
    faults::Disk disk;
    OpenOptions options;
    options.vfs = disk.vfs();
    const auto store = storage::open_store(path_, options).value();
    for (int i = 0; i < 40; ++i) {  // 2,000 pages each, 80,000 in all
        ports::Derived batch;
        const std::string bytes(200'000, static_cast<char>('a' + i % 20));
        for (std::uint64_t n = 1; n <= 40; ++n)
            batch.states.push_back({support::subject_in(1, n), 0, Instant::never(), bytes, {}});
        ASSERT_TRUE(store->write_derived(batch));
    }
    std::map<std::string, std::string> files = disk.files();
    EXPECT_GT(files[path_].size(), 7'000'000U);
    EXPECT_LT(files[path_ + "-wal"].size(), 40'000U * 4120);
    EXPECT_EQ(damages(*store), "");
}

TEST_F(SqliteFile, erased_values_leave_no_bytes) {
    const auto store = open();
    ports::Derived batch;
    batch.states.push_back({support::subject_in(1, 1), 0, Instant::never(), "canary-of-anna", {}});
    ASSERT_TRUE(store->write_derived(batch));
    ASSERT_TRUE(store->clear_derived());
    ASSERT_TRUE(store->backup(folder_.file("after.db")));
    EXPECT_EQ(read_file(folder_.file("after.db")).find("canary-of-anna"), std::string::npos);
}

}  // namespace
}  // namespace baton
