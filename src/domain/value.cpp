// Reading and printing values: conversion to declared types, RFC 3339 times, short durations.
#include "domain/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace baton {
namespace {

using std::string_view;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(string_view a, string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

/// Bytes of white space at the start of `text`: ASCII blanks and the no-break space that spreadsheets write.
std::size_t blank_prefix(string_view text) {
    if (text.starts_with("\xC2\xA0")) return 2;
    return !text.empty() && (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r')) ? 1 : 0;
}

std::size_t blank_suffix(string_view text) {
    if (text.ends_with("\xC2\xA0")) return 2;
    return !text.empty() && (text.back() == ' ' || (text.back() >= '\t' && text.back() <= '\r')) ? 1 : 0;
}

string_view trim(string_view text) {
    while (const auto n = blank_prefix(text)) text.remove_prefix(n);
    while (const auto n = blank_suffix(text)) text.remove_suffix(n);
    return text;
}

// ---- conversion -------------------------------------------------------------------------------------------------

std::optional<std::int64_t> whole_of(Decimal d) {
    if (d.micros % Decimal::scale != 0) return std::nullopt;
    return d.micros / Decimal::scale;
}

std::optional<std::int64_t> whole_of(string_view text) {
    std::int64_t number = 0;
    const string_view digits = text.starts_with('+') ? text.substr(1) : text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{} && end == digits.data() + digits.size()) return number;
    const auto decimal = Decimal::parse(text);
    return decimal ? whole_of(*decimal) : std::nullopt;
}

std::optional<Value> to_string_value(const Value& value) {
    if (value.as<ValueList>()) return std::nullopt;
    return Value(to_text(value));
}

std::optional<Value> to_integer(const Value& value) {
    std::optional<std::int64_t> number;
    if (const auto* i = value.as<std::int64_t>()) number = *i;
    if (const auto* d = value.as<Decimal>()) number = whole_of(*d);
    if (const auto* s = value.as<std::string>()) number = whole_of(trim(*s));
    if (!number) return std::nullopt;
    return Value(*number);
}

std::optional<Value> to_number(const Value& value) {
    std::optional<Decimal> number;
    if (const auto* i = value.as<std::int64_t>()) number = Decimal::of(*i);
    if (const auto* d = value.as<Decimal>()) number = *d;
    if (const auto* s = value.as<std::string>()) number = Decimal::parse(trim(*s));
    if (!number) return std::nullopt;
    return Value(*number);
}

std::optional<Value> to_boolean(const Value& value) {
    if (value.as<bool>()) return value;
    const std::string text = to_text(value);
    for (const string_view yes : {"true", "yes", "1"}) {
        if (equal_ignoring_case(trim(text), yes)) return Value(true);
    }
    for (const string_view no : {"false", "no", "0"}) {
        if (equal_ignoring_case(trim(text), no)) return Value(false);
    }
    return std::nullopt;
}

std::optional<Value> to_timestamp(const Value& value) {
    if (value.as<Instant>()) return value;
    const auto* text = value.as<std::string>();
    if (!text) return std::nullopt;
    const auto instant = parse_instant(trim(*text));
    if (!instant) return std::nullopt;
    return Value(*instant);
}

/// Blank elements are left out; a list of nothing but blanks is *not answered*.
std::optional<Value> to_strings(const Value& value) {
    const auto* list = value.as<ValueList>();
    if (!list) return Value(ValueList{Value(to_text(value))});
    ValueList strings;
    for (const Value& element : *list) {
        const auto converted = convert(element, PropertyType::string);
        if (!converted) return std::nullopt;
        if (!converted->is_null()) strings.push_back(*converted);
    }
    if (strings.empty() && !list->empty()) return Value();
    return Value(std::move(strings));
}

// ---- time -------------------------------------------------------------------------------------------------------

/// Reads from the front of a text; every step says whether it fitted.
class Reader {
   public:
    explicit Reader(string_view text) : rest_(text) {}

    bool done() const { return rest_.empty(); }
    bool take(char c) {
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take_any(char a, char b) { return take(a) || take(b); }
    bool take_digits(std::size_t count, int& number) {
        if (rest_.size() < count) return false;
        number = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_digit(rest_[i])) return false;
            number = number * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return true;
    }
    string_view take_all_digits() {
        std::size_t n = 0;
        while (n < rest_.size() && is_digit(rest_[n])) ++n;
        const string_view digits = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return digits;
    }

   private:
    string_view rest_;
};

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) {
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted from 1 March so that leap days end a year.
std::int64_t days_of(std::int64_t year, int month, int day) {
    if (month <= 2) --year;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t of_era = year - era * 400;
    const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

struct Date {
    std::int64_t year = 0;
    std::int64_t month = 0;
    std::int64_t day = 0;
};

Date date_of(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const std::int64_t of_era = days - era * 146'097;
    const std::int64_t year = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const std::int64_t shifted = (5 * of_year + 2) / 153;
    const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    return {year + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * shifted + 2) / 5 + 1};
}

bool read_date(Reader& in, std::int64_t& days) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!in.take_digits(4, year) || !in.take('-') || !in.take_digits(2, month) || !in.take('-') ||
        !in.take_digits(2, day)) {
        return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
    days = days_of(year, month, day);
    return true;
}

bool read_fraction(Reader& in, std::int64_t& us) {
    us = 0;
    if (!in.take('.')) return true;
    const string_view digits = in.take_all_digits();
    std::int64_t unit = 100'000;
    for (const char c : digits) {  // what is finer than a microsecond is cut, so that no time moves forward
        us += (c - '0') * unit;
        unit /= 10;
    }
    return !digits.empty();
}

bool read_clock(Reader& in, std::int64_t& us) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    std::int64_t fraction = 0;
    if (!in.take_digits(2, hour) || !in.take(':') || !in.take_digits(2, minute) || !in.take(':') ||
        !in.take_digits(2, second) || !read_fraction(in, fraction)) {
        return false;
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    us = ((hour * 60LL + minute) * 60 + second) * 1'000'000 + fraction;
    return true;
}

bool read_offset(Reader& in, std::int64_t& us) {
    us = 0;
    if (in.done() || in.take_any('Z', 'z')) return true;
    const bool west = in.take('-');
    if (!west && !in.take('+')) return false;
    int hours = 0;
    int minutes = 0;
    if (!in.take_digits(2, hours) || !in.take(':') || !in.take_digits(2, minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    us = Duration::minutes(hours * 60LL + minutes).us * (west ? -1 : 1);
    return true;
}

std::string digits(std::int64_t number, std::size_t width) {
    std::string text = std::to_string(number);
    if (text.size() < width) text.insert(0, width - text.size(), '0');
    return text;
}

/// ".5" for half a second, "" for none.
std::string fraction_text(std::int64_t us) {
    if (us == 0) return {};
    std::string text = digits(us, 6);
    while (text.back() == '0') text.pop_back();
    return '.' + text;
}

// ---- durations --------------------------------------------------------------------------------------------------

struct Unit {
    string_view name;
    std::int64_t us;
};
constexpr std::array<Unit, 6> units{
    {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}, {"us", 1}}};

std::size_t unit_at(string_view name) {
    std::size_t i = 0;
    while (i < units.size() && units[i].name != name) ++i;
    return i;
}

/// `number` ("1", "1.5") of a unit in whole microseconds; nothing when it is not whole or does not fit.
std::optional<std::int64_t> amount(string_view number, std::int64_t unit_us) {
    const auto value = Decimal::parse(number);
    if (!value) return std::nullopt;
    const __int128 scaled = static_cast<__int128>(value->micros) * unit_us;
    if (scaled % Decimal::scale != 0) return std::nullopt;
    const __int128 us = scaled / Decimal::scale;
    if (us > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    return static_cast<std::int64_t>(us);
}

std::size_t count_while(string_view text, bool (*holds)(char)) {
    std::size_t n = 0;
    while (n < text.size() && holds(text[n])) ++n;
    return n;
}

bool is_number_part(char c) { return is_digit(c) || c == '.'; }
bool is_unit_part(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

std::string_view to_string(PropertyType type) {
    switch (type) {
        case PropertyType::string: return "string";
        case PropertyType::integer: return "integer";
        case PropertyType::number: return "number";
        case PropertyType::boolean: return "boolean";
        case PropertyType::timestamp: return "timestamp";
        case PropertyType::strings: return "strings";
    }
    return "";
}

std::optional<PropertyType> property_type_of(std::string_view name) {
    for (const auto type : {PropertyType::string, PropertyType::integer, PropertyType::number, PropertyType::boolean,
                            PropertyType::timestamp, PropertyType::strings}) {
        if (to_string(type) == name) return type;
    }
    return std::nullopt;
}

std::optional<Value> convert(const Value& value, PropertyType type) {
    if (value.is_null()) return Value();
    if (const auto* text = value.as<std::string>(); text && trim(*text).empty()) return Value();
    switch (type) {
        case PropertyType::string: return to_string_value(value);
        case PropertyType::integer: return to_integer(value);
        case PropertyType::number: return to_number(value);
        case PropertyType::boolean: return to_boolean(value);
        case PropertyType::timestamp: return to_timestamp(value);
        case PropertyType::strings: return to_strings(value);
    }
    return std::nullopt;
}

std::string to_text(const Value& value) {
    if (const auto* b = value.as<bool>()) return *b ? "true" : "false";
    if (const auto* i = value.as<std::int64_t>()) return std::to_string(*i);
    if (const auto* d = value.as<Decimal>()) return to_string(*d);
    if (const auto* s = value.as<std::string>()) return *s;
    if (const auto* t = value.as<Instant>()) return to_string(*t);
    if (const auto* d = value.as<Duration>()) return to_string(*d);
    std::string text;
    if (const auto* list = value.as<ValueList>()) {
        for (const Value& element : *list) {
            if (&element != list->data()) text += ", ";
            text += to_text(element);
        }
    }
    return text;
}

std::optional<Instant> parse_instant(std::string_view text) {
    Reader in(text);
    std::int64_t days = 0;
    if (!read_date(in, days)) return std::nullopt;
    const Instant midnight{days * one_day.us};
    if (in.done()) return midnight;
    if (!in.take_any('T', 't') && !in.take(' ')) return std::nullopt;
    std::int64_t clock = 0;
    std::int64_t offset = 0;
    if (!read_clock(in, clock) || !read_offset(in, offset) || !in.done()) return std::nullopt;
    return midnight + Duration{clock - offset};
}

std::string to_string(Instant t) {
    if (t == Instant::never()) return "never";
    const std::int64_t days = whole_days(Instant{0}, t);
    const std::int64_t us = (t.us % one_day.us + one_day.us) % one_day.us;
    const std::int64_t seconds = us / 1'000'000;
    const Date date = date_of(days);
    const std::string year = date.year < 0 ? '-' + digits(-date.year, 4) : digits(date.year, 4);
    return year + '-' + digits(date.month, 2) + '-' + digits(date.day, 2) + 'T' + digits(seconds / 3'600, 2) + ':' +
           digits(seconds / 60 % 60, 2) + ':' + digits(seconds % 60, 2) + fraction_text(us % 1'000'000) + 'Z';
}

std::optional<Duration> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    Duration total;
    std::size_t next_unit = 0;
    while (!text.empty()) {
        const string_view number = text.substr(0, count_while(text, is_number_part));
        text.remove_prefix(number.size());
        const string_view name = text.substr(0, count_while(text, is_unit_part));
        text.remove_prefix(name.size());
        const std::size_t unit = unit_at(name);
        if (number.empty() || unit < next_unit || unit >= units.size()) return std::nullopt;
        next_unit = unit + 1;
        const auto us = amount(number, units[unit].us);
        if (!us || __builtin_add_overflow(total.us, *us, &total.us)) return std::nullopt;
    }
    return total;
}

std::string to_string(Duration d) {
    if (d.us == 0) return "0s";
    std::string text;
    std::uint64_t rest = d.us < 0 ? 0 - static_cast<std::uint64_t>(d.us) : static_cast<std::uint64_t>(d.us);
    if (d.us < 0) text = "-";
    for (std::size_t i = 0; i < 3; ++i) {
        const auto unit = static_cast<std::uint64_t>(units[i].us);
        if (rest >= unit) text += std::to_string(rest / unit) + std::string(units[i].name);
        rest %= unit;
    }
    if (rest != 0) {
        const auto us = static_cast<std::int64_t>(rest);
        text += std::to_string(us / 1'000'000) + fraction_text(us % 1'000'000) + 's';
    }
    return text;
}

const Value* find(const Properties& properties, std::string_view name) {
    constexpr std::size_t few = 8;  // then looking at each is quicker than halving
    if (properties.size() <= few) {
        for (const NamedValue& p : properties)
            if (p.name == name) return &p.value;
        return nullptr;
    }
    const auto at =
        std::ranges::lower_bound(properties, name, {}, [](const NamedValue& p) { return string_view(p.name); });
    return at != properties.end() && at->name == name ? &at->value : nullptr;
}

}  // namespace baton
