// One step over one person: the working set, shared by the parts step_*.cpp. Private to the engine.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/engine/features.h"
#include "domain/engine/step.h"
#include "domain/engine/view.h"

namespace baton::engine {

/// At most this many moves follow from one fact; then the lead is a square peg (DESIGN §1).
inline constexpr int moves_limit = 16;

struct MoveOrder {
    StageIndex to;
    MoveCause cause = MoveCause::rule;
    const playbook::CompiledArrow* arrow = nullptr;
    const playbook::CompiledCriteria* guard = nullptr;  ///< the target's `enter` when it counted
    std::string reason;
    std::vector<std::string> denied;
    std::optional<OfferEnd> offer_end;  ///< how an open offer ends by this move; none = by where it goes
    bool new_cycle = false;
    bool accepted = false;  ///< by a person: `owner` takes it, or the queue when nobody is named
    std::string owner;
    std::optional<Instant> wake_at;  ///< reject, return: start a hold until then
    bool ends_hold = false;
};

class Stepper {
   public:
    Stepper(const playbook::Compiled& playbook, PersonState& state, const Fact& fact, StepOutput& out,
            Counters* counters)
        : playbook_(playbook),
          state_(state),
          fact_(fact),
          out_(out),
          counters_(counters),
          view_(playbook, state, nullptr, &out.workspace.scores),
          touched_(out.workspace.touched),
          dirty_(out.workspace.dirty),
          dirty_score_(out.workspace.dirty_score),
          entered_(out.workspace.entered) {
        out.workspace.scores.forget();
        touched_.clear();
        dirty_.assign(playbook.clauses.size(), 0);
        dirty_score_.assign(playbook.scores.size(), 0);
        entered_.clear();
    }
    // It refers to itself and to the workspace.
    Stepper(const Stepper&) = delete;
    Stepper& operator=(const Stepper&) = delete;

    void run();
    /// After a refold: labels and arrows once more, everything dirty.
    void run_after_refold();
    const playbook::CompiledArrow* only_let_pass();  ///< the arrow that would be taken
    void record_version_change(std::uint32_t version);
    void record_merge(HistoryKind kind, std::string_view detail);
    void record_undone(std::string_view detail);
    void record_forgotten();
    void leave_account();
    /// After features were folded anew: the account is the one named last, and hears of it.
    void set_account(const std::string& account);
    void migrate(StageIndex to, std::string_view from);

   private:
    // step.cpp: the order of things
    void start();
    void note_account();
    void join_account(const std::string& account);
    void mark_dirty();
    void mark_time_dirty();
    void mark_all_dirty() { all_dirty_ = true; }
    bool anything_to_do() const;
    bool is_trigger() const;
    void settle();
    void flag_if_endless();
    bool stood_in_observed(TypeIndex type) const;
    bool try_arrows();
    bool try_observed();
    bool due(const playbook::CompiledArrow& arrow) const;
    bool held_back(const playbook::CompiledArrow& arrow) const;
    bool takes(const playbook::CompiledArrow& arrow) const;
    void ignored();
    void set_next_moment();
    Instant next_deadline(Instant at) const;
    void tell_account();

    // classes.cpp
    void decide_classes();
    bool class_dirty(const playbook::CompiledClass& c) const;
    std::string_view decide(const playbook::CompiledClass& c) const;
    void set_label(ClassIndex index, std::string_view label);

    // moves.cpp
    void move(const MoveOrder& order);
    void enter_stage(const MoveOrder& order, const playbook::CompiledStage& from, const playbook::CompiledStage& to);
    void leave_offer(const MoveOrder& order, const playbook::CompiledStage& to);
    void next_cycle();
    void open_or_close(const MoveOrder& order, const playbook::CompiledStage& from, const playbook::CompiledStage& to);
    void hold_back(const MoveOrder& order);
    void end_hold(std::string_view how);
    void check_hold();
    bool denied_clause_changed() const;
    void offer(const playbook::CompiledStage& stage, const std::vector<Explained>& explained);
    void end_offer(OfferEnd end, std::string_view reason);
    OfferEnd implied_end(const playbook::CompiledStage& to) const;
    Holder holder_after(const MoveOrder& order, const playbook::CompiledStage& from,
                        const playbook::CompiledStage& to) const;
    Holder back_to_giver() const;
    void set_holder(Holder holder);
    void check_silence();
    void act(const std::vector<playbook::Action>& actions);

    // decisions.cpp
    void decide_by_person();
    void accept();
    void reject_or_return(std::optional<OfferEnd> end);
    void withdraw();
    void disqualify();
    void move_by_hand();
    void assign();
    void go_live();
    const playbook::CompiledArrow* arrow_for(std::string_view verb) const;
    MoveOrder order_for(const playbook::CompiledArrow& arrow, MoveCause cause) const;

    // shared
    bool holds(const playbook::CompiledCriteria& criteria) const;
    Truth judge(ClauseIndex clause) const;
    bool dirty(const playbook::CompiledCriteria& criteria) const;
    bool clause_dirty(ClauseIndex clause) const { return all_dirty_ || dirty_[clause.value] != 0; }
    void explain(const playbook::CompiledCriteria& criteria, std::vector<Explained>& into) const;
    const playbook::CompiledStage& stage() const;
    StageIndex stage_index() const;
    std::optional<TypeIndex> type() const;
    HistoryRecord& record(HistoryKind kind);
    Instant now() const { return state_.engine_at; }
    std::string responsible_of(int team) const;
    std::string team_of(int team) const;

    const playbook::Compiled& playbook_;
    PersonState& state_;
    const Fact& fact_;
    StepOutput& out_;
    Counters* counters_;
    View view_;
    Touched& touched_;
    mutable std::optional<StageIndex> here_;                ///< of state_.lead.stage, once looked up
    mutable std::optional<std::optional<TypeIndex>> type_;  ///< of fact_.type, once looked up
    std::vector<std::uint8_t>& dirty_;                      ///< by ClauseIndex
    std::vector<std::uint8_t>& dirty_score_;                ///< by ScoreIndex
    std::vector<StageIndex>& entered_;                      ///< by this fact
    bool any_dirty_ = false;
    bool all_dirty_ = false;
    bool time_dirty_ = false;
    bool trigger_spent_ = false;
};

/// Clauses of the definition a hand-off rests on: its stage's `enter` and the arrows into it.
std::vector<ClauseIndex> definition_of(const playbook::Compiled& playbook, const playbook::CompiledHandOff& hand_off);
/// The definitions a decision may deny: the last offer's hand-off, else all.
std::vector<ClauseIndex> deniable(const playbook::Compiled& playbook, const Lead& lead);
std::string text_of(const Properties& properties, std::string_view name);
std::vector<std::string> texts_of(const Properties& properties, std::string_view name);
const playbook::Reason* reason_in(const playbook::Compiled& playbook, int list, std::string_view id);

}  // namespace baton::engine
