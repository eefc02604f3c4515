#include "codec/erasure.h"

#include <algorithm>
#include <optional>

#include "base/mac.h"
#include "codec/history.h"
#include "codec/wire.h"

namespace baton::codec {
namespace {

std::unexpected<Error> not_sound() {
    return fail("bad_record", "what an erasure left is not whole; run `baton verify`");
}

std::int64_t number_of(const Properties& properties, std::string_view name) {
    const Value* value = find(properties, name);
    const auto* number = value == nullptr ? nullptr : value->as<std::int64_t>();
    return number == nullptr ? 0 : *number;
}

Status read_rows(WireReader& in, Restated& restated) {
    for (std::size_t rows = in.count(4); rows > 0 && in.ok(); --rows) {
        KeptRow row;
        row.position = in.signed_number();
        row.n = in.small<std::uint16_t>();
        auto record = decode_history(in.text());
        if (!record) return std::unexpected(record.error());
        row.record = std::move(*record);
        restated.before.push_back(std::move(row));
    }
    for (std::size_t rows = in.count(2); rows > 0 && in.ok(); --rows) {
        auto record = decode_history(in.text());
        if (!record) return std::unexpected(record.error());
        restated.now.push_back(std::move(*record));
    }
    return {};
}

}  // namespace

Properties properties_of(const Restated& restated) {
    Bytes bytes;
    WireWriter out(bytes);
    out.text(encode(restated.row));
    out.number(restated.before.size());
    for (const KeptRow& row : restated.before) {
        out.signed_number(row.position);
        out.number(row.n);
        out.text(encode(row.record));
    }
    out.number(restated.now.size());
    for (const auto& record : restated.now) out.text(encode(record));
    return {{"all", Value(restated.all)}, {"kept", Value(hex_of(bytes))}};
}

Result<Restated> restated_of(const Properties& properties) {
    const Value* kept = find(properties, "kept");
    const Value* all = find(properties, "all");
    const auto* hex = kept == nullptr ? nullptr : kept->as<std::string>();
    const auto* whole = all == nullptr ? nullptr : all->as<bool>();
    const auto bytes = hex == nullptr ? std::nullopt : from_hex(*hex);
    if (!bytes || whole == nullptr) return not_sound();
    Restated restated;
    restated.all = *whole;
    WireReader in(*bytes);
    auto row = decode_person(in.text());
    if (!row) return std::unexpected(row.error());
    restated.row = std::move(*row);
    if (auto done = read_rows(in, restated); !done) return std::unexpected(done.error());
    if (!in.ok() || !in.at_end()) return not_sound();
    return restated;
}

Properties properties_of(const Erasure& erasure) {
    ValueList keys;
    for (const std::uint64_t key : erasure.keys) keys.emplace_back(static_cast<std::int64_t>(key));
    return {{"all", Value(erasure.all)},
            {"keys", Value(std::move(keys))},
            {"seq", Value(static_cast<std::int64_t>(erasure.seq.value))},
            {"subject", Value(static_cast<std::int64_t>(erasure.subject.value))}};
}

Result<Erasure> erasure_of(const Properties& properties, Instant at) {
    Erasure erasure;
    erasure.subject = {static_cast<std::uint64_t>(number_of(properties, "subject"))};
    erasure.seq = {static_cast<std::uint64_t>(number_of(properties, "seq"))};
    erasure.at = at;
    const Value* all = find(properties, "all");
    const auto* whole = all == nullptr ? nullptr : all->as<bool>();
    erasure.all = whole != nullptr && *whole;
    const Value* keys = find(properties, "keys");
    const auto* list = keys == nullptr ? nullptr : keys->as<ValueList>();
    if (list == nullptr || erasure.subject.value == 0 || erasure.seq.value == 0) return not_sound();
    for (const Value& key : *list) {
        const auto* number = key.as<std::int64_t>();
        if (number == nullptr) return not_sound();
        erasure.keys.push_back(static_cast<std::uint64_t>(*number));
    }
    return erasure;
}

}  // namespace baton::codec
