// Derived rows: states with their due moments, history, counters. Leads are in leads.h.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

/// From columns subject, last, next_at, state. A due moment of `never` is NULL, so that the index holds real ones only.
ports::StateRow read_state(const Rows& row);
/// From columns id, subject, at, kind, record.
ports::HistoryRow read_history(const Rows& row);

/// Of several states of a subject the last one: one statement touches a row once. Ascending by subject.
std::vector<const ports::StateRow*> newest_of(std::span<const ports::StateRow> rows);
Status put_states(Database& db, std::span<const ports::StateRow> rows);
/// Of what the batch is the first to derive, records after `derived_up_to`, no row is there yet.
Status put_history(Database& db, const ports::Derived& batch, ports::Position derived_up_to);
/// What counters are known to stand at, because this process read or wrote them and nobody else has written since.
using KnownCounters = std::map<std::string, std::int64_t, std::less<>>;
Status add_to_counters(Database& db, std::span<const ports::CounterDelta> deltas, KnownCounters& known);
/// Everything derived, leads too.
Status clear_derived(Database& db);

Result<std::optional<ports::StateRow>> state_of(Database& db, SubjectId subject);
Result<std::vector<ports::StateRow>> states_of(Database& db, std::span<const SubjectId> subjects);
/// The callback may use the store.
Status scan_states(Database& db, const std::function<bool(const ports::StateRow&)>& each);
Status scan_history(Database& db, const std::function<bool(const ports::HistoryRow&)>& each);
Result<std::vector<ports::HistoryRow>> history_of(Database& db, SubjectId subject,
                                                  std::span<const ports::Position> caused_by);
Result<std::vector<ports::HistoryRow>> latest_history(Database& db, std::size_t limit,
                                                      std::span<const std::uint8_t> kinds);
Result<std::vector<std::pair<std::string, std::int64_t>>> counters(Database& db);
Result<std::vector<std::pair<Instant, SubjectId>>> due(Database& db, Instant until, std::size_t limit);
Result<std::optional<Instant>> next_due(Database& db);

}  // namespace baton::storage::postgres
