// The way to a PostgreSQL store: what is there, what must be made.
#pragma once

#include <memory>
#include <string>

#include "storage/open.h"
#include "storage/postgres/ledger.h"

namespace baton::storage::postgres {

/// A connection to tables of this program's version. Processes that find something to make wait for each other.
Result<std::unique_ptr<Database>> open_tables(const std::string& url, const OpenOptions& options);

}  // namespace baton::storage::postgres
