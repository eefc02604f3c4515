#include "storage/sqlite/connection.h"

#include "storage/sqlite/schema.h"

namespace baton::storage::sqlite {
namespace {

using Mode = OpenOptions::Mode;

Result<std::unique_ptr<Database>> open_file(const std::string& path, const OpenOptions& options) {
    const int create = options.mode == Mode::create ? SQLITE_OPEN_CREATE : 0;
    return Database::open(path, SQLITE_OPEN_READWRITE | create, options.vfs);
}

Status read_only(Database& db) { return db.execute("PRAGMA query_only = ON; PRAGMA cache_size = -8192"); }

/// FULL: a commit is synced before it answers. Checkpoints are the store's own doing, see checkpoint_when_large.
Status set_up_writer(Database& db) {
    return db.execute(R"(
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 0;
        PRAGMA secure_delete = ON;
        PRAGMA cell_size_check = ON;
        PRAGMA cache_size = -49152)");
}

Status prepare(Database& db, Mode mode) {
    // Not before the version is known: closing would write the log into the file.
    keep_log_on_close(db);
    const std::int64_t known = migrations().back().version;
    const Result<std::int64_t> version = schema_version(db, migrations());
    if (!version) return std::unexpected(version.error());
    if (mode == Mode::inspect) {
        if (*version != known)
            return fail("older_schema", db.path() + " has an older schema; open it once with `baton serve`");
        return read_only(db);
    }
    if (*version == 0 && mode == Mode::existing) return fail("not_found", db.path() + " holds no store");
    sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    if (Status status = set_up_writer(db); !status) return status;
    return migrate(db, *version, migrations());
}

}  // namespace

void keep_log_on_close(Database& db) { sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

Result<std::unique_ptr<Database>> open_writer(const std::string& path, const OpenOptions& options) {
    Result<std::unique_ptr<Database>> db = open_file(path, options);
    if (!db) return db;
    if (Status status = prepare(**db, options.mode); !status) return std::unexpected(status.error());
    return db;
}

Result<std::unique_ptr<Database>> open_reader(const std::string& path, const std::string& vfs) {
    Result<std::unique_ptr<Database>> db = Database::open(path, SQLITE_OPEN_READWRITE, vfs);
    if (!db) return db;
    keep_log_on_close(**db);
    if (Status status = read_only(**db); !status) return std::unexpected(status.error());
    return db;
}

}  // namespace baton::storage::sqlite
