// Random numbers that are the same on every machine: splitmix64 and a bounded draw of our own.
// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace baton::demo {

class Random {
   public:
    /// Streams with different parts never share numbers in any way that shows.
    explicit Random(std::initializer_list<std::uint64_t> parts) {
        for (const std::uint64_t part : parts) {
            state_ ^= part;
            state_ = next();
        }
    }

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
        z = (z ^ z >> 27) * 0x94D049BB133111EBU;
        return z ^ z >> 31;
    }
    /// 0 … n − 1, n > 0; without bias (Lemire 2019, by rejection).
    std::uint64_t below(std::uint64_t n) {
        for (;;) {
            const unsigned __int128 product = static_cast<unsigned __int128>(next()) * n;
            if (static_cast<std::uint64_t>(product) >= (0 - n) % n) return static_cast<std::uint64_t>(product >> 64);
        }
    }
    /// low … high, both included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }
    /// True in `percent` of a hundred cases.
    bool chance(std::int64_t percent) { return between(0, 99) < percent; }

    template <class T, std::size_t n>
    const T& pick(const std::array<T, n>& from) {
        return from[below(n)];
    }
    /// Index drawn by weight; the sum must be positive.
    std::size_t weighted(std::span<const int> weights) {
        std::int64_t sum = 0;
        for (const int w : weights) sum += w;
        std::int64_t at = between(0, sum - 1);
        std::size_t i = 0;
        while (at >= weights[i]) at -= weights[i++];
        return i;
    }

   private:
    std::uint64_t state_ = 0;
};

}  // namespace baton::demo
