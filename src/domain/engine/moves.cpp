// Moves and what belongs to them: offers, holds, holders, cycles, actions (PLAYBOOK §9–15).
#include <algorithm>

#include "domain/engine/stepper.h"

namespace baton::engine {

using playbook::CompiledArrow;
using playbook::CompiledStage;
using playbook::StageKind;

void Stepper::move(const MoveOrder& order) {
    const StageIndex from_index = stage_index();
    const CompiledStage& from = playbook_.stages[from_index.value];
    const CompiledStage& to = playbook_.stages[order.to.value];
    std::vector<Explained> explained;
    if (order.arrow != nullptr) explain(order.arrow->when, explained);
    if (order.guard != nullptr || to.hand_off) explain(to.enter, explained);
    if (order.ends_hold && state_.lead.hold.active) end_hold("moved");
    if (state_.lead.offer.open()) leave_offer(order, to);
    act(playbook_.source.stages[from_index.value].on_leave);
    const std::size_t entered = out_.history.size();
    enter_stage(order, from, to);
    if (order.new_cycle) next_cycle();
    open_or_close(order, from, to);
    if (order.wake_at) hold_back(order);
    if (to.hand_off) offer(to, explained);
    set_holder(holder_after(order, from, to));
    if (order.arrow != nullptr && order.arrow->source >= 0)
        act(playbook_.source.arrows[static_cast<std::size_t>(order.arrow->source)].actions);
    act(playbook_.source.stages[order.to.value].on_enter);
    entered_.push_back(order.to);
    out_.history[entered].explanation = std::move(explained);
}

void Stepper::enter_stage(const MoveOrder& order, const CompiledStage& from, const CompiledStage& to) {
    const StageIndex from_index = stage_index();
    auto& r = record(HistoryKind::stage_entered);
    r.from = from.id;
    r.to = to.id;
    r.cause = order.cause;
    r.reason = order.reason;
    r.denied = order.denied;
    r.skip = order.cause == MoveCause::skip;
    r.backward = order.to < from_index;
    if (order.arrow != nullptr) r.what = order.arrow->id;
    if (r.skip) {
        for (auto i = static_cast<std::uint16_t>(from_index.value + 1); i < order.to.value; ++i)
            if (playbook_.stages[i].kind != StageKind::closed) r.skipped.push_back(playbook_.stages[i].id);
    }
    Lead& lead = state_.lead;
    lead.stage = to.id;
    here_ = order.to;
    lead.stage_entered_at = now();
    lead.stage_entered_by = fact_.ref;
    lead.time_known = fact_.time_known;
    lead.square_peg = false;
    if (to.before_lead || to.lost) return;
    const auto furthest = playbook_.stage(lead.furthest);
    if (!furthest || *furthest < order.to) lead.furthest = to.id;
}

void Stepper::next_cycle() {
    ++state_.lead.cycle;
    state_.lead.cycle_started_at = now();
    restart_cycle(state_.features, now());
    out_.workspace.scores.forget();
    record(HistoryKind::cycle_started).number = state_.lead.cycle;
}

/// A closed lead whose process goes on without a new cycle is the same lead, open again.
void Stepper::open_or_close(const MoveOrder& order, const CompiledStage& from, const CompiledStage& to) {
    Lead& lead = state_.lead;
    const bool was_closed = from.won || from.lost;
    const bool closes = to.won || to.lost;
    const bool was_open = lead.open;
    lead.open = !to.before_lead && !closes;
    if (!was_open && !to.before_lead && (!was_closed || order.new_cycle)) {  // also straight into its end
        ++lead.opened;
        record(HistoryKind::lead_opened);
    }
    if (closes) record(HistoryKind::lead_closed).detail = to.won ? "won" : "lost";
}

// ---- holds ----------------------------------------------------------------------------------------------------

void Stepper::hold_back(const MoveOrder& order) {
    Hold& hold = state_.lead.hold;
    hold = {true, now(), fact_.ref, *order.wake_at, order.reason, order.denied};
    auto& r = record(HistoryKind::held_back);
    r.reason = order.reason;
    r.denied = order.denied;
    r.number = hold.wake_at == Instant::never() ? 0 : hold.wake_at.us;
}

void Stepper::end_hold(std::string_view how) {
    state_.lead.hold = {};
    record(HistoryKind::hold_ended).detail = how;
    mark_all_dirty();
}

void Stepper::check_hold() {
    const Hold& hold = state_.lead.hold;
    if (!hold.active) return;
    if (now() >= hold.wake_at) return end_hold("woke_up");
    if (denied_clause_changed()) end_hold("new_evidence");
}

/// A fact newer than the return changed an input of a denied clause, and the clause stands as it should.
bool Stepper::denied_clause_changed() const {
    if (touched_.none()) return false;
    for (const ClauseIndex index : deniable(playbook_, state_.lead)) {
        const auto& clause = playbook_.clauses[index.value];
        if (std::ranges::find(state_.lead.hold.denied, clause.id) == state_.lead.hold.denied.end()) continue;
        if (dirty_[index.value] == 0) continue;
        const bool yes = judge(index) == Truth::yes;
        if (yes != (clause.list == playbook::ListKind::none)) return true;
    }
    return false;
}

// ---- offers ---------------------------------------------------------------------------------------------------

void Stepper::offer(const CompiledStage& to, const std::vector<Explained>& explained) {
    const auto& hand_off = playbook_.hand_offs[to.hand_off->value];
    Offer next;
    next.number = state_.lead.offer.number + 1;
    next.hand_off = hand_off.id;
    next.offered_at = now();
    next.offered_by = fact_.ref;
    next.historical = fact_.historical;
    if (hand_off.silence_after && hand_off.silence != playbook::SilenceEnd::stays_open)
        next.silence_at = now() + *hand_off.silence_after;
    for (const Explained& e : explained) next.snapshot.push_back({e.clause, e.truth});
    state_.lead.offer = std::move(next);
    auto& r = record(HistoryKind::offered);
    r.what = hand_off.id;
    r.number = state_.lead.offer.number;
    r.explanation = explained;
}

void Stepper::end_offer(OfferEnd end, std::string_view reason) {
    Offer& offer = state_.lead.offer;
    offer.end = end;
    offer.silence_at = Instant::never();
    auto& r = record(HistoryKind::offer_ended);
    r.what = offer.hand_off;
    r.number = offer.number;
    r.detail = to_string(end);
    r.reason = reason;
}

/// The offer's stage is left: by a decision on the offer, or by where the lead goes.
void Stepper::leave_offer(const MoveOrder& order, const CompiledStage& to) {
    const OfferEnd end = order.offer_end.value_or(implied_end(to));
    std::string_view reason = order.reason;
    if (end == OfferEnd::accepted_implied) reason = "";
    if (end == OfferEnd::accepted_by_default) reason = "silence";
    if (end == OfferEnd::withdrawn && reason.empty()) reason = "left";
    end_offer(end, reason);
}

OfferEnd Stepper::implied_end(const CompiledStage& to) const {
    const bool taken = to.kind == StageKind::sales || to.kind == StageKind::customer || to.won;
    return taken ? OfferEnd::accepted_implied : OfferEnd::withdrawn;
}

void Stepper::check_silence() {
    Offer& offer = state_.lead.offer;
    if (!offer.open() || now() < offer.silence_at) return;
    const auto hand_off = std::ranges::find(playbook_.hand_offs, offer.hand_off, &playbook::CompiledHandOff::id);
    const bool expires = hand_off == playbook_.hand_offs.end() || hand_off->silence == playbook::SilenceEnd::expired;
    if (expires) {
        end_offer(OfferEnd::expired, "silence");
        if (state_.lead.open) set_holder(back_to_giver());
        mark_all_dirty();
        return;
    }
    const CompiledArrow* arrow = arrow_for("accept");
    if (arrow == nullptr) return end_offer(OfferEnd::accepted_by_default, "silence");
    MoveOrder order = order_for(*arrow, MoveCause::time);
    order.offer_end = OfferEnd::accepted_by_default;
    move(order);
    mark_all_dirty();
}

// ---- holders --------------------------------------------------------------------------------------------------

Holder Stepper::holder_after(const MoveOrder& order, const CompiledStage& from, const CompiledStage& to) const {
    const Lead& lead = state_.lead;
    if (!lead.open) return {};
    if (order.accepted && order.owner.empty()) return {HolderKind::queue, team_of(to.team), responsible_of(to.team)};
    if (!order.owner.empty()) return {HolderKind::owner, order.owner, responsible_of(to.team)};
    const bool nurtured = !to.hold.empty() || (order.arrow != nullptr && !order.arrow->hold.empty());
    if (nurtured) return {HolderKind::nurture, team_of(to.team), responsible_of(to.team)};
    if (to.hand_off) {
        const int team = playbook_.hand_offs[to.hand_off->value].to_team;
        return {HolderKind::queue, team_of(team), responsible_of(team)};
    }
    if (lead.holder.kind == HolderKind::owner && from.team == to.team) return lead.holder;
    return {HolderKind::queue, team_of(to.team), responsible_of(to.team)};
}

/// The queue of the team that offered.
Holder Stepper::back_to_giver() const {
    const auto hand_off =
        std::ranges::find(playbook_.hand_offs, state_.lead.offer.hand_off, &playbook::CompiledHandOff::id);
    const int team = hand_off == playbook_.hand_offs.end() ? stage().team : hand_off->from_team;
    return {HolderKind::queue, team_of(team), responsible_of(team)};
}

void Stepper::set_holder(Holder holder) {
    if (holder == state_.lead.holder) return;
    auto& r = record(HistoryKind::holder_changed);
    r.what = to_string(holder.kind);
    r.to = holder.name;
    r.from = state_.lead.holder.name;
    r.detail = holder.responsible;
    state_.lead.holder = std::move(holder);
}

// ---- actions --------------------------------------------------------------------------------------------------

void Stepper::act(const std::vector<playbook::Action>& actions) {
    if (fact_.historical) return;
    for (const playbook::Action& action : actions) {
        Effect& effect = out_.effects.emplace_back();
        effect.kind = static_cast<EffectKind>(action.kind);
        effect.target = action.target;
        effect.text = action.text;
        effect.responsible = action.responsible;
        effect.within_us = action.within ? action.within->us : 0;
        effect.n = static_cast<std::uint16_t>(out_.effects.size() - 1);
    }
}

}  // namespace baton::engine
