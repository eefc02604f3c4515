// One list of fields a type, used for writing and for reading: what is written is what is read.
#pragma once

#include <algorithm>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "codec/value_wire.h"
#include "domain/engine/fact.h"

namespace baton::codec {

/// What times and references are written relative to: near ones are short.
struct Base {
    Instant time;
    FactRef ref;
};

/// An enum's greatest value, for refusing what is none of it; specialised for each.
template <class E>
inline constexpr E last_of = E::none_given;

/// `fields(archive, x)` below is called with either of the two archives; `archive(a, b, c)` writes or reads each in turn.
class FieldWriter {
   public:
    static constexpr bool reading = false;
    explicit FieldWriter(Bytes& out) : out_(out) {}
    Base base;

    template <class... Ts>
    void operator()(const Ts&... items) {
        (one(items), ...);
    }
    WireWriter& wire() { return out_; }

   private:
    void one(bool v) { out_.byte(v ? 1 : 0); }
    void one(std::int64_t v) { out_.signed_number(v); }
    template <std::unsigned_integral T>
    void one(const T& v) {
        out_.number(v);
    }
    template <class E>
        requires std::is_enum_v<E>
    void one(const E& v) {
        out_.byte(static_cast<std::uint8_t>(v));
    }
    template <class Tag, class N>
    void one(const Id<Tag, N>& v) {
        out_.number(v.value);
    }
    void one(Instant v) { out_.instant(v, base.time); }
    void one(Decimal v) { out_.signed_number(v.micros); }
    void one(FactRef v) {
        const bool same = v.lane == base.ref.lane;
        const std::int64_t behind =
            wrapping_difference(static_cast<std::int64_t>(base.ref.seq.value), static_cast<std::int64_t>(v.seq.value));
        out_.wide(static_cast<Wide>(zigzag(behind)) << 1 | (same ? 0 : 1));
        if (!same) out_.number(v.lane.value);
    }
    void one(const std::string& v) { out_.text(v); }
    void one(const Value& v) { write(out_, v); }
    void one(const std::vector<bool>& v) {
        out_.number(v.size());
        for (const bool b : v) out_.byte(b ? 1 : 0);
    }
    template <class T>
    void one(const std::vector<T>& v) {
        out_.number(v.size());
        for (const T& item : v) one(item);
    }
    template <class T>
    void one(const T& v) {
        fields(*this, v);
    }

    WireWriter out_;
};

class FieldReader {
   public:
    static constexpr bool reading = true;
    explicit FieldReader(std::string_view bytes) : in_(bytes) {}
    Base base;

    template <class... Ts>
    void operator()(Ts&... items) {
        (one(items), ...);
    }
    WireReader& wire() { return in_; }

   private:
    void one(bool& v) { v = in_.flag(); }
    void one(std::int64_t& v) { v = in_.signed_number(); }
    template <std::unsigned_integral T>
    void one(T& v) {
        v = in_.small<T>();
    }
    template <class E>
        requires std::is_enum_v<E>
    void one(E& v) {
        const std::uint8_t b = in_.byte();
        if (b > static_cast<std::uint8_t>(last_of<E>)) return in_.refuse();
        v = static_cast<E>(b);
    }
    template <class Tag, class N>
    void one(Id<Tag, N>& v) {
        v.value = in_.small<N>();
    }
    void one(Instant& v) { v = in_.instant(base.time); }
    void one(Decimal& v) { v.micros = in_.signed_number(); }
    void one(FactRef& v) {
        const Wide n = in_.wide();
        if (n >> 65 != 0) return in_.refuse();
        const std::int64_t behind = unzigzag(static_cast<std::uint64_t>(n >> 1));
        v.seq.value =
            static_cast<std::uint64_t>(wrapping_difference(static_cast<std::int64_t>(base.ref.seq.value), behind));
        v.lane = base.ref.lane;
        if ((n & 1) == 0) return;
        v.lane.value = in_.small<std::uint16_t>();
        if (v.lane == base.ref.lane) in_.refuse();
    }
    void one(std::string& v) { v.assign(in_.text()); }
    void one(Value& v) { v = read_value(in_); }
    void one(std::vector<bool>& v) {
        v.resize(in_.count());
        for (std::size_t i = 0; i < v.size() && in_.ok(); ++i) v[i] = in_.flag();
    }
    template <class T>
    void one(std::vector<T>& v) {
        const std::size_t size = in_.count();
        v.clear();
        v.reserve(std::min<std::size_t>(size, 1024));
        for (std::size_t i = 0; i < size && in_.ok(); ++i) one(v.emplace_back());
    }
    template <class T>
    void one(T& v) {
        fields(*this, v);
    }

    WireReader in_;
};

}  // namespace baton::codec
