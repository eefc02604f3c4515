// The list of accounts: names that people belong to and names that have keys of their own, held against a plain map.
#include <map>
#include <random>

#include "storage/contract.h"

namespace baton {
namespace {

using ports::AccountQuery;
using ports::AccountRow;
using support::subject_in;

class AccountList : public StoreContract {
   protected:
    using Rows = std::vector<AccountRow>;

    /// The person as it stands from now on.
    void put(std::uint64_t person, const std::string& account, bool open, std::int64_t score = 0) {
        ports::LeadRow row;
        row.person = id_of(person);
        row.account = account;
        row.open = open;
        row.score_micros = score;
        row.updated_at = {++moment_};
        batch_.states.push_back({row.person, 0, Instant::never(), "", row});
        people_[person] = {account, open};
    }
    void write() {
        ASSERT_TRUE(store_->write_derived(batch_));
        batch_ = {};
    }
    void name(SubjectId account, const std::string& key) {
        support::JournalWriter writer(*store_);
        writer.identify(account, 'o', key);
        ASSERT_TRUE(writer.flush());
        own_[key] = account;
    }

    Rows expected(const AccountQuery& query) const {
        std::map<std::string, AccountRow> all;
        for (const auto& [key, subject] : own_) all[key].account = subject;
        for (const auto& [person, at] : people_) {
            if (at.first.empty()) continue;
            AccountRow& row = all[at.first];
            ++row.people;
            row.open_leads += at.second ? 1 : 0;
        }
        Rows rows;
        for (auto& [key, row] : all) {
            row.key = key;
            if (key > query.after && key.starts_with(query.prefix) && rows.size() < query.limit) rows.push_back(row);
        }
        return rows;
    }
    static std::string text(const Rows& rows) {
        std::string all;
        for (const AccountRow& row : rows)
            all += row.key + " " + std::to_string(row.account.value) + " " + std::to_string(row.people) + "/" +
                   std::to_string(row.open_leads) + "\n";
        return all;
    }
    void check(const AccountQuery& query) {
        const auto found = store_->accounts(query);
        ASSERT_TRUE(found) << found.error().detail;
        EXPECT_EQ(text(*found), text(expected(query))) << "'" << query.prefix << "' after '" << query.after << "'";
    }

    /// Open leads first, then the newest person first.
    void check_people(const std::string& account, std::size_t limit) {
        std::vector<std::pair<bool, SubjectId>> wanted, found;
        for (const auto& [person, at] : people_)
            if (!account.empty() && at.first == account) wanted.emplace_back(at.second, id_of(person));
        std::ranges::sort(wanted, std::ranges::greater());
        if (wanted.size() > limit) wanted.resize(limit);
        const auto rows = store_->people_of(account, limit);
        ASSERT_TRUE(rows) << rows.error().detail;
        for (const ports::LeadRow& row : *rows) {
            EXPECT_EQ(row.account, account);
            EXPECT_NE(row.updated_at, Instant{});
            found.emplace_back(row.open, row.person);
        }
        EXPECT_EQ(found, wanted) << account;
    }
    static SubjectId id_of(std::uint64_t person) { return subject_in(static_cast<std::uint16_t>(person % 7), person); }

    ports::Derived batch_;
    std::int64_t moment_ = 0;
    std::map<std::uint64_t, std::pair<std::string, bool>> people_;
    std::map<std::string, SubjectId> own_;
};

TEST_P(AccountList, is_empty_where_nobody_belongs_anywhere) {
    check({});
    put(1, "", true);
    write();
    check({});
}

TEST_P(AccountList, goes_by_name_whoever_told_of_it) {
    const std::vector<std::string> names{
        "acme",       "acme gmbh", "acme.example",    "zz",   "\u00e9t\u00e9", "\ufb00",
        "\U0001d4b3", "a",         "o'neil & \"co\"", "100%_"};
    std::uint64_t person = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i % 3 != 0) put(++person, names[i], i % 2 == 0);
        if (i % 3 != 1) name(subject_in(2, i + 1), names[i]);
    }
    write();
    reopen();
    check({});
    for (const std::string prefix :
         {"a", "acme", "acme ", "acme.", "b", "\u00e9", "100%", "%", "_", "\U0001d4b3", "o'"}) {
        check({.prefix = prefix});
        check({.prefix = prefix, .limit = 1});
    }
    for (const std::string& after : names) {
        check({.after = after, .limit = 2});
        check({.prefix = "acme", .after = after});
    }
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(AccountList, follows_people_from_one_account_to_another) {
    put(1, "acme", true);
    put(2, "acme", false);
    write();
    check({});
    put(1, "acme", true, 5);  // nothing of it changed but score and moment
    put(2, "other", false);   // nothing but the account
    write();
    check({});
    put(1, "", true);
    write();
    check({});
    put(2, "other", true);
    write();
    reopen();
    check({});
    people_.clear();
    ASSERT_TRUE(store_->clear_derived());
    check({});
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(AccountList, is_the_plain_maps_whatever_happens) {
    std::mt19937_64 random(11);
    const auto some_name = [&] {
        static constexpr const char* parts[] = {"a", "b", "ab", "acme", " ", ".", "\u00fc"};
        std::string name = "x";
        for (std::uint64_t n = random() % 4; n > 0; --n) name += parts[random() % std::size(parts)];
        return name;
    };
    for (int round = 0; round < 25; ++round) {
        for (int i = 0; i < 12; ++i)
            put(1 + random() % 60, random() % 5 == 0 ? "" : some_name(), random() % 2 == 0,
                static_cast<std::int64_t>(random() % 3));
        write();
        const std::string own = some_name();
        if (!own_.contains(own)) name(subject_in(3, own_.size() + 1), own);
        check({.limit = 1'000});
        check({.prefix = some_name(), .limit = 3});
        for (const auto& [person, at] : people_) check_people(at.first, 1 + random() % 4);
        check_people(some_name(), 100);
        check({.prefix = "x", .after = some_name(), .limit = 4});
    }
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(AccountList, counts_no_more_than_it_says) {
    constexpr auto most = static_cast<std::uint64_t>(AccountRow::most_people);
    for (std::uint64_t person = 1; person <= most + 5; ++person) put(person, "crowd", true);
    put(most + 6, "few", true);
    write();
    const auto rows = store_->accounts({}).value();
    EXPECT_EQ(text(rows), "crowd 0 10000/10000\nfew 0 1/1\n");
}

INSTANTIATE_TEST_SUITE_P(stores, AccountList, testing::ValuesIn(support::every_way_to_a_store()));

}  // namespace
}  // namespace baton
