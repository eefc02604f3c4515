// The way to a PostgreSQL store: what is there, what must be made, who has it.
#pragma once

#include <memory>
#include <string>

#include "storage/open.h"
#include "storage/postgres/ledger.h"

namespace baton::storage::postgres {

/// A connection to tables of this program's version, and the lock on them; no lock in mode inspect.
struct Opened {
    std::unique_ptr<Database> db;
    std::unique_ptr<WriterLock> lock;
};
Result<Opened> open_tables(const std::string& url, const OpenOptions& options);

}  // namespace baton::storage::postgres
