#include "app/consent.h"

#include <algorithm>
#include <array>

#include "app/sentences.h"
#include "domain/engine/step.h"

namespace baton::app {
namespace {

std::string ref_text(FactRef ref) { return std::to_string(ref.lane.value) + "-" + std::to_string(ref.seq.value); }

/// The facts that count, as features are made of them.
std::vector<Fact> live(const std::vector<codec::JournalRecord>& records) {
    std::vector<Fact> facts;
    for (const auto& record : records) facts.push_back(record.fact);
    engine::drop_taken_out(facts);
    return facts;
}

std::string_view trust_name(Trust trust) {
    switch (trust) {
        case Trust::server: return "server";
        case Trust::browser: return "browser";
        case Trust::baton: return "baton";
    }
    return "";
}

ConsentLedger ledger_of(const std::vector<codec::JournalRecord>& records, const std::vector<std::string>& sources) {
    ConsentLedger ledger;
    const auto counted = live(records);
    ledger.stands = engine::consents_of(counted);
    for (const auto& record : records) {
        for (const engine::ConsentSaid& said : engine::consents_in(record.fact)) {
            ConsentEntry entry;
            entry.record = record;
            entry.purpose = said.purpose;
            entry.given = said.given;
            if (record.source < sources.size()) entry.source = sources[record.source];
            entry.counts = std::ranges::find(counted, record.fact.ref, &Fact::ref) != counted.end();
            entry.stands = std::ranges::any_of(ledger.stands, [&](const engine::Consent& consent) {
                return consent.purpose == said.purpose && consent.said.from == record.fact.ref;
            });
            ledger.entries.push_back(std::move(entry));
        }
    }
    return ledger;
}

char strength(char kind) {
    constexpr std::string_view order = "uxepa";
    return static_cast<char>(order.find(kind));
}

}  // namespace

Result<ConsentLedger> consents(const Reads& reads, const Timeline& timeline) {
    std::vector<codec::JournalRecord> records;
    for (const TimelineEntry& entry : timeline.entries)
        if (entry.fact) records.push_back(*entry.fact);
    const auto sources = reads.sources();
    if (!sources) return std::unexpected(sources.error());
    ConsentLedger ledger = ledger_of(records, *sources);
    ledger.playbook = reads.active();
    return ledger;
}

Result<ConsentLedger> consents(const Reads& reads, SubjectId person) {
    const auto timeline = reads.timeline(person);
    if (!timeline) return std::unexpected(timeline.error());
    return consents(reads, *timeline);
}

Result<IncomingFact> consent_fact(const Reads& reads, SubjectId person) {
    const auto keys = reads.reader().identities_of(person);
    if (!keys) return std::unexpected(keys.error());
    const auto strongest =
        std::ranges::min_element(*keys, {}, [](const ports::Identity& one) { return strength(one.key.kind); });
    if (strongest == keys->end())
        return fail("not_found", "person " + std::to_string(person.value) + " has no key left");
    IncomingFact fact;
    fact.type = type_name(FactKind::consent);
    switch (strongest->key.kind) {
        case 'u': fact.user_id = strongest->key.key; break;
        case 'x': fact.external_id = strongest->key.key; break;
        case 'e': fact.email = strongest->key.key; break;
        case 'p': fact.phone = strongest->key.key; break;
        default: fact.anonymous_id = strongest->key.key; break;
    }
    return fact;
}

std::string_view in_words(const engine::Consent& consent) { return consent.given ? "given" : "withdrawn"; }

void write_stands(codec::JsonWriter& out, const ConsentLedger& ledger) {
    out.begin_array();
    for (const engine::Consent& consent : ledger.stands) {
        out.begin_object().field("purpose", consent.purpose);
        out.field("label", purpose_name(ledger.playbook.get(), consent.purpose));
        out.field("state", in_words(consent)).field("since", consent.said.occurred_at);
        out.field("unverified", consent.said.unverified).field("fact", ref_text(consent.said.from)).end_object();
    }
    out.end_array();
}

void write(codec::JsonWriter& out, const ConsentLedger& ledger) {
    out.begin_object().key("consents");
    write_stands(out, ledger);
    out.key("entries").begin_array();
    for (const ConsentEntry& entry : ledger.entries) {
        const Fact& fact = entry.record.fact;
        out.begin_object().field("fact", ref_text(fact.ref)).field("at", fact.occurred_at);
        out.field("recorded_at", fact.recorded_at).field("purpose", entry.purpose);
        out.field("state", entry.given ? "given" : "withdrawn").field("source", entry.source);
        out.field("actor", fact.actor).field("trust", trust_name(fact.trust));
        for (const std::string_view name : {"channel", "basis", "text", "text_version", "text_hash"})
            if (const Value* value = find(fact.properties, name)) out.field(name, to_text(*value));
        out.field("counts", entry.counts).field("stands", entry.stands);
        out.field("words", sentence(entry.record, ledger.playbook.get())).end_object();
    }
    out.end_array().end_object();
}

}  // namespace baton::app
