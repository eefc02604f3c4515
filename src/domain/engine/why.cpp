// Why, and why not yet: where a lead stands, in words of labels, values and facts (A12).
#include <algorithm>

#include "domain/engine/scoring.h"
#include "domain/engine/stepper.h"
#include "domain/playbook/words.h"

namespace baton::engine {
namespace {

using criteria::Input;
using criteria::InputKind;
using playbook::Compiled;
using playbook::CompiledArrow;
using playbook::CompiledCriteria;
using playbook::ListKind;
using playbook::Trigger;

std::string capital(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : std::string(separator)) + part;
    return text;
}

std::string label_in(const std::vector<std::string>& labels, const std::vector<std::string>& ids, std::uint16_t index) {
    if (index < labels.size() && !labels[index].empty()) return labels[index];
    return index < ids.size() ? ids[index] : std::string();
}

std::string property_label(const std::vector<criteria::DeclaredProperty>& properties, std::uint16_t index) {
    const auto& property = properties[index];
    return property.label.empty() ? property.id : property.label;
}

/// What time makes of a position: "stage", "days in this stage".
std::string lead_label(std::string_view name) {
    if (name == "lead.stage") return "stage";
    if (name == "lead.cycle") return "cycle";
    if (name == "lead.furthest") return "furthest stage";
    if (name == "lead.holder") return "holder";
    if (name.starts_with("days_in_stage")) return "days in this stage";
    if (name.starts_with("days_in_cycle")) return "days in this cycle";
    return std::string(name);
}

class Seer {
   public:
    Seer(const Compiled& playbook, const PersonState& state, Instant at)
        : playbook_(playbook), state_(state), at_(at), view_(playbook, state, nullptr) {}

    Why look() const;

   private:
    std::string label_of(const Input& input) const;
    std::string value_of(const Input& input, bool& missing) const;
    std::string lead_value(std::string_view name) const;
    InputSeen seen(const Input& input) const;
    Instant time_of(const Input& input) const;
    ClauseSeen clause_seen(ClauseIndex index, ListKind list) const;
    std::string because(const Input& input, const InputSeen& seen) const;
    std::string counted(const Input& input, const std::string& number) const;
    std::vector<ClauseSeen> clauses_of(const CompiledCriteria& criteria) const;
    std::vector<std::string> wanted_of(ClauseIndex index, Truth goal) const;
    void missing_for(const CompiledCriteria& criteria, std::vector<std::string>& into) const;
    bool holds(const CompiledCriteria& criteria) const;
    ArrowSeen arrow_seen(const CompiledArrow& arrow) const;
    std::string waits_for(const CompiledArrow& arrow) const;
    std::string hold_in_words() const;
    ScoreSeen score_seen(ScoreIndex index) const;
    void add_fit_parts(const playbook::CompiledScore& score, ScoreSeen& seen) const;
    void add_behaviour_parts(const playbook::CompiledScore& score, ScoreSeen& seen) const;
    ClassSeen class_seen(ClassIndex index) const;
    void add_bands(const playbook::CompiledClass& c, ClassSeen& seen) const;
    void add_rows(const playbook::CompiledClass& c, ClassSeen& seen) const;
    Truth judge(ClauseIndex index) const {
        return criteria::judge(playbook_.clauses[index.value].when, view_, at_).truth;
    }

