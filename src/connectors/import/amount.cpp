#include "connectors/import/amount.h"

#include <algorithm>
#include <array>

namespace baton::imports {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// Blanks (the ones that do not break too) and currency signs, which are no part of the number.
std::string without_signs(std::string_view text) {
    constexpr std::array<std::string_view, 9> signs = {
        " ", "\t", "\xC2\xA0", "\xE2\x80\xAF", "$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "'"};
    std::string out;
    while (!text.empty()) {
        const auto sign =
            std::ranges::find_if(signs, [&](std::string_view candidate) { return text.starts_with(candidate); });
        if (sign == signs.end()) out += text.front();
        text.remove_prefix(sign == signs.end() ? 1 : sign->size());
    }
    return out;
}

/// Letters at either end: a currency's code, or K, M, B. Nothing = other letters.
bool take_letters(std::string& number, int& zeros) {
    std::size_t from = 0;
    while (from < number.size() && letter(number[from])) ++from;
    if (from != 0 && from != 3) return false;
    number.erase(0, from);
    std::size_t to = number.size();
    while (to > 0 && letter(number[to - 1])) --to;
    const std::string tail = number.substr(to);
    number.erase(to);
    if (tail.empty() || tail.size() == 3) return true;
    if (tail.size() != 1) return false;
    constexpr std::string_view marks = "KkMmBb";
    const std::size_t mark = marks.find(tail[0]);
    if (mark == std::string_view::npos) return false;
    zeros = static_cast<int>(mark / 2 + 1) * 3;
    return true;
}

std::string moved(std::string whole, std::string fraction, int zeros) {
    for (; zeros > 0; --zeros) {
        whole += fraction.empty() ? '0' : fraction.front();
        if (!fraction.empty()) fraction.erase(0, 1);
    }
    const std::size_t from = std::min(whole.find_first_not_of('0'), whole.size() - 1);
    whole.erase(0, from);
    return fraction.empty() ? whole : whole + "." + fraction;
}

}  // namespace

std::string plain_amount(std::string_view text, bool comma) {
    std::string number = without_signs(text);
    bool negative = false;
    if (number.size() > 2 && number.front() == '(' && number.back() == ')') {
        negative = true;
        number = number.substr(1, number.size() - 2);
    }
    if (!number.empty() && (number.front() == '-' || number.front() == '+')) {
        negative = negative != (number.front() == '-');
        number.erase(0, 1);
    }
    int zeros = 0;
    if (!take_letters(number, zeros)) return std::string(text);
    const char point = comma ? ',' : '.', between = comma ? '.' : ',';
    const std::size_t at = std::min(number.find(point), number.size());
    std::string whole, fraction = number.substr(std::min(at + 1, number.size()));
    for (const char c : number.substr(0, at)) {
        if (c == between) continue;
        whole += c;
    }
    if (whole.empty() || !std::ranges::all_of(whole + fraction, digit)) return std::string(text);
    return (negative ? "-" : "") + moved(std::move(whole), std::move(fraction), zeros);
}

}  // namespace baton::imports
