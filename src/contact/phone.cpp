#include "contact/phone.h"

#include <phonenumbers/phonemetadata.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "contact/text.h"

namespace i18n::phonenumbers {
// The plans, as the library itself reads them; exported, in none of its installed headers.
int metadata_size();
const void* metadata_get();
}  // namespace i18n::phonenumbers

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

/// What is known of a country's code without trying a number.
struct Plan {
    bool there = false;
    std::uint16_t wary =
        1;  ///< bit n: a national number that begins with n may have something in front that is not part of it
};
constexpr std::uint16_t every_digit = 0x3FF;
constexpr std::size_t longest_code = 3;

/// The digits that what a plan takes away may begin with; every one where the pattern is not of digits and choices only.
std::uint16_t first_digits(std::string_view pattern) {
    std::uint16_t digits = 0;
    char before = ' ';
    for (const char c : pattern) {
        if (digit(c)) digits |= static_cast<std::uint16_t>(1U << static_cast<unsigned>(c - '0'));
        const bool choice = std::string_view("()|[]").find(c) != std::string_view::npos ||
                            (c == '?' && before == '(') || (c == ':' && before == '?');
        if (!digit(c) && !choice) return every_digit;
        before = c;
    }
    return digits;
}

using Plans = std::array<Plan, 1000>;  ///< by country code

const Plans& plans() {
    static const Plans all = [] {
        Plans read;
        i18n::phonenumbers::PhoneMetadataCollection plans;
        if (!plans.ParseFromArray(i18n::phonenumbers::metadata_get(), i18n::phonenumbers::metadata_size())) return read;
        for (const auto& plan : plans.metadata()) {
            const auto code = static_cast<std::size_t>(plan.country_code());
            if (code >= read.size()) continue;
            if (read[code].there && !plan.main_country_for_code()) continue;  // the library reads it by the main one
            read[code] = {true, static_cast<std::uint16_t>(1U | first_digits(plan.national_prefix_for_parsing()))};
        }
        return read;
    }();
    return all;
}

/// What by_plan() makes of a number with its country's code in front, where nothing in it can be but a digit of it: the library
/// takes a dozen regular expressions to find that out. Nothing where that is not certain.
std::optional<std::string> by_code(std::string_view text) {
    if (!text.starts_with('+')) return std::nullopt;
    std::string spelled = "+";
    for (const char c : text.substr(1)) {
        if (digit(c))
            spelled += c;
        else if (std::string_view(" -.()").find(c) == std::string_view::npos)
            return std::nullopt;
    }
    if (spelled.size() < 5 || spelled.size() > 16 || spelled[1] == '0') return std::nullopt;
    std::size_t code = 0, length = 1;
    for (; length <= longest_code && !plans()[code].there; ++length)
        code = code * 10 + static_cast<std::size_t>(spelled[length] - '0');
    const std::string_view national = std::string_view(spelled).substr(length);
    if (!plans()[code].there || national.size() < 2) return std::nullopt;
    if ((plans()[code].wary >> static_cast<unsigned>(national.front() - '0') & 1U) != 0) return std::nullopt;
    std::uint64_t value = 0;
    std::from_chars(national.data(), national.data() + national.size(), value);
    i18n::phonenumbers::PhoneNumber number;
    number.set_country_code(static_cast<int>(code));
    number.set_national_number(value);
    return Numbers::GetInstance()->IsPossibleNumber(number) ? std::optional(std::move(spelled)) : std::nullopt;
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
    if (auto number = by_code(text)) return number;
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
