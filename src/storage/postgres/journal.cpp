#include "storage/postgres/journal.h"

#include <algorithm>

#include "storage/rows.h"

namespace baton::storage::postgres {

ports::Record read_record(const Rows& row) {
    ports::Record record;
    record.lane = {static_cast<std::uint16_t>(row.integer(0))};
    record.seq = {bits(row.integer(1))};
    record.subject = {bits(row.integer(2))};
    record.previous = row.integer(3);
    record.recorded_at = {row.integer(4)};
    record.payload = row.text(5);
    record.position = row.integer(6);
    return record;
}

ports::LaneHead read_head(const Rows& row, int first) {
    ports::LaneHead head;
    head.lane = {static_cast<std::uint16_t>(row.integer(first))};
    head.seq = {bits(row.integer(first + 1))};
    const std::string_view digest = row.bytes(first + 2);
    std::copy_n(digest.begin(), std::min(digest.size(), head.digest.size()), head.digest.begin());
    head.subjects = bits(row.integer(first + 3));
    return head;
}

ports::Message read_message(const Rows& row) {
    return {{static_cast<std::int32_t>(row.integer(0)),
             {static_cast<std::uint16_t>(row.integer(1))},
             static_cast<std::uint16_t>(row.integer(2)),
             bits(row.integer(3))},
            row.integer(4)};
}

Status append_records(Database& db, std::span<const ports::Record> records) {
    CopyRows rows(8);
    for (const ports::Record& row : records) {
        rows.begin_row();
        rows.add(row.lane.value).add(integer(row.seq.value)).add(row.position).add(integer(row.subject.value));
        rows.add(row.previous).add(row.recorded_at.us).add(row.payload).add(check_of(row, nullptr));
    }
    return db.copy(R"sql(
        COPY journal (lane, seq, position, subject, previous, recorded_at, payload, checksum)
        FROM STDIN (FORMAT binary))sql",
                   rows.take());
}

Status redact_records(Database& db, std::span<const ports::Redaction> redactions) {
    if (redactions.empty()) return {};
    Array lanes = Array::integers(), seqs = Array::integers(), payloads = Array::blobs(), checks = Array::integers();
    for (const ports::Redaction& row : redactions) {
        lanes.add(row.record.lane.value);
        seqs.add(integer(row.record.seq.value));
        payloads.add(row.record.payload);
        checks.add(check_of(row.record, nullptr));
    }
    return db.write(R"sql(
        UPDATE journal SET payload = left_of_it.payload, checksum = left_of_it.checksum
        FROM unnest($1, $2, $3, $4) AS left_of_it (lane, seq, payload, checksum)
        WHERE journal.lane = left_of_it.lane AND journal.seq = left_of_it.seq)sql",
                    Parameters(lanes, seqs, payloads, checks));
}

Status scan(Database& db, ports::Position after, const std::function<bool(const ports::Record&)>& each) {
    return db.walk(R"sql(
        SELECT lane, seq, subject, previous, recorded_at, payload, position FROM journal
        WHERE position > $1 ORDER BY position -- scan: replay reads all lanes in arrival order
        )sql",
                   Parameters(after), [&](const Rows& row) { return each(read_record(row)); });
}

Status touched_since(Database& db, ports::Position known, std::vector<SubjectId>& touched, Instant& newest) {
    Result<Rows> rows = db.run(R"sql(
        SELECT subject, recorded_at FROM journal WHERE position > $1
        ORDER BY position -- scan: what other processes wrote since, in all lanes
        )sql",
                               Parameters(known));
    if (!rows) return std::unexpected(rows.error());
    while (rows->row()) {
        touched.push_back({bits(rows->integer(0))});
        newest = {rows->integer(1)};
    }
    std::ranges::sort(touched);
    const auto twice = std::ranges::unique(touched);
    touched.erase(twice.begin(), twice.end());
    return {};
}

Result<std::vector<std::int64_t>> checksums_between(Database& db, ports::Position first, ports::Position last) {
    Result<Rows> rows = db.run(R"sql(
        SELECT checksum FROM journal WHERE position BETWEEN $1 AND $2
        ORDER BY position -- scan: one batch, of all its lanes
        )sql",
                               Parameters(first, last));
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::int64_t> found;
    while (rows->row()) found.push_back(rows->integer(0));
    return found;
}

Result<std::optional<ports::Record>> record(Database& db, Lane lane, ports::Position position) {
    Result<Rows> rows = db.run(R"sql(
        SELECT lane, seq, subject, previous, recorded_at, payload, position FROM journal
        WHERE position = $1 AND lane = $2)sql",
                               Parameters(position, lane.value));
    if (!rows) return std::unexpected(rows.error());
    std::optional<ports::Record> found;
    if (rows->row()) found = read_record(*rows);
    return found;
}

