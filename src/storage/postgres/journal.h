// Journal rows, lane heads, message ids and source names.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

/// From columns lane, seq, subject, previous, recorded_at, payload, position.
ports::Record read_record(const Rows& row);
/// From columns lane, seq, digest, subjects, of which `first` is the number of the first.
ports::LaneHead read_head(const Rows& row, int first);
/// From columns day, lane, source, hash, position.
ports::Message read_message(const Rows& row);

Status append_records(Database& db, std::span<const ports::Record> records);
/// The callback may use the store.
/// Puts what is left in place of what stood there.
Status redact_records(Database& db, std::span<const ports::Redaction> redactions);
Status scan(Database& db, ports::Position after, const std::function<bool(const ports::Record&)>& each);
Result<std::vector<ports::Record>> records_of(Database& db, SubjectId subject, ports::Position last);
Result<std::optional<ports::Record>> record(Database& db, Lane lane, ports::Position position);
/// Whose records stand after `known`, ascending, each once; and when the newest of them was written.
Status touched_since(Database& db, ports::Position known, std::vector<SubjectId>& touched, Instant& newest);
/// Of the records from `first` to `last`, in order.
Result<std::vector<std::int64_t>> checksums_between(Database& db, ports::Position first, ports::Position last);

/// Ascending by lane, those of empty lanes too.
Result<std::vector<ports::LaneHead>> heads(Database& db);
Status put_heads(Database& db, std::span<const ports::LaneHead> heads);

/// Answers the sum of the added rows' checksums; `conflict` when one exists.
Result<std::int64_t> put_messages(Database& db, std::span<const ports::Message> messages);
Result<std::vector<ports::Position>> positions_of(Database& db, std::span<const ports::MessageKey> keys);

/// Those from `known` on.
Status put_sources(Database& db, std::span<const std::string> names, std::size_t known);
Result<std::vector<std::string>> sources(Database& db);

}  // namespace baton::storage::postgres
