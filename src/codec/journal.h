// The bytes of one journaled record: what happened, from whom, under which message id, about whom.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "codec/incoming.h"
#include "domain/engine/fact.h"

namespace baton::codec {

/// An identity key as first normalised; kinds as in ports::IdentityKey.
struct Key {
    char kind = 'u';
    std::string key;
    friend auto operator<=>(const Key&, const Key&) = default;
};

/// The fact's `ref` and `recorded_at` stand in the record's own columns and are not encoded again.
struct JournalRecord {
    Fact fact;
    std::uint16_t source = 0;  ///< number of the source's name in this store
    std::string message_id;    ///< as given, or made from the content
    bool derived_id = false;   ///< made from the content: a heuristic
    Key home;                  ///< the fact's highest-precedence key
    std::vector<Key> linked;   ///< keys that this record made known for its subject, `home` included if new
    std::optional<Instant>
        claimed_at;        ///< the time the source gave, where occurred_at is another; day of the message id
    bool no_time = false;  ///< the source gave no time
};

/// One byte of version first. The same record makes the same bytes; decode refuses every other spelling of them.
Bytes encode(const JournalRecord& record);
void encode(const JournalRecord& record, Bytes& out);  ///< appends
/// `ref`, `recorded_at`: from the record's columns. Code: bad_record.
Result<JournalRecord> decode_journal(std::string_view bytes, FactRef ref, Instant recorded_at);
/// The same into `into`, whose storage is used again.
Status decode_journal(std::string_view bytes, FactRef ref, Instant recorded_at, JournalRecord& into);

}  // namespace baton::codec
