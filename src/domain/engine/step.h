// step(version, state, fact) → { state', history[], effects[] }. No clock, random number, I/O, libm or
// binary float below here; everything that depends on the outside comes in as a fact.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/engine/fact.h"
#include "domain/engine/history.h"
#include "domain/engine/state.h"
#include "domain/engine/workspace.h"
#include "domain/playbook/compiled.h"

namespace baton::engine {

/// Semantics of step itself; a release that changes what step decides raises it and keeps the old one.
inline constexpr std::uint32_t semantics_version = 1;

struct Counters {
    std::uint64_t facts = 0;
    std::uint64_t evaluations = 0;  ///< times a person's rules were looked at (a step in which at least one was due)
    std::uint64_t clauses = 0;      ///< clauses judged
};

/// To be used again for the next fact: it keeps its room.
struct StepOutput {
    std::vector<HistoryRecord> history;
    std::vector<Effect> effects;
    Workspace workspace;  ///< the step's own
    void clear() {
        history.clear();
        effects.clear();
    }
};

/// Applies one fact of one person. `state.version` must be the number of `playbook` or 0 (first fact). The fact's
/// engine_at must not lie before state.engine_at (the caller clamps). All due moments ≤ engine_at must have been
/// stepped as `timer` facts before (the caller's duty; checked).
void step(const playbook::Compiled& playbook, PersonState& state, const Fact& fact, StepOutput& out,
          Counters* counters = nullptr);

/// Among a million people the one a fact is about is in no cache, and waiting for memory takes longer than the step. Who
/// has a batch of facts at hand can ask for coming states some facts ahead: first for the state, a little later, when it
/// has come, for its lists. Changes nothing.
void ask_for(const PersonState& state);
void ask_for_lists(const PersonState& state);

/// The facts of an account fold in its own lane.
void step_account(const playbook::Compiled& playbook, AccountState& state, const Fact& fact, StepOutput& out);

/// Re-derives features from all live facts of the person under another version and evaluates once more.
/// `facts` in journal order. Decisions stay; labels and stage are mapped by id; `migrate` maps removed stages.
/// `evaluate` false: only features (open leads wait).
/// `from` is the version the state stands under (labels are mapped through it), null for none.
void refold(const playbook::Compiled* from, const playbook::Compiled& to, PersonState& state,
            std::span<const Fact> facts, const std::map<std::string, std::string>& migrate, const Fact& cause,
            bool evaluate, StepOutput& out, Counters* counters = nullptr);

/// A person that was merged into another rests from `cause` on: its account loses it, its state stays as it is.
void rest(const playbook::Compiled&, PersonState& state, const Fact& cause, StepOutput& out);
/// Two people are apart again: features anew from the facts that stay, evaluated once more. Decisions stay. `cause` says by its
/// kind whether this is the one that gave back or the one that came back.
void take_apart(const playbook::Compiled&, PersonState& state, std::span<const Fact> facts, const Fact& cause,
                StepOutput& out, Counters* counters = nullptr);
/// An import was undone, or some facts were erased: features anew from the facts that stay. `lives`: evaluated once more, decisions stay. `rests`: nothing
/// from outside is left; its account loses it. `wakes`: it rested, and something new is about to happen.
enum class Undone : std::uint8_t { lives, rests, wakes };
void take_back(const playbook::Compiled&, PersonState& state, std::span<const Fact> facts, const Fact& cause,
               Undone undone, StepOutput& out, Counters* counters = nullptr);
/// Some facts of one that rests in another were erased: nobody is told.
void take_back_resting(const playbook::Compiled&, PersonState& state, std::span<const Fact> facts);
/// All that is known of the person is about to be erased: an open offer is withdrawn, it is in no stage any more, its account
/// loses it. One that `rests` in another has left its stage already. What the state held is gone from it.
void forget(const playbook::Compiled&, PersonState& state, bool rests, const Fact& cause, StepOutput& out);
/// The account's side: tells members which of its properties are others now, or none.
void take_back_account(const playbook::Compiled&, AccountState& state, std::span<const Fact> facts, StepOutput& out);
/// Takes out of a subject's facts, in journal order, what was forwarded from people who were taken out again, what came with
/// imports that were undone, and what only says that somebody rests or came back.
void drop_taken_out(std::vector<Fact>& facts);

/// Why a decision would be refused now; nothing when it is allowed. Asked at intake, before the journal.
enum class Refusal : std::uint8_t {
    no_open_offer,        ///< accept, reject, withdraw without an offer
    stage_cannot_return,  ///< no return arrow leaves this stage
    reason_missing,
    reason_not_listed,
    clause_unknown,  ///< a denied clause that the definition does not have
    stage_unknown,
    already_there,
    no_open_lead,
    cannot_disqualify,
    owner_missing,
    criteria_not_met,  ///< the arrow the decision would take has a guard that does not hold
};
std::string_view to_string(Refusal refusal);  ///< the code: "no_open_offer"
std::string explain(Refusal refusal, const playbook::Compiled&, const PersonState&,
                    const Fact&);  ///< a sentence that says how to mend it
std::optional<Refusal> refusal_of(const playbook::Compiled&, const PersonState&, const Fact&);

/// Score and parts at a moment; for screens, reports and the lab.
Decimal score_at(const playbook::Compiled&, const PersonState&, ScoreIndex, Instant at);

// ---- why -------------------------------------------------------------------------------------------------------

/// One input as it stood: what was read, its value in words, the fact behind it.
struct InputSeen {
    std::string name;   ///< person.employees
    std::string label;  ///< Employees
    std::string value;  ///< "150", "" = missing
    bool missing = false;
    std::optional<FactRef> from;
    Instant at;  ///< occurred_at of that fact
};
struct ClauseSeen {
    std::string id, name, expression, list;  ///< list: all | any | none
    Truth truth = Truth::unknown;
    std::string because;  ///< "Employees is 150", "Phone is missing"
    std::string wanted;   ///< "Employees must be at least 200": only when it does not hold as needed
    std::vector<InputSeen> inputs;
};
struct ArrowSeen {
    std::string id, from, to, label, on;
    bool holds = false;  ///< guard holds (the trigger may still be waited for)
    std::string
        waits_for;  ///< "sales must accept", "a fact of type Deal Won", "30 days in this stage (12 so far)", hold in words
    std::vector<ClauseSeen> clauses;
    std::vector<std::string> smallest_change;  ///< what would be enough, shortest list first; empty when it holds
};
struct ScorePart {
    std::string rule, group;
    Decimal points;  ///< after the rule's cap
    std::vector<FactRef> from;
    std::string text;  ///< "3 × Pricing page, newest 2026-03-01"
};
struct ScoreSeen {
    std::string id, name;
    Decimal value;
    std::vector<ScorePart> parts;
};
struct ClassSeen {
    std::string id, name, label;
    std::vector<ClauseSeen> clauses;   ///< of the row that holds
    std::string better;                ///< the next better label, "" = best already
    std::vector<std::string> missing;  ///< what is missing for it
};
/// What time alone has done since the last fact, and no fact says yet because nobody served: a history that was only
/// imported, a server that stood still. What is due is done as soon as somebody serves.
enum class PassedKind : std::uint8_t { class_changed, hold_ended, silence_due, move_due };
std::string_view to_string(PassedKind kind);
struct PassedSeen {
    Instant at;
    PassedKind kind = PassedKind::class_changed;
    std::string id, from, to;  ///< class, labels · hand-off · arrow, stages
    std::string text;          ///< "Heat is cool, was warm"
};
/// Lets `state` grow older until `until` without a fact; moves are only named.
std::vector<PassedSeen> let_pass(const playbook::Compiled&, PersonState& state, Instant until);

struct Why {
    Instant at;
    Instant last_fact_at;  ///< engine time of the last record folded in
    std::uint32_t version = 0;
    std::string stage;
    Instant stage_entered_at;
    std::vector<PassedSeen> passed;  ///< between the two times above, in order
    std::vector<ArrowSeen> arrows;   ///< leaving the current stage, in document order
    std::vector<ScoreSeen> scores;
    std::vector<ClassSeen> classes;
    Instant next_at;
};
/// Everything about where a lead stands, at `at` ≥ state.engine_at (time alone passes in between).
Why why(const playbook::Compiled&, const PersonState&, Instant at);

}  // namespace baton::engine
