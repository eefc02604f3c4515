#include "storage/postgres/derived.h"

#include <algorithm>
#include <limits>
#include <map>
#include <ranges>

#include "storage/postgres/warm.h"
#include "storage/rows.h"

namespace baton::storage::postgres {
namespace {

std::int64_t row_limit(std::size_t limit) {
    return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max()));
}

Status outcome(const Result<Rows>& done) {
    if (!done) return std::unexpected(done.error());
    return {};
}

}  // namespace

ports::StateRow read_state(const Rows& row) {
    ports::StateRow state;
    state.subject = {bits(row.integer(0))};
    state.last = row.integer(1);
    state.next_at = row.null(2) ? Instant::never() : Instant{row.integer(2)};
    state.state = row.text(3);
    return state;
}

ports::HistoryRow read_history(const Rows& row) {
    ports::HistoryRow history;
    history.position = row.integer(0) >> 16;
    history.n = static_cast<std::uint16_t>(row.integer(0) & 0xffff);
    history.subject = {bits(row.integer(1))};
    history.at = {row.integer(2)};
    history.kind = static_cast<std::uint8_t>(row.integer(3));
    history.record = row.text(4);
    return history;
}

std::vector<const ports::StateRow*> newest_of(std::span<const ports::StateRow> rows) {
    std::vector<const ports::StateRow*> all;
    all.reserve(rows.size());
    for (const ports::StateRow& row : rows | std::views::reverse) all.push_back(&row);
    std::ranges::stable_sort(all, {}, &ports::StateRow::subject);
    const auto older = std::ranges::unique(all, {}, &ports::StateRow::subject);
    all.erase(older.begin(), older.end());
    return all;
}

Status put_states(Database& db, std::span<const ports::StateRow> rows) {
    if (rows.empty()) return {};
    const std::vector<const ports::StateRow*> newest = newest_of(rows);
    Array lanes = Array::integers(), subjects = Array::integers(), lasts = Array::integers();
    Array due = Array::integers(), states = Array::blobs(), checks = Array::integers();
    Array scores = Array::integers(), updated = Array::integers(), lead_checks = Array::integers();
    for (const ports::StateRow* row : newest) {
        lanes.add(lane_of(row->subject).value);
        subjects.add(integer(row->subject.value));
        lasts.add(row->last);
        if (row->next_at == Instant::never()) {
            due.add_null();
        } else {
            due.add(row->next_at.us);
        }
        states.add(row->state);
        checks.add(check_of(*row));
        if (row->lead) {
            scores.add(row->lead->score_micros);
            updated.add(row->lead->updated_at.us);
            lead_checks.add(check_of(*row->lead));
        } else {
            for (Array* none : {&scores, &updated, &lead_checks}) none->add_null();
        }
    }
    return db.write(
        R"sql(
        INSERT INTO state (lane, subject, last, next_at, state, checksum, score_micros, updated_at, lead_check,
            place_due, place_score, place_updated)
        SELECT lane, subject, last, next_at, state, checksum, score_micros, updated_at, lead_check,
            next_at, score_micros, updated_at
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS new (lane, subject, last, next_at, state, checksum, score_micros, updated_at, lead_check)
        ON CONFLICT (lane, subject) DO UPDATE SET last = excluded.last, next_at = excluded.next_at,
            state = excluded.state, checksum = excluded.checksum,
            score_micros = coalesce(excluded.score_micros, state.score_micros),
            updated_at = coalesce(excluded.updated_at, state.updated_at),
            lead_check = coalesce(excluded.lead_check, state.lead_check),
            warm = CASE WHEN state.warm = 1 OR (excluded.updated_at IS NOT NULL AND excluded.last - state.last BETWEEN 1 AND $10)
                THEN 1 END,
            place_due = CASE WHEN state.warm = 1
                    OR (excluded.updated_at IS NOT NULL AND excluded.last - state.last BETWEEN 1 AND $10)
                THEN NULL ELSE excluded.next_at END,
            place_score = CASE WHEN state.warm = 1
                    OR (excluded.updated_at IS NOT NULL AND excluded.last - state.last BETWEEN 1 AND $10)
                THEN NULL ELSE coalesce(excluded.score_micros, state.score_micros) END,
            place_updated = CASE WHEN state.warm = 1
                    OR (excluded.updated_at IS NOT NULL AND excluded.last - state.last BETWEEN 1 AND $10)
                THEN NULL ELSE coalesce(excluded.updated_at, state.updated_at) END)sql",
        Parameters(lanes, subjects, lasts, due, states, checks, scores, updated, lead_checks, warm_records));
}

