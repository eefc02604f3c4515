// Bytes out and in: varints in their one shortest spelling, lengths checked before anything is read.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/time.h"

namespace baton::codec {

using Wide = unsigned __int128;

constexpr std::uint64_t zigzag(std::int64_t n) {
    return (static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t n) {
    return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1);
}
constexpr std::int64_t wrapping_difference(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

/// Appends to a string that the caller owns.
class WireWriter {
   public:
    explicit WireWriter(Bytes& out) : out_(&out) {}

    void byte(std::uint8_t b) { out_->push_back(static_cast<char>(b)); }
    void number(std::uint64_t n) {
        for (; n >= 0x80; n >>= 7) byte(static_cast<std::uint8_t>(n | 0x80));
        byte(static_cast<std::uint8_t>(n));
    }
    void wide(Wide n) {
        for (; n >= 0x80; n >>= 7) byte(static_cast<std::uint8_t>(n | 0x80));
        byte(static_cast<std::uint8_t>(n));
    }
    void signed_number(std::int64_t n) { number(zigzag(n)); }
    /// Eight bytes, the lowest first.
    void fixed(std::uint64_t n) {
        for (int i = 0; i < 8; ++i, n >>= 8) byte(static_cast<std::uint8_t>(n));
    }
    void text(std::string_view s) {
        number(s.size());
        out_->append(s);
    }
    void raw(std::string_view s) { out_->append(s); }
    /// Near `base` is short; never() and beginning() are one byte.
    void instant(Instant t, Instant base) {
        if (t == Instant::never()) return byte(0);
        if (t == Instant::beginning()) return byte(1);
        wide(static_cast<Wide>(zigzag(wrapping_difference(t.us, base.us))) + 2);
    }

   private:
    Bytes* out_;
};

/// Reads what WireWriter wrote; after the first thing that is not so, `ok()` is false for ever and all reads give zero.
class WireReader {
   public:
    explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

    bool ok() const { return ok_; }
    bool at_end() const { return at_ == bytes_.size(); }
    std::size_t left() const { return bytes_.size() - at_; }
    void refuse() { ok_ = false; }

    std::uint8_t byte() {
        if (!ok_ || at_ >= bytes_.size()) {
            ok_ = false;
            return 0;
        }
        return static_cast<std::uint8_t>(bytes_[at_++]);
    }
    std::uint64_t number() {
        const Wide n = wide();
        if (n > std::numeric_limits<std::uint64_t>::max()) ok_ = false;
        return ok_ ? static_cast<std::uint64_t>(n) : 0;
    }
    /// At most 70 bits; a longer spelling than needed is refused.
    Wide wide() {
        Wide n = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            const std::uint8_t b = byte();
            n |= static_cast<Wide>(b & 0x7f) << shift;
            if ((b & 0x80) != 0) continue;
            if (b == 0 && shift != 0) ok_ = false;
            return ok_ ? n : 0;
        }
        ok_ = false;
        return 0;
    }
    std::int64_t signed_number() { return unzigzag(number()); }
    std::uint64_t fixed() {
        std::uint64_t n = 0;
        for (int i = 0; i < 8; ++i) n |= static_cast<std::uint64_t>(byte()) << (8 * i);
        return ok_ ? n : 0;
    }
    template <class Small>
    Small small() {
        const std::uint64_t n = number();
        if (n > std::numeric_limits<Small>::max()) ok_ = false;
        return ok_ ? static_cast<Small>(n) : Small{};
    }
    bool flag() {
        const std::uint8_t b = byte();
        if (b > 1) ok_ = false;
        return ok_ && b == 1;
    }
    std::string_view text() { return raw(number()); }
    std::string_view raw(std::uint64_t size) {
        if (!ok_ || size > left()) {
            ok_ = false;
            return {};
        }
        const std::string_view found = bytes_.substr(at_, static_cast<std::size_t>(size));
        at_ += static_cast<std::size_t>(size);
        return found;
    }
    Instant instant(Instant base) {
        const Wide n = wide();
        if (!ok_ || n == 0) return ok_ ? Instant::never() : Instant{};
        if (n == 1) return Instant::beginning();
        if (n - 2 > std::numeric_limits<std::uint64_t>::max()) {
            ok_ = false;
            return {};
        }
        const Instant t{wrapping_sum(base.us, unzigzag(static_cast<std::uint64_t>(n - 2)))};
        if (t == Instant::never() || t == Instant::beginning()) ok_ = false;
        return ok_ ? t : Instant{};
    }
    /// How many items follow, each at least `least` bytes long: never more than could be there.
    std::size_t count(std::size_t least = 1) {
        const std::uint64_t n = number();
        if (!ok_ || n > left() / least) {
            ok_ = false;
            return 0;
        }
        return static_cast<std::size_t>(n);
    }

   private:
    std::string_view bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

}  // namespace baton::codec
