// Writes JSON text front to back: no tree, no floating point. Keys come out in the order given.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/time.h"
#include "domain/value.h"

namespace baton::codec {

/// `s` with quotes, escapes per RFC 8259 §7; also "<", U+2028 and U+2029 escaped, so that it may stand in a page.
std::string quoted(std::string_view s);

class JsonWriter {
   public:
    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
    template <std::integral Number>
        requires(!std::same_as<Number, bool>)
    JsonWriter& value(Number number) {
        return raw(std::to_string(number));
    }
    JsonWriter& value(std::same_as<bool> auto truth) { return raw(truth ? "true" : "false"); }
    JsonWriter& value(Decimal number) { return raw(to_string(number)); }
    /// RFC 3339; null for never().
    JsonWriter& value(Instant t);
    JsonWriter& value(const Value& any);
    JsonWriter& null() { return raw("null"); }
    /// JSON text made elsewhere.
    JsonWriter& raw(std::string_view json);

    template <class T>
    JsonWriter& field(std::string_view name, const T& item) {
        key(name);
        return value(item);
    }

    /// The text so far; complete when every begin has its end.
    std::string take() { return std::move(text_); }
    const std::string& text() const { return text_; }

   private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void separate();

    std::string text_;
    bool needs_comma_ = false;
};

}  // namespace baton::codec
