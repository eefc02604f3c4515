#include "app/erasure.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "app/batch.h"
#include "app/replay.h"
#include "codec/erasure.h"
#include "codec/history.h"
#include "domain/engine/step.h"
#include "ports/record_digest.h"

namespace baton::app {
namespace {

/// A message, wherever it was forwarded to.
using Said = std::tuple<std::uint16_t, Instant, std::string>;

Said said_by(const codec::JournalRecord& record) {
    constexpr std::string_view forwarded = "merged ";
    std::string_view id = record.message_id;
    while (id.starts_with(forwarded)) id.remove_prefix(forwarded.size());
    return {record.source, record.fact.occurred_at, std::string(id)};
}

/// A move, an end, a time and who of us: without what was said of the person.
engine::HistoryRecord stripped(engine::HistoryRecord record) {
    using engine::HistoryKind;
    record.explanation.clear();
    record.denied.clear();
    const bool ends = record.kind == HistoryKind::offer_ended || record.kind == HistoryKind::held_back;
    if (!ends) record.reason.clear();
    switch (record.kind) {
        case HistoryKind::offer_ended:
        case HistoryKind::lead_closed:
        case HistoryKind::merged:
        case HistoryKind::unmerged:
        case HistoryKind::import_undone:
        case HistoryKind::erased: break;
        default: record.detail.clear();
    }
    return record;
}

/// One subject and what of it is to go.
struct Part {
    Subject* subject = nullptr;
    bool all = false;
    std::vector<ports::Record> records;
    std::vector<codec::JournalRecord> decoded;
    std::vector<std::size_t> gone;
};

/// Whether something was erased from the store at all, and whether its bytes are gone. Stores that say another word were purged by a
/// version that left bytes between the cells of pages.
constexpr std::string_view erasures_setting = "erasures", wants_purging = "purging", purged = "purged throughout";

using Which = std::function<bool(const codec::JournalRecord&)>;

class Erasing {
   public:
    Erasing(Ledger::Core& core, std::string_view actor) : core_(core), actor_(actor) {}

    Status find(SubjectId person, const Which& which);
    /// Nothing is due of anybody concerned.
    Status settle();
    bool nothing() const { return parts_.empty(); }
    Result<Erased> run();

   private:
    Result<Part*> add(SubjectId id, bool all);
    Status add_group(SubjectId root);
    Status add_copies();
    Status read(Part& part);
    Status find_links();
    Status redact(Batch& batch);
    /// Before it happens: beside the store, where a backup that is put back does not undo it.
    Status keep_apart();
    Status restate(Batch& batch, Part& part);
    static void take_back(const Part& part, const playbook::Compiled& playbook, const Fact& cause,
                          codec::PersonRow& row, engine::StepOutput& out);
    Status forget_keys(Batch& batch, const Part& part, codec::Erasure& erasure);
    Status hash_entries(Batch& batch, const Part& part);
    Status drop_entry(Lane lane, const std::string& key);
    Status emit_lane(Batch& batch, Lane lane, FactKind kind, Properties properties);
    Result<std::optional<codec::RedactedMessage>> message_of(const ports::Record& record,
                                                             const codec::JournalRecord& decoded);

