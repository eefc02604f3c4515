// The values facts carry and criteria compute with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"

namespace baton {

struct Value;
using ValueList = std::vector<Value>;

/// One value. `std::monostate` is null. Strings are valid UTF-8 without NUL (refused at intake otherwise).
/// Numbers that are whole and fit are int64; others are Decimal. There is no binary floating point.
struct Value {
    using Variant =
        std::variant<std::monostate, bool, std::int64_t, Decimal, std::string, Instant, Duration, ValueList>;
    Variant held;

    Value() = default;
    explicit Value(bool v) : held(v) {}
    explicit Value(std::int64_t v) : held(v) {}
    explicit Value(int v) : held(static_cast<std::int64_t>(v)) {}
    explicit Value(Decimal v) : held(v) {}
    explicit Value(std::string v) : held(std::move(v)) {}
    explicit Value(std::string_view v) : held(std::string(v)) {}
    explicit Value(const char* v) : held(std::string(v)) {}
    explicit Value(Instant v) : held(v) {}
    explicit Value(Duration v) : held(v) {}
    explicit Value(ValueList v) : held(std::move(v)) {}

    bool is_null() const { return held.index() == 0; }
    template <class T>
    const T* as() const {
        return std::get_if<T>(&held);
    }
    friend bool operator==(const Value&, const Value&) = default;
};

/// What a property is declared to hold. `number` is a Decimal, `strings` a list of strings.
enum class PropertyType : std::uint8_t { string, integer, number, boolean, timestamp, strings };

std::string_view to_string(PropertyType type);
std::optional<PropertyType> property_type_of(std::string_view name);

/// Reads `value` as the declared type: "12" → 12 for integer, 1 → "1" for string, "true"/"yes"/"1" → true for
/// boolean, RFC 3339 or a date for timestamp, a single string → list of one for strings. Nothing when it cannot be
/// read so; an empty or blank string is *not answered* and reads as null for every type.
std::optional<Value> convert(const Value& value, PropertyType type);

/// For people: strings as they are, numbers shortest, times RFC 3339, lists joined by ", ", null "".
std::string to_text(const Value& value);

/// RFC 3339 ("2026-11-21T10:00:00Z", offsets, fractions to µs) and the short forms "2026-11-21", "2026-11-21 10:00:00"
/// (UTC). Rejects what is not in the calendar. Source: RFC 3339 §5.6.
std::optional<Instant> parse_instant(std::string_view text);
/// RFC 3339 in UTC; fraction only when there is one.
std::string to_string(Instant t);
/// "30d", "4h", "15m", "90s", "1d12h"; CEL's "3600s" too. Nothing when empty, negative or unknown.
std::optional<Duration> parse_duration(std::string_view text);
/// "30d", "1d12h": the largest units first.
std::string to_string(Duration d);

/// The fact's or event's own properties: sorted by name in code point order, names unique.
struct NamedValue {
    std::string name;
    Value value;
    friend bool operator==(const NamedValue&, const NamedValue&) = default;
};
using Properties = std::vector<NamedValue>;
const Value* find(const Properties& properties, std::string_view name);

}  // namespace baton
