#include "domain/engine/step.h"

#include <algorithm>

#include "domain/engine/scoring.h"
#include "domain/engine/stepper.h"

namespace baton::engine {

using playbook::CompiledArrow;
using playbook::CompiledCriteria;
using playbook::Trigger;

// ---- the order of things --------------------------------------------------------------------------------------

void Stepper::run() {
    BATON_CHECK(state_.version == 0 || state_.version == playbook_.version);
    BATON_CHECK(fact_.engine_at >= state_.engine_at);
    state_.version = playbook_.version;
    state_.engine_at = fact_.engine_at;
    state_.last = fact_.ref;
    if (counters_ != nullptr) ++counters_->facts;
    if (state_.lead.stage.empty()) start();
    if (fact_.settled) return fold(playbook_, state_, fact_, touched_);
    if (fact_.kind == FactKind::merge) {
        record_merge(HistoryKind::merged, "took_in");
        mark_all_dirty();
    }
    note_account();
    fold(playbook_, state_, fact_, touched_);
    mark_dirty();
    if (fact_.kind == FactKind::timer) mark_time_dirty();
    if (!anything_to_do()) return;
    if (counters_ != nullptr) ++counters_->evaluations;
    check_hold();
    check_silence();
    decide_by_person();
    if (state_.lead.hold.active && now() >= state_.lead.hold.wake_at) end_hold("woke_up");
    settle();
    tell_account();
    set_next_moment();
}

void Stepper::run_after_refold() {
    mark_all_dirty();
    if (counters_ != nullptr) ++counters_->evaluations;
    trigger_spent_ = true;
    check_hold();
    check_silence();
    settle();
    tell_account();
    set_next_moment();
}

void Stepper::start() {
    Lead& lead = state_.lead;
    const auto& first = playbook_.stages.front();
    lead.stage = first.id;
    lead.stage_entered_at = lead.cycle_started_at = now();
    lead.stage_entered_by = fact_.ref;
    lead.time_known = fact_.time_known;
    lead.labels.assign(playbook_.classes.size(), "");
    auto& entered = record(HistoryKind::stage_entered);
    entered.to = first.id;
    entered.cause = MoveCause::start;
    mark_all_dirty();
    entered_.push_back(StageIndex{0});
    if (!first.before_lead) {
        lead.furthest = first.id;
        lead.open = true;
        ++lead.opened;
        record(HistoryKind::lead_opened);
        set_holder(holder_after({}, first, first));
    }
}

void Stepper::note_account() {
    if (names_account(fact_, state_.account)) join_account(fact_.account);
}

void Stepper::record_forgotten() {
    if (state_.lead.offer.open()) end_offer(OfferEnd::withdrawn, "erased");
    auto& r = record(HistoryKind::erased);
    r.from = state_.lead.stage;
    r.detail = "all";
}

void Stepper::leave_account() {
    if (state_.account.empty()) return;
    Effect& effect = out_.effects.emplace_back();
    effect.kind = EffectKind::tell_account;
    effect.n = static_cast<std::uint16_t>(out_.effects.size() - 1);
    effect.target = state_.account;
    effect.payload.push_back({"left", Value(true)});
}

void Stepper::join_account(const std::string& account) {
    leave_account();
    state_.account = account;
    state_.member_of.clear();
    state_.features.aggregates.clear();
    state_.features.account_attributes.clear();
    Effect& effect = out_.effects.emplace_back();
    effect.kind = EffectKind::tell_account;
    effect.target = state_.account;
    effect.payload.push_back({"joined", Value(true)});
    mark_all_dirty();
}

void Stepper::set_account(const std::string& account) {
    if (account == state_.account) return;
    if (!account.empty()) return join_account(account);
    leave_account();
    state_.account.clear();
    state_.member_of.clear();
    state_.features.aggregates.clear();
    state_.features.account_attributes.clear();
}

void Stepper::record_merge(HistoryKind kind, std::string_view detail) {
    auto& r = record(kind);
    r.number = static_cast<std::int64_t>(fact_.origin.value);
    r.detail = detail;
    if (detail == "into") r.from = state_.lead.stage;
    if (detail == "came_back") r.to = state_.lead.stage;
}

void Stepper::record_undone(std::string_view detail) {
    const bool erased = fact_.kind == FactKind::erased;
    auto& r = record(erased ? HistoryKind::erased : HistoryKind::import_undone);
    r.number = fact_.import;
    r.detail = erased ? "some" : detail;
    if (detail == "rests") r.from = state_.lead.stage;
    if (detail == "woke") r.to = state_.lead.stage;
}

// ---- what changed ---------------------------------------------------------------------------------------------

void Stepper::mark_dirty() {
    const auto mark = [&](const auto& readers, std::uint16_t index) {
        for (const ClauseIndex clause : readers[index].clauses) {
            dirty_[clause.value] = 1;
            any_dirty_ = true;
        }
    };
    for (const auto i : touched_.attributes) mark(playbook_.readers_of_property, i.value);
    for (const auto i : touched_.answers) mark(playbook_.readers_of_answer, i.value);
    for (const auto i : touched_.account_attributes) mark(playbook_.readers_of_account_property, i.value);
    for (const auto i : touched_.types) mark(playbook_.readers_of_type, i.value);
    for (const auto i : touched_.aggregates) mark(playbook_.readers_of_aggregate, i.value);
    for (const auto i : touched_.scores) {
        mark(playbook_.readers_of_score, i.value);
        dirty_score_[i.value] = 1;
    }
    if (touched_.scores.empty()) return;
    any_dirty_ = true;
    for (std::uint16_t i = 0; i < playbook_.scores.size(); ++i) {
        if (playbook_.scores[i].kind != playbook::ScoreKind::total) continue;
        mark(playbook_.readers_of_score, i);
        dirty_score_[i] = 1;
    }
}

/// A due moment: whatever depends on time may have changed.
void Stepper::mark_time_dirty() {
    time_dirty_ = true;
    for (std::size_t i = 0; i < playbook_.clauses.size(); ++i)
        if (playbook_.clauses[i].when.depends_on_time()) dirty_[i] = 1;
    for (std::size_t i = 0; i < playbook_.scores.size(); ++i)
        if (playbook_.scores[i].kind != playbook::ScoreKind::fit) dirty_score_[i] = 1;
}

bool Stepper::is_trigger() const {
    if (fact_.kind != FactKind::behaviour && fact_.kind != FactKind::call && fact_.kind != FactKind::note) return false;
    return type() && playbook_.moves_leads[type()->value] != 0;
}

bool Stepper::anything_to_do() const {
    if (all_dirty_ || time_dirty_ || is_decision(fact_.kind) || fact_.kind == FactKind::go_live) return true;
    if (any_dirty_) return true;
    if (touched_.person() && !playbook_.aggregates.empty() && !state_.account.empty()) return true;
    return is_trigger();
}

bool Stepper::dirty(const CompiledCriteria& criteria) const {
    if (all_dirty_) return true;
    const auto any = [&](const std::vector<ClauseIndex>& list) {
        return std::ranges::any_of(list, [&](ClauseIndex c) { return clause_dirty(c); });
    };
    return any(criteria.all) || any(criteria.any) || any(criteria.none);
}

// ---- arrows ---------------------------------------------------------------------------------------------------

/// Classes, then one arrow, and again until nothing follows.
void Stepper::settle() {
    for (int moves = 0;; ++moves) {
        decide_classes();
        if (moves == 0 && state_.lead.hold.active && denied_clause_changed())
            end_hold("new_evidence");  // it reads a class
        if (moves == moves_limit) {
            flag_if_endless();
            break;
        }
        if (!try_arrows() && !try_observed()) break;
        mark_all_dirty();
    }
    ignored();
}

void Stepper::flag_if_endless() {
    const auto& leaving = stage().leaving;
    if (std::ranges::none_of(leaving, [&](ArrowIndex i) { return takes(playbook_.arrows[i.value]); })) return;
    state_.lead.square_peg = true;
    record(HistoryKind::square_peg).detail = "moves_limit";
}

bool Stepper::due(const CompiledArrow& arrow) const {
    return !arrow.after || now() >= state_.lead.stage_entered_at + *arrow.after;
}

bool Stepper::held_back(const CompiledArrow& arrow) const {
    return state_.lead.hold.active && playbook_.stages[arrow.to.value].hand_off.has_value();
}

bool Stepper::takes(const CompiledArrow& arrow) const {
    if (arrow.trigger == Trigger::decision) return false;
    if (arrow.trigger == Trigger::fact) {
        const bool fires =
            !trigger_spent_ && !is_decision(fact_.kind) && !is_internal(fact_.kind) && arrow.on == fact_.type;
        return fires && !held_back(arrow) && holds(arrow.when);
    }
    if (state_.lead.square_peg) return false;
    const CompiledCriteria& enter = playbook_.stages[arrow.to.value].enter;
    const bool looked =
        all_dirty_ || dirty(arrow.when) || (arrow.uses_enter && dirty(enter)) || (time_dirty_ && arrow.after);
    if (!looked || held_back(arrow) || !due(arrow)) return false;
    return holds(arrow.when) && (!arrow.uses_enter || holds(enter));
}

bool Stepper::try_arrows() {
    for (const ArrowIndex index : stage().leaving) {
        const CompiledArrow& arrow = playbook_.arrows[index.value];
        if (!takes(arrow)) continue;
        MoveOrder order = order_for(arrow, MoveCause::rule);
        if (arrow.trigger == Trigger::fact) {
            order.cause = MoveCause::fact;
            trigger_spent_ = true;
        } else {
            order.guard = arrow.uses_enter ? &playbook_.stages[arrow.to.value].enter : nullptr;
            if (fact_.kind == FactKind::timer) order.cause = MoveCause::time;
        }
        move(order);
        return true;
    }
    return false;
}

/// The lead is in a stage that the type proves, or entered one through this fact.
bool Stepper::stood_in_observed(TypeIndex type) const {
    return std::ranges::any_of(playbook_.observed_by[type.value], [&](StageIndex target) {
        return target == stage_index() || std::ranges::find(entered_, target) != entered_.end();
    });
}

/// PLAYBOOK §10: the fact proves a stage was reached.
bool Stepper::try_observed() {
    if (trigger_spent_ || is_decision(fact_.kind) || is_internal(fact_.kind)) return false;
    if (!type() || playbook_.observed_by[type()->value].empty() || stood_in_observed(*type())) return false;
    const StageIndex here = stage_index();
    for (const StageIndex target : playbook_.observed_by[type()->value]) {
        const auto& to = playbook_.stages[target.value];
        const bool closed = to.kind == playbook::StageKind::closed || stage().kind == playbook::StageKind::closed;
        if (target < here && !closed) continue;
        MoveOrder order;
        order.to = target;
        order.cause = MoveCause::skip;
        for (const ArrowIndex index : stage().leaving)
            if (playbook_.arrows[index.value].to == target) order.cause = MoveCause::fact;
        order.new_cycle = stage().kind == playbook::StageKind::closed && !state_.lead.open;
        order.ends_hold = true;
        trigger_spent_ = true;
        move(order);
        return true;
    }
    return false;
}

void Stepper::ignored() {
    if (trigger_spent_ || is_decision(fact_.kind) || is_internal(fact_.kind) || !is_trigger()) return;
    const auto index = type()->value;
    const bool read = !playbook_.readers_of_type[index].clauses.empty() || !playbook_.rules_of_type[index].empty();
    if (read || !out_.history.empty()) return;
    auto& r = record(HistoryKind::ignored);
    r.what = fact_.type;
    r.detail = "no arrow from " + state_.lead.stage;
}

// ---- the next moment ------------------------------------------------------------------------------------------

/// What is cheap to know comes first: nothing later than the earliest moment found so far is searched for.
void Stepper::set_next_moment() {
    const Instant at = now();
    Instant next = next_deadline(at);
    const auto sooner = [&](Instant moment) {
        next = std::min(next, moment);
        view_.look_no_further_than(next);
    };
    sooner(next);
    for (const ClauseIndex clause : stage().timed)
        sooner(criteria::may_flip_after(playbook_.clauses[clause.value].when, view_, at));
    for (const criteria::ScoreThreshold& t : stage().thresholds)
        sooner(view_.score_comparison_changes_after(t.score, t.comparison, t.bound, at));
    state_.next_at = next;
}

/// The earliest moment that was set once and is not computed from features.
Instant Stepper::next_deadline(Instant at) const {
    Instant next = Instant::never();
    const auto sooner = [&](Instant moment) {
        if (moment > at) next = std::min(next, moment);
    };
    for (const ArrowIndex index : stage().leaving) {
        const CompiledArrow& arrow = playbook_.arrows[index.value];
        if (arrow.trigger == Trigger::automatic && arrow.after) sooner(state_.lead.stage_entered_at + *arrow.after);
    }
    if (state_.lead.offer.open()) sooner(state_.lead.offer.silence_at);
    if (state_.lead.hold.active) sooner(state_.lead.hold.wake_at);
    return next;
}

// ---- shared ---------------------------------------------------------------------------------------------------

const playbook::CompiledStage& Stepper::stage() const { return playbook_.stages[stage_index().value]; }

StageIndex Stepper::stage_index() const {
    if (!here_) here_ = playbook_.stage(state_.lead.stage);
    BATON_CHECK(here_.has_value());
    return *here_;
}

std::optional<TypeIndex> Stepper::type() const {
    if (!type_) {  // what was counted is the fact's own type
        type_ = touched_.types.empty() ? playbook_.type(fact_.type) : std::optional(touched_.types.front());
    }
    return *type_;
}

Truth Stepper::judge(ClauseIndex clause) const {
    if (counters_ != nullptr) ++counters_->clauses;
    return criteria::judge(playbook_.clauses[clause.value].when, view_, now()).truth;
}

bool Stepper::holds(const CompiledCriteria& criteria) const {
    const auto is = [&](ClauseIndex c) { return judge(c) == Truth::yes; };
    return std::ranges::all_of(criteria.all, is) && (criteria.any.empty() || std::ranges::any_of(criteria.any, is)) &&
           std::ranges::none_of(criteria.none, is);
}

void Stepper::explain(const CompiledCriteria& criteria, std::vector<Explained>& into) const {
    const auto each = [&](const std::vector<ClauseIndex>& list) {
        for (const ClauseIndex c : list) {
            Explained& e = into.emplace_back();
            const auto& clause = playbook_.clauses[c.value];
            e.clause = clause.id;
            e.truth = judge(c);
            for (const criteria::Input& input : clause.when.inputs()) {
                const auto ref = fact_behind(playbook_, state_, input);
                if (ref && std::ranges::find(e.facts, *ref) == e.facts.end()) e.facts.push_back(*ref);
            }
        }
    };
    each(criteria.all);
    each(criteria.any);
    each(criteria.none);
}

HistoryRecord& Stepper::record(HistoryKind kind) {
    const auto n = static_cast<std::uint16_t>(out_.history.size());
    HistoryRecord& r = out_.history.emplace_back();
    r.kind = kind;
    r.at = now();
    r.by = fact_.ref;
    r.n = n;
    r.version = playbook_.version;
    r.cycle = state_.lead.cycle;
    r.actor = fact_.actor;
    r.historical = fact_.historical;
    r.time_known = fact_.time_known;
    return r;
}

std::string Stepper::responsible_of(int team) const {
    return team < 0 ? std::string() : playbook_.source.teams[static_cast<std::size_t>(team)].responsible;
}
std::string Stepper::team_of(int team) const {
    return team < 0 ? std::string() : playbook_.source.teams[static_cast<std::size_t>(team)].id;
}

// ---- public ---------------------------------------------------------------------------------------------------

namespace {

void ask_memory(const void* from, std::size_t bytes) {
    constexpr std::size_t cache_line = 64;
    const auto* at = static_cast<const char*>(from);
    for (std::size_t i = 0; i < bytes; i += cache_line) __builtin_prefetch(at + i);
}

}  // namespace

void ask_for(const PersonState& state) { ask_memory(&state, sizeof state); }

void ask_for_lists(const PersonState& state) {
    constexpr std::size_t most = 1024;  // longer ones are read from the front on, which needs no help
    ask_memory(state.features.rows.data(), std::min(state.features.rows.used(), most));
    ask_memory(state.lead.labels.data(), state.lead.labels.size() * sizeof(std::string));
}

void step(const playbook::Compiled& playbook, PersonState& state, const Fact& fact, StepOutput& out,
          Counters* counters) {
    ask_for(state);
    ask_for_lists(state);
    Stepper(playbook, state, fact, out, counters).run();
}

Decimal score_at(const playbook::Compiled& playbook, const PersonState& state, ScoreIndex index, Instant at) {
    return score_value(playbook, state.features, index, at);
}

}  // namespace baton::engine
