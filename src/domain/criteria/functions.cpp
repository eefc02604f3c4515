#include "domain/criteria/functions.h"

#include <algorithm>
#include <charconv>

namespace baton::criteria {
namespace {

Cell whole_from_text(std::string_view text) {
    std::int64_t number = 0;
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size() && !text.starts_with("+-");
    return whole ? Cell::of(number) : Cell::unknown(UnknownKind::bad_argument);
}

/// Seconds with their fraction, as CEL writes durations.
std::string seconds_text(Duration d) { return to_string(Decimal{d.us}) + 's'; }

std::int64_t floor_seconds(Instant t) {
    const std::int64_t seconds = t.us / 1'000'000;
    return t.us % 1'000'000 < 0 ? seconds - 1 : seconds;
}

}  // namespace

std::int64_t code_points(std::string_view text) {
    return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::string lower_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

Cell to_int(const Cell& cell) {
    switch (cell.kind) {
        case CellKind::integer: return cell;
        case CellKind::decimal: return Cell::of(cell.number / Decimal::scale);
        case CellKind::string: return whole_from_text(cell.text());
        case CellKind::instant: return Cell::of(floor_seconds(Instant{cell.number}));
        default: return Cell::unknown(UnknownKind::wrong_type);
    }
}

Cell to_double(const Cell& cell) {
    std::optional<Decimal> number;
    switch (cell.kind) {
        case CellKind::decimal: return cell;
        case CellKind::integer:
            number = Decimal::of(cell.number);
            return number ? Cell::of(*number) : Cell::unknown(UnknownKind::overflow);
        case CellKind::string:
            number = Decimal::parse(cell.text());
            return number ? Cell::of(*number) : Cell::unknown(UnknownKind::bad_argument);
        default: return Cell::unknown(UnknownKind::wrong_type);
    }
}

std::optional<std::string> to_string_cel(const Cell& cell) {
    switch (cell.kind) {
        case CellKind::boolean: return cell.number == 1 ? "true" : "false";
        case CellKind::integer: return std::to_string(cell.number);
        case CellKind::decimal: return to_string(Decimal{cell.number});
        case CellKind::string: return std::string(cell.text());
        case CellKind::instant: return to_string(Instant{cell.number});
        case CellKind::duration: return seconds_text(Duration{cell.number});
        default: return std::nullopt;
    }
}

}  // namespace baton::criteria
