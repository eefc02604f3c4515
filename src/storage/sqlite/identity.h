// Identity keys: whose a key is, for ever.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ports/store.h"
#include "storage/sqlite/database.h"

namespace baton::storage::sqlite {

/// Where a key's row is looked for: SipHash under the installation's secret, so nobody outside can aim for a collision.
std::int64_t hash_of(const HashKey& secret, const ports::IdentityKey& key);

/// Answers the sum of the checksums of the rows added. A key that exists for the same subject adds nothing; for another
/// subject it is `conflict`.
Result<std::int64_t> put_identities(Database& db, const HashKey& secret, std::span<const ports::Identity> identities);
/// Takes them away; answers the sum of the checksums of the rows that were there.
Result<std::int64_t> forget_identities(Database& db, std::span<const ports::Identity> identities);
Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, const HashKey& secret,
                                                          std::span<const ports::IdentityKey> keys);
Result<std::vector<ports::Identity>> identities_of(Database& db, SubjectId subject);

}  // namespace baton::storage::sqlite
