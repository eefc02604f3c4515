#include "app/batch.h"

#include <algorithm>
#include <ranges>

#include "app/replay.h"
#include "codec/canonical.h"
#include "ports/record_digest.h"

namespace baton::app {

codec::JournalRecord internal_record(FactKind kind, Instant at, bool historical, std::uint16_t source) {
    codec::JournalRecord record;
    record.fact.kind = kind;
    record.fact.type = type_name(kind);
    record.fact.occurred_at = record.fact.engine_at = at;
    record.fact.historical = historical;
    record.source = source;
    record.fact.trust = Trust::baton;
    record.home = {'s', ""};
    return record;
}

namespace {

/// What moments and versions are is no secret; everything else may be somebody's.
bool says_something(FactKind kind) { return kind != FactKind::timer && kind != FactKind::activation; }

Instant engine_at(const Subject& subject) {
    if (const auto* person = std::get_if<codec::PersonRow>(&subject.row)) return person->state.engine_at;
    return std::get<codec::AccountRow>(subject.row).engine_at;
}

}  // namespace

Batch::Batch(Ledger::Core& core, Instant recorded_at)
    : core_(core), recorded_at_(recorded_at), heads_(core.heads), registers_(core.holds_registers()) {}

namespace {

/// "hubspot:contact:" of "hubspot:contact:101"; "" where no system is named.
std::string_view system_of(std::string_view external_id) {
    const auto colon = external_id.rfind(':');
    return colon == std::string_view::npos ? std::string_view() : external_id.substr(0, colon + 1);
}

}  // namespace

// ---- who ------------------------------------------------------------------------------------------------------

Result<std::optional<SubjectId>> Batch::find(const ports::IdentityKey& key) {
    if (const auto at = known_.find(key); at != known_.end()) return at->second;
    auto found = core_.store.subject_of(key);
    if (found) known_[key] = *found;
    return found;
}

Status Batch::look_up(std::vector<ports::IdentityKey> keys) {
    std::ranges::sort(keys);
    const auto twice = std::ranges::unique(keys);
    keys.erase(twice.begin(), twice.end());
    auto found = core_.store.subjects_of(keys);
    if (!found) return std::unexpected(std::move(found.error()));
    known_.reserve(known_.size() + keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) known_.emplace(std::move(keys[i]), (*found)[i]);
    return {};
}

/// A person found by a weaker key takes a new stronger one only if it has none of that kind: two people may share a browser,
/// a phone or a mailbox, but not one user id. External ids are told apart by system: "hubspot:contact:101" and
/// "salesforce:lead:00Q" may be one person's, two of HubSpot's contacts not. Where the strongest key that is known is somebody else's,
/// no weaker one tells who it is: the fact is about somebody new.
Result<std::optional<SubjectId>> Batch::find(std::span<const ports::IdentityKey> keys) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto found = find(keys[i]);
        if (!found) return found;
        if (!*found) continue;
        if (i == 0) return found;
        const auto fits = may_take(**found, keys[0]);
        if (!fits) return std::unexpected(fits.error());
        return *fits ? found : std::optional<SubjectId>();
    }
    return std::optional<SubjectId>();
}

Result<std::vector<ports::IdentityKey>> Batch::keys_of(SubjectId subject) const {
    const auto stored = core_.store.identities_of(subject);
    if (!stored) return std::unexpected(stored.error());
    std::vector<ports::IdentityKey> keys;
    for (const auto& identity : *stored) keys.push_back(identity.key);
    for (const auto& identity : append_.identities)
        if (identity.subject == subject) keys.push_back(identity.key);
    return keys;
}

Result<bool> Batch::may_take(SubjectId subject, const ports::IdentityKey& key) {
    const auto keys = keys_of(subject);
    if (!keys) return std::unexpected(keys.error());
    return std::ranges::none_of(*keys, [&](const ports::IdentityKey& theirs) {
        return theirs.kind == key.kind && (key.kind != 'x' || system_of(theirs.key) == system_of(key.key));
    });
}

Subject& Batch::create(const ports::IdentityKey& first, bool account) {
    const Lane lane = lane_of(first);
    ports::LaneHead& head = heads_[lane.value];
    head.lane = lane;
    touched_.set(lane.value);
    const SubjectId id{++head.subjects * lane_count + lane.value};
    return core_.subjects.add(id, account);
}

bool is_nameless(std::span<const ports::IdentityKey> keys) {
    return std::ranges::all_of(keys, [](const ports::IdentityKey& key) { return key.kind == 'a'; });
}

