// Who was erased, by hashes alone: what a rebuild leaves aside, what a message sent again is held against, and what a restored backup
// has to do once more.
#include <algorithm>

#include "app/core.h"
#include "base/mac.h"
#include "codec/erasure.h"
#include "codec/json_tree.h"
#include "codec/json_writer.h"
#include "ports/record_digest.h"

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

/// A line of the list.
struct OfList {
    SubjectId subject;
    std::vector<std::uint64_t> keys;     ///< of somebody of whom everything goes
    std::vector<std::uint64_t> records;  ///< else: these
};

std::optional<std::vector<std::uint64_t>> hashes_of(const codec::JsonNode& node) {
    if (node.kind != codec::JsonKind::array) return {};
    std::vector<std::uint64_t> hashes;
    for (const codec::JsonNode& one : node.items) {
        const auto hash = one.kind == codec::JsonKind::string ? bits_of(one.text) : std::nullopt;
        if (!hash) return {};
        hashes.push_back(*hash);
    }
    return hashes;
}

/// Nothing when the text is no line.
std::optional<OfList> line_in(std::string_view text) {
    const auto tree = codec::parse_json(text);
    if (!tree || tree->kind != codec::JsonKind::object) return {};
    const codec::JsonNode* subject = tree->find("subject");
    const codec::JsonNode *keys = tree->find("keys"), *records = tree->find("records");
    if (subject == nullptr || subject->kind != codec::JsonKind::string) return {};
    if ((keys == nullptr) == (records == nullptr)) return {};
    const auto number = bits_of(subject->text);
    auto hashes = hashes_of(keys != nullptr ? *keys : *records);
    if (!number || !hashes) return {};
    OfList listed{{*number}, {}, {}};
    (keys != nullptr ? listed.keys : listed.records) = std::move(*hashes);
    return listed;
}

Result<std::vector<OfList>> read_list(std::string_view lines) {
    std::vector<OfList> list;
    std::size_t number = 0;
    for (std::size_t from = 0; from < lines.size();) {
        const std::size_t end = std::min(lines.find('\n', from), lines.size());
        const std::string_view line = lines.substr(from, end - from);
        from = end + 1;
        ++number;
        if (line.empty()) continue;
        auto listed = line_in(line);
        if (!listed)
            return fail("bad_list",
                        "line " + std::to_string(number) +
                            " is not one of a list of erasures, as baton person erased prints it; nothing was erased");
        list.push_back(std::move(*listed));
    }
    return list;
}

/// The subject's records and what they say; none of somebody this store does not know.
struct Life {
    std::vector<ports::Record> records;
    std::vector<codec::JournalRecord> decoded;
};
Result<Life> life_of(const ports::Store& store, SubjectId subject) {
    Life life;
    const auto row = store.state_of(subject);
    if (!row) return std::unexpected(row.error());
    if (!*row) return life;
    auto records = store.records_of(subject, (*row)->last);
    if (!records) return std::unexpected(records.error());
    life.records = std::move(*records);
    for (const ports::Record& record : life.records) {
        auto decoded = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at);
        if (!decoded) return std::unexpected(decoded.error());
        life.decoded.push_back(std::move(*decoded));
    }
    return life;
}

/// Which of the subject's records that are whole the list means.
Result<std::set<Place>> places_of(const ports::Store& store, const OfList& listed) {
    const auto life = life_of(store, listed.subject);
    if (!life) return std::unexpected(life.error());
    std::set<Place> unsalted, found;
    for (const auto& one : life->decoded)
        if (!one.redacted && one.salt == 0) unsalted.insert({one.fact.ref.lane, one.fact.ref.seq});
    auto links = links_before(store, std::move(unsalted));
    if (!links) return std::unexpected(links.error());
    for (std::size_t i = 0; i < life->records.size(); ++i) {
        const ports::Record& record = life->records[i];
        const Place place(record.lane, record.seq);
        if (life->decoded[i].redacted) continue;
        const std::uint64_t hash = erased_hash(store.hash_key(), ports::left_of((*links)[place], record));
        if (std::ranges::find(listed.records, hash) != listed.records.end()) found.insert(place);
    }
    return found;
}

