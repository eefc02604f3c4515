#include "app/documents.h"

#include <algorithm>

namespace baton::app {
namespace {

using codec::JsonWriter;
using engine::HistoryKind;
using engine::HistoryRecord;

std::string_view to_string(engine::Truth truth) {
    switch (truth) {
        case engine::Truth::no: return "no";
        case engine::Truth::yes: return "yes";
        case engine::Truth::unknown: return "unknown";
    }
    return "";
}

std::string_view key_kind(char kind) {
    switch (kind) {
        case 'u': return "user_id";
        case 'x': return "external_id";
        case 'e': return "email";
        case 'p': return "phone";
        case 'a': return "anonymous_id";
        case 'o': return "account";
        default: return "key";
    }
}

void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
    out.key(name).begin_array();
    for (const std::string& text : texts) out.value(text);
    out.end_array();
}

void write_ref(JsonWriter& out, FactRef ref) {
    out.value(std::to_string(ref.lane.value) + "-" + std::to_string(ref.seq.value));
}

void write_cell(JsonWriter& out, const FunnelCell& cell) {
    out.begin_object().field("entered", cell.entered).field("leads", cell.leads).end_object();
}

void write_cells(JsonWriter& out, const std::map<std::string, std::map<std::string, FunnelCell>>& by) {
    out.begin_object();
    for (const auto& [value, stages] : by) {
        out.key(value).begin_object();
        for (const auto& [stage, cell] : stages) {
            out.key(stage);
            write_cell(out, cell);
        }
        out.end_object();
    }
    out.end_object();
}

// ---- one person -----------------------------------------------------------------------------------------------

void write_keys(JsonWriter& out, const PersonView& person) {
    out.key("keys").begin_array();
    for (const auto& key : person.keys)
        out.begin_object().field("kind", key_kind(key.kind)).field("key", key.key).end_object();
    out.end_array();
}

void write_holder(JsonWriter& out, const engine::Holder& holder) {
    out.key("holder");
    if (holder.kind == engine::HolderKind::none) {
        out.null();
        return;
    }
    out.begin_object().field("kind", engine::to_string(holder.kind)).field("name", holder.name);
    out.field("responsible", holder.responsible).end_object();
}

void write_offer(JsonWriter& out, const engine::Offer& offer) {
    out.key("hand_off");
    if (offer.number == 0) {
        out.null();
        return;
    }
    out.begin_object().field("number", offer.number).field("id", offer.hand_off).field("offered_at", offer.offered_at);
    out.field("state", engine::to_string(offer.end)).field("silence_at", offer.silence_at);
    out.key("snapshot").begin_array();
    for (const auto& clause : offer.snapshot)
        out.begin_object().field("clause", clause.clause).field("truth", to_string(clause.truth)).end_object();
    out.end_array().end_object();
}

void write_hold(JsonWriter& out, const engine::Hold& hold) {
    out.key("hold");
    if (!hold.active) {
        out.null();
        return;
    }
    out.begin_object().field("since", hold.since).field("wake_at", hold.wake_at).field("reason", hold.reason);
    write_texts(out, "denied", hold.denied);
    out.end_object();
}

void write_attributes(JsonWriter& out, const std::vector<engine::Attribute>& attributes,
                      const std::vector<criteria::DeclaredProperty>& names) {
    out.begin_array();
    for (const auto& a : attributes) {
        const auto& name = names[a.property.value];
        out.begin_object().field("id", name.id).field("label", name.label).field("value", a.value);
        out.field("at", a.occurred_at).field("answered", a.answered).key("fact");
        write_ref(out, a.from);
        out.end_object();
    }
    out.end_array();
}

void write_scores(JsonWriter& out, const PersonView& person) {
    const auto& playbook = *person.playbook;
    const Instant at = person.as_of == Instant::never() ? person.state.engine_at : person.as_of;
    out.key("scores").begin_object();
    for (std::uint16_t i = 0; i < playbook.scores.size(); ++i)
        out.field(playbook.scores[i].id,
                  engine::score_at(playbook, person.state, ScoreIndex{i}, std::max(at, person.state.engine_at)));
    out.end_object().key("classes").begin_object();
    for (std::size_t i = 0; i < playbook.classes.size() && i < person.state.lead.labels.size(); ++i)
        out.field(playbook.classes[i].id, person.state.lead.labels[i]);
    out.end_object();
}

// ---- why ------------------------------------------------------------------------------------------------------

void write_passed(JsonWriter& out, const engine::PassedSeen& passed) {
    out.begin_object().field("at", passed.at).field("kind", to_string(passed.kind)).field("id", passed.id);
    out.field("from", passed.from).field("to", passed.to).field("text", passed.text).end_object();
}

void write_input(JsonWriter& out, const engine::InputSeen& input) {
    out.begin_object().field("name", input.name).field("label", input.label).key("value");
    if (input.missing)
        out.null();
    else
        out.value(input.value);
    out.key("fact");
    if (input.from)
        write_ref(out, *input.from);
    else
        out.null();
    out.key("at");
    if (input.from)
        out.value(input.at);
    else
        out.null();
    out.end_object();
}

void write_clause(JsonWriter& out, const engine::ClauseSeen& clause, bool expressions) {
    out.begin_object().field("id", clause.id).field("name", clause.name).field("list", clause.list);
    out.field("truth", to_string(clause.truth)).field("because", clause.because);
    if (!clause.wanted.empty()) out.field("wanted", clause.wanted);
    if (expressions) out.field("expression", clause.expression);
    out.key("inputs").begin_array();
    for (const auto& input : clause.inputs) write_input(out, input);
    out.end_array().end_object();
}

void write_clauses(JsonWriter& out, const std::vector<engine::ClauseSeen>& clauses, bool expressions) {
    out.key("clauses").begin_array();
    for (const auto& clause : clauses) write_clause(out, clause, expressions);
    out.end_array();
}

void write_arrow(JsonWriter& out, const engine::ArrowSeen& arrow, bool expressions) {
    out.begin_object()
        .field("id", arrow.id)
        .field("from", arrow.from)
        .field("to", arrow.to)
        .field("label", arrow.label);
    out.field("on", arrow.on).field("holds", arrow.holds).field("waits_for", arrow.waits_for);
    write_clauses(out, arrow.clauses, expressions);
    write_texts(out, "smallest_change", arrow.smallest_change);
    out.end_object();
}

void write_score(JsonWriter& out, const engine::ScoreSeen& score) {
    out.begin_object()
        .field("id", score.id)
        .field("name", score.name)
        .field("value", score.value)
        .key("parts")
        .begin_array();
    for (const auto& part : score.parts) {
        out.begin_object().field("rule", part.rule).field("group", part.group).field("points", part.points);
        out.field("text", part.text).key("facts").begin_array();
        for (const FactRef ref : part.from) write_ref(out, ref);
        out.end_array().end_object();
    }
    out.end_array().end_object();
}

void write_class(JsonWriter& out, const engine::ClassSeen& c, bool expressions) {
    out.begin_object().field("id", c.id).field("name", c.name).field("label", c.label);
    write_clauses(out, c.clauses, expressions);
    out.field("better", c.better);
    write_texts(out, "missing", c.missing);
    out.end_object();
}

// ---- words ----------------------------------------------------------------------------------------------------

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::string stage_name(const playbook::Compiled* playbook, const std::string& id) {
    if (playbook == nullptr) return id;
    const auto index = playbook->stage(id);
    return index ? playbook->stages[index->value].name : id;
}

std::string class_name(const playbook::Compiled* playbook, const std::string& id) {
    if (playbook == nullptr) return id;
    const auto index = playbook->class_(id);
    return index ? playbook->classes[index->value].name : id;
}

std::string clause_name(const playbook::Compiled* playbook, const std::string& id) {
    if (playbook == nullptr) return id;
    const auto at = std::ranges::find(playbook->clauses, id, &playbook::CompiledClause::id);
    return at == playbook->clauses.end() ? id : at->name;
}

/// The label of a listed reason; other reasons (a person's words, "silence") as they are, without underscores.
std::string reason_name(const playbook::Compiled* playbook, std::string id) {
    if (playbook != nullptr)
        for (const playbook::ReasonList& list : playbook->source.reasons)
            for (const playbook::Reason& reason : list.reasons)
                if (reason.id == id) return reason.label;
    std::ranges::replace(id, '_', ' ');
    return id;
}

std::string hand_off_name(const playbook::Compiled* playbook, const std::string& id) {
    if (playbook == nullptr) return id;
    const auto at = std::ranges::find(playbook->hand_offs, id, &playbook::CompiledHandOff::id);
    return at == playbook->hand_offs.end() ? id : at->name;
}

/// The clauses that carried the move: those that hold and had to.
std::string reasons_of(const HistoryRecord& record, const playbook::Compiled* playbook) {
    std::vector<std::string> names;
    for (const auto& e : record.explanation)
        if (e.truth == engine::Truth::yes) names.push_back(clause_name(playbook, e.clause));
    return joined(names);
}

std::string why_moved(const HistoryRecord& record, const playbook::Compiled* playbook) {
    const std::string who = record.actor.empty() ? "" : " by " + record.actor;
    const std::string reason = record.reason.empty() ? "" : " (" + reason_name(playbook, record.reason) + ")";
    switch (record.cause) {
        case engine::MoveCause::rule:
        case engine::MoveCause::fact: {
            const std::string reasons = reasons_of(record, playbook);
            return reasons.empty() ? "" : ": " + reasons;
        }
        case engine::MoveCause::decision: return who + reason;
        case engine::MoveCause::time: return ": time passed" + reason;
        case engine::MoveCause::skip:
            return record.skipped.empty() ? ": seen to have happened"
                                          : ": seen to have happened, skipping " + joined(record.skipped);
        case engine::MoveCause::hand: return who + " by hand" + reason;
        case engine::MoveCause::migration: return ": its stage was removed";
        case engine::MoveCause::start: return ": first heard of";
    }
    return "";
}

std::string number_of(const HistoryRecord& record) { return std::to_string(record.number); }

std::string denied_of(const HistoryRecord& record, const playbook::Compiled* playbook) {
    if (record.denied.empty()) return "";
    std::vector<std::string> names;
    for (const std::string& id : record.denied) names.push_back(clause_name(playbook, id));
    return "; denied: " + joined(names);
}

}  // namespace

