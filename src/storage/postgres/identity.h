// Identity keys, found by a keyed hash: any length of key, no order an outsider could steer.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

std::int64_t hash_of(const HashKey& secret, const ports::IdentityKey& key);

/// Keys that stand in the table with whose they are. A key is written once and never another's, so what is remembered stays true,
/// whoever writes; but for a store that was put back, and for what was rolled back.
class KnownKeys {
   public:
    std::optional<SubjectId> find(const ports::IdentityKey& key) const;
    void add(const ports::IdentityKey& key, SubjectId subject);
    void forget() { subjects_.clear(); }

   private:
    struct HashOf {
        std::size_t operator()(const ports::IdentityKey& key) const {
            return std::hash<std::string>()(key.key) ^ static_cast<std::size_t>(key.kind);
        }
    };
    std::unordered_map<ports::IdentityKey, SubjectId, HashOf> subjects_;  ///< bounded
};

/// Answers the sum of the added rows' checksums; `conflict` when a key exists for another subject.
Result<std::int64_t> put_identities(Database& db, const HashKey& secret, std::span<const ports::Identity> identities);
Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, const HashKey& secret,
                                                          std::span<const ports::IdentityKey> keys);
/// As above; asks only for what is not known.
Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, const HashKey& secret,
                                                          std::span<const ports::IdentityKey> keys, KnownKeys& known);
/// Takes them away; answers the sum of the checksums of the rows that were there.
Result<std::int64_t> forget_identities(Database& db, std::span<const ports::Identity> identities);
Result<std::vector<ports::Identity>> identities_of(Database& db, SubjectId subject);

}  // namespace baton::storage::postgres