namespace {

/// Rows by id, the last of each; `conflict` when two are of different subjects.
Result<std::map<std::int64_t, const ports::HistoryRow*>> by_id(std::span<const ports::HistoryRow> rows) {
    std::map<std::int64_t, const ports::HistoryRow*> found;
    for (const ports::HistoryRow& row : rows) {
        const ports::HistoryRow*& known = found[history_id(row.position, row.n)];
        if (known != nullptr && known->subject != row.subject)
            return fail("conflict", "history " + std::to_string(row.position) + "/" + std::to_string(row.n) +
                                        " is of two subjects");
        known = &row;
    }
    return found;
}

}  // namespace

namespace {

using ById = std::map<std::int64_t, const ports::HistoryRow*>;

/// Rows of records that nothing was derived from yet: none can be there.
Status copy_history(Database& db, const ById& fresh) {
    CopyRows rows(7);
    for (const auto& [id, row] : fresh) {
        rows.begin_row();
        rows.add(lane_of(row->subject).value).add(id).add(integer(row->subject.value)).add(row->at.us);
        rows.add(row->kind).add(row->record).add(check_of(*row));
    }
    return db.copy("COPY history (lane, id, subject, at, kind, record, checksum) FROM STDIN (FORMAT binary)",
                   rows.take());
}

Status upsert_history(Database& db, const ById& rows) {
    Array lanes = Array::integers(), ids = Array::integers(), subjects = Array::integers(), times = Array::integers();
    Array kinds = Array::integers(), records = Array::blobs(), checks = Array::integers();
    for (const auto& [id, row] : rows) {
        lanes.add(lane_of(row->subject).value);
        ids.add(id);
        subjects.add(integer(row->subject.value));
        times.add(row->at.us);
        kinds.add(row->kind);
        records.add(row->record);
        checks.add(check_of(*row));
    }
    const Result<Rows> done = db.run(R"sql(
        INSERT INTO history (lane, id, subject, at, kind, record, checksum)
        SELECT lane, id, subject, at, kind, record, checksum
        FROM unnest($1, $2, $3, $4, $5, $6, $7) AS new (lane, id, subject, at, kind, record, checksum)
        ON CONFLICT (lane, id) DO UPDATE SET at = excluded.at, kind = excluded.kind, record = excluded.record,
            checksum = excluded.checksum WHERE history.subject = excluded.subject)sql",
                                     Parameters(lanes, ids, subjects, times, kinds, records, checks));
    if (!done) return std::unexpected(done.error());
    if (done->touched() == static_cast<std::int64_t>(rows.size())) return {};
    return fail("conflict", "history of a record is there already, of another subject than the one to be written");
}

}  // namespace

Status put_history(Database& db, const ports::Derived& batch, ports::Position derived_up_to) {
    auto known = by_id(batch.history);
    if (!known) return std::unexpected(known.error());
    const ports::Position up_to = std::max(batch.up_to, derived_up_to);
    const auto from = known->lower_bound(history_id(derived_up_to + 1, 0));
    const auto to = known->lower_bound(history_id(up_to + 1, 0));
    const ById fresh(from, to);
    known->erase(from, to);
    if (!known->empty())
        if (Status status = upsert_history(db, *known); !status) return status;
    return fresh.empty() ? Status() : copy_history(db, fresh);
}