// ---- funnel, list ---------------------------------------------------------------------------------------------

void write(JsonWriter& out, const Funnel& funnel) {
    out.begin_object().field("playbook", funnel.playbook).field("version", funnel.version).key("stages").begin_array();
    for (const FunnelStage& stage : funnel.stages) {
        out.begin_object().field("id", stage.id).field("name", stage.name).field("entered", stage.in.entered);
        out.field("leads", stage.in.leads).field("inside", stage.inside).field("left", stage.left).end_object();
    }
    out.end_array().key("arrows").begin_array();
    for (const FunnelArrow& arrow : funnel.arrows)
        out.begin_object().field("from", arrow.from).field("to", arrow.to).field("moves", arrow.moves).end_object();
    out.end_array().key("hand_offs").begin_array();
    for (const FunnelOffer& offer : funnel.offers) {
        out.begin_object().field("id", offer.hand_off);
        for (const auto& [end, number] : offer.ends) out.field(end, number);
        out.end_object();
    }
    out.end_array().key("by");
    write_cells(out, funnel.by);
    out.end_object();
}

void write(JsonWriter& out, const ports::LeadRow& row) {
    out.begin_object().field("id", row.person.value).field("name", row.name).field("email", row.email);
    out.field("account", row.account).field("stage", row.stage).field("open", row.open).field("is_lead", row.is_lead);
    out.field("cycle", row.cycle).field("holder", row.holder).field("classes", row.classes);
    out.field("score", Decimal{row.score_micros}).field("stage_entered_at", row.stage_entered_at);
    out.field("updated_at", row.updated_at).end_object();
}

