// Which clause, rule and count reads which input: so that only what a change can reach is judged again.
#include <algorithm>

#include "domain/playbook/compiler.h"

namespace baton::playbook {
namespace {

using criteria::InputKind;

template <class Index>
void add_once(std::vector<Index>& list, Index index) {
    if (std::find(list.begin(), list.end(), index) == list.end()) list.push_back(index);
}

bool follows_the_lead(const criteria::Input& input) {
    return input.kind == InputKind::lead || input.name.starts_with("count_this_cycle(");
}

}  // namespace

Compiled::Readers* Compiler::readers_of(const criteria::Input& input) {
    switch (input.kind) {
        case InputKind::attribute: return &out_.readers_of_property[input.index];
        case InputKind::answer: return &out_.readers_of_answer[input.index];
        case InputKind::account_attribute: return &out_.readers_of_account_property[input.index];
        case InputKind::aggregate: return &out_.readers_of_aggregate[input.index];
        case InputKind::count:
        case InputKind::first_last: return &out_.readers_of_type[input.index];
        case InputKind::score: return &out_.readers_of_score[input.index];
        case InputKind::label: return &out_.readers_of_class[input.index];
        case InputKind::event:
        case InputKind::lead: return nullptr;
    }
    return nullptr;
}

void Compiler::reads(const criteria::Expression& expression, ClauseIndex clause) {
    for (const criteria::Input& input : expression.inputs()) {
        if (follows_the_lead(input)) add_once(out_.readers_of_lead, clause);
        if (Compiled::Readers* readers = readers_of(input)) add_once(readers->clauses, clause);
        if (input.kind == InputKind::count)
            out_.longest_window[input.index] = std::max(out_.longest_window[input.index], input.window);
    }
}

void Compiler::reads(const criteria::Expression& expression, ScoreRuleIndex rule) {
    for (const criteria::Input& input : expression.inputs())
        if (Compiled::Readers* readers = readers_of(input)) add_once(readers->fit_rules, rule);
}

void Compiler::reads(const criteria::Expression& expression, AggregateIndex aggregate) {
    for (const criteria::Input& input : expression.inputs())
        if (Compiled::Readers* readers = readers_of(input)) add_once(readers->aggregates, aggregate);
}

void Compiler::readers() {
    out_.readers_of_property.resize(out_.names.person.size());
    out_.readers_of_answer.resize(out_.names.person.size());
    out_.readers_of_account_property.resize(out_.names.account.size());
    out_.readers_of_type.resize(out_.names.types.size());
    out_.readers_of_aggregate.resize(out_.names.aggregates.size());
    out_.readers_of_score.resize(out_.names.scores.size());
    out_.readers_of_class.resize(out_.names.classes.size());
    out_.rules_of_type.resize(out_.names.types.size());
    for (const std::string& type : out_.names.types) out_.event_properties.push_back(event_properties(type));
    out_.longest_window.resize(out_.names.types.size());
    out_.observed_by.resize(out_.names.types.size());
    for (std::size_t i = 0; i < out_.clauses.size(); ++i)
        reads(out_.clauses[i].when, ClauseIndex{static_cast<std::uint16_t>(i)});
    for (std::size_t i = 0; i < out_.aggregates.size(); ++i)
        reads(out_.aggregates[i], AggregateIndex{static_cast<std::uint16_t>(i)});
    for (std::size_t i = 0; i < out_.score_rules.size(); ++i) {
        const CompiledScoreRule& rule = out_.score_rules[i];
        const ScoreRuleIndex index{static_cast<std::uint16_t>(i)};
        if (rule.when.valid()) reads(rule.when, index);
        if (rule.on) out_.rules_of_type[rule.on->value].push_back(index);
    }
    for (std::size_t i = 0; i < source_.stages.size(); ++i)
        for (const Text& type : source_.stages[i].observed_by)
            add_once(out_.observed_by[out_.type(type.text)->value], StageIndex{static_cast<std::uint16_t>(i)});
    rising_scores();
    timed_clauses();
    triggers();
    index_names();
}

void Compiler::rising_scores() {
    for (std::uint16_t i = 0; i < out_.scores.size(); ++i) {
        CompiledScore& score = out_.scores[i];
        score.may_rise = std::any_of(out_.score_rules.begin(), out_.score_rules.end(), [&](const auto& rule) {
            const bool part = rule.score == ScoreIndex{i} || score.kind == ScoreKind::total;
            return part && rule.decay.kind != DecayKind::none && rule.points < Decimal{};
        });
    }
}

/// What may bring the next moment: looked through after every fact that changed something, so each is there once and in
/// its simplest form.
void Compiler::timed_clauses() {
    const auto add_clauses = [&](const CompiledCriteria& criteria, CompiledStage& stage) {
        for (const auto* list : {&criteria.all, &criteria.any, &criteria.none})
            for (const ClauseIndex clause : *list) {
                const auto& when = out_.clauses[clause.value].when;
                if (!when.depends_on_time()) continue;
                if (const auto threshold = criteria::score_threshold(when))
                    add_once(stage.thresholds, *threshold);
                else
                    add_once(stage.timed, clause);
            }
    };
    for (CompiledStage& stage : out_.stages) {
        for (const ArrowIndex index : stage.leaving) {
            const CompiledArrow& arrow = out_.arrows[index.value];
            if (arrow.trigger != Trigger::automatic) continue;
            add_clauses(arrow.when, stage);
            if (arrow.uses_enter) add_clauses(out_.stages[arrow.to.value].enter, stage);
        }
        for (const CompiledClass& c : out_.classes) {
            for (const CompiledClassRow& row : c.rows) add_clauses(row.criteria, stage);
            if (c.kind != ClassKind::bands || out_.scores[c.score.value].kind == ScoreKind::fit) continue;
            for (const Band& band : c.bands)
                if (band.at_least)
                    add_once(stage.thresholds, {c.score, criteria::Comparison::greater_equal, *band.at_least});
        }
    }
}

void Compiler::triggers() {
    for (const auto& stages : out_.observed_by) out_.moves_leads.push_back(stages.empty() ? 0 : 1);
    for (const CompiledArrow& arrow : out_.arrows)
        if (const auto type = out_.type(arrow.on); type && arrow.trigger == Trigger::fact)
            out_.moves_leads[type->value] = 1;
}

void Compiler::index_names() {
    out_.types_by_name = NameIndex(out_.names.types);
    out_.stages_by_name = NameIndex(stage_ids_);
    std::vector<std::string> properties;
    for (const auto& property : out_.names.person) properties.push_back(property.id);
    out_.properties_by_name = NameIndex(std::move(properties));
}

}  // namespace baton::playbook
