// The floor that the store is measured against: raw INSERTs of the same rows by SQLite itself.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "ports/store.h"

namespace baton::bench {

/// The floor: one table, one prepared INSERT, one COMMIT a batch.
class Raw {
   public:
    explicit Raw(const std::string& path) {
        sqlite3_open(path.c_str(), &db_);
        run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=32000");
        run("CREATE TABLE j(p INTEGER PRIMARY KEY, l INTEGER, s INTEGER, u INTEGER, v INTEGER, r INTEGER, b BLOB, c "
            "INTEGER)");
        sqlite3_prepare_v2(db_, "INSERT INTO j VALUES(?,?,?,?,?,?,?,?)", -1, &insert_, nullptr);
    }
    ~Raw() {
        sqlite3_finalize(insert_);
        sqlite3_close(db_);
    }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;

    void append(const std::vector<ports::Record>& rows) {
        run("BEGIN IMMEDIATE");
        for (const ports::Record& row : rows) insert(row);
        run("COMMIT");
    }

   private:
    void run(const char* sql) { BATON_CHECK(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK); }
    void insert(const ports::Record& row) {
        sqlite3_bind_int64(insert_, 1, ++position_);
        sqlite3_bind_int64(insert_, 2, row.lane.value);
        sqlite3_bind_int64(insert_, 3, static_cast<std::int64_t>(row.seq.value));
        sqlite3_bind_int64(insert_, 4, static_cast<std::int64_t>(row.subject.value));
        sqlite3_bind_int64(insert_, 5, row.previous);
        sqlite3_bind_int64(insert_, 6, row.recorded_at.us);
        sqlite3_bind_blob(insert_, 7, row.payload.data(), static_cast<int>(row.payload.size()), SQLITE_STATIC);
        sqlite3_bind_int64(insert_, 8, 0x123456789abcdef);
        BATON_CHECK(sqlite3_step(insert_) == SQLITE_DONE);
        sqlite3_reset(insert_);
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    std::int64_t position_ = 0;
};

}  // namespace baton::bench
