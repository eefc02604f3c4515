#include "base/decimal.h"

#include <limits>

namespace baton {
namespace {

using Wide = __int128;

std::optional<Decimal> narrow(Wide value) {
    if (value > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    if (value < std::numeric_limits<std::int64_t>::min()) return std::nullopt;
    return Decimal{static_cast<std::int64_t>(value)};
}

/// Quotient rounded half to even; `divisor` is positive.
Wide divide_half_even(Wide value, Wide divisor) {
    Wide quotient = value / divisor;
    Wide rest = value % divisor;
    const bool negative = rest < 0;
    if (negative) rest = -rest;
    const Wide twice = rest * 2;
    if (twice > divisor || (twice == divisor && quotient % 2 != 0)) quotient += negative ? -1 : 1;
    return quotient;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads digits into `digits` (bounded) and counts those behind the point.
struct Mantissa {
    Wide digits = 0;
    int after_point = 0;
    bool any = false;
    bool sticky = false;  // a dropped digit was not zero
};

constexpr Wide mantissa_limit = static_cast<Wide>(1) << 100;

std::size_t read_mantissa(std::string_view text, std::size_t at, Mantissa& m) {
    bool point = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(c)) break;
        m.any = true;
        if (m.digits >= mantissa_limit) {
            m.sticky = m.sticky || c != '0';
            if (!point) --m.after_point;
            continue;
        }
        m.digits = m.digits * 10 + (c - '0');
        if (point) ++m.after_point;
    }
    return at;
}

std::optional<int> read_exponent(std::string_view text, std::size_t at) {
    if (at == text.size()) return 0;
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    ++at;
    bool negative = false;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
    if (at == text.size()) return std::nullopt;
    int value = 0;
    for (; at < text.size(); ++at) {
        if (!is_digit(text[at])) return std::nullopt;
        if (value < 10'000) value = value * 10 + (text[at] - '0');
    }
    return negative ? -value : value;
}

std::optional<Decimal> place(const Mantissa& m, int exponent, bool negative) {
    Wide value = m.digits;
    int shift = exponent - m.after_point + 6;
    for (; shift > 0 && value != 0; --shift) {
        if (value > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
        value *= 10;
    }
    if (shift < 0) {
        if (shift < -37) return Decimal{};
        Wide divisor = 1;
        for (; shift < 0; ++shift) divisor *= 10;
        const bool tie = (value % divisor) * 2 == divisor;
        value = (tie && m.sticky) ? value / divisor + 1 : divide_half_even(value, divisor);
    }
    return narrow(negative ? -value : value);
}

}  // namespace

std::optional<Decimal> Decimal::of(std::int64_t whole) { return narrow(static_cast<Wide>(whole) * scale); }

std::optional<Decimal> Decimal::parse(std::string_view text) {
    std::size_t at = 0;
    bool negative = false;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) negative = text[at++] == '-';
    Mantissa m;
    at = read_mantissa(text, at, m);
    if (!m.any) return std::nullopt;
    const auto exponent = read_exponent(text, at);
    if (!exponent) return std::nullopt;
    return place(m, *exponent, negative);
}

std::optional<Decimal> add(Decimal a, Decimal b) { return narrow(static_cast<Wide>(a.micros) + b.micros); }
std::optional<Decimal> subtract(Decimal a, Decimal b) { return narrow(static_cast<Wide>(a.micros) - b.micros); }

std::optional<Decimal> multiply(Decimal a, Decimal b) {
    return narrow(divide_half_even(static_cast<Wide>(a.micros) * b.micros, Decimal::scale));
}

std::optional<Decimal> divide(Decimal a, Decimal b) {
    if (b.micros == 0) return std::nullopt;
    const Wide sign = b.micros < 0 ? -1 : 1;
    return narrow(divide_half_even(sign * a.micros * Decimal::scale, sign * b.micros));
}

std::optional<Decimal> scale_by(Decimal a, std::int64_t numerator, std::int64_t denominator) {
    if (denominator <= 0) return std::nullopt;
    return narrow(divide_half_even(static_cast<Wide>(a.micros) * numerator, denominator));
}

std::string to_short_string(Decimal value) {
    constexpr std::int64_t hundredth = 10'000;
    return to_string(Decimal{value.micros / hundredth * hundredth});
}

std::string to_string(Decimal d) {
    const bool negative = d.micros < 0;
    const std::uint64_t size =
        negative ? 0 - static_cast<std::uint64_t>(d.micros) : static_cast<std::uint64_t>(d.micros);
    std::string text = std::to_string(size / Decimal::scale);
    std::uint64_t fraction = size % Decimal::scale;
    if (fraction != 0) {
        std::string digits = std::to_string(fraction + Decimal::scale).substr(1);
        while (digits.back() == '0') digits.pop_back();
        text += '.' + digits;
    }
    return negative ? '-' + text : text;
}

}  // namespace baton
