// The work of compile(), cut into parts that share one Compiler. Private to domain/playbook.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/playbook/atoms.h"
#include "domain/playbook/compiled.h"
#include "domain/playbook/words.h"

namespace baton::playbook {

/// What source clause a compiled one was made from, for checks that speak about the text.
struct ClauseOrigin {
    const Clause* clause = nullptr;
};

/// Beyond this many steps the search for loops ends; playbooks people can read need far fewer.
inline constexpr std::size_t most_loop_steps = 20'000;

/// An expression of the playbook, wherever it stands.
struct Use {
    Text text;
    criteria::Expression expression;
};

class Compiler {
   public:
    explicit Compiler(const Playbook& source) : source_(source) { out_.source = source; }
    CompileResult run(std::uint32_t version);

   private:
    // compile.cpp
    void error(Place place, std::string message, std::string hint = {});
    void warn(Place place, std::string message, std::string hint = {});
    bool failed() const;
    CompileResult finish();
    bool too_large();
    /// Index of the name, or an error with the nearest one. An absent reference (empty text) answers -1 silently.
    int find(const Text& reference, const std::vector<std::string>& names, std::string_view what);
    criteria::Expression expression(const Text& text, criteria::Scope scope,
                                    const std::vector<criteria::DeclaredProperty>& event_properties = {});
    CompiledCriteria criteria(const Criteria& criteria);
    ClauseIndex clause(const Clause& clause, ListKind list);

    // compile_names.cpp
    void declare();
    void declare_properties();
    void declare_questions();
    void declare_types();
    void declare_built_in();
    void declare_words();
    void add_type(const std::string& type);
    void check_doubles();
    void check_properties();
    void check_own_sites();
    std::vector<criteria::DeclaredProperty> event_properties(std::string_view type) const;

    // compile_scoring.cpp
    void aggregates();
    void scores();
    void score(const Score& score, ScoreIndex index);
    void score_rule(const Score& score, const ScoreRule& rule, ScoreIndex index, std::uint16_t group);
    void check_score(const Score& score);
    void check_rule(const Score& score, const ScoreRule& rule);
    void check_where(const ScoreRule& rule, const criteria::Expression& where);
    void check_limits(const std::optional<Decimal>& cap, Place place, std::string_view what);
    void classes();
    void bands(const Class& source, CompiledClass& out);
    void matrix(const Class& source, CompiledClass& out, std::size_t position);
    void check_cells(const Class& source, const Class& rows, const Class& columns);
    void class_rules(const Class& source, CompiledClass& out, std::size_t position);
    void check_class_inputs(ClauseIndex clause, std::size_t position);

    // compile_process.cpp
    void stages();
    void check_stage(const Stage& stage, std::size_t position);
    void arrows();
    void arrow(const Arrow& arrow, int source);
    void check_arrow(const Arrow& arrow);
    void check_automatic(const Arrow& arrow, const CompiledArrow& compiled);
    std::string arrow_id(const Arrow& arrow, const std::string& from) const;
    void hand_offs();
    void check_decision_arrows();
    void reasons();
    void later_sections();
    void actions(const std::vector<Action>& actions);
    void team(const std::string& id, Place place, std::string_view what);

    // compile_readers.cpp
    void readers();
    void rising_scores();
    void timed_clauses();
    void triggers();
    void index_names();
    void reads(const criteria::Expression& expression, ClauseIndex clause);
    void reads(const criteria::Expression& expression, ScoreRuleIndex rule);
    void reads(const criteria::Expression& expression, AggregateIndex aggregate);
    Compiled::Readers* readers_of(const criteria::Input& input);

    // warnings.cpp: criteria and names
    void warnings();
    void warn_unfilled();
    void warn_unfilled(const Use& use, const criteria::Input& input);
    void warn_unused();
    void warn_constant(const CompiledCriteria& criteria);
    void warn_constant(ClauseIndex clause);
    void warn_contradiction(const CompiledCriteria& criteria, const std::string& where);
    void warn_scores();
    void warn_classes();
    void warn_bands(const Class& source);
    void warn_rows(const Class& source, const CompiledClass& compiled);
    std::string beyond_cap(const Atom& atom) const;
    std::string clause_name(ClauseIndex clause) const { return "'" + out_.clauses[clause.value].name + "'"; }

    // warnings_process.cpp: stages and transitions
    CompiledCriteria guard(const CompiledArrow& arrow) const;
    std::vector<ClauseAtoms> atoms_of(const CompiledCriteria& criteria) const;
    void warn_unreachable();
    void warn_dead_ends();
    void warn_shadowed();
    bool shadows(const CompiledArrow& earlier, const CompiledArrow& later) const;
    bool implies(const CompiledCriteria& strong, const CompiledCriteria& weak) const;
    bool contains(const std::vector<ClauseIndex>& list, ClauseIndex clause) const;
    void warn_loops();
    void follow_loop(std::vector<ArrowIndex>& path);
    bool can_go_round(const std::vector<ArrowIndex>& path) const;
    bool any_is_barred(const CompiledCriteria& a, const CompiledCriteria& b) const;

    const Playbook& source_;
    Compiled out_;
    std::vector<Diagnostic> problems_;
    std::vector<ClauseOrigin> origins_;  ///< by ClauseIndex
    std::vector<Use> uses_;
    std::size_t loop_steps_ = 0;
    std::vector<std::string> stage_ids_, team_ids_, score_ids_, class_ids_, reason_ids_, program_ids_;
};

}  // namespace baton::playbook
