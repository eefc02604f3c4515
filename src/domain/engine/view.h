// What criteria read, answered from a person's state under one version.
#pragma once

#include "domain/criteria/inputs.h"
#include "domain/engine/history.h"
#include "domain/engine/state.h"
#include "domain/engine/workspace.h"
#include "domain/playbook/compiled.h"

namespace baton::engine {

/// Valid while playbook, state and fact are.
class View final : public criteria::Inputs {
   public:
    /// `event`: the properties of the fact at hand, read as declared; null when there is none.
    /// `memo`: keeps scores asked for twice; whoever changes features forgets them.
    View(const playbook::Compiled& playbook, const PersonState& state, const Properties* event,
         ScoreMemo* memo = nullptr)
        : playbook_(playbook), state_(state), event_(event), memo_(memo) {}

    /// Changes at or after `before` are of no interest from now on: answering never() for them saves the search.
    void look_no_further_than(Instant before) { before_ = before; }

    const Value* attribute(PropertyIndex) const override;
    const Value* account_attribute(PropertyIndex) const override;
    const Value* answer(PropertyIndex) const override;
    const Value* event(std::string_view name) const override;
    std::int64_t aggregate(AggregateIndex) const override;
    std::int64_t count(TypeIndex, Duration window, Instant at) const override;
    std::int64_t count_this_cycle(TypeIndex) const override;
    std::optional<Instant> first(TypeIndex) const override;
    std::optional<Instant> last(TypeIndex) const override;
    Decimal score(ScoreIndex, Instant at) const override;
    std::string_view label(ClassIndex) const override;
    std::string_view stage() const override { return state_.lead.stage; }
    std::string_view furthest() const override { return state_.lead.furthest; }
    std::string_view holder() const override;
    std::int64_t cycle() const override { return state_.lead.cycle; }
    bool open() const override { return state_.lead.open; }
    std::string_view owner() const override {
        return state_.lead.holder.kind == HolderKind::owner ? std::string_view(state_.lead.holder.name)
                                                            : std::string_view();
    }
    std::string_view hand_off() const override {
        return state_.lead.offer.number == 0 ? std::string_view() : to_string(state_.lead.offer.end);
    }
    bool on_hold() const override { return state_.lead.hold.active; }
    bool square_peg() const override { return state_.lead.square_peg; }
    Instant stage_entered_at() const override { return state_.lead.stage_entered_at; }
    Instant cycle_started_at() const override { return state_.lead.cycle_started_at; }
    Instant count_changes_after(TypeIndex, Duration window, Instant at) const override;
    Instant score_comparison_changes_after(ScoreIndex, criteria::Comparison, Decimal bound, Instant at) const override;
    Instant score_changes_after(ScoreIndex, Instant at) const override;

   private:
    const playbook::Compiled& playbook_;
    const PersonState& state_;
    const Properties* event_;
    ScoreMemo* memo_;
    Instant before_ = Instant::never();
};

/// The newest fact behind an input; none when there is none or it is not one fact's.
std::optional<FactRef> fact_behind(const playbook::Compiled&, const PersonState&, const criteria::Input&);

}  // namespace baton::engine