namespace {

/// Adds what stands there of the counters not known yet; those that do not exist stand at 0.
Status learn_counters(Database& db, const std::vector<std::string_view>& wanted, KnownCounters& known) {
    if (wanted.empty()) return {};
    Array keys = Array::texts();
    for (const std::string_view key : wanted) keys.add(key);
    Result<Rows> rows = db.run("SELECT key, value FROM counter WHERE key = ANY ($1)", Parameters(keys));
    if (!rows) return std::unexpected(rows.error());
    for (const std::string_view key : wanted) known.emplace(key, 0);
    while (rows->row()) known[rows->text(0)] = rows->integer(1);
    return {};
}

}  // namespace

Status add_to_counters(Database& db, std::span<const ports::CounterDelta> deltas, KnownCounters& known) {
    std::map<std::string_view, std::int64_t> sums;
    for (const ports::CounterDelta& delta : deltas) sums[delta.key] += delta.delta;
    if (sums.empty()) return {};
    constexpr std::size_t most = 50'000;
    if (known.size() > most) known.clear();
    std::vector<std::string_view> unknown;
    for (const auto& [key, delta] : sums)
        if (!known.contains(key)) unknown.push_back(key);
    if (Status status = learn_counters(db, unknown, known); !status) return status;
    Array keys = Array::texts(), values = Array::integers(), checks = Array::integers();
    for (const auto& [key, delta] : sums) {
        const std::int64_t value = known[std::string(key)] += delta;
        keys.add(key);
        values.add(value);
        checks.add(check_of_counter(key, value));
    }
    return db.write(R"sql(
        INSERT INTO counter (key, value, checksum)
        SELECT key, value, checksum FROM unnest($1, $2, $3) AS new (key, value, checksum)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, checksum = excluded.checksum)sql",
                    Parameters(keys, values, checks));
}

Status clear_derived(Database& db) {
    for (const char* sql :
         {"DELETE FROM state -- scan: all are made anew\n", "DELETE FROM lead -- scan: all\n",
          "DELETE FROM lead_text -- scan: all\n", "DELETE FROM history -- scan: all\n", "DELETE FROM counter"}) {
        if (Status status = outcome(db.run(sql)); !status) return status;
    }
    return {};
}

Result<std::optional<ports::StateRow>> state_of(Database& db, SubjectId subject) {
    Result<Rows> rows = db.run("SELECT subject, last, next_at, state FROM state WHERE lane = $1 AND subject = $2",
                               Parameters(lane_of(subject).value, integer(subject.value)));
    if (!rows) return std::unexpected(rows.error());
    std::optional<ports::StateRow> found;
    if (rows->row()) found = read_state(*rows);
    return found;
}

Result<std::vector<ports::StateRow>> states_of(Database& db, std::span<const SubjectId> subjects) {
    std::vector<ports::StateRow> found;
    if (subjects.empty()) return found;
    Array lanes = Array::integers(), wanted = Array::integers();
    for (const SubjectId subject : subjects) {
        lanes.add(lane_of(subject).value);
        wanted.add(integer(subject.value));
    }
    Result<Rows> rows = db.run(R"sql(
        SELECT s.subject, s.last, s.next_at, s.state
        FROM unnest($1, $2) WITH ORDINALITY AS k (lane, subject, at)
            JOIN state AS s ON s.lane = k.lane AND s.subject = k.subject
        ORDER BY k.at)sql",
                               Parameters(lanes, wanted));
    if (!rows) return std::unexpected(rows.error());
    while (rows->row()) found.push_back(read_state(*rows));
    return found;
}

Status scan_states(Database& db, const std::function<bool(const ports::StateRow&)>& each) {
    return db.walk("SELECT subject, last, next_at, state FROM state ORDER BY subject -- scan: all are wanted\n",
                   Parameters(), [&](const Rows& row) { return each(read_state(row)); });
}

