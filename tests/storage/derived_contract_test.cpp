// States, due moments, leads, history, counters: rows that may lag behind the journal, in whole transactions.
#include <algorithm>
#include <random>

#include "storage/contract.h"

namespace baton {
namespace {

using ports::HistoryRow;
using ports::LeadQuery;
using ports::LeadRow;
using ports::Position;
using ports::StateRow;
using support::subject_in;

class DerivedRows : public StoreContract {
   protected:
    void write(ports::Derived batch) { ASSERT_TRUE(store_->write_derived(batch)); }
    void write_states(std::vector<StateRow> rows) {
        ports::Derived batch;
        batch.states = std::move(rows);
        write(batch);
    }
};

StateRow state(std::uint64_t n, Position last, Instant next_at, std::string bytes) {
    return {subject_in(1, n), last, next_at, std::move(bytes), {}};
}

TEST_P(DerivedRows, a_state_is_replaced) {
    write_states({state(1, 1, {50}, "one"), state(2, 2, Instant::never(), std::string("\0\xff", 2))});
    write_states({state(1, 3, {70}, "two")});
    reopen();
    const StateRow first = store_->state_of(subject_in(1, 1)).value().value();
    EXPECT_EQ(first.last, 3);
    EXPECT_EQ(first.next_at, Instant{70});
    EXPECT_EQ(first.state, "two");
    const StateRow second = store_->state_of(subject_in(1, 2)).value().value();
    EXPECT_EQ(second.next_at, Instant::never());
    EXPECT_EQ(second.state, std::string("\0\xff", 2));
    EXPECT_FALSE(store_->state_of(subject_in(1, 3))->has_value());
}

TEST_P(DerivedRows, states_are_read_in_the_order_asked_without_the_missing) {
    write_states({state(1, 1, {1}, "a"), state(2, 1, {1}, "b"), state(3, 1, {1}, "c")});
    const std::vector<SubjectId> asked = {subject_in(1, 3), subject_in(1, 9), subject_in(1, 1)};
    std::string seen;
    const auto found = store_->states_of(asked).value();
    for (const StateRow& row : found) seen += row.state;
    EXPECT_EQ(seen, "ca");
}

TEST_P(DerivedRows, all_states_by_subject) {
    write_states({state(3, 1, {1}, "c"), state(1, 1, {1}, "a"), state(2, 1, {1}, "b")});
    std::string seen;
    ASSERT_TRUE(store_->scan_states([&](const StateRow& row) {
        seen += row.state;
        return row.state != "b";
    }));
    EXPECT_EQ(seen, "ab");
}

TEST_P(DerivedRows, states_of_accounts_are_read_like_those_of_people) {
    const auto account = [](std::uint64_t n, std::string bytes) {
        StateRow row = state(n, 1, Instant::never(), std::move(bytes));
        row.of_account = true;
        return row;
    };
    write_states({account(3, "c"), state(1, 1, {1}, "a"), account(2, "b"), state(4, 1, {1}, "d")});
    write_states({account(2, "B")});
    reopen();
    std::string seen;
    ASSERT_TRUE(store_->scan_states([&](const StateRow& row) {
        seen += row.state;
        return true;
    }));
    EXPECT_EQ(seen, "aBcd");
    EXPECT_EQ(store_->state_of(subject_in(1, 3)).value().value().state, "c");
    const std::vector<SubjectId> asked = {subject_in(1, 4), subject_in(1, 2), subject_in(1, 9), subject_in(1, 1)};
    seen.clear();
    const auto found = store_->states_of(asked).value();
    for (const StateRow& row : found) seen += row.state;
    EXPECT_EQ(seen, "dBa");
    ASSERT_TRUE(store_->clear_derived());
    EXPECT_FALSE(store_->state_of(subject_in(1, 2))->has_value());
}

TEST_P(DerivedRows, due_moments_come_earliest_first) {
    write_states(
        {state(1, 1, {30}, ""), state(2, 1, {10}, ""), state(3, 1, {20}, ""), state(4, 1, Instant::never(), "")});
    EXPECT_EQ(store_->next_due()->value(), Instant{10});
    using Due = std::vector<std::pair<Instant, SubjectId>>;
    EXPECT_EQ(store_->due({20}, 10).value(), (Due{{{10}, subject_in(1, 2)}, {{20}, subject_in(1, 3)}}));
    EXPECT_EQ(store_->due({99}, 1).value(), (Due{{{10}, subject_in(1, 2)}}));
    EXPECT_EQ(store_->due({9}, 10).value(), Due{});
    write_states({state(2, 2, {25}, ""), state(3, 2, Instant::never(), "")});
    EXPECT_EQ(store_->due(Instant::never(), 10).value(), (Due{{{25}, subject_in(1, 2)}, {{30}, subject_in(1, 1)}}));
    write_states({state(1, 3, Instant::never(), ""), state(2, 3, Instant::never(), "")});
    EXPECT_FALSE(store_->next_due()->has_value());
}

HistoryRow history(std::uint64_t person, Position position, std::uint16_t n, std::uint8_t kind, std::string bytes) {
    return {subject_in(1, person), position, n, {position * 10}, kind, std::move(bytes)};
}

std::string text(const std::vector<HistoryRow>& rows) {
    std::string out;
    for (const HistoryRow& row : rows)
        out += row.record + "@" + std::to_string(row.position) + "/" + std::to_string(row.n) + " ";
    return out;
}

TEST_P(DerivedRows, history_of_a_subject_oldest_first_and_the_latest_of_all) {
    ports::Derived batch;
    batch.history = {history(1, 1, 0, 1, "a"), history(1, 1, 1, 2, "b"), history(2, 2, 0, 1, "c"),
                     history(1, 3, 65535, 3, "d"), history(2, 4, 0, 200, "e")};
    write(batch);
    reopen();
    const Position all[] = {1, 2, 3, 4};
    const Position some[] = {1, 4};
    EXPECT_EQ(text(store_->history_of(subject_in(1, 1), all).value()), "a@1/0 b@1/1 d@3/65535 ");
    EXPECT_EQ(text(store_->history_of(subject_in(1, 1), some).value()), "a@1/0 b@1/1 ");
    EXPECT_EQ(text(store_->history_of(subject_in(1, 1), {}).value()), "");
    std::vector<HistoryRow> scanned;
    ASSERT_TRUE(store_->scan_history([&](const HistoryRow& row) {
        scanned.push_back(row);
        return scanned.size() < 4;
    }));
    EXPECT_EQ(text(scanned), "a@1/0 b@1/1 c@2/0 d@3/65535 ");
    EXPECT_EQ(text(store_->latest_history(2, {}).value()), "e@4/0 d@3/65535 ");
    const std::uint8_t kinds[] = {1, 2};
    EXPECT_EQ(text(store_->latest_history(2, kinds).value()), "c@2/0 b@1/1 ");
    EXPECT_EQ(text(store_->latest_history(99, kinds).value()), "c@2/0 b@1/1 a@1/0 ");
    const HistoryRow row = store_->history_of(subject_in(1, 2), all).value()[1];
    EXPECT_EQ(row.kind, 200);
    EXPECT_EQ(row.at, Instant{40});
    EXPECT_EQ(row.subject, subject_in(1, 2));
}

TEST_P(DerivedRows, the_same_history_written_again_replaces_itself) {
    ports::Derived batch;
    batch.history = {history(1, 1, 0, 1, "a")};
    write(batch);
    batch.history[0].record = "b";
    write(batch);
    const Position first[] = {1};
    EXPECT_EQ(text(store_->history_of(subject_in(1, 1), first).value()), "b@1/0 ");
    batch.history = {history(1, 2, 0, 1, "c"), history(2, 1, 0, 1, "z")};
    EXPECT_EQ(code_of(store_->write_derived(batch)), "conflict");
    EXPECT_EQ(text(store_->latest_history(9, {}).value()), "b@1/0 ") << "nothing of a refused batch stays";
}

TEST_P(DerivedRows, counters_add_up) {
    ports::Derived batch;
    batch.counters = {{"entered/b", 2}, {"entered/a", 1}, {"entered/b", -5}};
    write(batch);
    batch.counters = {{"entered/a", 4}, {"", 7}};
    write(batch);
    reopen();
    using Counters = std::vector<std::pair<std::string, std::int64_t>>;
    EXPECT_EQ(store_->counters().value(), (Counters{{"", 7}, {"entered/a", 5}, {"entered/b", -3}}));
}

TEST_P(DerivedRows, the_watermark_rises_and_clearing_drops_it_with_all_rows) {
    ports::Derived batch;
    batch.states = {state(1, 1, {5}, "a")};
    batch.states[0].lead = LeadRow{};
    batch.states[0].lead->person = subject_in(1, 1);
    batch.history = {history(1, 1, 0, 1, "a")};
    batch.counters = {{"x", 1}};
    batch.up_to = 7;
    write(batch);
    reopen();
    EXPECT_EQ(store_->derived_up_to(), Position{7});
    ASSERT_TRUE(store_->set_setting("kept", "yes"));
    ASSERT_TRUE(store_->clear_derived());
    reopen();
    EXPECT_EQ(store_->derived_up_to(), Position{0});
    EXPECT_FALSE(store_->state_of(subject_in(1, 1))->has_value());
    EXPECT_FALSE(store_->lead(subject_in(1, 1))->has_value());
    EXPECT_TRUE(store_->latest_history(9, {})->empty());
    EXPECT_TRUE(store_->counters()->empty());
    EXPECT_FALSE(store_->next_due()->has_value());
    EXPECT_EQ(store_->setting("kept")->value(), "yes");
    EXPECT_EQ(damages(*store_), "");
}

LeadRow random_lead(std::mt19937_64& random, std::uint64_t n) {
    LeadRow row;
    row.person = subject_in(static_cast<std::uint16_t>(n % 7), n);
    row.stage = std::string(1, "abc"[random() % 3]);
    row.open = random() % 2 == 0;
    row.is_lead = random() % 3 != 0;
    row.cycle = static_cast<std::int64_t>(random() % 4);
    row.holder = "owner anna";
    row.classes = "abc=A";
    row.score_micros = static_cast<std::int64_t>(random() % 9) - 4;
    row.stage_entered_at = {static_cast<std::int64_t>(random() % 5)};
    row.updated_at = {static_cast<std::int64_t>(random() % 6)};
    row.name = "Person " + std::to_string(n) + (random() % 2 == 0 ? " Müller" : "");
    row.email = "p" + std::to_string(n) + "@example.com";
    row.account = random() % 2 == 0 ? "acme" : "";
    return row;
}

bool equal(const LeadRow& a, const LeadRow& b) {
    return a.person == b.person && a.stage == b.stage && a.open == b.open && a.is_lead == b.is_lead &&
           a.cycle == b.cycle && a.holder == b.holder && a.classes == b.classes && a.score_micros == b.score_micros &&
           a.stage_entered_at == b.stage_entered_at && a.updated_at == b.updated_at && a.name == b.name &&
           a.email == b.email && a.account == b.account;
}

std::int64_t key(const LeadRow& row, LeadQuery::Sort sort) {
    if (sort == LeadQuery::Sort::score) return row.score_micros;
    return sort == LeadQuery::Sort::entered ? row.stage_entered_at.us : row.updated_at.us;
}

bool holds(const LeadRow& row, const std::string& text) {
    std::string name = row.name;
    for (char& c : name) c = c == 'P' ? 'p' : c == 'M' ? 'm' : c;
    return (name + "\n" + row.email + "\n" + row.account).find(text) != std::string::npos;
}

/// What the list must be, worked out the slow way.
std::vector<LeadRow> expected(std::vector<LeadRow> all, const LeadQuery& query) {
    std::erase_if(all, [&](const LeadRow& row) {
        return (!query.stage.empty() && row.stage != query.stage) || (query.open && row.open != *query.open) ||
               (query.is_lead && row.is_lead != *query.is_lead) || !holds(row, query.text);
    });
    std::ranges::sort(all, [&](const LeadRow& a, const LeadRow& b) {
        if (key(a, query.sort) != key(b, query.sort)) return key(a, query.sort) > key(b, query.sort);
        return a.person < b.person;
    });
    return all;
}

class LeadList : public DerivedRows {
   protected:
    void SetUp() override {
        DerivedRows::SetUp();
        std::mt19937_64 random(11);
        ports::Derived batch;
        for (std::uint64_t n = 1; n <= 120; ++n) {
            all_.push_back(random_lead(random, n));
            batch.states.push_back({all_.back().person, 0, Instant::never(), "", all_.back()});
        }
        write(batch);
        reopen();
    }

