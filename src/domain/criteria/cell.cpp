#include "domain/criteria/cell.h"

#include <algorithm>
#include <limits>

namespace baton::criteria {
namespace {

using Wide = __int128;

Wide micros(const Cell& number) {
    return number.is(CellKind::integer) ? static_cast<Wide>(number.number) * Decimal::scale : number.number;
}

template <class T>
int sign_of_difference(T a, T b) {
    return a < b ? -1 : (b < a ? 1 : 0);
}

Cell narrow(Wide value, CellKind kind) {
    if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min()) {
        return Cell::unknown(UnknownKind::overflow);
    }
    return {kind, {}, -1, static_cast<std::int64_t>(value), nullptr};
}

bool holds(Comparison comparison, int sign) {
    switch (comparison) {
        case Comparison::less: return sign < 0;
        case Comparison::less_equal: return sign <= 0;
        case Comparison::greater: return sign > 0;
        case Comparison::greater_equal: return sign >= 0;
        case Comparison::equal: return sign == 0;
        case Comparison::not_equal: return sign != 0;
    }
    return false;
}

Cell calculate_whole(Arithmetic op, std::int64_t a, std::int64_t b) {
    switch (op) {
        case Arithmetic::add: return narrow(static_cast<Wide>(a) + b, CellKind::integer);
        case Arithmetic::subtract: return narrow(static_cast<Wide>(a) - b, CellKind::integer);
        case Arithmetic::multiply: return narrow(static_cast<Wide>(a) * b, CellKind::integer);
        case Arithmetic::divide:
        case Arithmetic::modulo: break;
    }
    const bool out_of_range = b == -1 && a == std::numeric_limits<std::int64_t>::min();
    if (b == 0 || out_of_range) return Cell::unknown(UnknownKind::overflow);
    return Cell::of(op == Arithmetic::divide ? a / b : a % b);
}

Cell calculate_decimal(Arithmetic op, const Cell& x, const Cell& y) {
    const auto decimal = [](const Cell& c) {
        return c.is(CellKind::integer) ? Decimal::of(c.number) : std::optional(Decimal{c.number});
    };
    const auto a = decimal(x);
    const auto b = decimal(y);
    if (!a || !b) return Cell::unknown(UnknownKind::overflow);
    std::optional<Decimal> result;
    switch (op) {
        case Arithmetic::add: result = add(*a, *b); break;
        case Arithmetic::subtract: result = subtract(*a, *b); break;
        case Arithmetic::multiply: result = multiply(*a, *b); break;
        case Arithmetic::divide: result = divide(*a, *b); break;
        case Arithmetic::modulo: return Cell::unknown(UnknownKind::wrong_type);
    }
    return result ? Cell::of(*result) : Cell::unknown(UnknownKind::overflow);
}

/// timestamp ± duration, timestamp - timestamp, duration ± duration.
Cell calculate_time(Arithmetic op, const Cell& a, const Cell& b) {
    const bool instants = a.is(CellKind::instant) && b.is(CellKind::instant);
    const bool durations = a.is(CellKind::duration) && b.is(CellKind::duration);
    if (op == Arithmetic::add && !instants) {
        return narrow(static_cast<Wide>(a.number) + b.number, durations ? CellKind::duration : CellKind::instant);
    }
    if (op == Arithmetic::subtract && (a.is(CellKind::instant) || durations)) {
        const CellKind kind = instants || durations ? CellKind::duration : CellKind::instant;
        return narrow(static_cast<Wide>(a.number) - b.number, kind);
    }
    return Cell::unknown(UnknownKind::wrong_type);
}

bool is_time(const Cell& c) { return c.is(CellKind::instant) || c.is(CellKind::duration); }

bool equal_lists(const ValueList& a, const ValueList& b) {
    return std::ranges::equal(a, b, [](const Value& x, const Value& y) { return equal(Cell::of(x), Cell::of(y)); });
}

}  // namespace

Cell Cell::of_other(const Value& value) {
    if (const auto* d = value.as<Decimal>()) return of(*d);
    if (const auto* b = value.as<bool>()) return of(*b);
    if (const auto* t = value.as<Instant>()) return of(*t);
    if (const auto* d = value.as<Duration>()) return of(*d);
    if (const auto* list = value.as<ValueList>()) return of(*list);
    return null();
}

Value to_value(const Cell& cell) {
    switch (cell.kind) {
        case CellKind::unknown:
        case CellKind::null: return Value();
        case CellKind::boolean: return Value(cell.number == 1);
        case CellKind::integer: return Value(cell.number);
        case CellKind::decimal: return Value(Decimal{cell.number});
        case CellKind::string: return Value(cell.text());
        case CellKind::instant: return Value(Instant{cell.number});
        case CellKind::duration: return Value(Duration{cell.number});
        case CellKind::list: return Value(cell.list());
    }
    return Value();
}

int compare_numbers(const Cell& a, const Cell& b) {
    if (a.kind == b.kind) return sign_of_difference(a.number, b.number);
    return sign_of_difference(micros(a), micros(b));
}

bool equal(const Cell& a, const Cell& b) {
    if (a.is_number() && b.is_number()) return compare_numbers(a, b) == 0;
    if (a.kind != b.kind) return false;
    switch (a.kind) {
        case CellKind::unknown: return false;
        case CellKind::null: return true;
        case CellKind::string: return a.text() == b.text();
        case CellKind::list: return equal_lists(a.list(), b.list());
        default: return a.number == b.number;
    }
}

Cell ordered(Comparison comparison, const Cell& a, const Cell& b) {
    if (a.is_number() && b.is_number()) return Cell::of(holds(comparison, compare_numbers(a, b)));
    if (a.kind != b.kind || a.is(CellKind::null) || a.is(CellKind::list)) return Cell::unknown(UnknownKind::wrong_type);
    const int sign = a.is(CellKind::string) ? a.text().compare(b.text()) : sign_of_difference(a.number, b.number);
    return Cell::of(holds(comparison, sign));
}

Cell calculate(Arithmetic op, const Cell& a, const Cell& b) {
    if (a.is(CellKind::integer) && b.is(CellKind::integer)) return calculate_whole(op, a.number, b.number);
    if (a.is_number() && b.is_number()) return calculate_decimal(op, a, b);
    if (is_time(a) && is_time(b)) return calculate_time(op, a, b);
    return Cell::unknown(UnknownKind::wrong_type);
}

Cell negated(const Cell& cell) {
    if (!cell.is_number()) return Cell::unknown(UnknownKind::wrong_type);
    return narrow(-static_cast<Wide>(cell.number), cell.kind);
}

}  // namespace baton::criteria
