// Who was erased, by hashes alone: what a rebuild leaves aside, what a message sent again is held against, and what a restored backup
// has to do once more.
#include <algorithm>

#include "app/core.h"
#include "base/mac.h"
#include "codec/erasure.h"
#include "codec/json_tree.h"
#include "codec/json_writer.h"

namespace baton::app {
namespace {

/// Sixteen digits, the highest first.
std::string hex_of(std::uint64_t bits) {
    Bytes bytes;
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(bits >> shift & 0xff);
    return baton::hex_of(bytes);
}

std::optional<std::uint64_t> bits_of(std::string_view hex) {
    const auto bytes = from_hex(hex);
    if (!bytes || bytes->size() != sizeof(std::uint64_t)) return {};
    std::uint64_t bits = 0;
    for (const char byte : *bytes) bits = bits << 8 | static_cast<unsigned char>(byte);
    return bits;
}

/// A line of the list; nothing when it is none.
std::optional<codec::Erasure> line_of(std::string_view text) {
    const auto tree = codec::parse_json(text);
    if (!tree || tree->kind != codec::JsonKind::object) return {};
    codec::Erasure erasure;
    const codec::JsonNode* subject = tree->find("subject");
    const codec::JsonNode* keys = tree->find("keys");
    if (subject == nullptr || subject->kind != codec::JsonKind::string || keys == nullptr) return {};
    const auto number = bits_of(subject->text);
    if (!number || keys->kind != codec::JsonKind::array) return {};
    erasure.subject = {*number};
    for (const codec::JsonNode& key : keys->items) {
        const auto hash = key.kind == codec::JsonKind::string ? bits_of(key.text) : std::nullopt;
        if (!hash) return {};
        erasure.keys.push_back(*hash);
    }
    return erasure;
}

}  // namespace

void Ledger::Core::note(const codec::Erasure& erasure) {
    erased.add(erasure);
    for (const std::uint64_t key : erasure.keys) erased_keys.emplace(key, erasure.subject);
}

// ---- what there was ----------------------------------------------------------------------------------------------

void Erasures::add(const codec::Erasure& erasure) {
    Seq& newest = newest_[erasure.subject.value];
    newest = std::max(newest, erasure.seq);
}

Result<Erasures> erasures_in(const ports::Reader& store) {
    Erasures found;
    const auto any = store.setting("erasures");
    if (!any) return std::unexpected(any.error());
    if (!*any) return found;
    Status trouble;
    codec::JournalRecord decoded;
    const auto done = store.scan(ports::no_position, [&](const ports::Record& record) {
        if (!of_lane(record.subject)) return true;
        trouble = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at, decoded);
        if (!trouble || decoded.fact.kind != FactKind::erased) return trouble.has_value();
        const auto erasure = codec::erasure_of(decoded.fact.properties, decoded.fact.engine_at);
        if (erasure) found.add(*erasure);
        if (!erasure) trouble = std::unexpected(erasure.error());
        return erasure.has_value();
    });
    if (!trouble) return std::unexpected(trouble.error());
    if (!done) return std::unexpected(done.error());
    return found;
}

std::uint64_t erased_hash(const HashKey& secret, const ports::IdentityKey& key) {
    return siphash(secret, std::string(1, key.kind) + key.key);
}

std::string hashed_entry(const HashKey& secret, std::string_view entry) {
    return "h:" + hex_of(siphash(secret, entry));
}

Result<std::vector<codec::Erasure>> erasures(const Reads& reads) {
    std::vector<codec::Erasure> all;
    for (std::uint16_t lane = 0; lane < lane_count; ++lane) {
        const auto row = reads.lane(Lane{lane});
        if (!row) return std::unexpected(row.error());
        all.insert(all.end(), row->erasures.begin(), row->erasures.end());
    }
    std::ranges::stable_sort(all, {}, &codec::Erasure::at);
    return all;
}

std::string line_of(const codec::Erasure& erasure) {
    codec::JsonWriter out;
    out.begin_object().field("subject", hex_of(erasure.subject.value)).field("at", erasure.at);
    out.key("keys").begin_array();
    for (const std::uint64_t key : erasure.keys) out.value(hex_of(key));
    return out.end_array().end_object().take() + "\n";
}

std::string list_of(const std::vector<codec::Erasure>& erasures) {
    std::string lines;
    for (const auto& erasure : erasures)
        if (erasure.all) lines += line_of(erasure);
    return lines;
}

Result<std::size_t> apply_list(Ledger& ledger, const ports::Store& store, std::string_view lines,
                               std::string_view actor) {
    std::vector<codec::Erasure> wanted;
    std::size_t number = 0;
    for (std::size_t from = 0; from < lines.size();) {
        const std::size_t end = std::min(lines.find('\n', from), lines.size());
        const std::string_view line = lines.substr(from, end - from);
        from = end + 1;
        ++number;
        if (line.empty()) continue;
        auto erasure = line_of(line);
        if (!erasure)
            return fail("bad_list",
                        "line " + std::to_string(number) +
                            " is not one of a list of erasures, as baton person erased prints it; nothing was erased");
        wanted.push_back(std::move(*erasure));
    }
    std::size_t erased = 0;
    for (const auto& erasure : wanted) {
        const auto keys = store.identities_of(erasure.subject);
        if (!keys) return std::unexpected(keys.error());
        const bool is_it = std::ranges::any_of(*keys, [&](const ports::Identity& identity) {
            return std::ranges::find(erasure.keys, erased_hash(store.hash_key(), identity.key)) != erasure.keys.end();
        });
        if (!is_it) continue;
        const auto done = ledger.erase(erasure.subject, actor);
        if (!done && done.error().code != "not_found") return std::unexpected(done.error());
        if (done) ++erased;
    }
    return erased;
}

}  // namespace baton::app