    /// Pages of five through the whole list.
    void check(LeadQuery query) {
        const std::vector<LeadRow> want = expected(all_, query);
        std::vector<LeadRow> got;
        query.limit = 5;
        for (;;) {
            const std::vector<LeadRow> page = store_->leads(query).value();
            got.insert(got.end(), page.begin(), page.end());
            if (page.size() < query.limit) break;
            query.after_key = key(page.back(), query.sort);
            query.after_person = page.back().person;
        }
        ASSERT_EQ(got.size(), want.size());
        for (std::size_t i = 0; i < want.size(); ++i) EXPECT_TRUE(equal(got[i], want[i])) << i;
    }

    std::vector<LeadRow> all_;
};

TEST_P(LeadList, every_filter_in_every_order) {
    for (const auto sort : {LeadQuery::Sort::updated, LeadQuery::Sort::score, LeadQuery::Sort::entered}) {
        LeadQuery query;
        query.sort = sort;
        check(query);
        query.stage = "b";
        check(query);
        query.open = false;
        check(query);
        query.open = true;
        check(query);
        query.stage = "";
        check(query);
        query = {};
        query.sort = sort;
        query.is_lead = true;
        query.text = "müller";
        check(query);
        query.text = "nobody";
        check(query);
    }
}

TEST_P(LeadList, one_lead_and_its_replacement) {
    EXPECT_TRUE(equal(store_->lead(all_[4].person).value().value(), all_[4]));
    all_[4].score_micros = 1000;
    all_[4].stage = "z";
    write_states({{all_[4].person, 0, Instant::never(), "", all_[4]}});
    LeadQuery query;
    query.sort = LeadQuery::Sort::score;
    query.limit = 1;
    EXPECT_TRUE(equal(store_->leads(query).value().at(0), all_[4]));
    check(query);
    EXPECT_EQ(damages(*store_), "");
}

/// Some people have a fact in every batch, some now and then, some none for very long: the lists are exact at any moment.
TEST_P(LeadList, who_has_facts_often_and_who_seldom_is_in_its_place) {
    std::mt19937_64 random(5);
    ports::Position position = 0;
    std::vector<Instant> due(all_.size(), Instant::never());
    std::size_t warm_once = 0;
    for (int round = 0; round < 60; ++round) {
        ports::Derived batch;
        position += round % 10 == 9 ? 90'000 : 100;
        const std::size_t busy = round < 40 ? 40 : 5;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            if (i >= busy && random() % 30 != 0) continue;
            const SubjectId person = all_[i].person;
            all_[i] = random_lead(random, i + 1);
            all_[i].person = person;
            due[i] = random() % 4 == 0 ? Instant::never() : Instant{static_cast<std::int64_t>(random() % 1000)};
            batch.states.push_back({person, position + static_cast<ports::Position>(i % 50), due[i], "", all_[i]});
        }
        position += 50;
        batch.up_to = position;
        write(batch);
        if (is_postgres())
            warm_once = std::max<std::size_t>(warm_once, std::stoul(schema_->run("SELECT count(warm) FROM state")));
        if (round % 6 != 5 && round != 59) continue;
        for (const auto sort : {LeadQuery::Sort::updated, LeadQuery::Sort::score, LeadQuery::Sort::entered}) {
            LeadQuery query;
            query.sort = sort;
            check(query);
            query.stage = "b";
            check(query);
            query.text = "müller";
            check(query);
        }
        std::vector<std::pair<Instant, SubjectId>> expected;
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (due[i] != Instant::never()) expected.emplace_back(due[i], all_[i].person);
        std::ranges::sort(expected);
        EXPECT_EQ(store_->next_due().value(), expected.empty() ? std::nullopt : std::optional(expected.front().first));
        EXPECT_EQ(store_->due({1000}, 1000).value(), expected);
        expected.resize(std::min<std::size_t>(expected.size(), 7));
        EXPECT_EQ(store_->due({1000}, 7).value(), expected);
        EXPECT_EQ(damages(*store_).find("in its place"), std::string::npos) << damages(*store_);
    }
    if (!is_postgres()) return;
    EXPECT_GT(warm_once, 40U);
    EXPECT_LT(std::stoul(schema_->run("SELECT count(warm) FROM state")), warm_once) << "nobody ever cooled";
}

INSTANTIATE_TEST_SUITE_P(stores, DerivedRows, testing::ValuesIn(support::every_way_to_a_store()));
INSTANTIATE_TEST_SUITE_P(stores, LeadList, testing::ValuesIn(support::every_way_to_a_store()));

}  // namespace
}  // namespace baton
