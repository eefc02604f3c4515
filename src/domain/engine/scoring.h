// Score arithmetic: decay, caps rule → group → total, inactivity, and when a score next changes by time alone.
// PLAYBOOK §4–7. Integers only; every entry is rounded once, half to even.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "domain/criteria/inputs.h"
#include "domain/engine/state.h"
#include "domain/playbook/compiled.h"

namespace baton::engine {

/// Sum, cut to the range instead of overflowing.
Decimal sum(Decimal a, Decimal b);
Decimal cut(Decimal value, const std::optional<Decimal>& cap);  ///< to ±cap

Decimal fit_score(const playbook::Compiled&, const playbook::CompiledScore&, const criteria::Inputs&, Instant at);
/// Rule's sum of entries at `at`, cut to its cap.
Decimal rule_points(const playbook::CompiledScoreRule&, const RuleEntries&, std::span<const ScoreEntry>, Instant at);
/// Any kind of score.
Decimal score_value(const playbook::Compiled&, const Features&, ScoreIndex, Instant at);

/// Earliest moment after `at` at which the score may differ by time alone.
Instant score_changes_after(const playbook::Compiled&, const Features&, ScoreIndex, Instant at);
/// What the search for a crossing may rest on.
struct Search {
    std::optional<Decimal> value_now;   ///< the score at `at`, when known already
    Instant before = Instant::never();  ///< a change at or after this is of no interest: never() stands for it
};
/// Earliest moment after `at` at which `score <op> bound` has another truth.
Instant comparison_changes_after(const playbook::Compiled&, const Features&, ScoreIndex, criteria::Comparison,
                                 Decimal bound, Instant at, Search search = {});

}  // namespace baton::engine
