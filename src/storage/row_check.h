// A 64-bit sum over the columns of one row, kept in the row, so that verify says where a bit has changed.
// Each step is a bijection of the running value for a given word and of the word for a given running value: a change
// within one word is always seen, any other with probability 1 - 2^-64. It guards against decay, not against forgers:
// those meet the BLAKE2b chain.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace baton::storage {

class RowCheck {
   public:
    /// `table` keeps a row of one table from passing for a row of another.
    explicit constexpr RowCheck(std::uint64_t table) { add_word(table); }

    RowCheck& add(std::int64_t number) {
        add_word(static_cast<std::uint64_t>(number));
        return *this;
    }
    RowCheck& add(std::string_view bytes) {
        std::size_t at = 0;
        for (; at + 8 <= bytes.size(); at += 8) add_word(word(bytes.data() + at, 8));
        add_word(word(bytes.data() + at, bytes.size() - at));
        add_word(bytes.size());
        return *this;
    }
    std::int64_t value() const { return std::bit_cast<std::int64_t>(sum_); }

   private:
    static_assert(std::endian::native == std::endian::little, "stored sums assume little-endian words");
    static std::uint64_t word(const char* from, std::size_t size) {
        std::uint64_t out = 0;
        if (size > 0) std::memcpy(&out, from, size);  // an empty view may point nowhere
        return out;
    }
    constexpr void add_word(std::uint64_t word) {
        sum_ = (sum_ ^ word) * 0x9e3779b97f4a7c15;
        sum_ ^= sum_ >> 32;
    }

    std::uint64_t sum_ = 0x243f6a8885a308d3;
};

}  // namespace baton::storage
