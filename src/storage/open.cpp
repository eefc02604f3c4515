#include "storage/open.h"

#include <sqlite3.h>

#include "storage/memory/store.h"
#include "storage/postgres/store.h"
#include "storage/sqlite/backup.h"
#include "storage/sqlite/store.h"

namespace baton::storage {
namespace {

constexpr std::string_view memory_url = "memory:";
constexpr std::string_view sqlite_scheme = "sqlite:";

Result<std::string> path_of(std::string_view url) {
    if (url.starts_with(sqlite_scheme)) url.remove_prefix(sqlite_scheme.size());
    if (url.empty()) return fail("bad_url", "the store has no name; write a file's path or memory:");
    return std::string(url);
}

bool is_postgres(std::string_view url) { return url.starts_with("postgres://") || url.starts_with("postgresql://"); }

bool is_damage(const Error& error) { return error.code == "corrupt" || error.code == "not_a_store"; }

}  // namespace

Result<std::unique_ptr<ports::Store>> open_store(std::string_view url, const OpenOptions& options) {
    if (url == memory_url) return memory::open(options);
    if (is_postgres(url)) return postgres::PostgresStore::open(std::string(url), options);
    const Result<std::string> path = path_of(url);
    if (!path) return std::unexpected(path.error());
    return sqlite::SqliteStore::open(*path, options);
}

Result<std::vector<ports::Damage>> check_store(std::string_view url, const OpenOptions& options) {
    OpenOptions looking = options;
    looking.mode = OpenOptions::Mode::inspect;
    const Result<std::unique_ptr<ports::Store>> store = open_store(url, looking);
    if (store) return (*store)->verify();
    if (!is_damage(store.error())) return std::unexpected(store.error());
    return std::vector{ports::Damage{std::string(url), store.error().detail}};
}

Result<std::vector<ports::Damage>> restore_store(const std::string& backup, const std::string& to) {
    if (is_postgres(backup) || is_postgres(to))
        return fail("unsupported", "a PostgreSQL store is no file; `baton restore` copies it record by record");
    Result<std::vector<ports::Damage>> damages = check_store(backup);
    if (!damages || !damages->empty()) return damages;
    OpenOptions looking;
    looking.mode = OpenOptions::Mode::inspect;
    {
        const Result<std::unique_ptr<ports::Store>> store = open_store(backup, looking);
        if (!store) return std::unexpected(store.error());
        if (Status status = (*store)->backup(to); !status) return std::unexpected(status.error());
    }
    damages = check_store(to);
    if (!damages || !damages->empty()) sqlite::remove_store(to, "");
    return damages;
}

}  // namespace baton::storage
