// What proves who somebody is: written with the record that says so, gone when it is removed.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

Status put_secrets(Database& db, std::span<const ports::Secret> secrets);
Result<std::optional<ports::Secret>> secret(Database& db, char kind, std::string_view id);
Result<std::vector<ports::Secret>> secrets(Database& db);
/// Columns kind, id, owner, value, ends_at from the first on.
ports::Secret read_secret(const Rows& row);

}  // namespace baton::storage::postgres
