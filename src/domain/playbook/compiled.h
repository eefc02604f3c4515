// A playbook ready to run: names bound to indexes, expressions checked, inputs mapped to the rules that read them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/criteria/criteria.h"
#include "domain/playbook/model.h"
#include "domain/playbook/name_index.h"

namespace baton::playbook {

/// A mistake or a warning, ready to print as file:line:column.
enum class Severity : std::uint8_t { error, warning };
struct Diagnostic {
    Severity severity = Severity::error;
    Place place;
    std::string message;
    std::string hint;  ///< how to mend it, may be empty
};
/// "handoff.yaml:12:7: error: unknown stage 'qualifed'; did you mean 'qualified'?"
std::string to_string(const Diagnostic&, std::string_view file);

/// Which list of its criteria a clause stands in.
enum class ListKind : std::uint8_t { all, any, none };

struct CompiledClause {
    std::string id, name;
    ListKind list = ListKind::all;
    criteria::Expression when;
};
/// Clauses by position in Compiled::clauses.
struct CompiledCriteria {
    std::vector<ClauseIndex> all, any, none;
    bool empty() const { return all.empty() && any.empty() && none.empty(); }
};

struct CompiledScoreRule {
    ScoreIndex score;
    std::uint16_t group = 0;  ///< position in its score
    std::string id, name;
    criteria::Expression when, where;  ///< may be invalid (absent)
    std::optional<TypeIndex> on;
    Decimal points;
    std::optional<Decimal> cap;
    Decay decay;
    std::vector<Decimal> worth;  ///< an entry's points by its age in days, for the first ages; may be empty
    std::string once_per;
};
struct CompiledGroup {
    std::string name;
    std::optional<Decimal> cap;
    std::vector<ScoreRuleIndex> rules;
};
struct CompiledScore {
    std::string id, name;
    ScoreKind kind = ScoreKind::fit;
    std::optional<Decimal> cap, floor;
    std::vector<CompiledGroup> groups;
    std::optional<Inactivity> inactivity;
    bool may_rise = true;  ///< by time alone: points below zero that fade
};

struct CompiledClassRow {
    std::string label;
    CompiledCriteria criteria;  ///< empty = otherwise
};
struct CompiledCell {
    std::string row, column, label;
};
struct CompiledClass {
    std::string id, name;
    ClassKind kind = ClassKind::rules;
    std::vector<std::string> labels;
    std::vector<CompiledClassRow> rows;
    ScoreIndex score;
    std::vector<Band> bands;
    ClassIndex row_class, column_class;
    std::vector<CompiledCell> cells;  ///< few: quicker to go through than to look up
};

enum class Trigger : std::uint8_t { automatic, fact, decision };

struct CompiledArrow {
    std::string id, label, by;
    StageIndex from, to;  ///< an arrow with several `from` becomes several, same order
    Trigger trigger = Trigger::automatic;
    std::string on;           ///< fact type or decision verb
    CompiledCriteria when;    ///< the arrow's own
    bool uses_enter = false;  ///< automatic: the target's `enter` counts too
    std::optional<Duration> after;
    int reasons = -1;  ///< index into source.reasons
    bool new_cycle = false;
    bool backward = false;
    std::string hold;
    std::optional<std::int64_t> wake_after_days;
    int source = -1;  ///< index into source.arrows
};

struct CompiledStage {
    std::string id, name;
    StageKind kind = StageKind::marketing;
    bool before_lead = false, won = false, lost = false;
    int team = -1;  ///< index into source.teams
    std::string hold;
    CompiledCriteria enter;
    std::vector<ArrowIndex> leaving;  ///< document order
    // What may bring the next moment, of the automatic arrows leaving and of the classes:
    std::vector<criteria::ScoreThreshold> thresholds;  ///< that a score may cross by time alone
    std::vector<ClauseIndex> timed;                    ///< clauses that time alone may change, the others
    std::optional<HandOffIndex> hand_off;              ///< offered on entering
};

struct CompiledHandOff {
    std::string id, name;
    StageIndex at;
    int from_team = -1, to_team = -1;
    std::optional<Duration> silence_after;
    SilenceEnd silence = SilenceEnd::stays_open;
};

/// Immutable once made; share freely between threads.
struct Compiled {
    Playbook source;
    std::uint32_t version = 0;  ///< number given by the store at activation; 0 = not stored
    criteria::Declarations names;
    std::vector<CompiledClause> clauses;  ///< ClauseIndex
    std::vector<CompiledScore> scores;
    std::vector<CompiledScoreRule> score_rules;
    std::vector<CompiledClass> classes;
    std::vector<CompiledStage> stages;
    std::vector<CompiledArrow> arrows;
    std::vector<CompiledHandOff> hand_offs;
    std::vector<criteria::Expression> aggregates;
    std::optional<ScoreIndex> total;

    std::vector<std::vector<ScoreRuleIndex>> rules_of_type;  ///< by TypeIndex: behaviour rules fed by it
    std::vector<Duration> longest_window;                    ///< by TypeIndex; 0 = no window asked
    std::vector<std::vector<StageIndex>> observed_by;        ///< by TypeIndex
    std::vector<std::uint8_t> moves_leads;                   ///< by TypeIndex: triggers an arrow or proves a stage
    std::vector<std::vector<criteria::DeclaredProperty>> event_properties;  ///< by TypeIndex: what its facts carry

    // Which of these read which input: for "evaluated when an input changed, never otherwise".
    struct Readers {
        std::vector<ClauseIndex> clauses;
        std::vector<ScoreRuleIndex> fit_rules;
        std::vector<AggregateIndex> aggregates;
    };
    std::vector<Readers> readers_of_property, readers_of_answer, readers_of_account_property, readers_of_type;
    std::vector<Readers> readers_of_aggregate, readers_of_score, readers_of_class;
    /// Clauses that read lead.*, days_in_stage(), days_in_cycle() or count_this_cycle(): judged anew on every move.
    std::vector<ClauseIndex> readers_of_lead;

    NameIndex types_by_name, properties_by_name, stages_by_name;  ///< once compiled

    std::optional<TypeIndex> type(std::string_view name) const;
    std::optional<StageIndex> stage(std::string_view id) const;
    std::optional<PropertyIndex> property(std::string_view id) const;
    std::optional<PropertyIndex> account_property(std::string_view id) const;
    std::optional<ScoreIndex> score(std::string_view id) const;
    std::optional<ClassIndex> class_(std::string_view id) const;
};

/// Errors make no playbook; warnings do: unreachable stages, dead rules, loops without exit, criteria on a property that
/// nothing fills, arrows that can never be tried because an earlier one always wins.
struct CompileResult {
    std::shared_ptr<const Compiled> playbook;  ///< null when there is an error
    std::vector<Diagnostic> diagnostics;
};
CompileResult compile(const Playbook& source, std::uint32_t version = 0);

}  // namespace baton::playbook
