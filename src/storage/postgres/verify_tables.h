// The part of verify that looks at one table after the other: every row's checksum, and what else a row must agree with.
#pragma once

#include "storage/findings.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

/// All tables but the journal.
void check_tables(Database& db, Findings& findings);

}  // namespace baton::storage::postgres
