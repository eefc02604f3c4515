// Several lists of small rows in one block of memory: whoever reads one of a person's lists reads them all, and a place in
// memory that no cache knows costs more than the step itself.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace baton::engine {

/// One list a type. Inserting or erasing moves what stands behind it, also of the later lists: good for tens of rows.
/// Spans and pointers hold until the next insert.
template <class... Rows>
class PackedLists {
    static_assert((std::is_trivially_copyable_v<Rows> && ...) && ((alignof(Rows) == alignof(std::uint64_t)) && ...));

   public:
    PackedLists() = default;
    PackedLists(PackedLists&& other) noexcept
        : block_(std::move(other.block_)),
          room_(std::exchange(other.room_, 0)),
          sizes_(std::exchange(other.sizes_, {})) {}
    PackedLists(const PackedLists& other) : sizes_(other.sizes_) {
        if (const std::size_t used = other.begin_of(sizeof...(Rows)); used > 0) {
            grow_to(used);
            std::memcpy(block_.get(), other.block_.get(), used);
        }
    }
    PackedLists& operator=(PackedLists other) noexcept {
        std::swap(block_, other.block_);
        std::swap(room_, other.room_);
        std::swap(sizes_, other.sizes_);
        return *this;
    }
    ~PackedLists() = default;

    template <class Row>
    std::span<const Row> all() const {
        return {reinterpret_cast<const Row*>(block_.get() + begin_of(number_of<Row>)), sizes_[number_of<Row>]};
    }
    template <class Row>
    std::span<Row> all() {
        return {reinterpret_cast<Row*>(block_.get() + begin_of(number_of<Row>)), sizes_[number_of<Row>]};
    }

    /// Before position `at` of its list; answers the row where it now stands.
    template <class Row>
    Row& insert(std::size_t at, const Row& row) {
        const std::size_t used = begin_of(sizeof...(Rows));
        const std::size_t from = begin_of(number_of<Row>) + at * sizeof(Row);
        const Row copy = row;  // it may stand in the block
        if (used + sizeof(Row) > room_) grow_to(std::max(used + sizeof(Row), room_ + room_ / 2));
        std::byte* place = block_.get() + from;
        std::memmove(place + sizeof(Row), place, used - from);
        std::memcpy(place, &copy, sizeof(Row));
        ++sizes_[number_of<Row>];
        return *reinterpret_cast<Row*>(place);
    }
    template <class Row>
    void push_back(const Row& row) {
        insert(sizes_[number_of<Row>], row);
    }
    template <class Row>
    void resize(std::size_t size) {
        if (const std::size_t now = sizes_[number_of<Row>]; size < now) erase<Row>(size, now);
        while (sizes_[number_of<Row>] < size) push_back(Row{});
    }
    template <class Row>
    void erase(std::size_t from, std::size_t to) {
        if (from == to) return;
        const std::size_t used = begin_of(sizeof...(Rows));
        const std::size_t begin = begin_of(number_of<Row>);
        const std::size_t rest = begin + to * sizeof(Row);
        std::memmove(block_.get() + begin + from * sizeof(Row), block_.get() + rest, used - rest);
        sizes_[number_of<Row>] -= static_cast<std::uint32_t>(to - from);
    }
    template <class Row, class Condition>
    void erase_if(Condition condition) {
        const std::span<Row> rows = all<Row>();
        const auto kept = std::remove_if(rows.begin(), rows.end(), condition);
        erase<Row>(static_cast<std::size_t>(kept - rows.begin()), rows.size());
    }

    const std::byte* data() const { return block_.get(); }
    std::size_t used() const { return begin_of(sizeof...(Rows)); }  ///< bytes
    std::size_t room() const { return room_; }                      ///< bytes

   private:
    static constexpr std::array<std::size_t, sizeof...(Rows)> widths = {sizeof(Rows)...};
    static constexpr std::size_t first_room = 240;  ///< the first facts without growing

    template <class Row>
    static constexpr std::size_t number_of = [] {
        std::size_t n = 0;
        std::size_t found = sizeof...(Rows);
        ((std::is_same_v<Row, Rows> ? void(found = n++) : void(++n)), ...);
        return found;
    }();

    std::size_t begin_of(std::size_t list) const {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < list; ++i) bytes += sizes_[i] * widths[i];
        return bytes;
    }

    void grow_to(std::size_t bytes) {
        if (room_ == 0 && bytes < first_room) bytes = first_room;
        auto block = std::make_unique_for_overwrite<std::byte[]>(bytes);
        if (room_ > 0) std::memcpy(block.get(), block_.get(), room_);
        block_ = std::move(block);
        room_ = static_cast<std::uint32_t>(bytes);
    }

    std::unique_ptr<std::byte[]> block_;
    std::size_t room_ = 0;
    std::array<std::uint32_t, sizeof...(Rows)> sizes_{};
};

}  // namespace baton::engine
