#include "app/messages.h"

#include <algorithm>

#include "codec/wire.h"

namespace baton::app {
namespace {

constexpr std::int64_t day_us = 86'400'000'000;

std::int32_t day_of(const std::optional<Instant>& sent_at) {
    if (!sent_at) return 0;  // without a time of its own a retry must not fall on another day
    const std::int64_t day = sent_at->us / day_us - (sent_at->us % day_us < 0 ? 1 : 0);
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(day, -1'000'000, 100'000'000));
}

struct Expected {
    ports::MessageKey key;
    ports::Position position = ports::no_position;
    Seq seq;
};

/// Records of equal hash stand one after the other; the first free place ends the search.
Result<bool> stands_under(const ports::Reader& store, ports::MessageKey key, ports::Position position) {
    for (;; ++key.hash) {
        const auto found = store.positions_of(std::span(&key, 1));
        if (!found) return std::unexpected(found.error());
        if (found->front() == position) return true;
        if (found->front() == ports::no_position) return false;
    }
}

Status look_up(const ports::Reader& store, std::vector<Expected>& expected, std::vector<ports::Damage>& damages) {
    constexpr std::size_t most = 100;
    std::vector<ports::MessageKey> keys;
    keys.reserve(expected.size());
    for (const Expected& one : expected) keys.push_back(one.key);
    const auto positions = store.positions_of(keys);
    if (!positions) return std::unexpected(positions.error());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Expected& one = expected[i];
        if ((*positions)[i] == one.position) continue;
        const auto later = stands_under(store, one.key, one.position);
        if (!later) return std::unexpected(later.error());
        if (!*later && damages.size() < most)
            damages.push_back(
                {"lane " + std::to_string(one.key.lane.value) + " seq " + std::to_string(one.seq.value) +
                     " (position " + std::to_string(one.position) + ")",
                 "its message id does not lead to it: the same message sent again would be taken for a new one"});
    }
    expected.clear();
    return {};
}

}  // namespace

ports::MessageKey message_key(MessageHash hash, const HashKey& key, std::string_view source,
                              const codec::JournalRecord& record, Lane lane, std::optional<Instant> sent_at) {
    Bytes bytes;
    codec::WireWriter wire(bytes);
    wire.text(source);
    wire.text(record.message_id);
    wire.byte(static_cast<std::uint8_t>(record.home.kind));
    wire.text(record.home.key);
    // A time that the import invented is none of the message's own: the same row comes again on another day.
    const std::optional<Instant> own = record.fact.time_known ? sent_at : std::nullopt;
    return {day_of(own), lane, record.source, hash(key, bytes)};
}

std::optional<ports::MessageKey> journaled_key(MessageHash hash, const HashKey& key,
                                               std::span<const std::string> sources, const codec::JournalRecord& record,
                                               Lane lane) {
    if (record.redacted) {
        if (!record.redacted->message) return std::nullopt;
        return ports::MessageKey{record.redacted->message->day, lane, record.source, record.redacted->message->hash};
    }
    const bool forwarded = record.fact.origin.value != 0;  // its message is that of the fact it repeats
    if (forwarded || record.fact.trust == Trust::baton || record.source >= sources.size()) return std::nullopt;
    const std::optional<Instant> sent_at =
        record.no_time ? std::nullopt : std::optional(record.claimed_at.value_or(record.fact.occurred_at));
    return message_key(hash, key, sources[record.source], record, lane, sent_at);
}

Result<std::vector<ports::Damage>> check_messages(const ports::Store& store, MessageHash hash) {
    constexpr std::size_t at_once = 4'096;
    const auto sources = store.sources();
    if (!sources) return std::unexpected(sources.error());
    const HashKey key = store.hash_key();
    std::vector<ports::Damage> damages;
    std::vector<Expected> expected;
    codec::JournalRecord decoded;
    ports::Position after = ports::no_position;
    Status trouble;
    for (bool more = true; more;) {
        more = false;
        auto scanned = store.scan(after, [&](const ports::Record& record) {
            after = record.position;
            trouble = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at, decoded);
            if (!trouble) return false;
            if (decoded.fact.trust != Trust::baton && decoded.source >= sources->size()) {
                trouble = fail("corrupt", "position " + std::to_string(record.position) + " names an unknown source");
                return false;
            }
            if (const auto made = journaled_key(hash, key, *sources, decoded, record.lane))
                expected.push_back({*made, record.position, record.seq});
            more = expected.size() == at_once;
            return !more;
        });
        if (!trouble) return std::unexpected(trouble.error());
        if (!scanned) return std::unexpected(scanned.error());
        if (auto done = look_up(store, expected, damages); !done) return std::unexpected(done.error());
    }
    return damages;
}

}  // namespace baton::app
