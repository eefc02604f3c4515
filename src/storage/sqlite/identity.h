// Identity keys: whose a key is, for ever. Those of late stand apart from the others, see recent_keys.h.
#pragma once

#include <bitset>
#include <memory>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include "ports/store.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/recent_keys.h"

namespace baton::storage::sqlite {

/// Where a key's row is looked for: SipHash under the installation's secret, so nobody outside can aim for a collision.
std::int64_t hash_of(const HashKey& secret, const ports::IdentityKey& key);

Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, const HashKey& secret, const RecentKeys& recent,
                                                          std::span<const ports::IdentityKey> keys);
Result<std::vector<ports::Identity>> identities_of(Database& db, const RecentKeys& recent, SubjectId subject);

/// The writer's part of it. What it does within a transaction is settled by committed(), or begun anew by begin().
class Identities {
   public:
    /// An append with fewer puts its keys into the table at once.
    static constexpr std::size_t large_append = 128;
    /// Keys that may wait, about 60 bytes of memory each.
    static constexpr std::size_t most_waiting = 196'608;
    /// Hashes found missing that are remembered, so that they are not looked up again when their keys come.
    static constexpr std::size_t most_remembered = 65'536;

    explicit Identities(const HashKey& secret) : secret_(secret), recent_(std::make_shared<RecentKeys>()) {}

    /// Reads those that wait. Code corrupt.
    Status load(Database& db);
    std::shared_ptr<const RecentKeys> recent() const { return recent_; }

    Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, std::span<const ports::IdentityKey> keys);

    void begin();
    /// Answers the sum of the checksums of the rows added. A key that exists for the same subject adds nothing; for another
    /// subject it is `conflict`. `commit`: the number of the transaction, above that of any before.
    Result<std::int64_t> put(Database& db, const ports::Append& batch, std::int64_t commit);
    /// Takes them away; answers the sum of the checksums of the rows that were there.
    Result<std::int64_t> forget(Database& db, std::span<const ports::Identity> identities);
    bool much_waits() const { return recent_->size() > most_waiting; }
    /// Moves the largest parts into the table until no more than `most` wait.
    Status move(Database& db, std::size_t most);
    void committed();

   private:
    Result<std::int64_t> put_now(Database& db, const ports::Identity& row, std::int64_t hash);
    Status put_later(Database& db, std::int64_t commit);
    Status move_part(Database& db, std::size_t part);

    HashKey secret_;
    std::shared_ptr<RecentKeys> recent_;
    std::unordered_set<std::int64_t>
        known_new_;                  ///< hashes looked up since the last append: of no row and of no key that waits
    std::vector<HashedKey> coming_;  ///< of the transaction at hand, ascending by hash
    std::bitset<RecentKeys::parts> moved_;  ///< by the transaction at hand
};

}  // namespace baton::storage::sqlite
