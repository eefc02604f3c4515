#include "storage/sqlite/journal.h"

#include <algorithm>

namespace baton::storage::sqlite {
namespace {

template <class Array>
void copy_bytes(std::string_view from, Array& to) {
    std::copy_n(from.begin(), std::min(from.size(), to.size()), to.begin());
}

}  // namespace

void read_record(const Query& query, ports::Record& record) {
    record.lane = {static_cast<std::uint16_t>(query.integer(0))};
    record.seq = {bits(query.integer(1))};
    record.subject = {bits(query.integer(2))};
    record.previous = query.integer(3);
    record.recorded_at = {query.integer(4)};
    record.payload.assign(query.bytes(5));
    record.position = query.integer(6);
}

ports::LaneHead read_head(const Query& query, int first) {
    ports::LaneHead head;
    head.lane = {static_cast<std::uint16_t>(query.integer(first))};
    head.seq = {bits(query.integer(first + 1))};
    copy_bytes(query.bytes(first + 2), head.digest);
    head.subjects = bits(query.integer(first + 3));
    return head;
}

std::optional<ports::MessageKey> read_message(const Query& query, Lane lane, int first) {
    if (query.null(first + 2)) return std::nullopt;
    return ports::MessageKey{static_cast<std::int32_t>(query.integer(first)), lane,
                             static_cast<std::uint16_t>(query.integer(first + 1)), bits(query.integer(first + 2))};
}

Status append_records(Database& db, std::span<const ports::Record> records, std::span<const ports::Message> messages) {
    Query query = db.query(R"sql(
        INSERT INTO journal (position, lane, seq, subject, previous, recorded_at, payload, checksum, message_day, message_source,
            message_hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql");
    std::vector<const ports::MessageKey*> keys(records.size(), nullptr);
    for (const ports::Message& row : messages)
        keys[static_cast<std::size_t>(row.position - records.front().position)] = &row.key;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const ports::Record& row = records[i];
        const ports::MessageKey* key = keys[i];
        query.bind(row.position, row.lane.value, integer(row.seq.value), integer(row.subject.value), row.previous,
                   row.recorded_at.us, Blob{row.payload}, check_of(row, key), key == nullptr ? 0 : key->day,
                   key == nullptr ? 0 : key->source, key == nullptr ? 0 : integer(key->hash));
        if (key == nullptr)
            for (int column = 9; column <= 11; ++column) query.bind_null(column);
        if (Status status = query.run(); !status) return status;
    }
    return {};
}

Status redact_records(Database& db, std::span<const ports::Redaction> redactions) {
    Query query = db.query("UPDATE journal SET payload = ?1, checksum = ?2 WHERE position = ?3 AND lane = ?4");
    for (const auto& [row, message] : redactions) {
        query.bind(Blob{row.payload}, check_of(row, message ? &*message : nullptr), row.position, row.lane.value);
        if (Status status = query.run(); !status) return status;
    }
    return {};
}

Status scan(Database& db, ports::Position after, const std::function<bool(const ports::Record&)>& each) {
    Walk walk(db, R"sql(
        SELECT lane, seq, subject, previous, recorded_at, payload, position FROM journal
        WHERE position > ?1 ORDER BY position -- scan: replay reads all lanes in arrival order)sql");
    Query& query = walk.query();
    query.bind(after);
    ports::Record record;
    while (query.row()) {
        read_record(query, record);
        if (!each(record)) return {};
    }
    return query.status();
}

Result<std::optional<ports::Record>> record(Database& db, Lane lane, ports::Position position) {
    Query query = db.query(R"sql(
        SELECT lane, seq, subject, previous, recorded_at, payload, position FROM journal
        WHERE position = ?1 AND lane = ?2)sql");
    query.bind(position, lane.value);
    std::optional<ports::Record> found;
    if (query.row()) read_record(query, found.emplace());
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

Result<std::vector<ports::Record>> records_of(Database& db, SubjectId subject, ports::Position last) {
    std::vector<ports::Record> found;
    for (ports::Position at = last; at != ports::no_position;) {
        Result<std::optional<ports::Record>> row = record(db, lane_of(subject), at);
        if (!row) return std::unexpected(row.error());
        // Links only lead back, so a damaged one cannot make this walk go round.
        if (!*row || (*row)->subject != subject || (*row)->previous >= at) {
            return fail("corrupt", db.path() + ": record " + std::to_string(at) + " is not one of subject " +
                                       std::to_string(subject.value) + "; run `baton verify`");
        }
        at = (*row)->previous;
        found.push_back(std::move(**row));
    }
    std::ranges::reverse(found);
    return found;
}

Status put_heads(Database& db, std::span<const ports::LaneHead> heads) {
    Query query = db.query(R"sql(
        INSERT INTO lane_head (lane, seq, digest, subjects, checksum) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq, digest = excluded.digest, subjects = excluded.subjects,
            checksum = excluded.checksum)sql");
    for (const ports::LaneHead& head : heads) {
        query.bind(head.lane.value, integer(head.seq.value), Blob{view(head.digest)}, integer(head.subjects),
                   check_of(head));
        if (Status status = query.run(); !status) return status;
    }
    return {};
}

Result<std::vector<ports::LaneHead>> heads(Database& db) {
    Query query = db.query(R"sql(
        SELECT lane, seq, digest, subjects FROM lane_head ORDER BY lane -- scan: one row a lane)sql");
    std::vector<ports::LaneHead> found;
    while (query.row()) found.push_back(read_head(query, 0));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

Status put_ledger(Database& db, const Ledger& ledger) {
    Query query = db.query(R"sql(
        INSERT INTO ledger (id, hash_key, commits, last_position, derived_up_to, identity_sum, indexed_up_to, checksum)
        VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (id) DO UPDATE SET commits = excluded.commits, last_position = excluded.last_position,
            derived_up_to = excluded.derived_up_to, identity_sum = excluded.identity_sum,
            indexed_up_to = excluded.indexed_up_to, checksum = excluded.checksum)sql");
    query.bind(Blob{view(ledger.hash_key)}, ledger.commits, ledger.last_position, ledger.derived_up_to,
               ledger.identity_sum, ledger.indexed_up_to, check_of(ledger));
    return query.run();
}

namespace {

constexpr const char* select_ledger = R"sql(
    SELECT hash_key, commits, last_position, derived_up_to, identity_sum, indexed_up_to, checksum FROM ledger)sql";

Ledger read_ledger(const Query& query) {
    Ledger ledger;
    copy_bytes(query.bytes(0), ledger.hash_key);
    ledger.commits = query.integer(1);
    ledger.last_position = query.integer(2);
    ledger.derived_up_to = query.integer(3);
    ledger.identity_sum = query.integer(4);
    ledger.indexed_up_to = query.integer(5);
    return ledger;
}

Status missing(const Query& query, const Database& db) {
    if (Status status = query.status(); !status) return status;
    return fail("corrupt", db.path() + ": the row of the store itself is missing; restore a backup");
}

}  // namespace

Result<Ledger> ledger(Database& db) {
    Query query = db.query(select_ledger);
    if (!query.row()) return std::unexpected(missing(query, db).error());
    return read_ledger(query);
}

Result<bool> ledger_is_whole(Database& db) {
    Query query = db.query(select_ledger);
    if (!query.row()) return std::unexpected(missing(query, db).error());
    return check_of(read_ledger(query)) == query.integer(6) && query.bytes(0).size() == HashKey{}.size();
}

Status put_source(Database& db, std::int64_t number, std::string_view name) {
    Query query = db.query("INSERT INTO source (number, name, checksum) VALUES (?1, ?2, ?3)");
    query.bind(number, name, check_of_source(number, name));
    return query.run();
}

Result<std::vector<std::string>> sources(Database& db) {
    Query query = db.query("SELECT name FROM source ORDER BY number");
    std::vector<std::string> found;
    while (query.row()) found.push_back(query.text(0));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

}  // namespace baton::storage::sqlite
