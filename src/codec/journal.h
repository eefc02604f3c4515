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

struct RedactedMessage {
    std::int32_t day = 0;
    std::uint64_t hash = 0;
};
/// What an erasure leaves of a record: what takes part in its lane's chain instead of the bytes (ports/record_digest.h), and the place
/// of its message id, so that the same message sent again is still a duplicate.
struct Redacted {
    Digest digest{};
    bool is_link = false;  ///< of a record without salt: `digest` is the chain's as it stood after it
    std::optional<RedactedMessage> message;
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
        claimed_at;          ///< the time the source gave, where occurred_at is another; day of the message id
    bool no_time = false;    ///< the source gave no time
    std::uint64_t salt = 0;  ///< random, so that nobody can tell from the chain what an erased record said; 0 = none
    std::optional<Redacted> redacted;  ///< all that is left of it
};

/// What stands in the journal instead of the record.
Bytes redact(const JournalRecord& record, const Redacted& left);

/// One byte of version first. The same record makes the same bytes; decode refuses every other spelling of them.
Bytes encode(const JournalRecord& record);
void encode(const JournalRecord& record, Bytes& out);  ///< appends
/// `ref`, `recorded_at`: from the record's columns. Code: bad_record.
Result<JournalRecord> decode_journal(std::string_view bytes, FactRef ref, Instant recorded_at);
/// The same into `into`, whose storage is used again.
Status decode_journal(std::string_view bytes, FactRef ref, Instant recorded_at, JournalRecord& into);

}  // namespace baton::codec
