// Identity keys, found by a keyed hash: any length of key, no order an outsider could steer.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

std::int64_t hash_of(const HashKey& secret, const ports::IdentityKey& key);

/// Answers the sum of the added rows' checksums; `conflict` when a key exists for another subject.
Result<std::int64_t> put_identities(Database& db, const HashKey& secret, std::span<const ports::Identity> identities);
Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, const HashKey& secret,
                                                          std::span<const ports::IdentityKey> keys);
Result<std::vector<ports::Identity>> identities_of(Database& db, SubjectId subject);

}  // namespace baton::storage::postgres
