// One SQLite connection and its prepared statements. The only place that turns SQLite's codes into ours.
//
// Not for several threads: every thread has a Database of its own. Statements are prepared once a Database and kept by
// the address of their text, so the text must be a constant.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace baton::storage::sqlite {

/// Codes: disk_full, io_error, corrupt, locked, conflict, out_of_memory.
Error error_of(sqlite3* db, int code, std::string_view doing);

/// Bytes that are not text.
struct Blob {
    std::string_view bytes;
};

/// A running statement. Bound text and blobs are not copied: they must outlive the steps that read them.
class Query {
   public:
    Query(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query() { reset(); }

    /// Parameters 1, 2 … in order.
    template <class... Values>
    Query& bind(const Values&... values) {
        int at = 0;
        (bind_one(++at, values), ...);
        return *this;
    }

    void bind_null(int at) { note(sqlite3_bind_null(statement_, at)); }

    /// True when there is a row to read. False at the end and on failure: status() tells which.
    bool row();
    Status status() const;
    /// For statements without rows: to the end, ready for the next bind.
    Status run();
    void reset();

    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    bool null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    /// Valid until the next step.
    std::string_view bytes(int column) const;
    std::string text(int column) const { return std::string(bytes(column)); }

   private:
    void bind_one(int at, std::int64_t value) { note(sqlite3_bind_int64(statement_, at, value)); }
    void bind_one(int at, std::string_view value);
    void bind_one(int at, Blob blob);

    void note(int code) {
        if (code != SQLITE_OK) code_ = code;
    }

    sqlite3* db_;
    sqlite3_stmt* statement_;
    int code_ = SQLITE_OK;
};

class Database {
   public:
    /// `flags` as sqlite3_open_v2 takes them; `vfs` "" = the system's.
    static Result<std::unique_ptr<Database>> open(const std::string& path, int flags, const std::string& vfs);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// The kept statement; one use of it at a time.
    Query query(const char* sql);
    /// Statements without parameters and rows, separated by semicolons.
    Status execute(const char* sql);
    Result<std::int64_t> number(const char* sql);
    /// Rows the last INSERT, UPDATE or DELETE touched.
    int touched() const { return sqlite3_changes(handle_); }
    sqlite3* handle() const { return handle_; }
    const std::string& path() const { return path_; }

   private:
    Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
    sqlite3* handle_;
    std::string path_;
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

/// A statement of its own, for walks during which others run.
class Walk {
   public:
    Walk(Database& db, const char* sql);
    ~Walk() {
        query_.reset();
        sqlite3_finalize(statement_);
    }
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;
    Query& query() { return *query_; }

   private:
    sqlite3_stmt* statement_ = nullptr;
    std::unique_ptr<Query> query_;
};

/// Many look-ups on one view of the file: outside a transaction each would take and give back SQLite's locks, which costs
/// more than the look-up. Does nothing within a transaction; a failure to begin only costs that time.
class Look {
   public:
    explicit Look(Database& db) : db_(db), begun_(sqlite3_get_autocommit(db.handle()) != 0) {
        if (begun_) begun_ = db.execute("BEGIN").has_value();
    }
    ~Look() {
        if (begun_) static_cast<void>(db_.execute("COMMIT"));
    }
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;

   private:
    Database& db_;
    bool begun_;
};

/// Rolled back at the end of its scope unless committed. Immediate: takes the write lock at once.
class Transaction {
   public:
    explicit Transaction(Database& db) : db_(db) {}
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    Status begin();
    /// An error that leaves open whether the commit happened is `commit_unknown`.
    Status commit();

   private:
    Database& db_;
    bool open_ = false;
};

}  // namespace baton::storage::sqlite