/// Contact data fill what is empty. Ids are given only to who has no name yet: what servers say of an id would follow it.
bool may_give(Trust trust, const ports::IdentityKey& key, std::span<const ports::IdentityKey> known) {
    if (trust != Trust::browser || key.kind == 'a') return true;
    if (key.kind != 'e' && key.kind != 'p') return is_nameless(known);
    return std::ranges::none_of(known, [&](const ports::IdentityKey& theirs) { return theirs.kind == key.kind; });
}

Result<std::vector<codec::Key>> Batch::link(SubjectId subject, std::span<const ports::IdentityKey> keys, Trust trust) {
    std::vector<codec::Key> linked;
    std::optional<std::vector<ports::IdentityKey>> known;  // before this fact
    for (const auto& key : keys) {
        const auto found = find(key);
        if (!found) return std::unexpected(found.error());
        if (*found) continue;
        if (trust == Trust::browser && !known) {
            auto theirs = keys_of(subject);
            if (!theirs) return std::unexpected(theirs.error());
            known = std::move(*theirs);
        }
        if (known && !may_give(trust, key, *known)) continue;
        known_[key] = subject;
        append_.identities.push_back({key, subject});
        linked.push_back({key.kind, key.key});
    }
    return linked;
}

Result<Subject*> Batch::load(SubjectId id) {
    if (Subject* held = core_.subjects.find(id)) return held;
    if (auto done = core_.subjects.fetch(std::span(&id, 1), core_.store); !done) return std::unexpected(done.error());
    Subject* held = core_.subjects.find(id);
    if (held == nullptr)
        return fail("state_missing",
                    "subject " + std::to_string(id.value) + " is in the journal but has no state: run `baton verify`");
    return held;
}

// ---- duplicates -----------------------------------------------------------------------------------------------

ports::MessageKey Batch::message_key(const Draft& draft, std::uint16_t source, Lane lane) const {
    auto key =
        app::message_key(core_.options.message_hash, core_.hash_key, draft.source, draft.record, lane, draft.sent_at);
    key.source = source;
    return key;
}

/// The record stands under the key of the draft's message.
bool Batch::same_message(const ports::Record& record, const Draft& draft, std::uint16_t source) const {
    const auto decoded = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at);
    if (decoded && decoded->redacted) return true;  // nothing is left to compare
    return decoded && decoded->source == source && decoded->message_id == draft.record.message_id &&
           decoded->home == draft.record.home && !core_.is_undone(decoded->fact.import);
}

Result<Batch::Place> Batch::place(const Draft& draft, std::uint16_t source, SubjectId subject,
                                  std::optional<ports::Position> looked_up) {
    ports::MessageKey key = message_key(draft, source, baton::lane_of(subject));
    for (;; ++key.hash, looked_up.reset()) {
        if (const auto at = messages_.find(key); at != messages_.end()) {
            if (at->second != written_already) {
                const ports::Record& record = append_.records[at->second];
                if (same_message(record, draft, source)) return Place{FactRef{record.lane, record.seq}, key};
                continue;
            }
            looked_up.reset();
        }
        if (!looked_up) {
            const auto found = core_.store.positions_of(std::span(&key, 1));
            if (!found) return std::unexpected(found.error());
            looked_up = found->front();
        }
        if (*looked_up == ports::no_position) return Place{std::nullopt, key};
        const auto record = core_.store.record(key.lane, *looked_up);
        if (!record) return std::unexpected(record.error());
        if (*record && same_message(**record, draft, source))
            return Place{FactRef{(*record)->lane, (*record)->seq}, key};
    }
}

// ---- what happens ---------------------------------------------------------------------------------------------

Result<std::vector<codec::JournalRecord>> Batch::records_before(const Subject& subject, Seq before) const {
    ports::Position durable = subject.last;
    std::vector<codec::JournalRecord> fresh;
    for (const ports::Record& record : append_.records | std::views::reverse) {
        if (record.subject != subject.id || !(record.seq < before)) continue;
        auto decoded = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at);
        if (!decoded) return std::unexpected(decoded.error());
        fresh.push_back(std::move(*decoded));
        durable = record.previous;
    }
    auto records = records_of(core_.store, subject.id, durable);
    if (!records) return records;
    records->insert(records->end(), std::make_move_iterator(fresh.rbegin()), std::make_move_iterator(fresh.rend()));
    return records;
}

