// The floor that the store on PostgreSQL is measured against: one lane's row locked, journal rows by COPY, states upserted by
// unnest, a commit. No checks, no other rows, tables with no other index than their key.
#pragma once

#include <string>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::bench {

class RawPostgres {
   public:
    explicit RawPostgres(const std::string& url) {
        auto db = storage::postgres::Database::open(url);
        BATON_CHECK(db.has_value());
        db_ = std::move(*db);
        run("CREATE SCHEMA raw");
        run("CREATE TABLE raw.lane (lane BIGINT PRIMARY KEY, seq BIGINT NOT NULL) WITH (fillfactor = 10)");
        run("INSERT INTO raw.lane VALUES (0, 0)");
        run("CREATE TABLE raw.journal (lane BIGINT, seq BIGINT, position BIGINT, subject BIGINT, previous BIGINT, "
            "recorded_at BIGINT, payload BYTEA, checksum BIGINT, PRIMARY KEY (lane, seq))");
        run("CREATE TABLE raw.state (lane BIGINT, subject BIGINT, last BIGINT, next_at BIGINT, state BYTEA, checksum "
            "BIGINT, "
            "PRIMARY KEY (lane, subject)) WITH (fillfactor = 70)");
    }

    void write(const std::vector<ports::Record>& records, const std::vector<ports::StateRow>& states) {
        using namespace storage::postgres;
        Transaction transaction(*db_);
        BATON_CHECK(transaction.begin_writing());
        BATON_CHECK(db_->run("SELECT seq FROM raw.lane WHERE lane = 0 FOR UPDATE"));
        CopyRows rows(8);
        for (const ports::Record& row : records) {
            rows.begin_row();
            rows.add(row.lane.value).add(number(row.seq.value)).add(row.position).add(number(row.subject.value));
            rows.add(row.previous).add(row.recorded_at.us).add(row.payload).add(std::int64_t{0x123456789abcdef});
        }
        BATON_CHECK(db_->copy("COPY raw.journal FROM STDIN (FORMAT binary)", rows.take()));
        put(states);
        BATON_CHECK(db_->run("UPDATE raw.lane SET seq = seq + 1 WHERE lane = 0"));
        BATON_CHECK(transaction.commit());
    }

   private:
    static std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }
    void run(const char* sql) { BATON_CHECK(db_->run(sql)); }
    void put(const std::vector<ports::StateRow>& states) {
        using namespace storage::postgres;
        Array lanes = Array::integers(), subjects = Array::integers(), lasts = Array::integers();
        Array due = Array::integers(), bytes = Array::blobs(), checks = Array::integers();
        for (const ports::StateRow& row : states) {
            lanes.add(lane_of(row.subject).value);
            subjects.add(number(row.subject.value));
            lasts.add(row.last);
            due.add(row.next_at.us);
            bytes.add(row.state);
            checks.add(std::int64_t{0x123456789abcdef});
        }
        BATON_CHECK(db_->run(R"sql(
            INSERT INTO raw.state SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
            ON CONFLICT (lane, subject) DO UPDATE SET last = excluded.last, next_at = excluded.next_at,
                state = excluded.state, checksum = excluded.checksum)sql",
                             Parameters(lanes, subjects, lasts, due, bytes, checks)));
    }

    std::unique_ptr<storage::postgres::Database> db_;
};

}  // namespace baton::bench
