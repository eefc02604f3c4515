// Most texts and lists of a history record are empty: a mask says which are there.
#include "codec/history.h"

#include <array>

#include "codec/engine_fields.h"

namespace baton::codec {
namespace {

constexpr std::uint8_t layout = 1;

template <class T>
auto texts_of(T& r) {
    return std::array{&r.what, &r.from, &r.to, &r.detail, &r.reason, &r.actor};
}

template <class T>
unsigned mask_of(const T& r) {
    unsigned mask = 0;
    unsigned bit = 1;
    for (const std::string* text : texts_of(r)) {
        if (!text->empty()) mask |= bit;
        bit <<= 1;
    }
    const auto add = [&](bool present) {
        if (present) mask |= bit;
        bit <<= 1;
    };
    add(r.number != 0);
    add(r.skip);
    add(r.backward);
    add(r.historical);
    add(!r.time_known);
    add(!r.skipped.empty());
    add(!r.denied.empty());
    add(!r.explanation.empty());
    return mask;
}

template <class A, class T>
void body(A& a, T& r, unsigned mask) {
    unsigned bit = 1;
    const auto present = [&] {
        const bool there = (mask & bit) != 0;
        bit <<= 1;
        return there;
    };
    for (auto* text : texts_of(r))
        if (present()) a(*text);
    if (present()) a(r.number);
    bit <<= 4;  // the four flags are the mask itself
    if (present()) a(r.skipped);
    if (present()) a(r.denied);
    if (present()) a(r.explanation);
}

constexpr unsigned all_bits = (1U << 14) - 1;

template <class A, class T>
void head(A& a, T& r) {
    a(r.kind, r.at, r.by.lane, r.by.seq);
    a.base = {r.at, r.by};
    a(r.n, r.version, r.cause, r.cycle);
}

}  // namespace

Bytes encode(const engine::HistoryRecord& record) {
    Bytes bytes;
    FieldWriter out(bytes);
    out.wire().byte(layout);
    head(out, record);
    const unsigned mask = mask_of(record);
    out.wire().number(mask);
    body(out, record, mask);
    return bytes;
}

Result<engine::HistoryRecord> decode_history(std::string_view bytes) {
    FieldReader in(bytes);
    engine::HistoryRecord r;
    if (in.wire().byte() != layout) in.wire().refuse();
    if (in.wire().ok()) head(in, r);
    const auto mask = in.wire().small<std::uint32_t>();
    if (mask > all_bits) in.wire().refuse();
    if (in.wire().ok()) body(in, r, mask);
    r.skip = (mask & 1U << 7) != 0;
    r.backward = (mask & 1U << 8) != 0;
    r.historical = (mask & 1U << 9) != 0;
    r.time_known = (mask & 1U << 10) == 0;
    if (!in.wire().ok() || !in.wire().at_end() || mask_of(r) != mask)
        return fail("bad_history", "the bytes are no history record; run `baton verify`, then rebuild");
    return r;
}

}  // namespace baton::codec
