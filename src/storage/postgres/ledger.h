// The one row of the store itself, and the lock that keeps a second process from writing.
//
// Two guards: a lock that the database gives back by itself when the connection ends, and an epoch in the ledger row that
// every writer raises when it begins and compares under the row's lock in every transaction. The first tells a second
// process at once that it is second; the second makes it harmless whatever happens to the first.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"
#include "storage/rows.h"

namespace baton::storage::postgres {

using storage::check_of;

struct Ledger {
    HashKey hash_key{};
    std::int64_t epoch = 0;    ///< of the process that writes
    std::int64_t commits = 0;  ///< transactions that changed anything
    ports::Position last_position = ports::no_position;
    ports::Position derived_up_to = ports::no_position;
    std::int64_t identity_sum = 0;  ///< of the checksums of all identity rows, wrapping: notices a lost row
    std::int64_t message_sum = 0;   ///< the same of the message ids
    friend bool operator==(const Ledger&, const Ledger&) = default;
};
std::int64_t check_of(const Ledger& row);

/// The row, made by the first writer together with the heads of all lanes.
Status make_ledger(Database& db, const Ledger& ledger);
Result<Ledger> ledger(Database& db);
/// Whether the stored row's checksum holds.
Result<bool> ledger_is_whole(Database& db);
/// The row, locked until the end of the transaction.
Result<Ledger> lock_ledger(Database& db);
Status put_ledger(Database& db, const Ledger& ledger);

/// Held in a transaction of its own that does nothing else, so that it also holds where a pooler hands out connections by
/// the transaction. Such a transaction has no number and no snapshot: it does not keep the database from cleaning up.
class WriterLock {
   public:
    /// `locked` names the process that has it.
    static Result<std::unique_ptr<WriterLock>> take(const Database& db);
    /// Takes it again when its connection was lost.
    Status keep();

   private:
    explicit WriterLock(std::unique_ptr<Database> db) : db_(std::move(db)) {}
    Status acquire();
    std::unique_ptr<Database> db_;
    bool held_ = false;
};

}  // namespace baton::storage::postgres
