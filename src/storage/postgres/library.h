// Playbook versions and settings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

/// From columns version, id, hash, text, file, stored_at.
ports::StoredPlaybook read_playbook(const Rows& row);

/// The version of the playbook with this hash, or nothing.
Result<std::optional<std::uint32_t>> version_of(Database& db, const Digest& hash);
/// Stores it under the next number, which is answered.
Result<std::uint32_t> put_playbook(Database& db, const ports::StoredPlaybook& playbook);
Result<std::vector<ports::StoredPlaybook>> playbooks(Database& db);

Status put_setting(Database& db, std::string_view name, std::string_view value);
Result<std::optional<std::string>> setting(Database& db, std::string_view name);

}  // namespace baton::storage::postgres
