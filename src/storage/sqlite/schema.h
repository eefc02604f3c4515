// The tables, as numbered steps forward. A step and its number are committed together, so a crash inside one leaves the
// step before it, and the next start goes on from there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/sqlite/database.h"

namespace baton::storage::sqlite {

struct Migration {
    std::int64_t version;  ///< 1, 2 …
    const char* sql;       ///< the statement; where `run` does the step, its name
    Status (*run)(Database&) = nullptr;
};

/// Written into the file's header: "Batn".
inline constexpr std::int64_t application_id = 0x4261746e;

std::span<const Migration> migrations();

/// What the file is, read without writing. 0 = new. Errors: `not_a_store` for somebody else's file and for
/// steps that are not these, `newer_schema`.
Result<std::int64_t> schema_version(Database& db, std::span<const Migration> known);
/// Runs the steps above `from`.
Status migrate(Database& db, std::int64_t from, std::span<const Migration> steps);

/// One line an object of the schema: type, name and statement. For comparing a file with what it should be.
Result<std::vector<std::string>> schema_objects(Database& db);

}  // namespace baton::storage::sqlite
