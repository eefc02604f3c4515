// Nothing is known: enough to judge what reads nothing, and the ground for what knows a little.
#pragma once

#include "domain/criteria/criteria.h"

namespace baton::criteria {

class NoInputs : public Inputs {
   public:
    const Value* attribute(PropertyIndex) const override { return nullptr; }
    const Value* account_attribute(PropertyIndex) const override { return nullptr; }
    const Value* answer(PropertyIndex) const override { return nullptr; }
    const Value* event(std::string_view) const override { return nullptr; }
    std::int64_t aggregate(AggregateIndex) const override { return 0; }
    std::int64_t count(TypeIndex, Duration, Instant) const override { return 0; }
    std::int64_t count_this_cycle(TypeIndex) const override { return 0; }
    std::optional<Instant> first(TypeIndex) const override { return std::nullopt; }
    std::optional<Instant> last(TypeIndex) const override { return std::nullopt; }
    Decimal score(ScoreIndex, Instant) const override { return {}; }
    std::string_view label(ClassIndex) const override { return {}; }
    std::string_view stage() const override { return {}; }
    std::string_view furthest() const override { return {}; }
    std::string_view holder() const override { return {}; }
    std::int64_t cycle() const override { return 1; }
    Instant stage_entered_at() const override { return {}; }
    Instant cycle_started_at() const override { return {}; }
    Instant count_changes_after(TypeIndex, Duration, Instant) const override { return Instant::never(); }
    Instant score_comparison_changes_after(ScoreIndex, Comparison, Decimal, Instant) const override {
        return Instant::never();
    }
    Instant score_changes_after(ScoreIndex, Instant) const override { return Instant::never(); }
};

}  // namespace baton::criteria
