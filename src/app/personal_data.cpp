#include "app/personal_data.h"

#include <algorithm>

#include "app/documents.h"
#include "app/registers.h"
#include "app/sentences.h"

namespace baton::app {
namespace {

using codec::JsonWriter;

Error nobody(SubjectId id) { return {"not_found", "there is no person " + std::to_string(id.value)}; }

/// An entry may be somebody else's who is much alike: only what is the person's own is shown.
std::vector<codec::ScrubHit> own_hits(const PersonView& person) {
    std::vector<codec::ScrubHit> hits = person.hits;
    for (codec::ScrubHit& hit : hits) {
        const bool own = std::ranges::any_of(person.keys, [&](const ports::IdentityKey& key) {
            return hit.key == std::string(1, key.kind) + ":" + key.key;
        });
        if (!own) hit.key.clear();
    }
    return hits;
}

PersonView with_own_hits(PersonView person) {
    person.hits = own_hits(person);
    return person;
}

/// The registers' entries that fitted stand in Baton's own facts, too.
Timeline without_entries_of_others(Timeline timeline) {
    for (TimelineEntry& entry : timeline.entries)
        if (entry.fact && entry.fact->fact.kind == FactKind::scrubbed)
            std::erase_if(entry.fact->fact.properties, [](const NamedValue& p) { return p.name.starts_with("hit."); });
    return timeline;
}

/// Who rests in it, and in those.
Status add_absorbed(const Reads& reads, const PersonView& person, std::vector<Absorbed>& into) {
    for (const SubjectId other : person.absorbed) {
        auto view = reads.person(other);
        if (!view) return std::unexpected(view.error());
        if (!*view) continue;
        auto timeline = reads.timeline(other);
        if (!timeline) return std::unexpected(timeline.error());
        into.push_back({with_own_hits(std::move(**view)), without_entries_of_others(std::move(*timeline))});
        const PersonView rests = into.back().person;
        if (auto done = add_absorbed(reads, rests, into); !done) return done;
    }
    return {};
}

void write_ref(JsonWriter& out, FactRef ref) {
    out.value(std::to_string(ref.lane.value) + "-" + std::to_string(ref.seq.value));
}

void write_fact(JsonWriter& out, const codec::JournalRecord& record, const std::vector<std::string>& sources,
                const playbook::Compiled* playbook) {
    const Fact& fact = record.fact;
    out.begin_object().key("fact");
    write_ref(out, fact.ref);
    out.field("type", fact.type).field("occurred_at", fact.occurred_at).field("recorded_at", fact.recorded_at);
    out.field("source", record.source < sources.size() ? sources[record.source] : std::string());
    out.field("said_by", trust_in_words(fact.trust)).field("actor", fact.actor).field("account", fact.account);
    out.field("message_id", record.derived_id ? std::string() : record.message_id);
    out.field("import", fact.import).field("from_person", fact.origin.value);
    out.field("historical", fact.historical).field("time_known", fact.time_known);
    out.field("words", sentence(record, playbook)).key("properties").begin_object();
    for (const NamedValue& property : fact.properties) out.field(property.name, property.value);
    out.end_object().end_object();
}

void write_timeline(JsonWriter& out, const Timeline& timeline, const std::vector<std::string>& sources,
                    const Reads& reads) {
    const auto active = reads.active();
    out.key("facts").begin_array();
    for (const TimelineEntry& entry : timeline.entries)
        if (entry.fact) write_fact(out, *entry.fact, sources, active.get());
    out.end_array().key("history").begin_array();
    for (const TimelineEntry& entry : timeline.entries)
        if (entry.history) write(out, *entry.history, reads.playbook(entry.history->version).get());
    out.end_array();
}

}  // namespace

std::string called(const PersonView& person) {
    if (!person.name.empty()) return person.name;
    return person.email.empty() ? "Person " + std::to_string(person.id.value) : person.email;
}

std::string_view key_in_words(char kind) {
    switch (kind) {
        case 'u': return "user id";
        case 'x': return "id in another system";
        case 'e': return "e-mail";
        case 'p': return "phone";
        case 'a': return "id of a browser";
        default: return "key";
    }
}

std::string_view trust_in_words(Trust trust) {
    switch (trust) {
        case Trust::server: return "a system or a person signed in";
        case Trust::browser: return "a browser";
        case Trust::baton: return "Baton";
    }
    return "";
}

Result<PersonalData> personal_data(const Reads& reads, SubjectId person, Instant now) {
    PersonalData data;
    data.at = now;
    auto view = reads.person(person);
    if (!view) return std::unexpected(view.error());
    if (!*view) return std::unexpected(nobody(person));
    data.person = with_own_hits(std::move(**view));
    auto timeline = reads.timeline(person);
    if (!timeline) return std::unexpected(timeline.error());
    data.timeline = without_entries_of_others(std::move(*timeline));
    auto consent = consents(reads, data.timeline);
    if (!consent) return std::unexpected(consent.error());
    data.consents = std::move(*consent);
    auto sources = reads.sources();
    if (!sources) return std::unexpected(sources.error());
    data.sources = std::move(*sources);
    if (auto why = reads.why(person, now))
        data.why = std::move(*why);
    else if (why.error().code != "playbook_missing")
        return std::unexpected(why.error());
    if (auto done = add_absorbed(reads, data.person, data.absorbed); !done) return std::unexpected(done.error());
    return data;
}

std::string document(const PersonalData& data, const Reads& reads) {
    JsonWriter out;
    out.begin_object().field("exported_at", data.at).key("person");
    write_person(out, data.person);
    out.key("standing");
    write(out, data.person);
    out.key("consent");
    write(out, data.consents);
    out.key("why");
    if (data.why)
        write(out, *data.why, data.person, true);
    else
        out.null();
    write_timeline(out, data.timeline, data.sources, reads);
    out.key("absorbed").begin_array();
    for (const Absorbed& other : data.absorbed) {
        out.begin_object().key("person");
        write_person(out, other.person);
        write_timeline(out, other.timeline, data.sources, reads);
        out.end_object();
    }
    return out.end_array().end_object().take();
}

Status note_disclosure(Ledger& ledger, SubjectId person, std::string_view actor) {
    return ledger.act([&](const codec::CompanyRow&, const ports::Reader&, Instant) -> Result<CompanyAct> {
        CompanyAct act;
        act.actor = actor;
        act.properties = {{"act", Value("personal data exported")},
                          {"person", Value(static_cast<std::int64_t>(person.value))}};
        return act;
    });
}

}  // namespace baton::app
