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

/// From now on a program that knows only the tables as they are finds another epoch and writes nothing more.
Status raise_epoch(Database& db) {
    Transaction transaction(db);
    if (Status status = transaction.begin_writing(); !status) return status;
    Result<Ledger> row = lock_ledger(db);
    if (!row) return std::unexpected(row.error());
    ++row->epoch;
    if (Status status = put_ledger(db, *row); !status) return status;
    return transaction.commit();
}

/// Held on a connection of its own while tables are made or changed, so that two processes do not do it at once. In a
/// transaction, so that it also holds where a pooler hands out connections by the transaction; given back by itself on any
/// death.
class MakingLock {
   public:
    static Result<MakingLock> take(const Database& db) {
        Result<std::unique_ptr<Database>> own = db.another();
        if (!own) return std::unexpected(own.error());
        Status begun = (*own)->execute(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL statement_timeout = '300s'; "
            "SET LOCAL idle_in_transaction_session_timeout = 0");
        if (!begun) return std::unexpected(begun.error());
        Result<Rows> schema = (*own)->run("SELECT current_schema()::text");
        if (!schema) return std::unexpected(schema.error());
        static_cast<void>(schema->row());
        const std::int64_t key = integer(stable_hash("baton tables " + schema->text(0)));
        const Result<Rows> taken =
            (*own)->run("SELECT pg_advisory_xact_lock($1)::text -- locks: as above\n", Parameters(key));
        if (!taken) return std::unexpected(taken.error());
        return MakingLock(std::move(*own));
    }

   private:
    explicit MakingLock(std::unique_ptr<Database> db) : db_(std::move(db)) {}
    std::unique_ptr<Database> db_;
};

Status make_tables(Database& db, const OpenOptions& options) {
    const Result<MakingLock> lock = MakingLock::take(db);
    if (!lock) return std::unexpected(lock.error());
    const Result<std::int64_t> version = schema_version(db, migrations());  // another process may have been at it
    if (!version) return std::unexpected(version.error());
    const bool outdated = *version > 0 && *version < static_cast<std::int64_t>(migrations().size());
    if (outdated) {
        const Result<std::int64_t> ledgers = number(db, "SELECT count(id) FROM ledger");
        if (!ledgers) return std::unexpected(ledgers.error());
        if (*ledgers != 0)
            if (Status status = raise_epoch(db); !status) return status;
    }
    if (Status status = migrate(db, *version, migrations()); !status) return status;
    const Result<bool> there = has_ledger(db);
    if (!there) return std::unexpected(there.error());
    if (*there) return {};
    Ledger fresh;
    fresh.hash_key = options.hash_key.value_or(random_key());
    return make_ledger(db, fresh);
}

Status expect_current(Database& db, std::int64_t version) {
    if (version != static_cast<std::int64_t>(migrations().size()))
        return fail("not_a_store", db.name() + " has the tables of an older version; open it for writing once");
    const Result<bool> there = has_ledger(db);
    if (!there) return std::unexpected(there.error());
    return *there ? Status() : no_store(db);
}

}  // namespace

Result<std::unique_ptr<Database>> open_tables(const std::string& url, const OpenOptions& options) {
    Result<std::unique_ptr<Database>> db = Database::open(url);
    if (!db) return db;
    const Result<std::int64_t> version = schema_version(**db, migrations());
    if (!version) return std::unexpected(version.error());
    if (options.mode != Mode::create && *version == 0) return std::unexpected(no_store(**db).error());
    Status ready = expect_current(**db, *version);
    if (!ready && options.mode != Mode::inspect && ready.error().code != "corrupt") ready = make_tables(**db, options);
    if (!ready) return std::unexpected(ready.error());
    return db;
}

}  // namespace baton::storage::postgres
