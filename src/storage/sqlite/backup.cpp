#include "storage/sqlite/backup.h"

#include <memory>

#include "ports/record_digest.h"
#include "storage/sqlite/anchor.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/journal.h"

namespace baton::storage::sqlite {
namespace {

sqlite3_vfs* find_vfs(const std::string& vfs) {
    sqlite3_vfs* system = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
    BATON_CHECK(system != nullptr);
    return system;
}

Status refuse_existing(const std::string& path, const std::string& vfs) {
    sqlite3_vfs* system = find_vfs(vfs);
    for (const char* end : {"", ".heads", "-wal"}) {
        int found = 0;
        const int code = system->xAccess(system, (path + end).c_str(), SQLITE_ACCESS_EXISTS, &found);
        if (code != SQLITE_OK) return fail("io_error", "looking for " + path + end + ": " + sqlite3_errstr(code));
        if (found != 0) return fail("exists", path + end + " exists and is not overwritten; choose another name");
    }
    return {};
}

Status copy_pages(Database& from, Database& to) {
    sqlite3_backup* copy = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
    if (copy == nullptr) return std::unexpected(error_of(to.handle(), sqlite3_errcode(to.handle()), "copying to"));
    const int step = sqlite3_backup_step(copy, -1);
    const int finish = sqlite3_backup_finish(copy);
    if (step == SQLITE_DONE && finish == SQLITE_OK) return {};
    return std::unexpected(error_of(to.handle(), finish != SQLITE_OK ? finish : step, "copying to"));
}

Result<Anchor> anchor_of(Database& db) {
    const Result<Ledger> row = ledger(db);
    if (!row) return std::unexpected(row.error());
    const Result<std::vector<ports::LaneHead>> lanes = heads(db);
    if (!lanes) return std::unexpected(lanes.error());
    return Anchor{store_mark(row->hash_key), row->commits, row->last_position, ports::digest_of_heads(*lanes)};
}

Status copy(const std::string& from, const std::string& to, const std::string& vfs) {
    const Result<std::unique_ptr<Database>> source = open_reader(from, vfs);
    if (!source) return std::unexpected(source.error());
    // One snapshot for the pages and for the heads.
    if (Status status = (*source)->execute("BEGIN"); !status) return status;
    const Result<Anchor> anchor = anchor_of(**source);
    if (!anchor) return std::unexpected(anchor.error());
    const Result<std::unique_ptr<Database>> target =
        Database::open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
    if (!target) return std::unexpected(target.error());
    if (Status status = (*target)->execute("PRAGMA synchronous = FULL"); !status) return status;
    if (Status status = copy_pages(**source, **target); !status) return status;
    const Result<std::unique_ptr<AnchorFile>> outside = AnchorFile::open(to + ".heads", vfs);
    if (!outside) return std::unexpected(outside.error());
    return (*outside)->reset(*anchor);
}

}  // namespace

void remove_store(const std::string& path, const std::string& vfs) {
    sqlite3_vfs* system = find_vfs(vfs);
    for (const char* end : {"", ".heads", "-wal", "-shm", "-journal", ".lock"}) {
        static_cast<void>(system->xDelete(system, (path + end).c_str(), 0));
    }
}

Status backup(const std::string& from, const std::string& to, const std::string& vfs) {
    if (Status status = refuse_existing(to, vfs); !status) return status;
    Status status = copy(from, to, vfs);
    if (!status) remove_store(to, vfs);
    return status;
}

}  // namespace baton::storage::sqlite
