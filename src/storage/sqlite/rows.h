// The row of the store itself in an SQLite file; the sums of all other rows are those of every store.
#pragma once

#include "storage/rows.h"

namespace baton::storage::sqlite {

using storage::check_of;

/// The one row of the store itself.
struct Ledger {
    HashKey hash_key{};
    std::int64_t commits = 0;  ///< durable commits; the anchor outside counts the same
    ports::Position last_position = ports::no_position;
    ports::Position derived_up_to = ports::no_position;
    std::int64_t identity_sum = 0;  ///< of the checksums of all identity rows, wrapping: notices a lost row
    ports::Position indexed_up_to = ports::no_position;  ///< message ids of the records up to here are in their table
};

std::int64_t check_of(const Ledger& row);
/// Of a row of identity_recent.
std::int64_t check_of_recent(std::int64_t part, std::int64_t id, std::string_view keys);

}  // namespace baton::storage::sqlite
