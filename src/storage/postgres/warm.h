// Who has facts often is warm: in no index by due moment, score or last change, so that writing the row touches none. Whoever reads
// in such an order adds the warm ones to what the index says; there are about `warm_records` of them at most.
#pragma once

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

/// A person whose newest record is at most so many records after the one before it is warm, until that many went by without one.
inline constexpr ports::Position warm_records = 131'072;

/// What a batch that ends at `last` leaves to do, where the one before it ended at `before`: now and then those that had no fact for
/// long take their places in the indexes again.
Status cool(Database& db, ports::Position before, ports::Position last);

}  // namespace baton::storage::postgres
