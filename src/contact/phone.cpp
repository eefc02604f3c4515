#include "contact/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <set>

#include "contact/text.h"

namespace baton::contact {
namespace {

using Numbers = i18n::phonenumbers::PhoneNumberUtil;

bool digit(char c) { return c >= '0' && c <= '9'; }

/// What can be said without a country: the digits, with the + where there is one.
std::optional<std::string> bare(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (digit(c)) digits += c;
        if (digit(c) || std::string_view(" -./()").find(c) != std::string_view::npos) continue;
        if (c != '+' || !digits.empty()) return std::nullopt;
    }
    if (digits.size() < 4 || digits.size() > 15) return std::nullopt;
    return text.starts_with('+') || text.starts_with("(+") ? "+" + digits : digits;
}

std::optional<std::string> by_plan(const std::string& text, const std::string& region) {
    const Numbers& numbers = *Numbers::GetInstance();
    i18n::phonenumbers::PhoneNumber number;
    if (numbers.Parse(text, region, &number) != Numbers::NO_PARSING_ERROR) return std::nullopt;
    if (!numbers.IsPossibleNumber(number)) return std::nullopt;
    std::string spelled;
    numbers.Format(number, Numbers::E164, &spelled);
    const bool fits = spelled.size() >= 5 && spelled.size() <= 16;
    return fits ? std::optional(std::move(spelled)) : std::nullopt;
}

}  // namespace

std::optional<std::string> normal_phone(std::string_view given, std::string_view region) {
    std::string text = trimmed(given);
    if (text.starts_with("00")) text = "+" + text.substr(2);
    if (text.starts_with("(00")) text = "(+" + text.substr(3);
    if (std::ranges::none_of(text, digit)) return std::nullopt;
    if (auto number = by_plan(text, is_phone_region(region) ? std::string(region) : "ZZ")) return number;
    return bare(text);
}

bool is_phone_region(std::string_view region) {
    static const std::set<std::string, std::less<>> known = [] {
        std::set<std::string> regions;
        Numbers::GetInstance()->GetSupportedRegions(&regions);
        return std::set<std::string, std::less<>>(regions.begin(), regions.end());
    }();
    return known.contains(region);
}

}  // namespace baton::contact