Result<std::vector<Fact>> Batch::earlier(const Subject& subject, Seq before) const {
    auto records = records_before(subject, before);
    if (!records) return std::unexpected(records.error());
    return facts_in(std::move(*records));
}

Status Batch::advance(Subject& subject, Instant t, bool historical) {
    codec::PersonRow* row = subject.person();
    if (row == nullptr || row->merged_into.value != 0 || row->empty) return {};
    const Lane lane = baton::lane_of(subject.id);
    for (;;) {
        const auto* activation = Folder::pending(*row, core_.activations(lane), next_seq(lane));
        const Instant due = row->state.version == 0 ? Instant::never() : row->state.next_at;
        if (due <= t && (activation == nullptr || due < activation->at)) {
            if (auto done = emit_timer(subject, due, historical); !done) return done;
            continue;
        }
        if (activation == nullptr || t < activation->at) return {};
        const std::string cause =
            "activation:" + std::to_string(activation->version) + ":" + std::to_string(activation->at.us);
        const auto heard = [&](const engine::StepOutput& out) {
            subject.said.insert(subject.said.end(), out.history.begin(), out.history.end());
            tell(out, subject, row->state.engine_at, historical, cause);
        };
        if (auto done = core_.folder.refold(
                *row, *activation, lane, [&] { return earlier(subject, next_seq(lane)); }, heard);
            !done)
            return done;
        subject.loose = true;
        core_.mark(subject);
    }
}

ports::Record& Batch::write(SubjectId subject, ports::Position previous, codec::JournalRecord& record,
                            std::optional<ports::MessageKey> message) {
    const Lane lane = baton::lane_of(subject);
    ports::LaneHead& head = heads_[lane.value];
    ports::Record& out = append_.records.emplace_back();
    out.lane = head.lane = lane;
    out.seq = next_seq(lane);
    out.subject = subject;
    out.position = core_.store.position_of_next(lane, out.seq, append_.records.size() - 1);
    out.previous = previous;
    out.recorded_at = recorded_at_;
    record.fact.ref = {lane, out.seq};
    record.fact.recorded_at = recorded_at_;
    record.salt = says_something(record.fact.kind) ? core_.salt() : 0;
    codec::encode(record, out.payload);
    head.digest = ports::next_digest(head.digest, out);
    head.seq = out.seq;
    touched_.set(lane.value);
    if (message) {
        append_.messages.push_back({*message, out.position});
        messages_[*message] = append_.records.size() - 1;
    }
    return out;
}

Status Batch::emit(Subject& subject, codec::JournalRecord& record, std::optional<ports::MessageKey> message) {
    const ports::Position position = write(subject.id, subject.last, record, message).position;
    const auto lane = core_.activations(record.fact.ref.lane);
    const auto heard = [&](const engine::StepOutput& out) {
        core_.gathered.hear(subject, position, out.history);
        if (out.effects.empty()) return;
        tell(out, subject, record.fact.engine_at, record.fact.historical,
             std::to_string(codec::message_name(record, core_.source_names[record.source])));
    };
    const auto before = [&] { return earlier(subject, record.fact.ref.seq); };
    Status done;
    if (codec::PersonRow* row = subject.person())
        done = core_.folder.fold(*row, lane, record, before, heard);
    else
        done = core_.folder.fold(*subject.account(), lane, record, before, heard);
    if (!done) return done;
    subject.last = position;
    subject.loose = false;
    core_.mark(subject);
    return {};
}

Status Batch::wake(Subject& person, bool historical) {
    if (!person.person()->empty) return {};
    const auto source = core_.source("baton");
    if (!source) return std::unexpected(source.error());
    const Instant at = person.person()->state.engine_at;
    codec::JournalRecord record = internal_record(FactKind::import_undone, at, historical, *source);
    record.message_id = "woke:" + std::to_string(at.us);
    return emit(person, record, std::nullopt);
}

Status Batch::emit_timer(Subject& subject, Instant due, bool historical) {
    const auto source = core_.source("baton");
    if (!source) return std::unexpected(source.error());
    const Instant at = std::max(due, subject.person()->state.engine_at);
    codec::JournalRecord record = internal_record(FactKind::timer, at, historical, *source);
    record.message_id = "timer:" + std::to_string(at.us);
    ++timers_;
    if (auto done = emit(subject, record, std::nullopt); !done) return done;
    BATON_CHECK(subject.person()->state.next_at > at);  // else it would come due for ever
    return {};
}