void write(JsonWriter& out, const User& user) {
    out.begin_object().field("id", user.id).field("name", user.name);
    write_texts(out, "roles", user.roles);
    out.end_object();
}

void write(JsonWriter& out, const Receipt& receipt) {
    out.begin_object()
        .field("accepted", receipt.accepted)
        .field("duplicates", receipt.duplicates)
        .key("refused")
        .begin_array();
    for (std::size_t i = 0; i < receipt.outcomes.size(); ++i) {
        const Outcome& outcome = receipt.outcomes[i];
        if (outcome.verdict != Verdict::refused) continue;
        out.begin_object().field("index", i).field("code", outcome.code).field("detail", outcome.detail).end_object();
    }
    out.end_array().end_object();
}

// ---- person ---------------------------------------------------------------------------------------------------

void write(JsonWriter& out, const PersonView& person) {
    const engine::Lead& lead = person.state.lead;
    out.begin_object().field("id", person.id.value).field("name", person.name).field("email", person.email);
    out.field("account", person.account);
    write_keys(out, person);
    out.field("playbook_version", person.state.version).field("stage", lead.stage);
    out.field("stage_name", stage_name(person.playbook.get(), lead.stage))
        .field("stage_entered_at", lead.stage_entered_at);
    out.field("furthest", lead.furthest).field("open", lead.open).field("cycle", lead.cycle);
    out.field("cycle_started_at", lead.cycle_started_at).field("square_peg", lead.square_peg);
    out.field("facts", person.state.features.facts);
    write_holder(out, lead.holder);
    write_offer(out, lead.offer);
    write_hold(out, lead.hold);
    if (person.playbook != nullptr) {
        write_scores(out, person);
        out.key("attributes");
        write_attributes(out, person.state.features.attributes, person.playbook->names.person);
        out.key("account_attributes");
        write_attributes(out, person.state.features.account_attributes, person.playbook->names.account);
    }
    out.field("next_at", person.state.next_at).end_object();
}