Result<bool> is_it(const ports::Store& store, const OfList& listed) {
    const auto keys = store.identities_of(listed.subject);
    if (!keys) return std::unexpected(keys.error());
    return std::ranges::any_of(*keys, [&](const ports::Identity& identity) {
        return std::ranges::find(listed.keys, erased_hash(store.hash_key(), identity.key)) != listed.keys.end();
    });
}

/// Answers whether there was something to erase.
Result<bool> erase_again(Ledger& ledger, const ports::Store& store, const OfList& listed, std::string_view actor) {
    std::function<bool(const codec::JournalRecord&)> which;
    if (listed.records.empty()) {
        const auto there = is_it(store, listed);
        if (!there || !*there) return there;
    } else {
        auto places = places_of(store, listed);
        if (!places) return std::unexpected(places.error());
        if (places->empty()) return false;
        which = [places = std::move(*places)](const codec::JournalRecord& record) {
            return places.contains({record.fact.ref.lane, record.fact.ref.seq});
        };
    }
    const auto done = ledger.erase(listed.subject, actor, which);
    if (!done && done.error().code != "not_found") return std::unexpected(done.error());
    return done && done->records > 0;
}

}  // namespace

void Ledger::Core::note(const codec::Erasure& erasure) {
    erased.add(erasure);
    for (const std::uint64_t key : erasure.keys) erased_keys.emplace(key, erasure.subject);
}

/// The process ended after the record was durable and before the lanes' own rows followed.
void Ledger::Core::drop_named(const codec::JournalRecord& listed) {
    const Value* entry = baton::find(listed.fact.properties, "entry");
    const auto* hashed = entry == nullptr ? nullptr : entry->as<std::string>();
    if (hashed == nullptr || !hashed->starts_with("h:")) return;
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        if (std::erase_if(lanes[lane].registers, [&](const codec::RegisterEntry& one) {
                return hashed_entry(hash_key, one.key) == *hashed;
            }) > 0)
            lane_dirty.set(lane);
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

std::uint64_t erased_hash(const HashKey& secret, const Digest& left) {
    return siphash(secret, std::string(left.begin(), left.end()));
}

Result<std::map<Place, Digest>> links_before(const ports::Reader& store, std::set<Place> places) {
    std::map<Place, Digest> links;
    if (places.empty()) return links;
    std::array<Digest, lane_count> heads{};
    const auto done = store.scan(ports::no_position, [&](const ports::Record& record) {
        Digest& link = heads[record.lane.value];
        const Place place(record.lane, record.seq);
        if (places.erase(place) != 0) links[place] = link;
        link = ports::next_digest(link, record);
        return !places.empty();
    });
    if (!done) return std::unexpected(done.error());
    return links;
}

std::string line_of(const codec::Erasure& erasure, std::span<const std::uint64_t> records) {
    codec::JsonWriter out;
    out.begin_object().field("subject", hex_of(erasure.subject.value)).field("at", erasure.at);
    out.key(erasure.all ? "keys" : "records").begin_array();
    for (const std::uint64_t hash : erasure.all ? std::span(erasure.keys) : records) out.value(hex_of(hash));
    return out.end_array().end_object().take() + "\n";
}

Result<std::string> list_of(const ports::Store& store, const std::vector<codec::Erasure>& erasures) {
    std::string lines;
    for (const auto& erasure : erasures) {
        std::vector<std::uint64_t> records;
        if (!erasure.all) {
            const auto life = life_of(store, erasure.subject);
            if (!life) return std::unexpected(life.error());
            for (const auto& one : life->decoded)
                if (one.redacted && one.fact.ref.seq < erasure.seq)
                    records.push_back(erased_hash(store.hash_key(), one.redacted->digest));
            if (records.empty()) continue;
        }
        lines += line_of(erasure, records);
    }
    return lines;
}

Result<std::size_t> apply_list(Ledger& ledger, const ports::Store& store, std::string_view lines,
                               std::string_view actor) {
    const auto list = read_list(lines);
    if (!list) return std::unexpected(list.error());
    if (auto done = ledger.flush(); !done) return std::unexpected(done.error());
    std::size_t erased = 0;
    for (const OfList& listed : *list) {
        const auto done = erase_again(ledger, store, listed, actor);
        if (!done) return std::unexpected(done.error());
        erased += *done ? 1 : 0;
    }
    return erased;
}

}  // namespace baton::app
