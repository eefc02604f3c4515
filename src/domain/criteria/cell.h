// What the evaluator computes with: a value by reference, so that reading and comparing allocate nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "domain/criteria/criteria.h"
#include "domain/value.h"

namespace baton::criteria {

enum class CellKind : std::uint8_t { unknown, null, boolean, integer, decimal, string, instant, duration, list };

/// Trivially copyable; strings and lists belong to the inputs, the program or the evaluation that made them.
struct Cell {
    CellKind kind;
    UnknownKind reason;   ///< unknown
    std::int32_t input;   ///< unknown: index into inputs(), or -1
    std::int64_t number;  ///< boolean 0/1, integer, decimal and times in millionths; string: bytes
    const void* at;       ///< string: its bytes; list: its ValueList

    static Cell unknown(UnknownKind reason, int input = -1) { return {CellKind::unknown, reason, input, 0, nullptr}; }
    static Cell null() { return {CellKind::null, {}, -1, 0, nullptr}; }
    static Cell of(bool b) { return {CellKind::boolean, {}, -1, b ? 1 : 0, nullptr}; }
    static Cell of(std::int64_t n) { return {CellKind::integer, {}, -1, n, nullptr}; }
    static Cell of(Decimal d) { return {CellKind::decimal, {}, -1, d.micros, nullptr}; }
    static Cell of(Instant t) { return {CellKind::instant, {}, -1, t.us, nullptr}; }
    static Cell of(Duration d) { return {CellKind::duration, {}, -1, d.us, nullptr}; }
    static Cell of(std::string_view s) {
        return {CellKind::string, {}, -1, static_cast<std::int64_t>(s.size()), s.data()};
    }
    static Cell of(const ValueList& list) { return {CellKind::list, {}, -1, 0, &list}; }
    static Cell of(const Value& value) {
        if (const auto* s = value.as<std::string>()) return of(std::string_view(*s));
        if (const auto* i = value.as<std::int64_t>()) return of(*i);
        return of_other(value);
    }
    static Cell of_other(const Value& value);

    bool is(CellKind k) const { return kind == k; }
    bool is_true() const { return kind == CellKind::boolean && number == 1; }
    bool is_false() const { return kind == CellKind::boolean && number == 0; }
    bool is_number() const { return kind == CellKind::integer || kind == CellKind::decimal; }
    std::string_view text() const { return {static_cast<const char*>(at), static_cast<std::size_t>(number)}; }
    const ValueList& list() const { return *static_cast<const ValueList*>(at); }
    Unknown why() const { return {reason, input}; }
};

/// Null and unknown become a null value.
Value to_value(const Cell&);

/// Sign of a - b: exact, also between an integer and a decimal. Both must be numbers.
int compare_numbers(const Cell& a, const Cell& b);
/// CEL's `==`: values of different kinds are not equal; whole and fractional numbers compare by value.
bool equal(const Cell& a, const Cell& b);
/// `a <op> b` for operands that have an order; wrong_type for others.
Cell ordered(Comparison, const Cell& a, const Cell& b);

enum class Arithmetic : std::uint8_t { add, subtract, multiply, divide, modulo };
/// Numbers, times and durations; strings and lists are joined elsewhere (they need room).
Cell calculate(Arithmetic, const Cell& a, const Cell& b);
Cell negated(const Cell&);

}  // namespace baton::criteria
