#include "ports/record_digest.h"

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace baton::ports {
namespace {

constexpr char form = 1;         ///< of the bytes below; a new form gets a new number
constexpr char hashed_form = 2;  ///< with the payload's digest instead of the payload

template <class Number>
void put(std::string& out, Number number) {
    auto bits = static_cast<std::make_unsigned_t<Number>>(number);
    for (std::size_t i = 0; i < sizeof bits; ++i) {
        out += static_cast<char>(bits & 0xff);
        bits = static_cast<decltype(bits)>(bits >> 8);
    }
}

/// What the payload says that it is (codec/journal.h).
enum class Payload : std::uint8_t { whole, salted, redacted, redacted_link };
Payload kind_of(std::string_view payload) {
    const char first = payload.empty() ? '\0' : payload.front();
    const bool left = payload.size() >= 33;
    if (first == 2) return Payload::salted;
    if (first == 3 && left) return Payload::redacted;
    if (first == 4 && left) return Payload::redacted_link;
    return Payload::whole;
}

Digest digest_in(std::string_view payload) {
    Digest digest;
    std::copy_n(payload.begin() + 1, digest.size(), digest.begin());
    return digest;
}

}  // namespace

Digest left_of(const Digest& previous, const Record& record) {
    return kind_of(record.payload) == Payload::salted ? blake2b(record.payload) : next_digest(previous, record);
}

Digest next_digest(const Digest& previous, const Record& record) {
    const Payload kind = kind_of(record.payload);
    if (kind == Payload::redacted_link) return digest_in(record.payload);
    const bool hashed = kind != Payload::whole;
    std::string bytes;
    bytes.reserve(48 + (hashed ? sizeof(Digest) : record.payload.size()));
    bytes += hashed ? hashed_form : form;
    put(bytes, record.lane.value);
    put(bytes, record.seq.value);
    put(bytes, record.subject.value);
    put(bytes, record.previous);
    put(bytes, record.recorded_at.us);
    if (!hashed) bytes += record.payload;
    if (hashed) {
        const Digest digest = kind == Payload::salted ? blake2b(record.payload) : digest_in(record.payload);
        bytes.append(digest.begin(), digest.end());
    }
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
