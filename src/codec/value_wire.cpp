#include "codec/value_wire.h"

namespace baton::codec {
namespace {

// The tag is the whole value where the value is small: short texts and numbers are by far the most frequent.
enum Tag : std::uint8_t {
    null,
    no,
    yes,
    integer,
    decimal,
    text,
    instant,
    duration,
    list,
    short_text = 64,
    short_number = 128
};
constexpr std::size_t short_text_limit = 64;
constexpr std::int64_t short_number_limit = 128;

struct Writing {
    WireWriter& out;
    void operator()(std::monostate) const { out.byte(null); }
    void operator()(bool v) const { out.byte(v ? yes : no); }
    void operator()(std::int64_t v) const {
        if (v >= 0 && v < short_number_limit) return out.byte(static_cast<std::uint8_t>(short_number + v));
        out.byte(integer);
        out.signed_number(v);
    }
    void operator()(Decimal v) const {
        out.byte(decimal);
        out.signed_number(v.micros);
    }
    void operator()(const std::string& v) const {
        if (v.size() >= short_text_limit) {
            out.byte(text);
            return out.text(v);
        }
        out.byte(static_cast<std::uint8_t>(short_text + v.size()));
        out.raw(v);
    }
    void operator()(Instant v) const {
        out.byte(instant);
        out.instant(v, Instant{});
    }
    void operator()(Duration v) const {
        out.byte(duration);
        out.signed_number(v.us);
    }
    void operator()(const ValueList& v) const {
        out.byte(list);
        out.number(v.size());
        for (const Value& item : v) write(out, item);
    }
};

Value read_integer(WireReader& in) {
    const std::int64_t n = in.signed_number();
    if (n >= 0 && n < short_number_limit) in.refuse();
    return Value(n);
}

Value read_text(WireReader& in) {
    const std::string_view found = in.text();
    if (found.size() < short_text_limit) in.refuse();
    return Value(found);
}

Value read_list(WireReader& in, int depth) {
    ValueList items;
    const std::size_t size = in.count();
    if (depth >= max_list_depth) in.refuse();
    for (std::size_t i = 0; i < size && in.ok(); ++i) items.push_back(read_value(in, depth + 1));
    return Value(std::move(items));
}

}  // namespace

void write(WireWriter& out, const Value& value) { std::visit(Writing{out}, value.held); }

Value read_value(WireReader& in, int depth) {
    const std::uint8_t tag = in.byte();
    if (tag >= short_number) return Value(static_cast<std::int64_t>(tag - short_number));
    if (tag >= short_text) return Value(in.raw(tag - short_text));
    switch (tag) {
        case null: return {};
        case no: return Value(false);
        case yes: return Value(true);
        case integer: return read_integer(in);
        case decimal: return Value(Decimal{in.signed_number()});
        case text: return read_text(in);
        case instant: return Value(in.instant(Instant{}));
        case duration: return Value(Duration{in.signed_number()});
        case list: return read_list(in, depth);
        default: in.refuse(); return {};
    }
}

void write(WireWriter& out, const Properties& properties) {
    out.number(properties.size());
    for (const NamedValue& property : properties) {
        out.text(property.name);
        write(out, property.value);
    }
}

void read_properties(WireReader& in, Properties& into) {
    const std::size_t size = in.count(2);
    into.resize(size);
    for (std::size_t i = 0; i < size && in.ok(); ++i) {
        into[i].name.assign(in.text());
        into[i].value = read_value(in);
        if (i > 0 && !(into[i - 1].name < into[i].name)) in.refuse();
    }
}

}  // namespace baton::codec
