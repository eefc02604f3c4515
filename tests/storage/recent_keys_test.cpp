// Keys of large appends: packed in a table of their own until many are moved into the table of all keys, and found either way.
#include <algorithm>
#include <thread>

#include "storage/sqlite/identity.h"
#include "storage/sqlite_file.h"

namespace baton {
namespace {

using ports::IdentityKey;
using support::subject_in;

class RecentKeysFile : public SqliteFile {
   protected:
    static IdentityKey key(std::uint64_t n) {
        return {n % 7 == 0 ? 'o' : 'e', "somebody-" + std::to_string(n) + "@example.com"};
    }
    static SubjectId owner(std::uint64_t n) { return subject_in(static_cast<std::uint16_t>(n % lane_count), n + 1); }

    /// Looked up first, as an intake does.
    static Status append(ports::Store& store, std::uint64_t from, std::uint64_t count) {
        std::vector<IdentityKey> keys;
        support::JournalWriter writer(store);
        for (std::uint64_t n = from; n < from + count; ++n) {
            keys.push_back(key(n));
            writer.identify(owner(n), keys.back().kind, keys.back().key);
        }
        const auto known = store.subjects_of(keys);
        if (!known) return std::unexpected(known.error());
        return writer.flush();
    }
    std::int64_t number(const char* sql) const {
        return sqlite::Database::open(path_, SQLITE_OPEN_READWRITE, "").value()->number(sql).value();
    }
    std::int64_t in_table() const { return number("SELECT count(hash) FROM identity"); }
    std::int64_t waiting_rows() const { return number("SELECT count(id) FROM identity_recent"); }

