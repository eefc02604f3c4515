#include "app/documents.h"

#include <algorithm>

#include "app/registers.h"
#include "app/sentences.h"
#include "app/touches.h"

namespace baton::app {
namespace {

using codec::JsonWriter;
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
        const bool answered = a.answered && !name.id.starts_with(consent_prefix);  // there it means a withdrawal
        out.field("at", a.occurred_at).field("answered", answered).field("unverified", a.unverified).key("fact");
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

void write_arrow(JsonWriter& out, const engine::ArrowSeen& arrow, const playbook::Compiled* playbook,
                 bool expressions) {
    out.begin_object()
        .field("id", arrow.id)
        .field("from", arrow.from)
        .field("to", arrow.to)
        .field("to_name", stage_name(playbook, arrow.to))
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
    out.field("furthest", lead.furthest).field("furthest_name", stage_name(person.playbook.get(), lead.furthest));
    out.field("open", lead.open).field("cycle", lead.cycle);
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

void write_person(JsonWriter& out, const PersonView& person) {
    out.begin_object().field("id", person.id.value).field("name", person.name).field("email", person.email);
    out.field("account", person.account);
    write_keys(out, person);
    out.field("facts", person.state.features.facts).key("registers");
    write(out, person.hits);
    out.key("attributes");
    if (person.playbook == nullptr)
        out.begin_array().end_array();
    else
        write_attributes(out, person.state.features.attributes, person.playbook->names.person);
    out.key("merged_into");
    if (person.merged_into.value == 0)
        out.null();
    else
        out.value(person.merged_into.value);
    out.key("absorbed").begin_array();
    for (const SubjectId other : person.absorbed) out.value(other.value);
    out.end_array().end_object();
}

namespace {

void write_fields(JsonWriter& out, const AccountView& account) {
    out.key("id");
    if (account.id)
        out.value(account.id->value);
    else
        out.null();
    out.field("key", account.key).key("attributes");
    if (account.playbook == nullptr)
        out.begin_array().end_array();
    else
        write_attributes(out, account.state.attributes, account.playbook->names.account);
    out.key("counts").begin_object();
    for (std::size_t i = 0; account.playbook != nullptr && i < account.state.told.size(); ++i)
        if (i < account.playbook->names.aggregates.size())
            out.field(account.playbook->names.aggregates[i], account.state.told[i]);
    out.end_object();
}

}  // namespace

void write(JsonWriter& out, const AccountView& account) {
    out.begin_object();
    write_fields(out, account);
    out.end_object();
}

void write(JsonWriter& out, const ListedAccount& listed) {
    out.begin_object();
    write_fields(out, listed.account);
    out.field("people", listed.people).field("open_leads", listed.open_leads).end_object();
}

void write(JsonWriter& out, const HistoryRecord& record, const playbook::Compiled* playbook) {
    out.begin_object().field("kind", engine::to_string(record.kind)).field("at", record.at).key("fact");
    write_ref(out, record.by);
    out.field("text", sentence(record, playbook)).field("version", record.version).field("cycle", record.cycle);
    if (record.kind == engine::HistoryKind::stage_entered) {
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
    const auto active = reads.active();
    const Touches touches = touches_in(timeline, reads);
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
        if (const Touch* touch = touches.of(record.fact.ref)) out.field("touch", in_words(*touch));
        out.field("text", sentence(record, active.get())).key("properties").begin_object();
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
    for (const auto& arrow : why.arrows) write_arrow(out, arrow, person.playbook.get(), expressions);
    out.end_array().key("scores").begin_array();
    for (const auto& score : why.scores) write_score(out, score);
    out.end_array().key("classes").begin_array();
    for (const auto& c : why.classes) write_class(out, c, expressions);
    out.end_array().field("next_at", why.next_at).end_object();
}

}  // namespace baton::app