    Ledger::Core& core_;
    const std::string actor_;
    std::vector<std::unique_ptr<Part>> parts_;
    std::vector<std::pair<ports::Record, codec::JournalRecord>> going_;
    std::map<Place, Digest> links_;  ///< before the records that have no salt
    std::array<ports::Position, lane_count> lane_last_{};
    std::vector<codec::Erasure> made_;
    std::map<SubjectId, std::vector<std::uint64_t>> left_;  ///< hashes of the records that go, for the list
    Erased erased_;
};

// ---- who and what -------------------------------------------------------------------------------------------------

Result<Part*> Erasing::add(SubjectId id, bool all) {
    const auto there = std::ranges::find(parts_, id, [](const auto& part) { return part->subject->id; });
    if (there != parts_.end()) return there->get();
    if (auto done = core_.subjects.fetch(std::span(&id, 1), core_.store); !done) return std::unexpected(done.error());
    Subject* held = of_lane(id) ? nullptr : core_.subjects.find(id);
    if (held == nullptr || held->person() == nullptr || held->person()->erased)
        return fail("not_found", "there is no person " + std::to_string(id.value));
    parts_.push_back(std::make_unique<Part>());
    parts_.back()->subject = held;
    parts_.back()->all = all;
    return parts_.back().get();
}

/// The survivor and all who rest in it: they are one person.
Status Erasing::add_group(SubjectId person) {
    SubjectId root = person;
    for (;;) {
        const auto part = add(root, true);
        if (!part) return std::unexpected(part.error());
        const SubjectId next = (*part)->subject->person()->merged_into;
        if (next.value == 0) break;
        root = next;
    }
    for (std::size_t i = 0; i < parts_.size(); ++i)
        for (const SubjectId other : std::vector(parts_[i]->subject->person()->absorbed))
            if (auto part = add(other, true); !part) return std::unexpected(part.error());
    return {};
}

Status Erasing::read(Part& part) {
    auto records = core_.store.records_of(part.subject->id, part.subject->last);
    if (!records) return std::unexpected(records.error());
    part.records = std::move(*records);
    part.decoded.clear();
    for (const auto& record : part.records) {
        auto decoded = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at);
        if (!decoded) return std::unexpected(decoded.error());
        part.decoded.push_back(std::move(*decoded));
    }
    return {};
}

/// What was forwarded to people into whom one of these was merged once, and who have been taken apart since.
Status Erasing::add_copies() {
    std::set<Said> said;
    for (const auto& part : parts_)
        for (const std::size_t i : part->gone)
            if (!is_internal(part->decoded[i].fact.kind)) said.insert(said_by(part->decoded[i]));
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const std::vector<codec::JournalRecord> all = parts_[i]->decoded;
        for (const auto& record : all) {
            if (record.fact.kind != FactKind::merged) continue;
            const std::size_t before = parts_.size();
            const auto other = add(record.fact.origin, false);
            if (!other && other.error().code == "not_found") continue;  // erased itself
            if (!other) return std::unexpected(other.error());
            if (parts_.size() == before) continue;
            if (auto done = read(**other); !done) return done;
            for (std::size_t k = 0; k < (*other)->decoded.size(); ++k)
                if ((*other)->decoded[k].fact.origin.value != 0 && said.contains(said_by((*other)->decoded[k])))
                    (*other)->gone.push_back(k);
        }
    }
    std::erase_if(parts_, [](const auto& part) { return part->gone.empty(); });
    return {};
}

Status Erasing::find(SubjectId person, const Which& which) {
    parts_.clear();
    if (which) {
        if (const auto part = add(person, false); !part) return std::unexpected(part.error());
    } else if (auto done = add_group(person); !done) {
        return done;
    }
    for (const auto& part : parts_) {
        if (auto done = read(*part); !done) return done;
        bool more = false;  // of what came from outside
        for (std::size_t i = 0; i < part->decoded.size(); ++i) {
            const auto& record = part->decoded[i];
            if (record.redacted) continue;
            const bool gone = !which || (!is_internal(record.fact.kind) && which(record));
            if (gone) part->gone.push_back(i);
            more = more || (!gone && !is_internal(record.fact.kind));
        }
        const bool rests = part->subject->person()->merged_into.value != 0;  // then whoever it rests in is known
        if (which && !more && !rests && !part->gone.empty()) return find(person, {});  // nothing would be left
    }
    return add_copies();
}

// ---- what becomes of it -------------------------------------------------------------------------------------------

Status Erasing::settle() {
    Batch batch(core_, core_.moment());
    for (const auto& part : parts_) {
        const codec::PersonRow& row = *part->subject->person();
        if (row.merged_into.value != 0 || row.empty) continue;
        if (auto done = batch.advance(*part->subject, std::max(batch.recorded_at(), row.state.engine_at), false); !done)
            return done;
        if (auto done = batch.drain(); !done) return done;
    }
    if (auto done = core_.journal(batch); !done) return done;
    return core_.write_derived();
}

/// A record without salt keeps its link, which only the chain from its beginning tells.
Status Erasing::find_links() {
    std::set<Place> wanted;
    for (const auto& [record, decoded] : going_)
        if (decoded.salt == 0) wanted.insert({record.lane, record.seq});
    auto links = links_before(core_.store, std::move(wanted));
    if (!links) return std::unexpected(links.error());
    links_ = std::move(*links);
    return {};
}

