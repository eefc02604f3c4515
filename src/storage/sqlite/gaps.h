// The bytes between the cells of a page that belong to none of them.
//
// `secure_delete` zeroes a cell where it stood last. Before that SQLite may have moved it to another page, when it put pages
// that lie beside each other in balance; the room it left there stays as it was, and nothing of SQLite's zeroes it later.
#pragma once

#include "base/result.h"
#include "storage/sqlite/database.h"

namespace baton::storage::sqlite {

/// Zeroes them in the file, durably. For the writer, outside a transaction, when the log is empty and nobody else writes to the
/// file. A kill in between does no harm: no byte that means something is written.
Status clear_gaps(Database& db);

}  // namespace baton::storage::sqlite