    const Compiled& playbook_;
    const PersonState& state_;
    Instant at_;
    View view_;
};

// ---- inputs ---------------------------------------------------------------------------------------------------

std::string Seer::label_of(const Input& input) const {
    const auto& names = playbook_.names;
    switch (input.kind) {
        case InputKind::attribute:
        case InputKind::answer: return property_label(names.person, input.index);
        case InputKind::account_attribute: return property_label(names.account, input.index);
        case InputKind::aggregate: return label_in(names.aggregate_labels, names.aggregates, input.index);
        case InputKind::count: {
            const std::string label = label_in(names.type_labels, names.types, input.index);
            return input.window.us == 0 ? label : label + " within " + to_string(input.window);
        }
        case InputKind::first_last: return "last time: " + label_in(names.type_labels, names.types, input.index);
        case InputKind::score: return label_in(names.score_names, names.scores, input.index);
        case InputKind::label: return label_in(names.class_names, names.classes, input.index);
        case InputKind::lead: return lead_label(input.name);
        case InputKind::event: return input.name;
    }
    return input.name;
}

std::string Seer::lead_value(std::string_view name) const {
    const Lead& lead = state_.lead;
    if (name == "lead.stage") return lead.stage;
    if (name == "lead.furthest") return lead.furthest;
    if (name == "lead.cycle") return std::to_string(lead.cycle);
    if (name == "lead.holder") return std::string(to_string(lead.holder.kind));
    const bool cycle = name.starts_with("days_in_cycle");
    return std::to_string(whole_days(cycle ? lead.cycle_started_at : lead.stage_entered_at, at_));
}

std::string Seer::value_of(const Input& input, bool& missing) const {
    const auto text = [&](const Value* value) {
        missing = value == nullptr;
        return missing ? std::string() : to_text(*value);
    };
    switch (input.kind) {
        case InputKind::attribute: return text(view_.attribute({input.index}));
        case InputKind::account_attribute: return text(view_.account_attribute({input.index}));
        case InputKind::answer: return text(view_.answer({input.index}));
        case InputKind::aggregate: return std::to_string(view_.aggregate({input.index}));
        case InputKind::count: {
            const bool cycle = input.name.starts_with("count_this_cycle");
            return std::to_string(cycle ? view_.count_this_cycle({input.index})
                                        : view_.count({input.index}, input.window, at_));
        }
        case InputKind::first_last: {
            const auto t = input.name.starts_with("first") ? view_.first({input.index}) : view_.last({input.index});
            missing = !t;
            return t ? to_string(*t) : std::string();
        }
        case InputKind::score: return to_string(view_.score({input.index}, at_));
        case InputKind::label: return std::string(view_.label({input.index}));
        case InputKind::lead: return lead_value(input.name);
        case InputKind::event: missing = true; return "";
    }
    return "";
}

Instant Seer::time_of(const Input& input) const {
    const Features& f = state_.features;
    const Attribute* attribute = nullptr;
    switch (input.kind) {
        case InputKind::attribute: attribute = find(f.attributes, PropertyIndex{input.index}); break;
        case InputKind::answer: attribute = find(f.answers, PropertyIndex{input.index}); break;
        case InputKind::account_attribute: attribute = find(f.account_attributes, PropertyIndex{input.index}); break;
        case InputKind::count:
        case InputKind::first_last:
            if (const TypeCount* row = find(f.types(), TypeIndex{input.index})) return row->last;
            break;
        case InputKind::lead: return state_.lead.stage_entered_at;
        default: break;
    }
    return attribute == nullptr ? Instant{} : attribute->occurred_at;
}

InputSeen Seer::seen(const Input& input) const {
    InputSeen s;
    s.name = input.name;
    s.label = label_of(input);
    s.value = value_of(input, s.missing);
    s.from = fact_behind(playbook_, state_, input);
    s.at = time_of(input);
    return s;
}

// ---- clauses --------------------------------------------------------------------------------------------------

/// "not asked for a demo within 14 days so far", "asked for a demo 3 times"; a type without a label is quoted.
std::string Seer::counted(const Input& input, const std::string& number) const {
    const auto& names = playbook_.names;
    const std::string label = label_in(names.type_labels, names.types, input.index);
    const bool cycle = input.name.starts_with("count_this_cycle");
    const std::string when = cycle                 ? " in this cycle"
                             : input.window.us > 0 ? " within " + playbook::in_words(input.window)
                                                   : "";
    const bool told = label != names.types[input.index];
    if (number == "0") return (told ? "not " + label : "no \"" + label + "\"") + when + " so far";
    if (!told) return number + " × \"" + label + "\"" + when;
    return label + (number == "1" ? " once" : " " + number + " times") + when;
}

std::string Seer::because(const Input& input, const InputSeen& seen) const {
    if (input.kind == InputKind::count) return counted(input, seen.value);
    if (seen.missing) return seen.label + " is missing";
    std::string value = seen.value.empty() ? "none" : seen.value;
    if (input.kind == InputKind::score) value = to_short_string(view_.score({input.index}, at_));
    return seen.label + " is " + value;
}

std::vector<std::string> Seer::wanted_of(ClauseIndex index, Truth goal) const {
    std::vector<std::string> texts;
    for (const auto& want : criteria::wanted(playbook_.clauses[index.value].when, view_, at_, goal)) {
        const std::string text = capital(want.text);
        texts.push_back(want.now.empty() ? text : text + " (" + want.now + ")");
    }
    if (texts.empty()) texts.push_back((goal == Truth::yes ? "" : "No longer: ") + playbook_.clauses[index.value].name);
    return texts;
}

ClauseSeen Seer::clause_seen(ClauseIndex index, ListKind list) const {
    const auto& clause = playbook_.clauses[index.value];
    ClauseSeen s;
    s.id = clause.id;
    s.name = clause.name;
    s.expression = clause.when.text();
    s.list = list == ListKind::all ? "all" : list == ListKind::any ? "any" : "none";
    s.truth = judge(index);
    std::vector<std::string> because_of;
    for (const Input& input : clause.when.inputs()) {
        s.inputs.push_back(seen(input));
        because_of.push_back(because(input, s.inputs.back()));
    }
    s.because = capital(joined(because_of, ", "));
    const bool as_needed = (s.truth == Truth::yes) != (list == ListKind::none);
    if (!as_needed) s.wanted = joined(wanted_of(index, list == ListKind::none ? Truth::no : Truth::yes), " and ");
    return s;
}

std::vector<ClauseSeen> Seer::clauses_of(const CompiledCriteria& criteria) const {
    std::vector<ClauseSeen> seen;
    for (const ClauseIndex c : criteria.all) seen.push_back(clause_seen(c, ListKind::all));
    for (const ClauseIndex c : criteria.any) seen.push_back(clause_seen(c, ListKind::any));
    for (const ClauseIndex c : criteria.none) seen.push_back(clause_seen(c, ListKind::none));
    return seen;
}

bool Seer::holds(const CompiledCriteria& criteria) const {
    const auto is = [&](ClauseIndex c) { return judge(c) == Truth::yes; };
    return std::ranges::all_of(criteria.all, is) && (criteria.any.empty() || std::ranges::any_of(criteria.any, is)) &&
           std::ranges::none_of(criteria.none, is);
}

/// The fewest changes that would be enough: every unmet `all`, the cheapest of `any`, every met `none`.
void Seer::missing_for(const CompiledCriteria& criteria, std::vector<std::string>& into) const {
    const auto add = [&](std::vector<std::string> texts) {
        for (std::string& text : texts)
            if (std::ranges::find(into, text) == into.end()) into.push_back(std::move(text));
    };
    for (const ClauseIndex c : criteria.all)
        if (judge(c) != Truth::yes) add(wanted_of(c, Truth::yes));
    const auto met = [&](ClauseIndex c) { return judge(c) == Truth::yes; };
    if (!criteria.any.empty() && std::ranges::none_of(criteria.any, met)) {
        std::vector<std::string> cheapest;
        for (const ClauseIndex c : criteria.any) {
            auto texts = wanted_of(c, Truth::yes);
            if (cheapest.empty() || texts.size() < cheapest.size()) cheapest = std::move(texts);
        }
        add(std::move(cheapest));
    }
    for (const ClauseIndex c : criteria.none)
        if (met(c)) add(wanted_of(c, Truth::no));
}

// ---- arrows ---------------------------------------------------------------------------------------------------

std::string Seer::hold_in_words() const {
    const Hold& hold = state_.lead.hold;
    std::string text = "handed back on " + to_string(hold.since) +
                       (hold.reason.empty() ? "" : " (" + hold.reason + ")") + ", not offered again ";
    text += hold.wake_at == Instant::never() ? "until something new is known" : "before " + to_string(hold.wake_at);
    if (hold.denied.empty()) return text;
    std::vector<std::string> names;
    for (const ClauseIndex c : deniable(playbook_, state_.lead)) {
        const auto& clause = playbook_.clauses[c.value];
        if (std::ranges::find(hold.denied, clause.id) != hold.denied.end()) names.push_back("\"" + clause.name + "\"");
    }
    return text + " or until something new is known about " + joined(names, " or ");
}

std::string Seer::waits_for(const CompiledArrow& arrow) const {
    std::vector<std::string> waits;
    const bool offers = playbook_.stages[arrow.to.value].hand_off.has_value();
    if (arrow.trigger == Trigger::decision) {
        const bool on_offer = arrow.on == "accept" || arrow.on == "reject" || arrow.on == "withdraw";
        const std::string who = arrow.by.empty() ? "somebody" : arrow.by;
        waits.push_back(who + " to " + arrow.on +
                        (on_offer && !state_.lead.offer.open() ? " an offer, and none is open" : " it"));
    }
    if (arrow.trigger == Trigger::fact) waits.push_back("\"" + arrow.on + "\" to happen");
    if (state_.lead.hold.active && offers && arrow.trigger != Trigger::decision) waits.push_back(hold_in_words());
    if (arrow.after && at_ < state_.lead.stage_entered_at + *arrow.after)
        waits.push_back(to_string(*arrow.after) + " in this stage (until " +
                        to_string(state_.lead.stage_entered_at + *arrow.after) + ")");
    return joined(waits, "; ");
}

ArrowSeen Seer::arrow_seen(const CompiledArrow& arrow) const {
    ArrowSeen s;
    const CompiledCriteria& enter = playbook_.stages[arrow.to.value].enter;
    s.id = arrow.id;
    s.from = playbook_.stages[arrow.from.value].id;
    s.to = playbook_.stages[arrow.to.value].id;
    s.label = arrow.label;
    s.on = arrow.on;
    s.holds = holds(arrow.when) && (!arrow.uses_enter || holds(enter));
    s.waits_for = waits_for(arrow);
    s.clauses = clauses_of(arrow.when);
    missing_for(arrow.when, s.smallest_change);
    if (!arrow.uses_enter) return s;
    auto more = clauses_of(enter);
    s.clauses.insert(s.clauses.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    missing_for(enter, s.smallest_change);
    return s;
}

// ---- scores ---------------------------------------------------------------------------------------------------

void Seer::add_fit_parts(const playbook::CompiledScore& score, ScoreSeen& seen) const {
    for (const auto& group : score.groups) {
        for (const ScoreRuleIndex index : group.rules) {
            const auto& rule = playbook_.score_rules[index.value];
            if (criteria::judge(rule.when, view_, at_).truth != Truth::yes) continue;
            ScorePart part{rule.name, group.name, cut(rule.points, rule.cap), {}, rule.name};
            for (const Input& input : rule.when.inputs())
                if (const auto ref = fact_behind(playbook_, state_, input)) part.from.push_back(*ref);
            seen.parts.push_back(std::move(part));
        }
    }
}

void Seer::add_behaviour_parts(const playbook::CompiledScore& score, ScoreSeen& seen) const {
    for (const auto& group : score.groups) {
        for (const ScoreRuleIndex index : group.rules) {
            const RuleEntries* row = find(state_.features.rules(), index);
            if (row == nullptr || row->count == 0) continue;
            const auto& rule = playbook_.score_rules[index.value];
            ScorePart part{
                rule.name, group.name, rule_points(rule, *row, entries_of(state_.features, index), at_), {}, ""};
            for (const ScoreEntry& entry : entries_of(state_.features, index)) part.from.push_back(entry.from());
            if (part.from.empty()) part.from.push_back(row->last_from());
            part.text = std::to_string(row->count) + " × " + rule.name + ", newest " + to_string(row->last);
            seen.parts.push_back(std::move(part));
        }
    }
}

ScoreSeen Seer::score_seen(ScoreIndex index) const {
    const auto& score = playbook_.scores[index.value];
    ScoreSeen s{score.id, score.name, score_value(playbook_, state_.features, index, at_), {}};
    if (score.kind == playbook::ScoreKind::fit) add_fit_parts(score, s);
    if (score.kind == playbook::ScoreKind::behaviour) add_behaviour_parts(score, s);
    if (score.kind != playbook::ScoreKind::total) return s;
    for (std::uint16_t i = 0; i < playbook_.scores.size(); ++i) {
        const auto& part = playbook_.scores[i];
        if (part.kind == playbook::ScoreKind::total) continue;
        s.parts.push_back({part.name, "", score_value(playbook_, state_.features, ScoreIndex{i}, at_), {}, part.name});
    }
    return s;
}

// ---- classes --------------------------------------------------------------------------------------------------

void Seer::add_bands(const playbook::CompiledClass& c, ClassSeen& seen) const {
    const Decimal value = score_value(playbook_, state_.features, c.score, at_);
    for (const auto& band : c.bands) {
        if (!band.at_least || value >= *band.at_least) break;
        seen.better = band.label;
        const std::string& name = playbook_.scores[c.score.value].name;
        seen.missing = {name + " at least " + to_string(*band.at_least) + " (is " + to_short_string(value) + ")"};
    }
}

void Seer::add_rows(const playbook::CompiledClass& c, ClassSeen& seen) const {
    const playbook::CompiledClassRow* better = nullptr;
    for (const auto& row : c.rows) {
        if (row.criteria.empty() || holds(row.criteria)) {
            seen.clauses = clauses_of(row.criteria);
            break;
        }
        better = &row;
    }
    if (better == nullptr) return;
    seen.better = better->label;
    missing_for(better->criteria, seen.missing);
}

ClassSeen Seer::class_seen(ClassIndex index) const {
    const auto& c = playbook_.classes[index.value];
    ClassSeen s;
    s.id = c.id;
    s.name = c.name;
    s.label = std::string(view_.label(index));
    if (c.kind == playbook::ClassKind::bands) add_bands(c, s);
    if (c.kind == playbook::ClassKind::rules) add_rows(c, s);
    return s;
}

Why Seer::look() const {
    Why why;
    why.at = at_;
    why.version = playbook_.version;
    why.stage = state_.lead.stage;
    why.stage_entered_at = state_.lead.stage_entered_at;
    why.next_at = state_.next_at;
    if (const auto stage = playbook_.stage(state_.lead.stage))
        for (const ArrowIndex index : playbook_.stages[stage->value].leaving)
            why.arrows.push_back(arrow_seen(playbook_.arrows[index.value]));
    for (std::uint16_t i = 0; i < playbook_.scores.size(); ++i) why.scores.push_back(score_seen(ScoreIndex{i}));
    for (std::uint16_t i = 0; i < playbook_.classes.size(); ++i) why.classes.push_back(class_seen(ClassIndex{i}));
    return why;
}

}  // namespace

Why why(const Compiled& playbook, const PersonState& state, Instant at) {
    PersonState older = state;
    auto passed = let_pass(playbook, older, at);
    Why why = Seer(playbook, older, at).look();
    why.last_fact_at = state.engine_at;
    why.passed = std::move(passed);
    return why;
}

}  // namespace baton::engine