void write(JsonWriter& out, const HistoryRecord& record, const playbook::Compiled* playbook) {
    out.begin_object().field("kind", engine::to_string(record.kind)).field("at", record.at).key("fact");
    write_ref(out, record.by);
    out.field("text", sentence(record, playbook)).field("version", record.version).field("cycle", record.cycle);
    if (record.kind == HistoryKind::stage_entered) {
        out.field("cause", engine::to_string(record.cause))
            .field("skip", record.skip)
            .field("backward", record.backward);
        write_texts(out, "skipped", record.skipped);
    }
    for (const auto& [name, text] :
         {std::pair("what", &record.what), std::pair("from", &record.from), std::pair("to", &record.to),
          std::pair("detail", &record.detail), std::pair("reason", &record.reason), std::pair("actor", &record.actor)})
        if (!text->empty()) out.field(name, *text);
    if (record.number != 0) out.field("number", record.number);
    if (!record.denied.empty()) write_texts(out, "denied", record.denied);
    if (record.historical) out.field("historical", true);
    if (!record.time_known) out.field("time_known", false);
    out.key("explanation").begin_array();
    for (const auto& e : record.explanation) {
        out.begin_object().field("clause", e.clause).field("truth", to_string(e.truth)).key("facts").begin_array();
        for (const FactRef ref : e.facts) write_ref(out, ref);
        out.end_array().end_object();
    }
    out.end_array().end_object();
}

void write(JsonWriter& out, const Timeline& timeline, const Reads& reads) {
    out.begin_array();
    for (const TimelineEntry& entry : timeline.entries) {
        if (entry.history) {
            write(out, *entry.history, reads.playbook(entry.history->version).get());
            continue;
        }
        const codec::JournalRecord& record = *entry.fact;
        out.begin_object().field("kind", "fact").field("at", entry.at).key("fact");
        write_ref(out, record.fact.ref);
        out.field("type", record.fact.type).field("recorded_at", record.fact.recorded_at);
        if (!record.fact.actor.empty()) out.field("actor", record.fact.actor);
        if (record.fact.historical) out.field("historical", true);
        if (!record.fact.time_known) out.field("time_known", false);
        if (record.fact.time_clamped) out.field("time_clamped", true);
        out.field("text", sentence(record)).key("properties").begin_object();
        for (const NamedValue& property : record.fact.properties) out.field(property.name, property.value);
        out.end_object().end_object();
    }
    out.end_array();
}

