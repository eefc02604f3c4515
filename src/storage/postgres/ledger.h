// The one row of the store itself. Whoever writes holds its lock until the end of the transaction: that is a process's turn.
// What it says tells a process whether others wrote since its own last turn.
#pragma once

#include <cstdint>

#include "ports/store.h"
#include "storage/postgres/database.h"
#include "storage/rows.h"

namespace baton::storage::postgres {

using storage::check_of;

struct Ledger {
    HashKey hash_key{};
    std::int64_t epoch = 0;    ///< raised before the tables are changed: older programs then write no more
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

}  // namespace baton::storage::postgres
