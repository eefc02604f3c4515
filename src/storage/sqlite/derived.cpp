#include "storage/sqlite/derived.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "storage/sqlite/in_order.h"
#include "storage/sqlite/lead_index.h"
#include "storage/sqlite/rows.h"

namespace baton::storage::sqlite {
namespace {

std::int64_t row_limit(std::size_t limit) {
    return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max()));
}

template <class Row, class Read>
Result<std::vector<Row>> rows_of(Query& query, Read read) {
    std::vector<Row> rows;
    while (query.row()) rows.push_back(read(query));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return rows;
}

}  // namespace

ports::StateRow read_state(const Query& query) {
    ports::StateRow row;
    row.subject = {bits(query.integer(0))};
    row.last = query.integer(1);
    row.next_at = query.null(2) ? Instant::never() : Instant{query.integer(2)};
    row.state = query.text(3);
    return row;
}

ports::HistoryRow read_history(const Query& query) {
    ports::HistoryRow row;
    row.position = query.integer(0) >> 16;
    row.n = static_cast<std::uint16_t>(query.integer(0) & 0xffff);
    row.subject = {bits(query.integer(1))};
    row.at = {query.integer(2)};
    row.kind = static_cast<std::uint8_t>(query.integer(3));
    row.record = query.text(4);
    return row;
}

namespace {

Status put_account(Database& db, const ports::StateRow& row) {
    Query query = db.query(R"sql(
        INSERT INTO account_state (subject, last, state, checksum) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (subject) DO UPDATE SET last = excluded.last, state = excluded.state, checksum = excluded.checksum)sql");
    query.bind(integer(row.subject.value), row.last, Blob{row.state}, check_of(row));
    return query.run();
}

}  // namespace

Status put_states(Database& db, std::span<const ports::StateRow> rows) {
    Query query = db.query(R"sql(
        INSERT INTO state (subject, last, next_at, state, checksum) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (subject) DO UPDATE SET last = excluded.last, next_at = excluded.next_at, state = excluded.state,
            checksum = excluded.checksum)sql");
    for (const ports::StateRow& row : rows) {
        if (row.of_account) {
            if (Status status = put_account(db, row); !status) return status;
            continue;
        }
        query.bind(integer(row.subject.value), row.last, row.next_at.us, Blob{row.state}, check_of(row));
        if (row.next_at == Instant::never()) query.bind_null(3);
        if (Status status = query.run(); !status) return status;
    }
    return {};
}

