// The tables, as numbered steps forward, one change a step. A step and its number are committed together, so a crash
// inside one leaves the step before it, and the next start goes on from there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

struct Migration {
    std::int64_t version;  ///< 1, 2 …
    const char* sql;       ///< the statement; where `run` does the step, its name
    Status (*run)(Database&) = nullptr;
};

std::span<const Migration> migrations();

/// The last step done, read without writing. 0 = nothing there yet. Errors: `not_found` (no schema to be in),
/// `not_a_store` (somebody else's tables, or steps that are not this program's), `newer_schema`.
Result<std::int64_t> schema_version(Database& db, std::span<const Migration> known);
/// Runs the steps above `from`.
Status migrate(Database& db, std::int64_t from, std::span<const Migration> steps);

/// A hash over the columns and indexes that there are, and the one that these steps lead to.
Result<std::string> schema_digest(Database& db);
extern const std::string_view expected_schema;

}  // namespace baton::storage::postgres
