#include "codec/json_writer.h"

namespace baton::codec {
namespace {

void append_escape(std::string& out, unsigned code) {
    static constexpr char digits[] = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[code >> shift & 15];
}

/// Length of U+2028 or U+2029 at `at`, 0 when neither stands there.
std::size_t separator_at(std::string_view s, std::size_t at) {
    if (at + 2 >= s.size() || s[at] != '\xe2' || s[at + 1] != '\x80') return 0;
    return s[at + 2] == '\xa8' || s[at + 2] == '\xa9' ? 3 : 0;
}

}  // namespace

std::string quoted(std::string_view s) {
    std::string out = "\"";
    out.reserve(s.size() + 2);
    for (std::size_t i = 0; i < s.size(); ++i) {
        const char c = s[i];
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == 0x7f) {
            append_escape(out, static_cast<unsigned char>(c));
        } else if (separator_at(s, i) != 0) {
            append_escape(out, s[i + 2] == '\xa8' ? 0x2028 : 0x2029);
            i += 2;
        } else {
            out += c;
        }
    }
    return out += '"';
}

void JsonWriter::separate() {
    if (needs_comma_) text_ += ',';
    needs_comma_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    text_ += bracket;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    text_ += bracket;
    needs_comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    text_ += quoted(name);
    text_ += ':';
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    text_ += json;
    needs_comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) { return raw(quoted(text)); }

JsonWriter& JsonWriter::value(Instant t) { return t == Instant::never() ? null() : value(to_string(t)); }

JsonWriter& JsonWriter::value(const Value& any) {
    if (any.is_null()) return null();
    if (const auto* truth = any.as<bool>()) return value(*truth);
    if (const auto* number = any.as<std::int64_t>()) return value(*number);
    if (const auto* decimal = any.as<Decimal>()) return value(*decimal);
    if (const auto* list = any.as<ValueList>()) {
        begin_array();
        for (const Value& item : *list) value(item);
        return end_array();
    }
    return value(to_text(any));
}

}  // namespace baton::codec
