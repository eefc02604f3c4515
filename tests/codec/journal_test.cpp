// Records go to bytes and come back; bytes that no encode wrote are refused, never crash.
#include "codec/journal.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace baton {
namespace {

using codec::JournalRecord;

std::string any_text() { return *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127)); }
Instant any_time() {
    return *rc::gen::oneOf(
        rc::gen::just(Instant::never()), rc::gen::just(Instant::beginning()),
        rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t us) { return Instant{us}; }),
        rc::gen::map(rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000'000),
                     [](std::int64_t us) { return Instant{us}; }));
}

Value any_value(int depth) {
    switch (*rc::gen::inRange(0, depth > 0 ? 8 : 7)) {
        case 0: return {};
        case 1: return Value(*rc::gen::arbitrary<bool>());
        case 2: return Value(*rc::gen::arbitrary<std::int64_t>());
        case 3: return Value(Decimal{*rc::gen::arbitrary<std::int64_t>()});
        case 4: return Value(any_text());
        case 5: return Value(any_time());
        case 6: return Value(Duration{*rc::gen::arbitrary<std::int64_t>()});
        default: break;
    }
    ValueList list;
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) list.push_back(any_value(depth - 1));
    return Value(std::move(list));
}

JournalRecord any_record() {
    JournalRecord r;
    Fact& fact = r.fact;
    fact.ref = {Lane{7}, Seq{12}};
    fact.recorded_at = any_time();
    fact.occurred_at = any_time();
    fact.engine_at = *rc::gen::arbitrary<bool>() ? fact.recorded_at : any_time();
    fact.kind = static_cast<FactKind>(*rc::gen::inRange(0, 19));
    fact.type = fact.kind == FactKind::behaviour ? "T " + any_text() : std::string(type_name(fact.kind));
    fact.actor = any_text();
    fact.account = any_text();
    fact.historical = *rc::gen::arbitrary<bool>();
    fact.time_known = *rc::gen::arbitrary<bool>();
    fact.time_clamped = *rc::gen::arbitrary<bool>();
    for (const char c : {'a', 'k', 'x'})
        if (*rc::gen::arbitrary<bool>()) fact.properties.push_back({c + any_text(), any_value(3)});
    r.source = *rc::gen::arbitrary<std::uint16_t>();
    r.message_id = any_text();
    r.derived_id = *rc::gen::arbitrary<bool>();
    r.no_time = *rc::gen::arbitrary<bool>();
    r.home = {'e', any_text()};
    if (*rc::gen::arbitrary<bool>()) r.linked.push_back(r.home);
    if (*rc::gen::arbitrary<bool>()) r.linked.push_back({'a', any_text()});
    r.fact.trust = static_cast<Trust>(*rc::gen::inRange(0, 3));
    if (*rc::gen::arbitrary<bool>()) r.claimed_at = any_time();
    return r;
}

/// What an erasure leaves of a record.
Bytes any_redacted() {
    codec::Redacted left;
    for (std::uint8_t& byte : left.digest) byte = *rc::gen::arbitrary<std::uint8_t>();
    left.is_link = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>())
        left.message = {*rc::gen::arbitrary<std::int32_t>(), *rc::gen::arbitrary<std::uint64_t>()};
    return codec::redact(any_record(), left);
}

bool same(const JournalRecord& a, const JournalRecord& b) {
    return codec::encode(a) == codec::encode(b) && a.fact.ref == b.fact.ref && a.fact.properties == b.fact.properties &&
           a.fact.occurred_at == b.fact.occurred_at && a.fact.engine_at == b.fact.engine_at && a.home == b.home &&
           a.fact.recorded_at == b.fact.recorded_at && a.fact.type == b.fact.type && a.linked == b.linked &&
           a.message_id == b.message_id && a.claimed_at == b.claimed_at && a.fact.trust == b.fact.trust &&
           a.fact.account == b.fact.account && a.fact.actor == b.fact.actor;
}

TEST(Journal, ComesBackAsItWent) {
    EXPECT_TRUE(rc::check([] {
        const JournalRecord record = any_record();
        const auto back = codec::decode_journal(codec::encode(record), record.fact.ref, record.fact.recorded_at);
        RC_ASSERT(back.has_value());
        RC_ASSERT(same(record, *back));
    }));
}

TEST(Journal, WhatAnErasureLeavesIsWrittenAgainAsItIs) {
    EXPECT_TRUE(rc::check([] {
        const Bytes bytes = any_redacted();
        const auto back = codec::decode_journal(bytes, {}, Instant{77});
        RC_ASSERT(back.has_value());
        RC_ASSERT(codec::encode(*back) == bytes);
    }));
}

TEST(Journal, ADayBeyondItsRangeIsRefused) {
    codec::Redacted left;
    left.message = {1, 2};
    Bytes bytes = codec::redact({}, left);
    bytes.replace(bytes.size() - 9, 1, "\x80\x80\x80\x80\x40");  // 2^33, of which an int32 would keep nothing
    EXPECT_FALSE(codec::decode_journal(bytes, {}, Instant{}));
}

TEST(Journal, WhatReadsAtAllIsTheOneSpelling) {
    EXPECT_TRUE(rc::check([] {
        Bytes bytes = *rc::gen::arbitrary<bool>() ? any_redacted() : codec::encode(any_record());
        const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
        bytes[at] = static_cast<char>(bytes[at] ^ *rc::gen::inRange(1, 256));
        const auto back = codec::decode_journal(bytes, {}, Instant{77});
        if (back) RC_ASSERT(codec::encode(*back) == bytes);
    }));
}

TEST(Journal, CutOrLengthenedIsRefused) {
    EXPECT_TRUE(rc::check([] {
        const Bytes bytes = codec::encode(any_record());
        const auto keep = *rc::gen::inRange<std::size_t>(0, bytes.size());
        RC_ASSERT(!codec::decode_journal(bytes.substr(0, keep), {}, Instant{}));
        RC_ASSERT(!codec::decode_journal(bytes + '\0', {}, Instant{}));
    }));
}

TEST(Journal, NewerLayoutSaysSo) {
    JournalRecord record;
    record.fact.type = "Page Viewed";
    Bytes bytes = codec::encode(record);
    bytes[0] = 9;
    const auto back = codec::decode_journal(bytes, {}, Instant{});
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, "bad_record");
    EXPECT_NE(back.error().detail.find("layout 9"), std::string::npos) << back.error().detail;
}

TEST(Journal, SmallFactIsSmall) {
    JournalRecord record;
    record.fact.type = "Page Viewed";
    record.fact.recorded_at = record.fact.engine_at = Instant{1'790'000'000'000'000};
    record.fact.occurred_at = Instant{1'790'000'000'000'000 - 900'000};
    record.fact.properties = {{"path", Value("/pricing")}};
    record.home = {'e', "anna@example.com"};
    record.message_id = "0190c9d2-8f6a-7cc0-9d59-5f3d2b0c8a11";
    EXPECT_LE(codec::encode(record).size(), 100U);
}

}  // namespace
}  // namespace baton
