#include "storage/sqlite/recent_keys.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace baton::storage::sqlite {
namespace {

std::size_t place_of(std::int64_t hash, std::size_t places) { return static_cast<std::uint64_t>(hash) & (places - 1); }
std::size_t place_of(SubjectId subject, std::size_t places) {
    return (subject.value * 0x9e3779b97f4a7c15U >> 32U) & (places - 1);
}

void put(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

std::uint64_t get(std::string_view from, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
    return value;
}

constexpr std::size_t subject_bytes = 8, size_bytes = 2, head_bytes = 1 + subject_bytes + size_bytes;

}  // namespace

// ---- a part ---------------------------------------------------------------------------------------------------

ports::Identity RecentKeys::Part::identity(const Entry& entry) const {
    return {{entry.kind, bytes.substr(entry.at, entry.size)}, entry.subject};
}

void RecentKeys::Part::chain(std::uint32_t index) {
    Entry& entry = entries[index];
    entry.next_of_hash = std::exchange(by_hash[place_of(entry.hash, by_hash.size())], index);
    entry.next_of_subject = std::exchange(by_subject[place_of(entry.subject, by_subject.size())], index);
}

void RecentKeys::Part::add(const HashedKey& key) {
    const auto index = static_cast<std::uint32_t>(entries.size());
    const ports::Identity& row = *key.identity;
    entries.push_back({key.hash, row.subject, static_cast<std::uint32_t>(bytes.size()), none, none,
                       static_cast<std::uint16_t>(row.key.key.size()), row.key.kind});
    bytes += row.key.key;
    if (entries.size() <= by_hash.size()) return chain(index);
    const std::size_t places = std::max<std::size_t>(64, by_hash.size() * 2);
    by_hash.assign(places, none);
    by_subject.assign(places, none);
    for (std::uint32_t i = 0; i <= index; ++i) chain(i);
}

// ---- all ------------------------------------------------------------------------------------------------------

RecentKeys::Found RecentKeys::find(std::int64_t hash, const ports::IdentityKey& key) const {
    const std::shared_lock lock(mutex_);
    const Part& part = parts_[part_of(hash)];
    if (part.entries.empty()) return {};
    for (std::uint32_t at = part.by_hash[place_of(hash, part.by_hash.size())]; at != none;
         at = part.entries[at].next_of_hash) {
        const Entry& entry = part.entries[at];
        if (entry.hash != hash) continue;
        const bool same =
            entry.kind == key.kind && std::string_view(part.bytes).substr(entry.at, entry.size) == key.key;
        return {same ? std::optional(entry.subject) : std::nullopt, true};
    }
    return {};
}

std::vector<ports::Identity> RecentKeys::of(SubjectId subject) const {
    const std::shared_lock lock(mutex_);
    std::vector<ports::Identity> found;
    for (const Part& part : parts_) {
        if (part.entries.empty()) continue;
        for (std::uint32_t at = part.by_subject[place_of(subject, part.by_subject.size())]; at != none;
             at = part.entries[at].next_of_subject)
            if (part.entries[at].subject == subject) found.push_back(part.identity(part.entries[at]));
    }
    return found;
}

std::vector<ports::Identity> RecentKeys::of_kind(char kind) const {
    const std::shared_lock lock(mutex_);
    std::vector<ports::Identity> found;
    for (const Part& part : parts_)
        for (const Entry& entry : part.entries)
            if (entry.kind == kind) found.push_back(part.identity(entry));
    return found;
}

std::size_t RecentKeys::size() const {
    const std::shared_lock lock(mutex_);
    return size_;
}

void RecentKeys::add(const std::vector<HashedKey>& keys) {
    const std::unique_lock lock(mutex_);
    for (const HashedKey& key : keys) parts_[part_of(key.hash)].add(key);
    size_ += keys.size();
}

void RecentKeys::each(std::size_t part,
                      const std::function<bool(std::int64_t hash, const ports::Identity&)>& each) const {
    const Part& from = parts_[part];  // only the writer changes it, who is the caller
    std::vector<std::uint32_t> order(from.entries.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::uint32_t i) { return from.entries[i].hash; });
    for (const std::uint32_t i : order)
        if (!each(from.entries[i].hash, from.identity(from.entries[i]))) return;
}

void RecentKeys::clear(std::size_t part) {
    const std::unique_lock lock(mutex_);
    size_ -= parts_[part].entries.size();
    parts_[part] = {};
}

// ---- rows -----------------------------------------------------------------------------------------------------

std::string packed(std::span<const HashedKey> keys) {
    std::string bytes;
    for (const HashedKey& key : keys) {
        const ports::Identity& row = *key.identity;
        bytes += row.key.kind;
        put(bytes, row.subject.value, subject_bytes);
        put(bytes, row.key.key.size(), size_bytes);
        bytes += row.key.key;
    }
    return bytes;
}

std::optional<std::vector<ports::Identity>> unpacked(std::string_view bytes) {
    std::vector<ports::Identity> keys;
    while (!bytes.empty()) {
        if (bytes.size() < head_bytes) return std::nullopt;
        const SubjectId subject{get(bytes.substr(1), subject_bytes)};
        const std::size_t size = get(bytes.substr(1 + subject_bytes), size_bytes);
        if (bytes.size() < head_bytes + size) return std::nullopt;
        keys.push_back({{bytes.front(), std::string(bytes.substr(head_bytes, size))}, subject});
        bytes.remove_prefix(head_bytes + size);
    }
    return keys;
}

}  // namespace baton::storage::sqlite
