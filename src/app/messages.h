// Under which key the store knows a message, and whether every record stands under its own.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "codec/journal.h"
#include "ports/store.h"

namespace baton::app {

/// siphash; tests give one under which different messages are equal.
using MessageHash = std::uint64_t (*)(const HashKey& key, std::string_view bytes);

/// The first key the message may stand under; a message that comes later than another of the same hash takes the next free
/// one. `sent_at`: the time the source gave.
ports::MessageKey message_key(MessageHash hash, const HashKey& key, std::string_view source,
                              const codec::JournalRecord& record, Lane lane, std::optional<Instant> sent_at);

/// The same for a record of the journal; nothing for one that was not sent (Baton's own, or forwarded from a merged person), or
/// of an unknown source.
std::optional<ports::MessageKey> journaled_key(MessageHash hash, const HashKey& key,
                                               std::span<const std::string> sources, const codec::JournalRecord& record,
                                               Lane lane);

/// Makes each journaled message's key anew from its record and looks it up; findings are records that a message sent again
/// would not find. An error: the store could not be read.
Result<std::vector<ports::Damage>> check_messages(const ports::Store& store, MessageHash hash = siphash);

}  // namespace baton::app
