#include "connectors/import/time_format.h"

#include <array>
#include <charconv>
#include <chrono>

namespace baton::imports {
namespace {

constexpr std::string_view directives = "YmdHMSybpIz%";
constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct Parts {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
    std::int64_t fraction_us = 0, offset_minutes = 0;
    bool twelve = false, afternoon = false;
};

/// Reads along a text; each call answers whether what it wanted stood there.
class Cursor {
   public:
    explicit Cursor(std::string_view text) : rest_(text) {}
    bool done() const { return rest_.empty(); }
    void skip_blanks() {
        while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool number(std::size_t least, std::size_t most, int& to) {
        std::size_t n = 0;
        while (n < most && n < rest_.size() && is_digit(rest_[n])) ++n;
        if (n < least) return false;
        std::from_chars(rest_.data(), rest_.data() + n, to);
        rest_.remove_prefix(n);
        return true;
    }
    bool word(std::string_view lower_case) {
        if (rest_.size() < lower_case.size()) return false;
        for (std::size_t i = 0; i < lower_case.size(); ++i)
            if (lower(rest_[i]) != lower_case[i]) return false;
        rest_.remove_prefix(lower_case.size());
        return true;
    }
    bool fraction(std::int64_t& us) {
        if (!take('.')) return true;
        std::int64_t unit = 100'000;
        std::size_t n = 0;
        for (; n < rest_.size() && is_digit(rest_[n]); ++n, unit /= 10) us += (rest_[n] - '0') * unit;
        rest_.remove_prefix(n);
        return n > 0;
    }

   private:
    std::string_view rest_;
};

bool read_month_name(Cursor& at, Parts& parts) {
    for (std::size_t i = 0; i < months.size(); ++i)
        if (at.word(months[i])) {
            parts.month = static_cast<int>(i) + 1;
            return true;
        }
    return false;
}

bool read_offset(Cursor& at, Parts& parts) {
    if (at.word("z")) return true;
    const bool west = at.take('-');
    if (!west && !at.take('+')) return false;
    int hours = 0;
    int minutes = 0;
    if (!at.number(2, 2, hours)) return false;
    at.take(':');
    if (!at.number(2, 2, minutes) || hours > 23 || minutes > 59) return false;
    const int offset = hours * 60 + minutes;
    parts.offset_minutes = west ? -offset : offset;
    return true;
}

bool read_half(Cursor& at, Parts& parts) {
    parts.afternoon = at.word("pm");
    return parts.afternoon || at.word("am");
}

bool read_year_of_century(Cursor& at, Parts& parts) {
    if (!at.number(2, 2, parts.year)) return false;
    parts.year += 2000;
    return true;
}

bool read(char directive, Cursor& at, Parts& parts) {
    switch (directive) {
        case 'Y': return at.number(4, 4, parts.year);
        case 'y': return read_year_of_century(at, parts);
        case 'm': return at.number(1, 2, parts.month);
        case 'd': return at.number(1, 2, parts.day);
        case 'b': return read_month_name(at, parts);
        case 'H': return at.number(1, 2, parts.hour);
        case 'I': parts.twelve = true; return at.number(1, 2, parts.hour) && parts.hour >= 1 && parts.hour <= 12;
        case 'M': return at.number(2, 2, parts.minute);
        case 'S': return at.number(2, 2, parts.second) && at.fraction(parts.fraction_us);
        case 'p': return read_half(at, parts);
        case 'z': return read_offset(at, parts);
        default: return at.take('%');
    }
}

std::optional<Instant> assemble(Parts parts) {
    if (parts.twelve) parts.hour = parts.hour % 12 + (parts.afternoon ? 12 : 0);
    using namespace std::chrono;
    const year_month_day date{year{parts.year}, month{static_cast<unsigned>(parts.month)},
                              day{static_cast<unsigned>(parts.day)}};
    if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 59) return {};
    const std::int64_t days = sys_days{date}.time_since_epoch().count();
    const std::int64_t minutes = (days * 24 + parts.hour) * 60 + parts.minute - parts.offset_minutes;
    return Instant{(minutes * 60 + parts.second) * 1'000'000 + parts.fraction_us};
}

std::optional<Instant> parse_unix(std::string_view text, std::int64_t unit_us) {
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    constexpr std::int64_t furthest = std::int64_t{253'402'300'800} * 1'000'000;  // year 10000
    if (error != std::errc() || end != text.data() + text.size()) return {};
    if (n > furthest / unit_us || n < -furthest / unit_us) return {};
    return Instant{n * unit_us};
}

}  // namespace

std::optional<Instant> parse_time(std::string_view text, std::string_view format) {
    if (format == "unix") return parse_unix(text, 1'000'000);
    if (format == "unix_ms") return parse_unix(text, 1'000);
    Cursor at(text);
    Parts parts;
    for (std::size_t i = 0; i < format.size(); ++i) {
        bool fits = true;
        if (is_blank(format[i]))
            at.skip_blanks();
        else if (format[i] == '%' && i + 1 < format.size())
            fits = read(format[++i], at, parts);
        else
            fits = at.take(format[i]);
        if (!fits) return {};
    }
    at.skip_blanks();
    return at.done() ? assemble(parts) : std::nullopt;
}

std::string format_problem(std::string_view format) {
    if (format == "unix" || format == "unix_ms") return "";
    bool year = false;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        const char directive = i + 1 < format.size() ? format[++i] : ' ';
        if (directives.find(directive) == std::string_view::npos)
            return "'%" + std::string(1, directive) + "' is not known; known are %Y %m %d %H %M %S %y %b %I %p %z";
        year = year || directive == 'Y' || directive == 'y';
    }
    return year ? "" : "it names no year (%Y)";
}

}  // namespace baton::imports
