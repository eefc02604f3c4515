// Fixed-point decimals: int64 × 10⁻⁶. The only fractional number a decision may rest on.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace baton {

/// A number with six decimal places, range ±9.2 × 10¹². Arithmetic rounds half to even and
/// answers nothing on overflow or division by zero: the engine turns that into *unknown*.
struct Decimal {
    std::int64_t micros = 0;

    static constexpr std::int64_t scale = 1'000'000;
    /// Nothing when `whole` does not fit.
    static std::optional<Decimal> of(std::int64_t whole);
    /// For constants known to fit.
    static constexpr Decimal whole(std::int64_t n) { return {n * scale}; }
    /// Reads "12", "-0.5", "1e3" (exponent form as JSON writes it). A seventh decimal is rounded half to even.
    static std::optional<Decimal> parse(std::string_view text);

    friend constexpr auto operator<=>(Decimal, Decimal) = default;
};

std::optional<Decimal> add(Decimal a, Decimal b);
std::optional<Decimal> subtract(Decimal a, Decimal b);
std::optional<Decimal> multiply(Decimal a, Decimal b);
std::optional<Decimal> divide(Decimal a, Decimal b);
/// a × numerator ÷ denominator, rounded half to even, through 128 bits. `denominator` > 0.
std::optional<Decimal> scale_by(Decimal a, std::int64_t numerator, std::int64_t denominator);

/// Shortest form: "12", "-0.5"; never an exponent, never trailing zeros.
std::string to_string(Decimal d);
/// Two places, enough for people; cut off, so that what is below a bound never reads as if it had reached it.
std::string to_short_string(Decimal value);

}  // namespace baton
