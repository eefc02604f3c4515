// Two records of one human become one by a person's decision, and two again if that was wrong. A visitor without a name joins
// the person by itself when a fact names both.
//
// The merged person's facts, old and new, are forwarded to the survivor's lane with their origin; its own state rests as it
// was. Unmerge takes out what carries that origin and folds both anew. Decisions made in between stay with the survivor.
#include "app/merge.h"

#include <algorithm>
#include <set>

#include "app/batch.h"
#include "codec/json_writer.h"
#include "domain/engine/consent.h"

namespace baton::app {
namespace {

/// What a person brings along: all that features are made of, and what was forwarded to it and not taken out again.
std::vector<codec::JournalRecord> brought_along(std::vector<codec::JournalRecord> records) {
    std::set<std::uint64_t> gone;  // going back in time: who was taken out later
    std::set<std::uint32_t> undone;
    for (const auto& record : records)
        if (record.fact.kind == FactKind::import_undone) undone.insert(record.fact.import);
    std::vector<codec::JournalRecord> kept;
    std::ranges::reverse(records);
    for (auto& record : records) {
        const Fact& fact = record.fact;
        if (fact.kind == FactKind::unmerge) gone.insert(fact.origin.value);
        const bool was_taken_out = (fact.origin.value != 0 && gone.contains(fact.origin.value)) ||
                                   (fact.import != 0 && undone.contains(fact.import));
        const bool forwards = fact.kind == FactKind::merge || (!is_internal(fact.kind) && !is_decision(fact.kind));
        if (forwards && !was_taken_out) kept.push_back(std::move(record));
    }
    std::ranges::reverse(kept);
    return kept;
}

Properties chosen(const Properties& fields) {
    Properties properties;
    for (const NamedValue& field : fields) properties.push_back({"field." + field.name, field.value});
    std::ranges::sort(properties, {}, &NamedValue::name);
    return properties;
}

std::vector<engine::Consent> consents_in(const std::vector<codec::JournalRecord>& records) {
    std::vector<Fact> facts;
    for (const auto& record : records) facts.push_back(record.fact);
    engine::drop_taken_out(facts);
    return engine::consents_of(facts);
}

/// Where one of two people allowed what the other withdrew: from the merge on it is withdrawn.
void take_strictest(const std::vector<engine::Consent>& a, const std::vector<engine::Consent>& b, Properties& said) {
    for (const engine::Consent& consent : a) {
        const auto other = std::ranges::find(b, consent.purpose, &engine::Consent::purpose);
        if (other == b.end() || other->given == consent.given) continue;
        const std::string name = "field." + std::string(consent_prefix) + consent.purpose;
        std::erase_if(said, [&](const NamedValue& p) { return p.name == name; });
        said.push_back({name, Value(false)});
    }
    std::ranges::sort(said, {}, &NamedValue::name);
}

Error nobody(SubjectId id) { return {"not_found", "there is no person " + std::to_string(id.value)}; }

/// One merge or unmerge in the making, at engine time `at`.
class Joining {
   public:
    Joining(Ledger::Core& core, Batch& batch, std::string_view actor, Instant at, bool historical = false)
        : core_(core), batch_(batch), actor_(actor), at_(at), historical_(historical) {}

    Status merge(SubjectId into, SubjectId from, const Properties& fields);
    Status unmerge(SubjectId from);
    /// The whole past of one for the other, who lives on; neither rests in anybody yet.
    Status take_in(Subject& survivor, Subject& merged, Properties said);

   private:
    Result<Subject*> person(SubjectId id);
    Status emit(Subject& subject, FactKind kind, SubjectId other, Properties properties, std::string account = {});
    Status scrub(Subject& person);
    Status note(std::string_view act, SubjectId from, SubjectId into);

