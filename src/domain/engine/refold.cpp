// Activation: features anew under another version, decisions kept.
#include <algorithm>

#include "domain/engine/stepper.h"

namespace baton::engine {

using playbook::Compiled;

namespace {

/// Labels keep their meaning by class id, and are dropped where the class or the label is gone.
std::vector<std::string> mapped_labels(const Compiled* from, const Compiled& to, const std::vector<std::string>& old) {
    std::vector<std::string> labels(to.classes.size());
    if (from == nullptr) return labels;
    for (std::size_t i = 0; i < from->classes.size() && i < old.size(); ++i)
        if (const auto index = to.class_(from->classes[i].id)) labels[index->value] = old[i];
    return labels;
}

void refold_features(const Compiled& to, PersonState& state, std::span<const Fact> facts) {
    state.features = {};
    std::string account;
    for (const Fact& fact : facts) {
        const bool undone = fact.kind == FactKind::import_undone;
        if (undone ? fact.account != account : !fact.settled && names_account(fact, account)) {
            account = fact.account;
            state.features.aggregates.clear();  // what another account told is not this one's
            state.features.account_attributes.clear();
        }
        if (undone) continue;
        Touched touched;
        const Instant now = state.engine_at;
        fold(to, state, fact, touched);
        state.engine_at = now;
    }
    Touched touched;
    refresh_fit(to, state, touched, true);
}

/// Whose the person is by the facts that count.
std::string account_named(std::span<const Fact> facts) {
    std::string account;
    for (const Fact& fact : facts)
        if (!fact.settled && fact.kind != FactKind::import_undone && names_account(fact, account))
            account = fact.account;
    return account;
}

/// Where a lead of a removed stage goes: as the proposal says, else the first stage.
StageIndex target_of(const Compiled& to, const std::string& stage, const std::map<std::string, std::string>& migrate) {
    if (const auto at = migrate.find(stage); at != migrate.end())
        if (const auto index = to.stage(at->second)) return *index;
    return StageIndex{0};
}

}  // namespace

void Stepper::record_version_change(std::uint32_t version) {
    state_.last = fact_.ref;
    record(HistoryKind::version_changed).number = version;
}

/// A removed stage is not left by a move: no offer, no action, no cycle; the lead just stands elsewhere.
void Stepper::migrate(StageIndex to, std::string_view from) {
    auto& r = record(HistoryKind::migrated);
    r.from = from;
    r.to = playbook_.stages[to.value].id;
    r.cause = MoveCause::migration;
    state_.lead.stage = r.to;
    here_ = to;
    state_.lead.stage_entered_at = now();
    state_.lead.stage_entered_by = fact_.ref;
    const auto& stage = playbook_.stages[to.value];
    state_.lead.open = !stage.before_lead && !stage.won && !stage.lost && state_.lead.opened > 0;
}

void rest(const Compiled& playbook, PersonState& state, const Fact& cause, StepOutput& out) {
    state.engine_at = std::max(state.engine_at, cause.engine_at);
    state.last = cause.ref;
    Stepper stepper(playbook, state, cause, out, nullptr);
    stepper.record_merge(HistoryKind::merged, "into");
    stepper.leave_account();
}

void forget(const Compiled& playbook, PersonState& state, bool rests, const Fact& cause, StepOutput& out) {
    state.engine_at = std::max(state.engine_at, cause.engine_at);
    state.last = cause.ref;
    if (!rests) {
        Stepper stepper(playbook, state, cause, out, nullptr);
        stepper.record_forgotten();
        stepper.leave_account();
    }
    PersonState left;
    left.engine_at = state.engine_at;
    left.last = state.last;
    state = std::move(left);
}

void take_apart(const Compiled& playbook, PersonState& state, std::span<const Fact> facts, const Fact& cause,
                StepOutput& out, Counters* counters) {
    refold_features(playbook, state, facts);
    state.engine_at = std::max(state.engine_at, cause.engine_at);
    state.last = cause.ref;
    const std::string account = account_named(facts);
    const bool came_back = cause.kind == FactKind::unmerged;
    if (came_back) state.account.clear();  // it left when it began to rest
    const auto aggregates = state.features.aggregates;
    const auto told = state.features.account_attributes;
    Stepper stepper(playbook, state, cause, out, counters);
    stepper.record_merge(HistoryKind::unmerged, came_back ? "came_back" : "gave_back");
    stepper.set_account(account);
    if (came_back) {
        state.features.aggregates = aggregates;
        state.features.account_attributes = told;
    }
    stepper.run_after_refold();
}

void take_back(const Compiled& playbook, PersonState& state, std::span<const Fact> facts, const Fact& cause,
               Undone undone, StepOutput& out, Counters* counters) {
    state.engine_at = std::max(state.engine_at, cause.engine_at);
    state.last = cause.ref;
    Stepper stepper(playbook, state, cause, out, counters);
    if (undone == Undone::wakes) return stepper.record_undone("woke");
    refold_features(playbook, state, facts);
    stepper.record_undone(undone == Undone::rests ? "rests" : "gave_back");
    stepper.set_account(account_named(facts));
    Touched touched;
    refresh_fit(playbook, state, touched, true);
    if (undone == Undone::lives) stepper.run_after_refold();
}

void take_back_resting(const Compiled& playbook, PersonState& state, std::span<const Fact> facts) {
    refold_features(playbook, state, facts);
    state.account = account_named(facts);
}

namespace {

bool takes_out(const Fact& fact) {
    return fact.kind == FactKind::unmerge || (fact.kind == FactKind::import_undone && fact.import != 0);
}

/// For each fact the first that takes it out, by its place; the number of facts = it counts to this day. What an undone
/// import brought counts for nothing even where it arrives later.
std::vector<std::size_t> taken_out_at(std::span<const Fact> facts) {
    std::vector<std::size_t> at(facts.size(), facts.size());
    for (std::size_t taker = 0; taker < facts.size(); ++taker) {
        const Fact& fact = facts[taker];
        if (!takes_out(fact)) continue;
        const bool unmerge = fact.kind == FactKind::unmerge;
        for (std::size_t i = 0; i < (unmerge ? taker : facts.size()); ++i) {
            const bool meant = unmerge ? facts[i].origin == fact.origin : facts[i].import == fact.import;
            if (meant && !takes_out(facts[i])) at[i] = std::min(at[i], taker);
        }
    }
    return at;
}

/// Whose the person was, by the facts before `here` that nothing up to it takes out.
std::string account_at(std::size_t here, std::span<const Fact> facts, std::span<const std::size_t> out_at) {
    std::string account;
    for (std::size_t i = 0; i < here; ++i)
        if (out_at[i] > here && !facts[i].settled && names_account(facts[i], account)) account = facts[i].account;
    return account;
}

}  // namespace

/// Which account the person was of meanwhile stays, as a fact that says nothing else: what accounts told is told apart by it.
void drop_taken_out(std::vector<Fact>& facts) {
    if (std::ranges::any_of(facts, takes_out)) {
        const auto out_at = taken_out_at(facts);
        std::vector<std::string> account_after(facts.size());
        for (std::size_t i = 0; i < facts.size(); ++i)
            if (takes_out(facts[i])) account_after[i] = account_at(i, facts, out_at);
        std::string account;
        for (std::size_t i = 0; i < facts.size(); ++i) {
            Fact& fact = facts[i];
            const bool taker = takes_out(fact), gone = out_at[i] < facts.size();
            const bool named = !taker && !fact.settled && names_account(fact, account);
            if (taker) account = account_after[i];
            if (named) account = fact.account;
            if (taker || (gone && named) || fact.kind == FactKind::import_undone) {
                fact.kind = FactKind::import_undone;
                fact.account = account;
                fact.properties.clear();
            } else if (gone) {
                fact.kind = FactKind::unmerged;
            }
        }
    }
    std::erase_if(facts,
                  [](const Fact& fact) { return fact.kind == FactKind::merged || fact.kind == FactKind::unmerged; });
}

void refold(const Compiled* from, const Compiled& to, PersonState& state, std::span<const Fact> facts,
            const std::map<std::string, std::string>& migrate, const Fact& cause, bool evaluate, StepOutput& out,
            Counters* counters) {
    state.lead.labels = mapped_labels(from, to, state.lead.labels);
    refold_features(to, state, facts);
    state.version = to.version;
    state.engine_at = std::max(state.engine_at, cause.engine_at);
    state.member_of.clear();
    Stepper stepper(to, state, cause, out, counters);
    stepper.record_version_change(to.version);
    if (!state.lead.stage.empty() && !to.stage(state.lead.stage)) {
        const std::string gone = state.lead.stage;
        stepper.migrate(target_of(to, gone, migrate), gone);
    }
    if (evaluate && !state.lead.stage.empty()) stepper.run_after_refold();
}

}  // namespace baton::engine