Status Batch::restate(Subject& subject, codec::JournalRecord& record, codec::Restated left,
                      const engine::StepOutput& out) {
    const ports::Position position = write(subject.id, subject.last, record, std::nullopt).position;
    core_.gathered.restate(subject, position, std::move(left));
    if (!out.effects.empty())
        tell(out, subject, record.fact.engine_at, false,
             std::to_string(codec::message_name(record, core_.source_names[record.source])));
    subject.last = position;
    subject.loose = false;
    core_.mark(subject);
    return {};
}

void Batch::forget(const ports::Identity& identity) {
    append_.forgotten.push_back(identity);
    known_.erase(identity.key);
}

std::vector<ports::IdentityKey> Batch::keys_left(SubjectId subject) const {
    std::vector<ports::IdentityKey> left;
    const auto stored = core_.store.identities_of(subject);
    if (!stored) return left;
    for (const auto& identity : *stored)
        if (std::ranges::find(append_.forgotten, identity.key, &ports::Identity::key) == append_.forgotten.end())
            left.push_back(identity.key);
    return left;
}

Status Batch::emit_lane(Lane lane, codec::JournalRecord& record, std::optional<ports::MessageKey> message) {
    const ports::Record& written = write(SubjectId{lane.value}, core_.lane_last[lane.value], record, message);
    core_.lane_last[lane.value] = written.position;
    Folder::fold(core_.lanes[lane.value], record, written.position);
    if (record.fact.kind == FactKind::erased) core_.note(core_.lanes[lane.value].erasures.back());
    registers_ = registers_ || record.fact.kind == FactKind::listed;
    core_.lane_dirty.set(lane.value);
    return {};
}

// ---- messages between lanes -----------------------------------------------------------------------------------

void Batch::tell(const engine::StepOutput& out, const Subject& from, Instant at, bool historical,
                 const std::string& cause) {
    for (const engine::Effect& effect : out.effects) {
        if (effect.kind != engine::EffectKind::tell_account && effect.kind != engine::EffectKind::tell_member) continue;
        told_.push_back({effect, from.id, at, historical, "tell:" + cause + ":" + std::to_string(effect.n)});
    }
}

Status Batch::tell_account(Told& told) {
    const ports::IdentityKey key{'o', told.effect.target};
    const auto known = find(key);
    if (!known) return std::unexpected(known.error());
    const auto loaded = *known ? load(**known) : Result<Subject*>(&create(key, true));
    if (!loaded) return std::unexpected(loaded.error());
    Subject& account = **loaded;
    codec::JournalRecord record =
        internal_record(FactKind::member_changed, told.at, told.historical, *core_.source("baton"));
    record.fact.engine_at = std::max(told.at, engine_at(account));
    record.message_id = std::move(told.id);
    record.home = {key.kind, key.key};
    record.fact.properties = std::move(told.effect.payload);
    record.fact.properties.push_back({"member", Value(static_cast<std::int64_t>(told.from.value))});
    std::ranges::sort(record.fact.properties, {}, &NamedValue::name);
    auto linked = link(account.id, std::span(&key, 1));
    if (!linked) return std::unexpected(linked.error());
    record.linked = std::move(*linked);
    return emit(account, record, std::nullopt);
}

Status Batch::tell_member(Told& told) {
    const auto loaded = load(told.effect.member);
    if (!loaded) return std::unexpected(loaded.error());
    Subject& member = **loaded;
    if (member.person() == nullptr) return {};
    const Instant at = std::max(told.at, engine_at(member));
    if (auto done = advance(member, at, told.historical); !done) return done;
    codec::JournalRecord record =
        internal_record(FactKind::account_changed, told.at, told.historical, *core_.source("baton"));
    record.fact.engine_at = at;
    record.message_id = std::move(told.id);
    record.fact.properties = std::move(told.effect.payload);
    return emit(member, record, std::nullopt);
}

Status Batch::drain() {
    while (!told_.empty()) {
        Told told = std::move(told_.front());
        told_.pop_front();
        if (const auto source = core_.source("baton"); !source) return std::unexpected(source.error());
        auto done = told.effect.kind == engine::EffectKind::tell_account ? tell_account(told) : tell_member(told);
        if (!done) return done;
    }
    return {};
}

ports::Append& Batch::finish() {
    append_.heads.clear();
    for (std::size_t i = 0; i < lane_count; ++i)
        if (touched_.test(i)) append_.heads.push_back(heads_[i]);
    return append_;
}

void Batch::written() {
    for (auto& [key, at] : messages_) at = written_already;
    append_ = {};
    touched_.reset();
}

}  // namespace baton::app