Result<std::vector<ports::Record>> records_of(Database& db, SubjectId subject, ports::Position last) {
    // One walk in the server: a round trip for every link would cost a screen of a long story its patience. A link that
    // leads elsewhere ends the walk, and is noticed by what is missing.
    Result<Rows> rows = db.run(R"sql(
        WITH RECURSIVE linked (lane, seq, subject, previous, recorded_at, payload, position) AS (
            SELECT lane, seq, subject, previous, recorded_at, payload, position FROM journal
            WHERE position = $1 AND lane = $2 AND subject = $3
            UNION ALL
            SELECT j.lane, j.seq, j.subject, j.previous, j.recorded_at, j.payload, j.position
            FROM linked JOIN journal AS j ON j.position = linked.previous
            WHERE j.lane = $2 AND j.subject = $3 AND j.position < linked.position)
        SELECT lane, seq, subject, previous, recorded_at, payload, position FROM linked ORDER BY position)sql",
                               Parameters(last, lane_of(subject).value, integer(subject.value)));
    if (!rows) return std::unexpected(rows.error());
    std::vector<ports::Record> found;
    while (rows->row()) found.push_back(read_record(*rows));
    const ports::Position missing = found.empty() ? last : found.front().previous;
    if (missing == ports::no_position) return found;
    return fail("corrupt", db.name() + ": record " + std::to_string(missing) + " is not one of subject " +
                               std::to_string(subject.value) + "; run `baton verify`");
}

Result<std::vector<ports::LaneHead>> heads(Database& db) {
    Result<Rows> rows = db.run(R"sql(
        SELECT lane, seq, digest, subjects FROM lane_head ORDER BY lane -- scan: one row a lane
        )sql");
    if (!rows) return std::unexpected(rows.error());
    std::vector<ports::LaneHead> found;
    while (rows->row()) found.push_back(read_head(*rows, 0));
    return found;
}

Status put_heads(Database& db, std::span<const ports::LaneHead> heads) {
    Array lanes = Array::integers(), seqs = Array::integers(), digests = Array::blobs();
    Array subjects = Array::integers(), checks = Array::integers();
    for (const ports::LaneHead& head : heads) {
        lanes.add(head.lane.value);
        seqs.add(integer(head.seq.value));
        digests.add(view(head.digest));
        subjects.add(integer(head.subjects));
        checks.add(check_of(head));
    }
    return db.write(R"sql(
        INSERT INTO lane_head (lane, seq, digest, subjects, checksum)
        SELECT lane, seq, digest, subjects, checksum
        FROM unnest($1, $2, $3, $4, $5) AS new (lane, seq, digest, subjects, checksum)
        ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq, digest = excluded.digest, subjects = excluded.subjects,
            checksum = excluded.checksum)sql",
                    Parameters(lanes, seqs, digests, subjects, checks));
}

Result<std::int64_t> put_messages(Database& db, std::span<const ports::Message> messages) {
    std::int64_t sum = 0;
    if (messages.empty()) return sum;
    CopyRows rows(5);
    for (const ports::Message& row : messages) {
        rows.begin_row();
        rows.add(row.key.day).add(row.key.lane.value).add(row.key.source).add(integer(row.key.hash)).add(row.position);
        sum = wrapping_sum(sum, check_of(row));
    }
    const Status done =
        db.copy("COPY message (day, lane, source, hash, position) FROM STDIN (FORMAT binary)", rows.take());
    if (!done) return std::unexpected(done.error());
    return sum;
}

Result<std::vector<ports::Position>> positions_of(Database& db, std::span<const ports::MessageKey> keys) {
    std::vector<ports::Position> found(keys.size(), ports::no_position);
    if (keys.empty()) return found;
    Array days = Array::integers(), lanes = Array::integers(), sources = Array::integers(), hashes = Array::integers();
    for (const ports::MessageKey& key : keys) {
        days.add(key.day);
        lanes.add(key.lane.value);
        sources.add(key.source);
        hashes.add(integer(key.hash));
    }
    Result<Rows> rows = db.run(R"sql(
        SELECT k.at, m.position
        FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS k (day, lane, source, hash, at)
            JOIN message AS m ON m.day = k.day AND m.lane = k.lane AND m.source = k.source AND m.hash = k.hash)sql",
                               Parameters(days, lanes, sources, hashes));
    if (!rows) return std::unexpected(rows.error());
    while (rows->row()) found.at(static_cast<std::size_t>(rows->integer(0) - 1)) = rows->integer(1);
    return found;
}

Status put_sources(Database& db, std::span<const std::string> names, std::size_t known) {
    if (known == names.size()) return {};
    Array numbers = Array::integers(), texts = Array::texts(), checks = Array::integers();
    for (std::size_t at = known; at < names.size(); ++at) {
        const auto number = static_cast<std::int64_t>(at);
        numbers.add(number);
        texts.add(names[at]);
        checks.add(check_of_source(number, names[at]));
    }
    return db.write(R"sql(
        INSERT INTO source (number, name, checksum)
        SELECT number, name, checksum FROM unnest($1, $2, $3) AS new (number, name, checksum))sql",
                    Parameters(numbers, texts, checks));
}

Result<std::vector<std::string>> sources(Database& db) {
    Result<Rows> rows = db.run("SELECT name FROM source ORDER BY number");
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> found;
    while (rows->row()) found.push_back(rows->text(0));
    return found;
}

}  // namespace baton::storage::postgres
