#include "domain/engine/view.h"

#include <algorithm>

#include "domain/engine/features.h"
#include "domain/engine/history.h"
#include "domain/engine/scoring.h"

namespace baton::engine {
namespace {

const Value* value_of(const Attribute* attribute) { return attribute == nullptr ? nullptr : &attribute->value; }

std::optional<FactRef> ref_of(const Attribute* attribute) {
    return attribute == nullptr ? std::nullopt : std::optional(attribute->from);
}

std::optional<FactRef> newest_entry(const playbook::Compiled& playbook, const Features& features, ScoreIndex score) {
    std::optional<FactRef> newest;
    Instant at = Instant::beginning();
    for (const RuleEntries& row : features.rules()) {
        if (playbook.score_rules[row.rule.value].score != score || row.count == 0 || row.last < at) continue;
        at = row.last;
        newest = row.last_from();
    }
    return newest;
}

}  // namespace

const Value* View::attribute(PropertyIndex i) const { return value_of(find(state_.features.attributes, i)); }
const Value* View::account_attribute(PropertyIndex i) const {
    return value_of(find(state_.features.account_attributes, i));
}
const Value* View::answer(PropertyIndex i) const { return value_of(find(state_.features.answers, i)); }

const Value* View::event(std::string_view name) const {
    const Value* value = event_ == nullptr ? nullptr : baton::find(*event_, name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::int64_t View::aggregate(AggregateIndex i) const {
    return i.value < state_.features.aggregates.size() ? state_.features.aggregates[i.value] : 0;
}

std::int64_t View::count(TypeIndex type, Duration window, Instant at) const {
    if (window.us == 0) {
        const TypeCount* row = find(state_.features.types(), type);
        return row == nullptr ? 0 : row->total;
    }
    const auto recent = recent_of(state_.features, type);
    return recent.end() - std::ranges::upper_bound(recent, at - window, {}, &RecentFact::occurred_at);
}

std::int64_t View::count_this_cycle(TypeIndex type) const {
    const TypeCount* row = find(state_.features.types(), type);
    return row == nullptr ? 0 : row->this_cycle;
}

std::optional<Instant> View::first(TypeIndex type) const {
    const TypeCount* row = find(state_.features.types(), type);
    return row == nullptr ? std::nullopt : std::optional(row->first);
}

std::optional<Instant> View::last(TypeIndex type) const {
    const TypeCount* row = find(state_.features.types(), type);
    return row == nullptr ? std::nullopt : std::optional(row->last);
}

Decimal View::score(ScoreIndex i, Instant at) const {
    if (memo_ == nullptr) return score_value(playbook_, state_.features, i, at);
    if (const Decimal* known = memo_->find(i, at)) return *known;
    const Decimal value = score_value(playbook_, state_.features, i, at);
    memo_->keep(i, at, value);
    return value;
}

std::string_view View::label(ClassIndex i) const {
    return i.value < state_.lead.labels.size() ? std::string_view(state_.lead.labels[i.value]) : std::string_view();
}

std::string_view View::holder() const { return to_string(state_.lead.holder.kind); }

Instant View::count_changes_after(TypeIndex type, Duration window, Instant at) const {
    if (window.us == 0) return Instant::never();
    const auto recent = recent_of(state_.features, type);
    const auto oldest_inside = std::ranges::upper_bound(recent, at - window, {}, &RecentFact::occurred_at);
    return oldest_inside == recent.end() ? Instant::never() : oldest_inside->occurred_at + window;
}

Instant View::score_comparison_changes_after(ScoreIndex i, criteria::Comparison op, Decimal bound, Instant at) const {
    return comparison_changes_after(playbook_, state_.features, i, op, bound, at, {score(i, at), before_});
}

Instant View::score_changes_after(ScoreIndex i, Instant at) const {
    return engine::score_changes_after(playbook_, state_.features, i, at);
}

std::optional<FactRef> fact_behind(const playbook::Compiled& playbook, const PersonState& state,
                                   const criteria::Input& input) {
    const Features& f = state.features;
    switch (input.kind) {
        case criteria::InputKind::attribute: return ref_of(find(f.attributes, PropertyIndex{input.index}));
        case criteria::InputKind::account_attribute:
            return ref_of(find(f.account_attributes, PropertyIndex{input.index}));
        case criteria::InputKind::answer: return ref_of(find(f.answers, PropertyIndex{input.index}));
        case criteria::InputKind::count:
        case criteria::InputKind::first_last: {
            const TypeCount* row = find(f.types(), TypeIndex{input.index});
            return row == nullptr ? std::nullopt : std::optional(row->last_from());
        }
        case criteria::InputKind::score: return newest_entry(playbook, f, ScoreIndex{input.index});
        case criteria::InputKind::lead: return state.lead.stage_entered_by;
        case criteria::InputKind::event:
        case criteria::InputKind::aggregate:
        case criteria::InputKind::label: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace baton::engine
