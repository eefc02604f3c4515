#include "app/sentences.h"

#include <algorithm>

namespace baton::app {
namespace {

using engine::HistoryKind;
using engine::HistoryRecord;

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
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
        case engine::MoveCause::skip: {
            std::vector<std::string> names;
            for (const std::string& id : record.skipped) names.push_back(stage_name(playbook, id));
            return ": seen to have happened" + (names.empty() ? "" : ", skipping " + joined(names));
        }
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

// ---- a fact's properties -----------------------------------------------------------------------------------------

std::string label_in(const std::vector<criteria::DeclaredProperty>& declared, const std::string& id) {
    const auto at = std::ranges::find(declared, id, &criteria::DeclaredProperty::id);
    return at == declared.end() || at->label.empty() ? id : at->label;
}

std::string label_of(const Fact& fact, const std::string& id, const playbook::Compiled& playbook) {
    if (fact.kind == FactKind::profile) return label_in(playbook.names.person, id);
    if (fact.kind == FactKind::account_profile) return label_in(playbook.names.account, id);
    const auto& facts = playbook.source.facts;
    const auto type = std::ranges::find(facts, fact.type, &playbook::FactType::id);
    if (type == facts.end()) return id;
    const auto property = std::ranges::find(type->properties, id, &playbook::Property::id);
    return property == type->properties.end() || property->label.empty() ? id : property->label;
}

std::string value_of(const NamedValue& property, const playbook::Compiled* playbook) {
    if (property.name == "reason") return reason_name(playbook, to_text(property.value));
    const auto* clauses = property.value.as<ValueList>();
    if (property.name != "clauses" || clauses == nullptr) return to_text(property.value);
    std::vector<std::string> names;
    for (const Value& clause : *clauses) names.push_back(clause_name(playbook, to_text(clause)));
    return joined(names);
}

/// "Budget: approved" instead of "question: budget, value: approved".
std::string answered(const Fact& fact, const playbook::Compiled& playbook) {
    const Value* question = find(fact.properties, "question");
    const Value* value = find(fact.properties, "value");
    if (question == nullptr || value == nullptr) return "";
    return label_in(playbook.names.person, to_text(*question)) + ": " + to_text(*value);
}

std::string details_of(const Fact& fact, const playbook::Compiled* playbook) {
    std::vector<std::string> details;
    const bool answer = fact.kind == FactKind::answer && playbook != nullptr;
    if (const std::string text = answer ? answered(fact, *playbook) : ""; !text.empty()) details.push_back(text);
    const bool known = !details.empty();
    for (const NamedValue& property : fact.properties) {
        if (property.value.is_null() || (known && (property.name == "question" || property.name == "value"))) continue;
        const std::string label = playbook == nullptr ? property.name : label_of(fact, property.name, *playbook);
        details.push_back(label + ": " +
                          (is_decision(fact.kind) ? value_of(property, playbook) : to_text(property.value)));
    }
    return joined(details);
}

}  // namespace

std::string hand_off_name(const playbook::Compiled* playbook, const std::string& id) {
    if (playbook == nullptr) return id;
    const auto at = std::ranges::find(playbook->hand_offs, id, &playbook::CompiledHandOff::id);
    return at == playbook->hand_offs.end() ? id : at->name;
}

std::string offer_end_in_words(std::string_view end) {
    if (end == "accepted_by_default") return "accepted by default, as nobody answered in time";
    if (end == "accepted_implied") return "accepted, as what followed shows";
    if (end == "expired") return "expired without an answer";
    if (end == "imported") return "still open where imported history ends";
    return std::string(end);
}

std::string stage_name(const playbook::Compiled* playbook, const std::string& id) {
    if (playbook == nullptr) return id;
    const auto index = playbook->stage(id);
    return index ? playbook->stages[index->value].name : id;
}

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
            const bool said = record.reason.empty() || record.reason == "silence" || record.reason == "history_ended";
            return "hand-off " + number_of(record) + " ended: " + offer_end_in_words(record.detail) +
                   (said ? "" : " (" + reason_name(playbook, record.reason) + ")");
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
        case HistoryKind::merged:
            return (record.detail == "into" ? "became one with person " : "took in person ") + number_of(record) +
                   (record.actor.empty() ? "" : ", by " + record.actor);
        case HistoryKind::unmerged:
            return (record.detail == "came_back" ? "is apart again from person " : "gave back person ") +
                   number_of(record) + (record.actor.empty() ? "" : ", by " + record.actor);
        case HistoryKind::import_undone:
            if (record.detail == "woke") return "came back: something new happened after its import was undone";
            return "import " + number_of(record) + " was undone" +
                   (record.detail == "rests" ? ", and nothing else is known: rests" : "") +
                   (record.actor.empty() ? "" : ", by " + record.actor);
        case HistoryKind::erased:
            return (record.detail == "all" ? "data erased" : "some data erased") +
                   (record.actor.empty() ? std::string() : ", by " + record.actor);
    }
    return "";
}

namespace {

std::string text_in(const Properties& properties, std::string_view name) {
    const Value* value = find(properties, name);
    return value == nullptr ? std::string() : to_text(*value);
}

/// "allowed marketing email by channel email, text of 2026-03, on the ground of legitimate interest".
std::string sentence_of_consent(const Fact& fact, const playbook::Compiled* playbook) {
    const bool given = text_in(fact.properties, "given") == "true";
    std::string text = (given ? "allowed " : "withdrew ") + purpose_name(playbook, text_in(fact.properties, "purpose"));
    if (const auto channel = text_in(fact.properties, "channel"); !channel.empty()) text += ", channel " + channel;
    if (const auto version = text_in(fact.properties, "text_version"); !version.empty()) text += ", text " + version;
    if (auto basis = text_in(fact.properties, "basis"); !basis.empty() && basis != "consent") {
        std::ranges::replace(basis, '_', ' ');
        text += ", on the ground of " + basis;
    }
    if (const auto words = text_in(fact.properties, "text"); !words.empty()) text += ": \"" + words + "\"";
    if (!fact.actor.empty()) text += "; recorded by " + fact.actor;
    return fact.trust == Trust::browser ? text + ", said in a browser" : text;
}

}  // namespace

std::string purpose_name(const playbook::Compiled* playbook, const std::string& purpose) {
    const std::string id = std::string(consent_prefix) + purpose;
    const std::string label = playbook == nullptr ? id : label_in(playbook->names.person, id);
    if (label != id) return label;
    std::string name = purpose;
    std::ranges::replace(name, '_', ' ');
    return name;
}

std::string sentence(const codec::JournalRecord& record, const playbook::Compiled* playbook) {
    const Fact& fact = record.fact;
    if (fact.kind == FactKind::consent) return sentence_of_consent(fact, playbook);
    if (fact.kind == FactKind::merge && find(fact.properties, "visitor") != nullptr) {
        const bool unverified = find(fact.properties, "unverified") != nullptr;
        return std::string("the past of a visitor joined") +
               (unverified ? ", because a browser named this person (unverified)" : "");
    }
    std::string text = fact.type.empty() ? std::string(type_name(fact.kind)) : fact.type;
    if (!fact.actor.empty()) text += " by " + fact.actor;
    const std::string details = details_of(fact, playbook);
    if (!details.empty()) text += " (" + details + ")";
    const bool matters = fact.kind != FactKind::behaviour && fact.trust == Trust::browser;
    return matters ? text + ", said in a browser" : text;
}

}  // namespace baton::app
