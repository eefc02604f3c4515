#include "ports/record_digest.h"

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace baton::ports {
namespace {

constexpr char form = 1;  ///< of the bytes below; a new form gets a new number

template <class Number>
void put(std::string& out, Number number) {
    auto bits = static_cast<std::make_unsigned_t<Number>>(number);
    for (std::size_t i = 0; i < sizeof bits; ++i) {
        out += static_cast<char>(bits & 0xff);
        bits = static_cast<decltype(bits)>(bits >> 8);
    }
}

}  // namespace

Digest next_digest(const Digest& previous, const Record& record) {
    std::string bytes;
    bytes.reserve(48 + record.payload.size());
    bytes += form;
    put(bytes, record.lane.value);
    put(bytes, record.seq.value);
    put(bytes, record.subject.value);
    put(bytes, record.previous);
    put(bytes, record.recorded_at.us);
    bytes += record.payload;
    return chain(previous, bytes);
}

Digest digest_of_heads(std::span<const LaneHead> heads) {
    std::vector<const LaneHead*> ordered;
    for (const LaneHead& head : heads)
        if (head.seq.value != 0) ordered.push_back(&head);
    std::ranges::sort(ordered, {}, [](const LaneHead* head) { return head->lane; });
    std::string bytes(1, form);
    for (const LaneHead* head : ordered) {
        put(bytes, head->lane.value);
        put(bytes, head->seq.value);
        bytes.append(head->digest.begin(), head->digest.end());
    }
    return blake2b(bytes);
}

}  // namespace baton::ports