/// A message whose hash was taken stands under the next one.
Result<std::optional<codec::RedactedMessage>> Erasing::message_of(const ports::Record& record,
                                                                  const codec::JournalRecord& decoded) {
    constexpr int most = 16;
    auto key = journaled_key(core_.options.message_hash, core_.hash_key, core_.source_names, decoded, record.lane);
    for (int i = 0; key && i < most; ++i, ++key->hash) {
        const auto found = core_.store.positions_of(std::span(&*key, 1));
        if (!found) return std::unexpected(found.error());
        if (found->front() == record.position) return std::optional(codec::RedactedMessage{key->day, key->hash});
        if (found->front() == ports::no_position) break;
    }
    return std::optional<codec::RedactedMessage>();
}

Status Erasing::redact(Batch& batch) {
    if (auto done = find_links(); !done) return done;
    for (const auto& [record, decoded] : going_) {
        codec::Redacted left;
        left.is_link = decoded.salt == 0;
        left.digest = ports::left_of(left.is_link ? links_[{record.lane, record.seq}] : Digest{}, record);
        const auto message = message_of(record, decoded);
        if (!message) return std::unexpected(message.error());
        left.message = *message;
        ports::Redaction redaction{record, std::nullopt};
        redaction.record.payload = codec::redact(decoded, left);
        if (left.message) redaction.message = {left.message->day, record.lane, decoded.source, left.message->hash};
        batch.redact(std::move(redaction));
        left_[record.subject].push_back(erased_hash(core_.hash_key, left.digest));
    }
    erased_.records = going_.size();
    return {};
}

Status Erasing::keep_apart() {
    for (const codec::Erasure& erasure : made_)
        if (auto done = core_.store.keep_apart(line_of(erasure, left_[erasure.subject])); !done) return done;
    return {};
}

Status Erasing::forget_keys(Batch& batch, const Part& part, codec::Erasure& erasure) {
    const auto keys = core_.store.identities_of(part.subject->id);
    if (!keys) return std::unexpected(keys.error());
    const auto still_named = [&](const ports::IdentityKey& key) {
        const auto names = [&](const codec::Key& one) { return one.kind == key.kind && one.key == key.key; };
        for (std::size_t i = 0; i < part.decoded.size(); ++i) {
            const auto& record = part.decoded[i];
            if (std::ranges::binary_search(part.gone, i) || record.redacted || is_internal(record.fact.kind)) continue;
            if (names(record.home) || std::ranges::any_of(record.linked, names)) return true;
        }
        return false;
    };
    const bool own =
        std::ranges::any_of(part.gone, [&](std::size_t i) { return part.decoded[i].fact.origin.value == 0; });
    for (const auto& identity : *keys) {
        if (!part.all && (!own || still_named(identity.key))) continue;
        erasure.keys.push_back(erased_hash(core_.hash_key, identity.key));
        batch.forget(identity);
    }
    std::ranges::sort(erasure.keys);
    return {};
}

Status Erasing::emit_lane(Batch& batch, Lane lane, FactKind kind, Properties properties) {
    const auto number = core_.source("baton");
    if (!number) return std::unexpected(number.error());
    codec::JournalRecord record = internal_record(kind, batch.recorded_at(), false, *number);
    record.fact.actor = actor_;
    record.fact.properties = std::move(properties);
    record.message_id = record.fact.type + ":" + std::to_string(batch.next_seq(lane).value);
    return batch.emit_lane(lane, record, std::nullopt);
}

/// Entries that name the person hold on without naming it.
Status Erasing::hash_entries(Batch& batch, const Part& part) {
    if (!part.all || !core_.holds_registers()) return {};
    const auto identities = core_.store.identities_of(part.subject->id);
    if (!identities) return std::unexpected(identities.error());
    std::vector<ports::IdentityKey> keys;
    for (const auto& identity : *identities) keys.push_back(identity.key);
    const codec::PersonRow& row = *part.subject->person();
    std::vector<std::string> companies{row.state.account};
    if (const auto playbook = core_.playbooks->of(row); playbook != nullptr)
        if (const auto property = playbook->property("company"))
            for (const auto& known : row.state.features.attributes)
                if (const auto* text = known.value.as<std::string>(); text != nullptr && known.property == *property)
                    companies.push_back(*text);
    for (const std::string& key : scrub_keys(keys, companies, row.name)) {
        if (key.starts_with("d:")) continue;
        const Lane lane = lane_of(ports::IdentityKey{'r', key});
        const std::vector<codec::RegisterEntry> all = core_.lanes[lane.value].registers;
        bool named = false;
        for (const auto& entry : all) {
            if (entry.key != key) continue;
            named = true;
            const std::string hashed = hashed_entry(core_.hash_key, key);
            const Lane there = lane_of(ports::IdentityKey{'r', hashed});
            if (auto done = emit_lane(batch, there, FactKind::listed,
                                      {{"entry", Value(hashed)},
                                       {"reason", Value("kept after an erasure")},
                                       {"register", Value(std::string(registers()[entry.list].id))},
                                       {"removed", Value(false)}});
                !done)
                return done;
            ++erased_.entries;
        }
        if (!named) continue;
        if (auto done = drop_entry(lane, key); !done) return done;
    }
    return {};
}