Status put_history(Database& db, std::span<const ports::HistoryRow> rows) {
    Query query = db.query(R"sql(
        INSERT INTO history (id, subject, at, kind, record, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (id) DO UPDATE SET at = excluded.at, kind = excluded.kind, record = excluded.record,
            checksum = excluded.checksum WHERE subject = excluded.subject)sql");
    for (const ports::HistoryRow& row : rows) {
        query.bind(history_id(row.position, row.n), integer(row.subject.value), row.at.us, row.kind, Blob{row.record},
                   check_of(row));
        if (Status status = query.run(); !status) return status;
        if (db.touched() == 0) {
            return fail("conflict", "history " + std::to_string(row.position) + "/" + std::to_string(row.n) +
                                        " is of another subject than " + std::to_string(row.subject.value));
        }
    }
    return {};
}

namespace {

Status add_to_counter(Database& db, const ports::CounterDelta& delta) {
    Query get = db.query("SELECT value FROM counter WHERE key = ?1");
    get.bind(delta.key);
    const std::int64_t value = (get.row() ? get.integer(0) : 0) + delta.delta;
    if (Status status = get.status(); !status) return status;
    Query put = db.query(R"sql(
        INSERT INTO counter (key, value, checksum) VALUES (?1, ?2, ?3)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, checksum = excluded.checksum)sql");
    put.bind(delta.key, value, check_of_counter(delta.key, value));
    return put.run();
}

}  // namespace

Status add_to_counters(Database& db, std::span<const ports::CounterDelta> deltas) {
    for (const ports::CounterDelta& delta : deltas) {
        if (Status status = add_to_counter(db, delta); !status) return status;
    }
    return {};
}

Status clear_derived(Database& db) {
    for (const char* sql : {"DELETE FROM state", "DELETE FROM account_state", "DELETE FROM lead", "DELETE FROM history",
                            "DELETE FROM counter"}) {
        if (Status status = db.query(sql).run(); !status) return status;
    }
    return clear_lead_index(db);
}

namespace {

constexpr const char* account_state_of = "SELECT subject, last, NULL, state FROM account_state WHERE subject = ?1";
constexpr const char* person_state_of = "SELECT subject, last, next_at, state FROM state WHERE subject = ?1";

}  // namespace

Result<std::optional<ports::StateRow>> state_of(Database& db, SubjectId subject) {
    std::optional<ports::StateRow> found;
    for (const char* sql : {account_state_of, person_state_of}) {
        Query query = db.query(sql);
        query.bind(integer(subject.value));
        if (query.row()) found = read_state(query);
        if (Status status = query.status(); !status) return std::unexpected(status.error());
        if (!found) continue;
        found->of_account = sql == account_state_of;
        break;
    }
    return found;
}

Result<std::vector<ports::StateRow>> states_of(Database& db, std::span<const SubjectId> subjects) {
    const Look look(db);
    std::vector<std::optional<ports::StateRow>> rows(subjects.size());
    for (const auto& [subject, index] : in_order(subjects, std::identity())) {
        Result<std::optional<ports::StateRow>> row = state_of(db, subject);
        if (!row) return std::unexpected(row.error());
        rows[index] = std::move(*row);
    }
    std::vector<ports::StateRow> found;
    found.reserve(rows.size());
    for (std::optional<ports::StateRow>& row : rows)
        if (row) found.push_back(std::move(*row));
    return found;
}

Status scan_states(Database& db, const std::function<bool(const ports::StateRow&)>& each) {
    Walk walk(db, R"sql(
        SELECT subject, last, next_at, state, 0 FROM state
        UNION ALL SELECT subject, last, NULL, state, 1 FROM account_state ORDER BY subject)sql");
    while (walk.query().row()) {
        ports::StateRow row = read_state(walk.query());
        row.of_account = walk.query().integer(4) != 0;
        if (!each(row)) return {};
    }
    return walk.query().status();
}

Status scan_history(Database& db, const std::function<bool(const ports::HistoryRow&)>& each) {
    Walk walk(db, "SELECT id, subject, at, kind, record FROM history ORDER BY id");
    while (walk.query().row()) {
        if (!each(read_history(walk.query()))) return {};
    }
    return walk.query().status();
}

Result<std::vector<ports::HistoryRow>> history_of(Database& db, SubjectId subject,
                                                  std::span<const ports::Position> caused_by) {
    const Look look(db);
    Query query = db.query(R"sql(
        SELECT id, subject, at, kind, record FROM history WHERE id BETWEEN ?1 AND ?2 AND subject = ?3 ORDER BY id)sql");
    std::vector<ports::HistoryRow> found;
    for (const ports::Position position : caused_by) {
        query.bind(history_id(position, 0), history_id(position, UINT16_MAX), integer(subject.value));
        while (query.row()) found.push_back(read_history(query));
        if (Status status = query.status(); !status) return std::unexpected(status.error());
        query.reset();
    }
    return found;
}

Result<std::vector<ports::HistoryRow>> latest_history(Database& db, std::size_t limit,
                                                      std::span<const std::uint8_t> kinds) {
    Query query = db.query("SELECT id, subject, at, kind, record FROM history ORDER BY id DESC");
    std::vector<ports::HistoryRow> found;
    while (found.size() < limit && query.row())
        if (kinds.empty() || std::ranges::count(kinds, query.integer(3)) != 0) found.push_back(read_history(query));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

Result<std::vector<std::pair<std::string, std::int64_t>>> counters(Database& db) {
    Query query = db.query("SELECT key, value FROM counter ORDER BY key");
    return rows_of<std::pair<std::string, std::int64_t>>(
        query, [](Query& row) { return std::pair(row.text(0), row.integer(1)); });
}

Result<std::vector<std::pair<Instant, SubjectId>>> due(Database& db, Instant until, std::size_t limit) {
    Query query = db.query("SELECT next_at, subject FROM state WHERE next_at <= ?1 ORDER BY next_at, subject LIMIT ?2");
    query.bind(until.us, row_limit(limit));
    return rows_of<std::pair<Instant, SubjectId>>(
        query, [](Query& row) { return std::pair(Instant{row.integer(0)}, SubjectId{bits(row.integer(1))}); });
}

Result<std::optional<Instant>> next_due(Database& db) {
    Query query = db.query("SELECT next_at FROM state WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1");
    std::optional<Instant> found;
    if (query.row()) found = Instant{query.integer(0)};
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

}  // namespace baton::storage::sqlite