void write(JsonWriter& out, const engine::Why& why, const PersonView& person, bool expressions) {
    out.begin_object().field("id", person.id.value).field("name", person.name).field("at", why.at);
    out.field("playbook_version", why.version)
        .field("stage", why.stage)
        .field("stage_name", stage_name(person.playbook.get(), why.stage));
    out.field("stage_entered_at", why.stage_entered_at).field("last_fact_at", why.last_fact_at);
    out.key("passed").begin_array();
    for (const auto& passed : why.passed) write_passed(out, passed);
    out.end_array().key("arrows").begin_array();
    for (const auto& arrow : why.arrows) write_arrow(out, arrow, expressions);
    out.end_array().key("scores").begin_array();
    for (const auto& score : why.scores) write_score(out, score);
    out.end_array().key("classes").begin_array();
    for (const auto& c : why.classes) write_class(out, c, expressions);
    out.end_array().field("next_at", why.next_at).end_object();
}

// ---- sentences ------------------------------------------------------------------------------------------------

std::string sentence(const HistoryRecord& record, const playbook::Compiled* playbook) {
    switch (record.kind) {
        case HistoryKind::stage_entered:
            return (record.backward ? "went back to " : "became ") + stage_name(playbook, record.to) +
                   why_moved(record, playbook) + denied_of(record, playbook);
        case HistoryKind::lead_opened: return "the lead was opened";
        case HistoryKind::lead_closed: return "the lead was closed: " + record.detail;
        case HistoryKind::class_changed:
            return class_name(playbook, record.what) + " is now " + (record.to.empty() ? "none" : record.to) +
                   (record.from.empty() ? "" : ", was " + record.from);
        case HistoryKind::offered:
            return "offered as hand-off " + number_of(record) + " (" + hand_off_name(playbook, record.what) + ")";
        case HistoryKind::offer_ended: {
            std::string end = record.detail;
            std::ranges::replace(end, '_', ' ');
            return "hand-off " + number_of(record) + " ended: " + end +
                   (record.reason.empty() ? "" : " (" + reason_name(playbook, record.reason) + ")");
        }
        case HistoryKind::holder_changed:
            if (record.what.empty()) return "nobody has to hold it any more";
            return "held by " + record.what + " " + record.to +
                   (record.detail.empty() ? "" : ", responsible " + record.detail);
        case HistoryKind::cycle_started: return "cycle " + number_of(record) + " began";
        case HistoryKind::held_back:
            return "not offered again " +
                   (record.number == 0 ? std::string("until something new is known")
                                       : "before " + baton::to_string(Instant{record.number})) +
                   denied_of(record, playbook);
        case HistoryKind::hold_ended: return "may be offered again: " + record.detail;
        case HistoryKind::square_peg: return "fits no category: flagged as a square peg";
        case HistoryKind::ignored: return record.what + " changed nothing: " + record.detail;
        case HistoryKind::decision_void: return record.what + " had no effect: " + record.detail;
        case HistoryKind::version_changed: return "playbook version " + number_of(record) + " took effect";
        case HistoryKind::migrated:
            return "moved to " + stage_name(playbook, record.to) + ": stage " + record.from + " was removed";
    }
    return "";
}

std::string sentence(const codec::JournalRecord& record) {
    const Fact& fact = record.fact;
    std::string text = fact.type.empty() ? std::string(type_name(fact.kind)) : fact.type;
    if (!fact.actor.empty()) text += " by " + fact.actor;
    std::string details;
    for (const NamedValue& property : fact.properties) {
        if (property.value.is_null()) continue;
        details += (details.empty() ? "" : ", ") + property.name + ": " + to_text(property.value);
    }
    return details.empty() ? text : text + " (" + details + ")";
}

}  // namespace baton::app
