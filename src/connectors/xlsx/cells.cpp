#include "connectors/xlsx/cells.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace baton::xlsx {
namespace {

constexpr std::size_t most_columns = 16'384;

std::optional<double> number_in(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return {};
    return number;
}

/// The format without what is shown as it stands: "text", \x, _x, *x and [conditions]; lower case.
std::string meaning(std::string_view code, bool& elapsed) {
    std::string left;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        if (c == '"') {
            i = std::min(code.find('"', i + 1), code.size());
        } else if (c == '[') {
            const std::size_t end = std::min(code.find(']', i), code.size());
            const std::string_view inside = code.substr(i + 1, end - i - 1);
            if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos) elapsed = true;
            i = end;
        } else if (c == '\\' || c == '_' || c == '*') {
            ++i;
        } else if (c == ';') {
            break;  // negative numbers and texts may be shown otherwise
        } else {
            left += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return left;
}

std::string two(std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::string clock_time(std::int64_t seconds) {
    return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

std::string day_text(std::int64_t days_since_1970) {
    const std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{days_since_1970}}};
    return std::to_string(static_cast<int>(day.year())) + "-" + two(static_cast<unsigned>(day.month())) + "-" +
           two(static_cast<unsigned>(day.day()));
}

}  // namespace

Shown shown_by(unsigned id, std::string_view code) {
    if (code.empty()) {
        if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return Shown::date;
        if (id == 46) return Shown::elapsed;
        return (id >= 18 && id <= 21) || id == 45 || id == 47 ? Shown::time : Shown::number;
    }
    bool elapsed = false;
    const std::string left = meaning(code, elapsed);
    if (elapsed) return Shown::elapsed;
    if (left.find("general") != std::string::npos) return Shown::number;
    const bool time = left.find_first_of("hs") != std::string::npos;
    if (left.find_first_of("yd") != std::string::npos) return Shown::date;
    if (left.find('m') != std::string::npos && !time) return Shown::date;
    return time ? Shown::time : Shown::number;
}

std::string plain_number(std::string_view text) {
    const auto number = number_in(text);
    if (!number) return std::string(text);
    std::array<char, 400> digits{};
    auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *number, std::chars_format::general, 15).ptr;
    const auto rounded = number_in({digits.data(), end}).value_or(*number);
    end = std::to_chars(digits.data(), digits.data() + digits.size(), rounded, std::chars_format::fixed).ptr;
    const std::string plain(digits.data(), end);
    return plain == "-0" ? "0" : plain;
}

std::string plain_date(std::string_view text, Shown shown, bool from_1904) {
    constexpr std::int64_t a_day = 86'400;
    const auto number = number_in(text);
    if (!number || *number < 0 || *number >= 2'958'466) return plain_number(text);
    const auto seconds = static_cast<std::int64_t>(std::llround(*number * a_day));
    if (shown == Shown::elapsed || (shown == Shown::time && seconds < a_day)) return clock_time(seconds);
    std::int64_t days = seconds / a_day;
    if (!from_1904 && days < 60) ++days;  // a 29 February 1900 was never
    days += from_1904 ? -24'107 : -25'569;
    const std::int64_t rest = seconds % a_day;
    return day_text(days) + (rest == 0 ? "" : " " + clock_time(rest));
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned code = 0;
        const bool begins = text.substr(i).starts_with("_x") && i + 6 < text.size() && text[i + 6] == '_';
        const char* const digits = text.data() + i + 2;
        if (begins && std::from_chars(digits, digits + 4, code, 16).ptr == digits + 4 && code > 0 && code < 0x80) {
            out += static_cast<char>(code);
            i += 6;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::optional<std::size_t> column_of(std::string_view reference) {
    std::size_t column = 0;
    for (const char c : reference) {
        if (c < 'A' || c > 'Z') break;
        column = column * 26 + static_cast<std::size_t>(c - 'A') + 1;
        if (column > most_columns) return {};
    }
    if (column == 0) return {};
    return column - 1;
}

}  // namespace baton::xlsx
