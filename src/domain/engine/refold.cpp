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
        if (!fact.account.empty() && fact.account != account) {
            account = fact.account;
            state.features.aggregates.clear();  // what another account told is not this one's
            state.features.account_attributes.clear();
        }
        Touched touched;
        const Instant now = state.engine_at;
        fold(to, state, fact, touched);
        state.engine_at = now;
    }
    Touched touched;
    refresh_fit(to, state, touched, true);
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
