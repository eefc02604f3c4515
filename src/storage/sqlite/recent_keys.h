// Identity keys that are not in their table yet. Their hashes lie anywhere in it, so that a large append of them writes a page for
// almost each; they stand first packed in a table of their own (identity_recent), and here, where whoever reads the store looks
// before the table. What has gathered is moved by parts of the hashes, in order, many keys a page.
//
// Threads: one writer adds and clears, after its commit; anybody reads. A key is here or in the table, for a moment in both.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ports/store.h"

namespace baton::storage::sqlite {

struct HashedKey {
    std::int64_t hash = 0;
    const ports::Identity* identity = nullptr;
};

class RecentKeys {
   public:
    static constexpr std::size_t parts = 4;
    /// Longer ones are for the table.
    static constexpr std::size_t longest = 1'024;
    /// By its highest bits: a part is a run of the table.
    static std::size_t part_of(std::int64_t hash) { return static_cast<std::uint64_t>(hash) >> 62U; }

    struct Found {
        std::optional<SubjectId> subject;
        bool taken = false;  ///< the hash is that of a key here, this one or another
    };
    Found find(std::int64_t hash, const ports::IdentityKey& key) const;
    std::vector<ports::Identity> of(SubjectId subject) const;
    std::vector<ports::Identity> of_kind(char kind) const;
    std::size_t size() const;

    // ---- for the writer ----
    std::size_t size(std::size_t part) const { return parts_[part].entries.size(); }
    /// No hash of them is here.
    void add(const std::vector<HashedKey>& keys);
    /// Ascending by hash. What it is given ends with the call.
    void each(std::size_t part, const std::function<bool(std::int64_t hash, const ports::Identity&)>& each) const;
    void clear(std::size_t part);

   private:
    static constexpr std::uint32_t none = UINT32_MAX;
    struct Entry {
        std::int64_t hash = 0;
        SubjectId subject;
        std::uint32_t at = 0;  ///< in `bytes`
        std::uint32_t next_of_hash = none, next_of_subject = none;
        std::uint16_t size = 0;
        char kind = 0;
    };
    struct Part {
        std::vector<Entry> entries;
        std::string bytes;
        std::vector<std::uint32_t> by_hash, by_subject;  ///< first of a chain; as many as there are bits to choose by

        void add(const HashedKey& key);
        void chain(std::uint32_t index);
        ports::Identity identity(const Entry& entry) const;
    };

    mutable std::shared_mutex mutex_;
    std::array<Part, parts> parts_;
    std::size_t size_ = 0;
};

/// The bytes of a row of identity_recent.
std::string packed(std::span<const HashedKey> keys);
/// Nothing where they are damaged.
std::optional<std::vector<ports::Identity>> unpacked(std::string_view bytes);

}  // namespace baton::storage::sqlite