/// Its records lose what they say, and the lane's state follows: a rebuild finds no entry either.
Status Erasing::drop_entry(Lane lane, const std::string& key) {
    auto& entries = core_.lanes[lane.value].registers;
    std::erase_if(entries, [&](const codec::RegisterEntry& entry) { return entry.key == key; });
    core_.lane_dirty.set(lane.value);
    const auto records = core_.store.records_of(SubjectId{lane.value}, lane_last_[lane.value]);
    if (!records) return std::unexpected(records.error());
    for (const ports::Record& record : *records) {
        auto decoded = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at);
        if (!decoded) return std::unexpected(decoded.error());
        const Value* entry = baton::find(decoded->fact.properties, "entry");
        const auto* text = entry == nullptr ? nullptr : entry->as<std::string>();
        if (decoded->fact.kind == FactKind::listed && text != nullptr && *text == key)
            going_.emplace_back(record, std::move(*decoded));
    }
    return {};
}

/// The person lives on, or rests, without the facts that are to go.
void Erasing::take_back(const Part& part, const playbook::Compiled& playbook, const Fact& cause, codec::PersonRow& row,
                        engine::StepOutput& out) {
    std::vector<Fact> all, kept;
    std::set<Seq> gone;
    for (std::size_t i = 0; i < part.decoded.size(); ++i) {
        const auto& one = part.decoded[i];
        if (one.redacted || one.fact.kind == FactKind::erased) continue;
        const bool goes = std::ranges::binary_search(part.gone, i);
        all.push_back(one.fact);
        goes ? static_cast<void>(gone.insert(one.fact.ref.seq)) : kept.push_back(one.fact);
    }
    engine::drop_taken_out(all);
    engine::drop_taken_out(kept);
    row.state.engine_at = cause.engine_at;
    row.state.last = cause.ref;
    // Else it was taken out of what is known already.
    if (!std::ranges::any_of(all, [&](const Fact& fact) { return gone.contains(fact.ref.seq); })) return;
    Folder::name_anew(row, kept);
    if (row.merged_into.value != 0 || row.empty) return engine::take_back_resting(playbook, row.state, kept);
    engine::take_back(playbook, row.state, kept, cause, engine::Undone::lives, out);
}

/// What is left of the person, as a record of its own.
Status Erasing::restate(Batch& batch, Part& part) {
    Subject& subject = *part.subject;
    const Lane lane = lane_of(subject.id);
    const auto number = core_.source("baton");
    if (!number) return std::unexpected(number.error());
    codec::JournalRecord record = internal_record(FactKind::erased, batch.recorded_at(), false, *number);
    codec::Restated left;
    left.all = part.all;
    left.row = *subject.person();
    const bool rests = left.row.merged_into.value != 0 || left.row.empty;
    record.fact.actor = actor_;
    record.fact.engine_at = std::max(record.fact.engine_at, left.row.state.engine_at);
    record.fact.ref = {lane, batch.next_seq(lane)};
    record.message_id = "erased:" + std::to_string(record.fact.ref.seq.value);
    engine::StepOutput out;
    const auto playbook = core_.playbooks->of(left.row);
    if (playbook == nullptr) return fail("playbook_missing", "the person's playbook is not in the store");
    if (part.all) {
        engine::forget(*playbook, left.row.state, rests, record.fact, out);
        codec::PersonRow bare;
        bare.state = std::move(left.row.state);
        bare.visited = std::move(left.row.visited);
        bare.erased = true;
        left.row = std::move(bare);
    } else {
        take_back(part, *playbook, record.fact, left.row, out);
    }
    std::vector<ports::Position> positions;
    for (const auto& one : part.records) positions.push_back(one.position);
    const auto rows = core_.store.history_of(subject.id, positions);
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows) {
        auto decoded = codec::decode_history(row.record);
        if (!decoded) return std::unexpected(decoded.error());
        left.before.push_back({row.position, row.n, part.all ? stripped(std::move(*decoded)) : std::move(*decoded)});
    }
    left.now = out.history;
    codec::Erasure erasure{subject.id, record.fact.ref.seq, record.fact.engine_at, part.all, {}};
    if (auto done = forget_keys(batch, part, erasure); !done) return done;
    if (auto done = hash_entries(batch, part); !done) return done;
    if (!part.all) left.row.email.clear();
    for (const auto& key : batch.keys_left(subject.id))
        if (!part.all && key.kind == 'e' && left.row.email.empty()) left.row.email = key.key;
    record.fact.properties = codec::properties_of(left);
    if (auto done = batch.restate(subject, record, std::move(left), out); !done) return done;
    made_.push_back(erasure);
    return emit_lane(batch, lane, FactKind::erased, codec::properties_of(erasure));
}

