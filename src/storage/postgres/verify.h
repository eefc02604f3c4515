// Everything that is wrong with a store, as of one moment, beside a process that writes.
//
// Noticed: a changed byte in any row, a lost, added or exchanged row of the journal, its chains, keys, message ids and
// heads, tables that are not this program's. Not noticed: a whole database put back to an earlier moment, or a forger who
// makes every sum anew; unlike a file with its .heads beside it, nothing outside the database knows better.
#pragma once

#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

Result<std::vector<ports::Damage>> verify(const Database& store);

}  // namespace baton::storage::postgres
