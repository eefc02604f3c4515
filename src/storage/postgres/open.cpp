#include "storage/postgres/open.h"

#include <random>

#include "storage/postgres/schema.h"

namespace baton::storage::postgres {
namespace {

using Mode = OpenOptions::Mode;

HashKey random_key() {
    std::random_device source;
    HashKey key{};
    for (std::uint8_t& byte : key) byte = static_cast<std::uint8_t>(source());
    return key;
}

Status no_store(const Database& db) { return fail("not_found", "there is no store in " + db.name()); }

Result<std::int64_t> number(Database& db, const char* sql) {
    Result<Rows> rows = db.run(sql);
    if (!rows) return std::unexpected(rows.error());
    return rows->row() ? rows->integer(0) : 0;
}

/// Whether there is a ledger row. Without one, a store that holds records is damaged, any other was never finished.
Result<bool> has_ledger(Database& db) {
    const Result<std::int64_t> ledgers = number(db, "SELECT count(id) FROM ledger");
    if (!ledgers) return std::unexpected(ledgers.error());
    if (*ledgers != 0) return true;
    const Result<std::int64_t> records =
        number(db, "SELECT coalesce(max(position), 0) FROM journal -- scan: newest of all\n");
    if (!records) return std::unexpected(records.error());
    if (*records == 0) return false;
    return fail("corrupt", db.name() + ": the row of the store itself is missing; restore a backup");
}

/// From now on this process is the one that writes: whoever thought so before finds another epoch.
Status begin_epoch(Database& db, const OpenOptions& options) {
    const Result<bool> there = has_ledger(db);
    if (!there) return std::unexpected(there.error());
    if (!*there) {
        Ledger fresh;
        fresh.hash_key = options.hash_key.value_or(random_key());
        if (Status status = make_ledger(db, fresh); !status) return status;
    }
    Transaction transaction(db);
    if (Status status = transaction.begin_writing(); !status) return status;
    Result<Ledger> row = lock_ledger(db);
    if (!row) return std::unexpected(row.error());
    ++row->epoch;
    if (Status status = put_ledger(db, *row); !status) return status;
    return transaction.commit();
}

Status expect_current(Database& db, std::int64_t version) {
    if (version != static_cast<std::int64_t>(migrations().size()))
        return fail("not_a_store", db.name() + " has the tables of an older version; open it for writing once");
    const Result<bool> there = has_ledger(db);
    if (!there) return std::unexpected(there.error());
    return *there ? Status() : no_store(db);
}

}  // namespace

Result<Opened> open_tables(const std::string& url, const OpenOptions& options) {
    Result<std::unique_ptr<Database>> db = Database::open(url);
    if (!db) return std::unexpected(db.error());
    Opened opened{std::move(*db), nullptr};
    Result<std::int64_t> version = schema_version(*opened.db, migrations());
    if (!version) return std::unexpected(version.error());
    if (options.mode != Mode::create && *version == 0) return std::unexpected(no_store(*opened.db).error());
    if (options.mode == Mode::inspect) {
        if (Status status = expect_current(*opened.db, *version); !status) return std::unexpected(status.error());
        return opened;
    }
    Result<std::unique_ptr<WriterLock>> lock = WriterLock::take(*opened.db);
    if (!lock) return std::unexpected(lock.error());
    opened.lock = std::move(*lock);
    version = schema_version(*opened.db, migrations());  // another process may have been at it until now
    if (!version) return std::unexpected(version.error());
    if (Status status = migrate(*opened.db, *version, migrations()); !status) return std::unexpected(status.error());
    if (Status status = begin_epoch(*opened.db, options); !status) return std::unexpected(status.error());
    return opened;
}

}  // namespace baton::storage::postgres
