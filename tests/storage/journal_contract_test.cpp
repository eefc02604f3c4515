// The journal: order, links, heads, chains, all or nothing.
#include "storage/contract.h"

namespace baton {
namespace {

using ports::Position;
using ports::Record;
using support::JournalWriter;
using support::subject_in;

std::vector<std::string> payloads(const ports::Reader& reader, Position after = 0) {
    std::vector<std::string> found;
    EXPECT_TRUE(reader.scan(after, [&](const Record& row) {
        found.push_back(row.payload);
        return true;
    }));
    return found;
}

bool equal(const Record& a, const Record& b) {
    return a.lane == b.lane && a.seq == b.seq && a.subject == b.subject && a.position == b.position &&
           a.previous == b.previous && a.recorded_at == b.recorded_at && a.payload == b.payload;
}

TEST_P(StoreContract, starts_empty) {
    EXPECT_EQ(store_->last_position(), Position{0});
    EXPECT_EQ(store_->derived_up_to(), Position{0});
    EXPECT_TRUE(store_->heads()->empty());
    EXPECT_TRUE(payloads(*store_).empty());
    EXPECT_EQ(damages(*store_), "");
    EXPECT_EQ(store_->record({0}, 1)->has_value(), false);
}

TEST_P(StoreContract, records_come_back_whole_and_in_order) {
    JournalWriter writer(*store_);
    const std::string bytes("nul \0 and \xff high", 15);
    std::vector<Record> written = {writer.add(subject_in(3, 1), "first", {5}),
                                   writer.add(subject_in(63, 1), bytes, {-7}), writer.add(subject_in(3, 1), "", {9})};
    ASSERT_TRUE(writer.flush());
    written.push_back(writer.add(subject_in(3, 2), std::string(100'000, 'x'), {10}));
    ASSERT_TRUE(writer.flush());
    reopen();
    std::vector<Record> read;
    ASSERT_TRUE(store_->scan(0, [&](const Record& row) {
        read.push_back(row);
        return true;
    }));
    ASSERT_EQ(read.size(), written.size());
    for (std::size_t i = 0; i < read.size(); ++i) EXPECT_TRUE(equal(read[i], written[i])) << i;
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(StoreContract, scan_starts_after_a_position_and_stops_when_told) {
    JournalWriter writer(*store_);
    for (const char* payload : {"a", "b", "c", "d"}) writer.add(subject_in(1, 1), payload);
    ASSERT_TRUE(writer.flush());
    EXPECT_EQ(payloads(*store_, 2), (std::vector<std::string>{"c", "d"}));
    EXPECT_EQ(payloads(*store_, 4), std::vector<std::string>{});
    int seen = 0;
    ASSERT_TRUE(store_->scan(0, [&](const Record&) { return ++seen < 2; }));
    EXPECT_EQ(seen, 2);
}

TEST_P(StoreContract, a_scan_may_write_derived_rows_as_it_goes) {
    JournalWriter writer(*store_);
    for (int i = 0; i < 600; ++i) writer.add(subject_in(1, 1), "x");
    ASSERT_TRUE(writer.flush());
    Position seen = 0;
    ASSERT_TRUE(store_->scan(0, [&](const Record& row) {
        seen = row.position;
        ports::Derived batch;
        batch.states.push_back({row.subject, row.position, Instant::never(), "s", {}});
        batch.up_to = row.position;
        return seen % 200 != 0 || store_->write_derived(batch).has_value();
    }));
    EXPECT_EQ(seen, 600);
    EXPECT_EQ(store_->derived_up_to(), Position{600});
}

TEST_P(StoreContract, a_subjects_records_are_found_by_its_links) {
    JournalWriter writer(*store_);
    const SubjectId anna = subject_in(5, 1);
    const SubjectId ben = subject_in(5, 2);
    for (int i = 0; i < 3; ++i) {
        writer.add(anna, "anna " + std::to_string(i));
        writer.add(ben, "ben");
        ASSERT_TRUE(writer.flush());
    }
    const auto records = store_->records_of(anna, writer.last_of(anna));
    ASSERT_TRUE(records.has_value());
    ASSERT_EQ(records->size(), 3U);
    for (int i = 0; i < 3; ++i) EXPECT_EQ((*records)[static_cast<std::size_t>(i)].payload, "anna " + std::to_string(i));
    EXPECT_EQ(code_of(store_->records_of(anna, writer.last_of(ben))), "corrupt");
    EXPECT_TRUE(store_->records_of(anna, ports::no_position)->empty());
}

TEST_P(StoreContract, one_record_by_lane_and_position) {
    JournalWriter writer(*store_);
    writer.add(subject_in(7, 1), "here");
    ASSERT_TRUE(writer.flush());
    EXPECT_EQ(store_->record({7}, 1).value().value().payload, "here");
    EXPECT_FALSE(store_->record({8}, 1)->has_value());
    EXPECT_FALSE(store_->record({7}, 2)->has_value());
}

TEST_P(StoreContract, heads_say_seq_digest_and_subjects) {
    JournalWriter writer(*store_);
    writer.add(subject_in(9, 4), "x");
    writer.add(subject_in(2, 1), "y");
    ASSERT_TRUE(writer.flush());
    reopen();
    const auto heads = store_->heads().value();
    ASSERT_EQ(heads.size(), 2U);
    EXPECT_EQ(heads[0].lane, Lane{2});
    EXPECT_EQ(heads[1].lane, Lane{9});
    EXPECT_EQ(heads[1].seq, Seq{1});
    EXPECT_EQ(heads[1].subjects, 4U);
    EXPECT_EQ(heads[1].digest, writer.head(9).digest);
    EXPECT_NE(heads[1].digest, heads[0].digest);
}

TEST_P(StoreContract, positions_go_on_after_reopening) {
    JournalWriter first(*store_);
    first.add(subject_in(1, 1), "a");
    ASSERT_TRUE(first.flush());
    reopen();
    JournalWriter second(*store_);
    second.learn_links();
    const Record& row = second.add(subject_in(1, 1), "b");
    EXPECT_EQ(row.position, 2);
    EXPECT_EQ(row.seq, Seq{2});
    EXPECT_EQ(row.previous, 1);
    ASSERT_TRUE(second.flush());
    EXPECT_EQ(damages(*store_), "");
}

/// An append that does not fit is refused and leaves nothing.
class Refused : public StoreContract {
   protected:
    void SetUp() override {
        StoreContract::SetUp();
        JournalWriter writer(*store_);
        writer.add(subject_in(1, 1), "kept");
        writer.identify(subject_in(1, 1), 'e', "anna@example.com");
        writer.message(77);
        ASSERT_TRUE(writer.flush());
    }

    ports::Append next() {
        JournalWriter writer(*store_);
        writer.learn_links();
        writer.add(subject_in(1, 2), "refused");
        writer.identify(subject_in(1, 2), 'e', "ben@example.com");
        writer.message(78);
        return writer.take();
    }

    void check(const ports::Append& batch) {
        EXPECT_EQ(code_of(store_->append(batch)), "conflict");
        EXPECT_EQ(payloads(*store_), std::vector<std::string>{"kept"});
        EXPECT_EQ(store_->heads()->front().seq, Seq{1});
        EXPECT_FALSE(store_->subject_of({'e', "ben@example.com"})->has_value());
        EXPECT_EQ(damages(*store_), "");
        EXPECT_TRUE(store_->append(next()).has_value()) << "goes on after a refusal";
    }
};

TEST_P(Refused, position_with_a_gap) {
    ports::Append batch = next();
    ++batch.records[0].position;
    check(batch);
}

TEST_P(Refused, seq_with_a_gap) {
    ports::Append batch = next();
    ++batch.records[0].seq.value;
    check(batch);
}

TEST_P(Refused, lane_that_does_not_exist) {
    ports::Append batch = next();
    batch.records[0].lane = {lane_count};
    check(batch);
}

TEST_P(Refused, head_missing) {
    ports::Append batch = next();
    batch.heads.clear();
    check(batch);
}

TEST_P(Refused, head_of_a_lane_that_does_not_exist) {
    ports::Append batch = next();
    batch.heads.push_back(batch.heads[0]);
    batch.heads.back().lane = {lane_count};
    check(batch);
}

TEST_P(Refused, head_that_runs_ahead) {
    ports::Append batch = next();
    ++batch.heads[0].seq.value;
    check(batch);
}

TEST_P(Refused, identity_of_another_subject) {
    ports::Append batch = next();
    batch.identities.push_back({{'e', "anna@example.com"}, subject_in(1, 2)});
    check(batch);
}

TEST_P(Refused, identity_twice_for_two_subjects) {
    ports::Append batch = next();
    batch.identities.push_back({{'e', "ben@example.com"}, subject_in(1, 3)});
    check(batch);
}

TEST_P(Refused, message_id_seen_before) {
    ports::Append batch = next();
    batch.messages[0].key.hash = 77;
    check(batch);
}

TEST_P(Refused, message_id_of_two_records) {
    JournalWriter writer(*store_);
    writer.learn_links();
    for (int i = 0; i < 2; ++i) {
        writer.add(subject_in(1, 2), "refused");
        writer.message(78);
    }
    check(writer.take());
}

TEST_P(Refused, message_id_twice) {
    ports::Append batch = next();
    batch.messages.push_back(batch.messages[0]);
    check(batch);
}

TEST_P(StoreContract, a_reader_sees_whole_batches_only) {
    const auto reader = std::move(store_->reader().value());
    JournalWriter writer(*store_);
    EXPECT_EQ(reader->last_position(), Position{0});
    writer.add(subject_in(1, 1), "a");
    writer.add(subject_in(2, 1), "b");
    ASSERT_TRUE(writer.flush());
    EXPECT_EQ(reader->last_position(), Position{2});
    EXPECT_EQ(payloads(*reader), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(reader->heads()->size(), 2U);
}

TEST_P(StoreContract, a_chain_that_was_not_made_from_its_records_is_found) {
    JournalWriter writer(*store_);
    writer.add(subject_in(4, 1), "x");
    ports::Append batch = writer.take();
    batch.heads[0].digest[5] ^= 1;
    ASSERT_TRUE(store_->append(batch));
    EXPECT_NE(damages(*store_).find("lane 4: its chain does not end in the head's digest\n"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(stores, StoreContract, testing::ValuesIn(support::every_way_to_a_store()));
INSTANTIATE_TEST_SUITE_P(stores, Refused, testing::ValuesIn(support::every_way_to_a_store()));

}  // namespace
}  // namespace baton
