// Journal rows, lane heads, the ledger row and source names.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ports/store.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/rows.h"

namespace baton::storage::sqlite {

/// From columns lane, seq, subject, previous, recorded_at, payload, position.
void read_record(const Query& query, ports::Record& record);
/// From columns lane, seq, digest, subjects, of which `first` is the number of the first.
ports::LaneHead read_head(const Query& query, int first);

Status append_records(Database& db, std::span<const ports::Record> records, std::span<const ports::Message> messages);
/// Puts what is left in place of what stood there.
Status redact_records(Database& db, std::span<const ports::Redaction> redactions);
/// From columns lane, message_day, message_source, message_hash, of which the last three start at `first`.
std::optional<ports::MessageKey> read_message(const Query& query, Lane lane, int first);
Status scan(Database& db, ports::Position after, const std::function<bool(const ports::Record&)>& each);
Result<std::vector<ports::Record>> records_of(Database& db, SubjectId subject, ports::Position last);
Result<std::optional<ports::Record>> record(Database& db, Lane lane, ports::Position position);

Status put_heads(Database& db, std::span<const ports::LaneHead> heads);
/// Ascending by lane.
Result<std::vector<ports::LaneHead>> heads(Database& db);

/// Writes the row, made on first use.
Status put_ledger(Database& db, const Ledger& ledger);
Result<Ledger> ledger(Database& db);
/// Whether the stored row's checksum holds.
Result<bool> ledger_is_whole(Database& db);

Status put_source(Database& db, std::int64_t number, std::string_view name);
Result<std::vector<std::string>> sources(Database& db);

}  // namespace baton::storage::sqlite