    Ledger::Core& core_;
    Batch& batch_;
    const std::string actor_;
    const Instant at_;
    const bool historical_;
};

Result<Subject*> Joining::person(SubjectId id) {
    if (of_lane(id)) return std::unexpected(nobody(id));
    if (auto done = core_.subjects.fetch(std::span(&id, 1), core_.store); !done) return std::unexpected(done.error());
    Subject* held = core_.subjects.find(id);
    if (held == nullptr || held->person() == nullptr || held->person()->erased) return std::unexpected(nobody(id));
    return held;
}

Status Joining::emit(Subject& subject, FactKind kind, SubjectId other, Properties properties, std::string account) {
    codec::PersonRow& row = *subject.person();
    codec::JournalRecord record = internal_record(kind, at_, historical_, *core_.source("baton"));
    record.fact.engine_at = std::max(at_, row.state.engine_at);
    record.fact.actor = actor_;
    record.fact.account = std::move(account);
    record.fact.origin = other;
    record.fact.properties = std::move(properties);
    record.message_id = record.fact.type + ":" + std::to_string(record.fact.engine_at.us);
    return batch_.emit(subject, record, std::nullopt);
}

/// Whose keys a person has is another matter now.
Status Joining::scrub(Subject& person) {
    return batch_.scrub(person, {.at = std::max(at_, person.person()->state.engine_at), .historical = historical_});
}

/// In the audit trail.
Status Joining::note(std::string_view act, SubjectId from, SubjectId into) {
    const Instant now = batch_.recorded_at();
    codec::JournalRecord record = internal_record(FactKind::access, now, false, *core_.source("baton"));
    record.fact.actor = actor_;
    record.fact.properties = {{"act", Value(std::string(act))},
                              {"from", Value(static_cast<std::int64_t>(from.value))},
                              {"into", Value(static_cast<std::int64_t>(into.value))}};
    record.message_id = "access:" + std::to_string(batch_.heads()[0].seq.value + 1);
    return batch_.emit_lane(Lane{0}, record, std::nullopt);
}

Status Joining::merge(SubjectId into, SubjectId from, const Properties& fields) {
    const auto survivor = person(into), merged = person(from);
    if (!survivor) return std::unexpected(survivor.error());
    if (!merged) return std::unexpected(merged.error());
    if (into == from) return fail("same_person", "both are person " + std::to_string(into.value) + " already");
    for (const Subject* one : {*survivor, *merged})
        if (const auto there = std::get<codec::PersonRow>(one->row).merged_into; there.value != 0)
            return fail("merged_already", "person " + std::to_string(one->id.value) + " was merged into person " +
                                              std::to_string(there.value) + ": unmerge it first");
    if (auto done = take_in(**survivor, **merged, chosen(fields)); !done) return done;
    return note("merged", from, into);
}

Status Joining::take_in(Subject& survivor, Subject& merged, Properties said) {
    const SubjectId into = survivor.id, from = merged.id;
    const bool unverified = find(said, "unverified") != nullptr;
    auto records = batch_.records_before(merged, batch_.next_seq(baton::lane_of(from)));
    if (!records) return std::unexpected(records.error());
    if (const auto brought = consents_in(*records); !brought.empty()) {
        const auto own = batch_.records_before(survivor, batch_.next_seq(baton::lane_of(into)));
        if (!own) return std::unexpected(own.error());
        take_strictest(consents_in(*own), brought, said);
    }
    for (Subject* one : {&survivor, &merged}) {
        if (auto done = batch_.wake(*one, historical_); !done) return done;
        const Instant t = std::max(at_, one->person()->state.engine_at);
        if (auto done = batch_.advance(*one, t, historical_); !done) return done;
        if (auto done = batch_.drain(); !done) return done;
    }
    for (auto& record : brought_along(std::move(*records))) {
        record.fact.engine_at = at_;
        record.fact.historical = historical_;
        if (unverified) record.fact.trust = Trust::browser;
        if (auto done = batch_.forward(survivor, from, std::move(record), Batch::When::before_merge); !done)
            return done;
    }
    Properties how;
    if (unverified) how.push_back({"unverified", Value(true)});
    const std::string account = survivor.person()->state.account.empty() ? merged.person()->state.account : "";
    if (auto done = emit(survivor, FactKind::merge, from, std::move(said), account); !done) return done;
    if (auto done = emit(merged, FactKind::merged, into, std::move(how)); !done) return done;
    if (auto done = scrub(survivor); !done) return done;
    return batch_.drain();
}

Status Joining::unmerge(SubjectId from) {
    const auto merged = person(from);
    if (!merged) return std::unexpected(merged.error());
    const SubjectId into = (*merged)->person()->merged_into;
    if (into.value == 0)
        return fail("not_merged", "person " + std::to_string(from.value) + " was not merged into anybody");
    const auto survivor = person(into);
    if (!survivor) return std::unexpected(survivor.error());
    if (const auto further = (*survivor)->person()->merged_into; further.value != 0)
        return fail("merged_already", "person " + std::to_string(into.value) + " was itself merged into person " +
                                          std::to_string(further.value) + ": unmerge that first");
    const Instant t = std::max(at_, (*survivor)->person()->state.engine_at);
    if (auto done = batch_.advance(**survivor, t, false); !done) return done;
    if (auto done = batch_.drain(); !done) return done;
    if (auto done = emit(**survivor, FactKind::unmerge, from, {}); !done) return done;
    if (auto done = emit(**merged, FactKind::unmerged, into, {}); !done) return done;
    for (Subject* one : {*survivor, *merged})
        if (auto done = scrub(*one); !done) return done;
    if (auto done = note("unmerged", from, into); !done) return done;
    return batch_.drain();
}

}  // namespace

// ---- what arrives later ------------------------------------------------------------------------------------------

Status Batch::forward(Subject& survivor, SubjectId origin, codec::JournalRecord record, When when) {
    codec::PersonRow& row = *survivor.person();
    Fact& fact = record.fact;
    fact.origin = origin;
    fact.settled = when == When::before_merge;
    fact.engine_at = std::max(fact.engine_at, row.state.engine_at);
    record.linked.clear();
    record.claimed_at.reset();
    record.message_id = "merged " + record.message_id;
    if (auto done = emit(survivor, record, std::nullopt); !done) return done;
    if (row.merged_into.value == 0) return {};
    const auto next = load(row.merged_into);
    if (!next) return std::unexpected(next.error());
    return forward(**next, survivor.id, std::move(record), when);
}

/// Whose key it is, where that is a visitor of whom nothing but browsers is known and whom nobody took apart from somebody; else null.
Result<Subject*> Batch::nameless(const ports::IdentityKey& key, const Subject& but) {
    if (key.kind != 'a') return nullptr;
    const auto found = find(key);
    if (!found) return std::unexpected(found.error());
    if (!*found || **found == but.id) return nullptr;
    const auto visitor = load(**found);
    if (!visitor) return visitor;
    const codec::PersonRow* row = (*visitor)->person();
    if (row == nullptr || row->merged_into.value != 0 || row->taken_apart) return nullptr;
    const auto keys = keys_of((*visitor)->id);
    if (!keys) return std::unexpected(keys.error());
    return is_nameless(*keys) ? *visitor : nullptr;
}

Status Batch::take_in_visitors(Subject& person, const Draft& draft) {
    if (draft.keys.front().kind == 'a') return {};
    const Fact& fact = draft.record.fact;
    for (const auto& key : draft.keys) {
        const auto visitor = nameless(key, person);
        if (!visitor) return std::unexpected(visitor.error());
        if (*visitor == nullptr) continue;
        Properties said{{"visitor", Value(true)}};
        if (fact.trust == Trust::browser) said.insert(said.begin(), {"unverified", Value(true)});
        Joining joining(core_, *this, "", fact.engine_at, fact.historical);
        if (auto done = joining.take_in(person, **visitor, std::move(said)); !done) return done;
    }
    return {};
}

Result<Subject*> Batch::survivor_of(Subject& person) {
    Subject* at = &person;
    while (at->person() != nullptr && at->person()->merged_into.value != 0) {
        const auto next = load(at->person()->merged_into);
        if (!next) return next;
        at = *next;
    }
    return at;
}

// ---- the doors ---------------------------------------------------------------------------------------------------

template <class Do>
Status Ledger::Core::join(std::string_view actor, Do what) {
    if (auto done = ready(); !done) return done;
    if (auto done = write_derived(); !done) return done;  // all there is of both can be read
    if (const auto number = source("baton"); !number) return std::unexpected(number.error());
    Batch batch(*this, moment());
    Joining joining(*this, batch, actor, batch.recorded_at());
    auto done = what(joining);
    if (done) done = journal(batch);
    if (!done) {
        static_cast<void>(recover());
        return done;
    }
    return write_derived();
}

Status Ledger::merge(SubjectId into, SubjectId from, const Properties& fields, std::string_view actor) {
    return core_->door(
        [&] { return core_->join(actor, [&](Joining& joining) { return joining.merge(into, from, fields); }); });
}

Status Ledger::unmerge(SubjectId from, std::string_view actor) {
    return core_->door([&] { return core_->join(actor, [&](Joining& joining) { return joining.unmerge(from); }); });
}

// ---- side by side ------------------------------------------------------------------------------------------------

Result<std::vector<SideBySide>> side_by_side(const Reads& reads, SubjectId into, SubjectId from) {
    std::vector<SideBySide> fields;
    for (const SubjectId id : {into, from}) {
        const auto person = reads.person(id);
        if (!person) return std::unexpected(person.error());
        if (!*person) return std::unexpected(nobody(id));
        if ((*person)->playbook == nullptr) continue;
        for (const auto& attribute : (*person)->state.features.attributes) {
            const auto& declared = (*person)->playbook->names.person.at(attribute.property.value);
            if (declared.id.starts_with(scrub_prefix) || declared.id.starts_with(consent_prefix)) continue;
            auto at = std::ranges::find(fields, declared.id, &SideBySide::property);
            if (at == fields.end()) at = fields.insert(at, {declared.id, declared.label, {}, {}});
            (id == into ? at->of_survivor : at->of_merged) = {attribute.value, attribute.occurred_at};
        }
    }
    std::ranges::sort(fields, {}, &SideBySide::property);
    return fields;
}

const Value* value_of(const std::vector<SideBySide>& fields, std::string_view property, Side side) {
    const auto field = std::ranges::find(fields, property, &SideBySide::property);
    if (field == fields.end()) return nullptr;
    const Value& value = (side == Side::survivor ? field->of_survivor : field->of_merged).value;
    return value.is_null() ? nullptr : &value;
}

std::string document(const std::vector<SideBySide>& fields) {
    codec::JsonWriter out;
    const auto seen = [&](std::string_view side, const FieldSeen& field) {
        out.key(side);
        if (field.value.is_null())
            out.null();
        else
            out.begin_object().field("value", field.value).field("since", field.since).end_object();
    };
    out.begin_object().key("fields").begin_array();
    for (const SideBySide& field : fields) {
        out.begin_object().field("property", field.property).field("label", field.label);
        seen("survivor", field.of_survivor);
        seen("merged", field.of_merged);
        out.end_object();
    }
    return out.end_array().end_object().take();
}

}  // namespace baton::app