Status scan_history(Database& db, const std::function<bool(const ports::HistoryRow&)>& each) {
    return db.walk("SELECT id, subject, at, kind, record FROM history ORDER BY id -- scan: all are wanted\n",
                   Parameters(), [&](const Rows& row) { return each(read_history(row)); });
}

Result<std::vector<ports::HistoryRow>> history_of(Database& db, SubjectId subject,
                                                  std::span<const ports::Position> caused_by) {
    std::vector<ports::HistoryRow> found;
    if (caused_by.empty()) return found;
    Array from = Array::integers(), to = Array::integers();
    for (const ports::Position position : caused_by) {
        from.add(history_id(position, 0));
        to.add(history_id(position, UINT16_MAX));
    }
    Result<Rows> rows = db.run(R"sql(
        SELECT h.id, h.subject, h.at, h.kind, h.record
        FROM unnest($1, $2) AS k (first, last)
            JOIN history AS h ON h.lane = $3 AND h.id BETWEEN k.first AND k.last
        WHERE h.subject = $4
        ORDER BY h.id)sql",
                               Parameters(from, to, lane_of(subject).value, integer(subject.value)));
    if (!rows) return std::unexpected(rows.error());
    while (rows->row()) found.push_back(read_history(*rows));
    return found;
}

Result<std::vector<ports::HistoryRow>> latest_history(Database& db, std::size_t limit,
                                                      std::span<const std::uint8_t> kinds) {
    Array wanted = Array::integers();
    for (const std::uint8_t kind : kinds) wanted.add(kind);
    Result<Rows> rows = db.run(R"sql(
        SELECT id, subject, at, kind, record FROM history WHERE $1::bigint = 0 OR kind = ANY ($2)
        ORDER BY id DESC LIMIT $3 -- scan: the newest of all lanes
        )sql",
                               Parameters(std::int64_t{kinds.empty() ? 0 : 1}, wanted, row_limit(limit)));
    if (!rows) return std::unexpected(rows.error());
    std::vector<ports::HistoryRow> found;
    while (rows->row()) found.push_back(read_history(*rows));
    return found;
}

Result<std::vector<std::pair<std::string, std::int64_t>>> counters(Database& db) {
    Result<Rows> rows = db.run("SELECT key, value FROM counter ORDER BY key");
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::pair<std::string, std::int64_t>> found;
    while (rows->row()) found.emplace_back(rows->text(0), rows->integer(1));
    return found;
}

Result<std::vector<std::pair<Instant, SubjectId>>> due(Database& db, Instant until, std::size_t limit) {
    Result<Rows> rows = db.run(R"sql(
        SELECT at, subject FROM (
            (SELECT place_due AS at, subject FROM state WHERE place_due <= $1 ORDER BY place_due, subject LIMIT $2)
            UNION ALL
            (SELECT next_at AS at, subject FROM state WHERE warm = 1 AND next_at <= $1 ORDER BY next_at, subject LIMIT $2))
            AS both_kinds
        ORDER BY at, subject LIMIT $2 -- scan: the earliest of all lanes
        )sql",
                               Parameters(until.us, row_limit(limit)));
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::pair<Instant, SubjectId>> found;
    while (rows->row()) found.emplace_back(Instant{rows->integer(0)}, SubjectId{bits(rows->integer(1))});
    return found;
}

Result<std::optional<Instant>> next_due(Database& db) {
    Result<Rows> rows = db.run(R"sql(
        SELECT least((SELECT place_due FROM state WHERE place_due IS NOT NULL ORDER BY place_due LIMIT 1),
            (SELECT min(next_at) FROM state WHERE warm = 1)) -- scan: the earliest of all lanes
        )sql");
    if (!rows) return std::unexpected(rows.error());
    std::optional<Instant> found;
    if (rows->row() && !rows->null(0)) found = Instant{rows->integer(0)};
    return found;
}

}  // namespace baton::storage::postgres