Result<Erased> Erasing::run() {
    Batch batch(core_, core_.moment());
    lane_last_ = core_.lane_last;
    for (const auto& part : parts_) {
        std::ranges::sort(part->gone);
        for (const std::size_t i : part->gone) going_.emplace_back(part->records[i], part->decoded[i]);
        if (auto done = restate(batch, *part); !done) return std::unexpected(done.error());
        if (part->all) ++erased_.people;
    }
    if (auto done = batch.drain(); !done) return std::unexpected(done.error());
    if (auto done = redact(batch); !done) return std::unexpected(done.error());
    if (auto done = keep_apart(); !done) return std::unexpected(done.error());
    Properties said{{"act", Value("erased")},
                    {"person", Value(static_cast<std::int64_t>(parts_.front()->subject->id.value))},
                    {"records", Value(static_cast<std::int64_t>(erased_.records))}};
    if (auto done = emit_lane(batch, Lane{0}, FactKind::access, std::move(said)); !done)
        return std::unexpected(done.error());
    if (auto done = core_.journal(batch); !done) return std::unexpected(done.error());
    return erased_;
}

}  // namespace

// ---- the door ----------------------------------------------------------------------------------------------------

Result<Erased> Ledger::Core::erase(SubjectId person, const std::function<bool(const codec::JournalRecord&)>& which,
                                   std::string_view actor, const OnlyIf& only_if) {
    if (auto done = ready(); !done) return std::unexpected(done.error());
    if (auto done = write_derived(); !done) return std::unexpected(done.error());
    if (auto done = person_fits(person, only_if); !done) return std::unexpected(done.error());
    if (auto done = store.set_setting(erasures_setting, wants_purging); !done) return std::unexpected(done.error());
    const auto all = [&]() -> Result<Erased> {
        Erasing erasing(*this, actor);
        if (auto done = erasing.find(person, which); !done) return std::unexpected(done.error());
        if (auto done = erasing.settle(); !done) return std::unexpected(done.error());
        if (auto done = erasing.find(person, which); !done) return std::unexpected(done.error());
        return erasing.nothing() ? Result<Erased>(Erased{}) : erasing.run();
    };
    auto done_so = all();
    if (!done_so) {
        static_cast<void>(recover());
        return done_so;
    }
    if (auto done = write_derived(); !done) return std::unexpected(done.error());
    return done_so;
}

Result<Erased> Ledger::erase(SubjectId person, std::string_view actor,
                             const std::function<bool(const codec::JournalRecord&)>& which, const OnlyIf& only_if) {
    auto erased = core_->door([&] { return core_->erase(person, which, actor, only_if); });
    if (!erased) return erased;
    if (auto done = core_->purge(); !done) return std::unexpected(done.error());
    return erased;
}

Status Ledger::Core::purge() {
    {
        const std::lock_guard hold(work);
        if (auto done = store.purge(); !done) return done;
    }
    return door([&]() -> Status {
        if (auto done = ready(); !done) return done;
        return store.set_setting(erasures_setting, purged);
    });
}

Status Ledger::Core::purge_if_wanted() {
    const auto stands = store.setting(erasures_setting);
    if (!stands || !*stands || **stands == purged) return {};
    const auto written = door([&]() -> Status {
        if (auto done = ready(); !done) return done;
        return write_derived();
    });
    return written ? purge() : written;
}

}  // namespace baton::app