    static void expect_found(const ports::Reader& reader, std::uint64_t count) {
        std::vector<IdentityKey> keys;
        for (std::uint64_t n = 0; n < count; ++n) keys.push_back(key(n));
        const auto found = reader.subjects_of(keys).value();
        for (std::uint64_t n = 0; n < count; ++n) {
            ASSERT_EQ(found[n], std::optional(owner(n))) << n;
            if (n % 97 != 0) continue;
            const auto identities = reader.identities_of(owner(n)).value();
            ASSERT_EQ(identities.size(), 1U) << n;
            ASSERT_EQ(identities[0].key, key(n));
        }
        EXPECT_FALSE(reader.subject_of(key(count))->has_value());
        EXPECT_TRUE(reader.identities_of(owner(count))->empty());
    }
};

TEST_F(RecentKeysFile, of_a_large_append_wait_and_are_found) {
    constexpr std::uint64_t count = 700;
    auto store = open();
    const auto reader = store->reader().value();
    ASSERT_TRUE(append(*store, 0, count));
    EXPECT_EQ(in_table(), 0);
    EXPECT_GT(waiting_rows(), 0);
    ASSERT_TRUE(append(*store, count, 5)) << "a small one is written at once";
    EXPECT_EQ(in_table(), 5);
    expect_found(*store, count + 5);
    expect_found(*reader, count + 5);
    EXPECT_EQ(damages(*store), "");
    store.reset();
    store = open();
    EXPECT_EQ(in_table(), 5);
    expect_found(*store, count + 5);
    EXPECT_EQ(damages(*store), "");
}

TEST_F(RecentKeysFile, belong_to_one_subject) {
    const auto store = open();
    ASSERT_TRUE(append(*store, 0, 700));
    for (const std::uint64_t others : {0, 300}) {  // alone, and with so many others that the append is large
        support::JournalWriter again(*store);
        again.identify(owner(3), key(3).kind, key(3).key);
        for (std::uint64_t n = 0; n < others; ++n) again.identify(owner(n), 'x', "again-" + std::to_string(n));
        ASSERT_TRUE(again.flush());
        support::JournalWriter writer(*store);
        writer.identify(owner(4), key(3).kind, key(3).key);
        for (std::uint64_t n = 0; n < others; ++n) writer.identify(owner(n), 'x', "other-" + std::to_string(n));
        EXPECT_EQ(code_of(writer.flush()), "conflict");
        EXPECT_FALSE(store->subject_of({'x', "other-0"})->has_value()) << "nothing of it was kept";
    }
    EXPECT_EQ(store->identities_of(owner(3))->size(), 2U);
    EXPECT_EQ(damages(*store), "");
}

TEST_F(RecentKeysFile, one_key_twice_in_an_append) {
    const auto store = open();
    for (const auto& [second, code] : {std::pair(owner(9), "conflict"), std::pair(owner(5), "ok")}) {
        std::vector<IdentityKey> keys;
        support::JournalWriter writer(*store);
        for (std::uint64_t n = 0; n < 300; ++n) {
            keys.push_back(key(n));
            writer.identify(owner(n), keys.back().kind, keys.back().key);
        }
        writer.identify(second, key(5).kind, key(5).key);
        ASSERT_TRUE(store->subjects_of(keys));
        EXPECT_EQ(code_of(writer.flush()), code);
    }
    expect_found(*store, 300);
    EXPECT_EQ(damages(*store), "");
}

TEST_F(RecentKeysFile, that_share_a_hash_are_told_apart) {
    HashKey secret = open()->hash_key();
    sqlite::RecentKeys recent;
    const ports::Identity first{{'e', "first@example.com"}, owner(1)};
    const std::int64_t hash = sqlite::hash_of(secret, first.key);
    recent.add({{hash, &first}});
    EXPECT_EQ(recent.find(hash, first.key).subject, std::optional(owner(1)));
    const auto other = recent.find(hash, {'e', "second@example.com"});
    EXPECT_TRUE(other.taken);
    EXPECT_FALSE(other.subject.has_value());
    EXPECT_FALSE(recent.find(hash + 1, first.key).taken);
}

TEST_F(RecentKeysFile, are_moved_when_there_are_many) {
    constexpr std::uint64_t batch = 30'000;
    auto store = open();
    std::uint64_t count = 0;
    for (; count <= sqlite::Identities::most_waiting; count += batch) ASSERT_TRUE(append(*store, count, batch));
    EXPECT_GT(in_table(), static_cast<std::int64_t>(sqlite::Identities::most_waiting / 5));
    EXPECT_LT(in_table(), static_cast<std::int64_t>(count / 2));
    expect_found(*store, count);
    EXPECT_EQ(damages(*store), "");
    store.reset();
    expect_found(*open(), count);
}

TEST_F(RecentKeysFile, stand_nowhere_when_they_are_taken_away) {
    const auto store = open();
    ASSERT_TRUE(append(*store, 0, 700));
    ports::Append batch;
    batch.forgotten = {{key(3), owner(3)}};
    ASSERT_TRUE(store->append(batch));
    EXPECT_FALSE(store->subject_of(key(3))->has_value());
    EXPECT_TRUE(store->identities_of(owner(3))->empty());
    EXPECT_EQ(store->subject_of(key(4))->value(), owner(4));
    EXPECT_EQ(damages(*store), "");
    ASSERT_TRUE(store->purge());
    EXPECT_EQ(read_file(path_).find(key(3).key), std::string::npos);
    EXPECT_NE(read_file(path_).find(key(4).key), std::string::npos);
}

TEST_F(RecentKeysFile, are_listed_with_the_accounts_of_the_table) {
    const auto store = open();
    ASSERT_TRUE(append(*store, 0, 700));  // 0, 7, 14 … are accounts
    support::JournalWriter writer(*store);
    writer.identify(owner(1000), 'o', "somebody-1");
    ASSERT_TRUE(writer.flush());
    const auto reader = store->reader().value();
    const auto all = reader->accounts({.limit = 1'000}).value();
    EXPECT_EQ(all.size(), 101U);
    EXPECT_TRUE(std::ranges::is_sorted(all, {}, &ports::AccountRow::key));
    const auto page = reader->accounts({.prefix = "somebody-1", .after = all[1].key, .limit = 2}).value();
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page[0].key, all[2].key);
    EXPECT_EQ(page[0].account, all[2].account);
}

TEST_F(RecentKeysFile, are_verified) {
    {
        const auto store = open();
        ASSERT_TRUE(append(*store, 0, 700));
    }
    EXPECT_EQ(finding("DELETE FROM identity_recent WHERE part = 1"),
              "identities: a key is missing or there is one too many");
    for (const auto& [sql, commit] :
         {std::pair("UPDATE identity_recent SET id = 9 WHERE part = 1", "commit 9"),
          std::pair("UPDATE identity_recent SET keys = substr(keys, 1, length(keys) - 1) WHERE part = 2", "commit 1")})
        EXPECT_NE(finding(sql).find("identity keys of " + std::string(commit) + " are damaged"), std::string::npos);
    tamper(path_, "UPDATE identity_recent SET keys = zeroblob(40) WHERE part = 2");
    EXPECT_EQ(refusal(), "corrupt");
}

/// Whoever reads finds every key that was acknowledged, wherever it is on its way.
TEST_F(RecentKeysFile, are_found_while_they_are_moved) {
    constexpr std::uint64_t batch = 30'000;
    const auto store = open();
    const auto reader = store->reader().value();
    ASSERT_TRUE(append(*store, 0, batch));
    std::atomic<bool> done = false;
    std::uint64_t missed = 0;
    std::thread looking([&] {
        for (std::uint64_t n = 0; !done; ++n)
            missed += reader->subject_of(key(n * 17 % batch)).value() == owner(n * 17 % batch) ? 0 : 1;
    });
    for (std::uint64_t from = batch; from <= sqlite::Identities::most_waiting + batch; from += batch)
        EXPECT_TRUE(append(*store, from, batch));
    done = true;
    looking.join();
    EXPECT_EQ(missed, 0U);
}

}  // namespace
}  // namespace baton
