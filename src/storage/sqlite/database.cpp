#include "storage/sqlite/database.h"

#include <cerrno>

namespace baton::storage::sqlite {
namespace {

struct Meaning {
    const char* code;
    const char* words;
};

Meaning meaning(int code, int system_error) {
    if (system_error == ENOSPC || system_error == EDQUOT)
        return {"disk_full", "no space left; free some and try again"};
    switch (code & 0xff) {
        case SQLITE_FULL: return {"disk_full", "no space left; free some and try again"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return {"locked", "in use by another process"};
        case SQLITE_CONSTRAINT: return {"conflict", "a row with this key exists"};
        case SQLITE_NOMEM: return {"out_of_memory", "no memory left"};
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH: return {"io_error", "the file cannot be read or written; look at the disk and the rights"};
        // Our statements are constants with tests: one that does not fit the file means that the file is damaged.
        default: return {"corrupt", "the file is damaged; run `baton verify`, then restore a backup"};
    }
}

}  // namespace

Error error_of(sqlite3* db, int code, std::string_view doing) {
    const int system_error =
        (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_FULL ? sqlite3_system_errno(db) : 0;
    const Meaning what = meaning(code, system_error);
    const char* file = sqlite3_db_filename(db, "main");
    std::string detail(doing);
    if (file != nullptr && *file != '\0') detail += std::string(" ") + file;
    detail += std::string(": ") + what.words + " (SQLite " + std::to_string(code) + ": " + sqlite3_errmsg(db) + ")";
    return {what.code, std::move(detail)};
}

void Query::bind_one(int at, std::string_view value) {
    note(sqlite3_bind_text64(statement_, at, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC,
                             SQLITE_UTF8));
}

void Query::bind_one(int at, Blob blob) {
    const auto [data, size] = std::pair(blob.bytes.data(), blob.bytes.size());
    note(sqlite3_bind_blob64(statement_, at, size == 0 ? "" : data, size, SQLITE_STATIC));
}

bool Query::row() {
    if (statement_ == nullptr || code_ != SQLITE_OK) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) code_ = code;
    return false;
}

Status Query::status() const {
    if (statement_ == nullptr) return std::unexpected(error_of(db_, sqlite3_errcode(db_), "reading"));
    if (code_ != SQLITE_OK) return std::unexpected(error_of(db_, code_, "reading or writing"));
    return {};
}

Status Query::run() {
    while (row()) {
    }
    Status outcome = status();
    reset();
    return outcome;
}

void Query::reset() {
    if (statement_ != nullptr) sqlite3_reset(statement_);
    code_ = SQLITE_OK;
}

std::string_view Query::bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return {static_cast<const char*>(data), data == nullptr ? 0 : size};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, int flags, const std::string& vfs) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                     vfs.empty() ? nullptr : vfs.c_str());
    if (code != SQLITE_OK) {
        Error error = error_of(handle, code, "opening " + path);
        sqlite3_close(handle);
        return std::unexpected(std::move(error));
    }
    sqlite3_busy_timeout(handle, 10'000);
    return std::unique_ptr<Database>(new Database(handle, path));
}

Database::~Database() {
    for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
}

Query Database::query(const char* sql) {
    sqlite3_stmt*& statement = statements_[sql];
    if (statement == nullptr) sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    return Query(handle_, statement);
}

Status Database::execute(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return std::unexpected(error_of(handle_, code, "reading or writing"));
    return {};
}

Result<std::int64_t> Database::number(const char* sql) {
    Query query = this->query(sql);
    const std::int64_t value = query.row() ? query.integer(0) : 0;
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return value;
}

Walk::Walk(Database& db, const char* sql) {
    sqlite3_prepare_v3(db.handle(), sql, -1, 0, &statement_, nullptr);
    query_ = std::make_unique<Query>(db.handle(), statement_);
}

Transaction::~Transaction() {
    if (open_ && sqlite3_get_autocommit(db_.handle()) == 0)
        sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Status Transaction::begin() {
    Status status = db_.execute("BEGIN IMMEDIATE");
    open_ = status.has_value();
    return status;
}

Status Transaction::commit() {
    const int code = sqlite3_exec(db_.handle(), "COMMIT", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) {
        open_ = false;
        return {};
    }
    Error error = error_of(db_.handle(), code, "committing to");
    // A frame that did not fit is not in the log, so the commit did not happen. After any other failure the log may or
    // may not hold it once the machine has restarted.
    const int kind = code & 0xff;
    if (kind != SQLITE_FULL && kind != SQLITE_BUSY && kind != SQLITE_CONSTRAINT) error.code = "commit_unknown";
    return std::unexpected(std::move(error));
}

}  // namespace baton::storage::sqlite
