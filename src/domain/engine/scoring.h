// Score arithmetic: decay, caps rule → group → total, inactivity, and when a score next changes by time alone.
// PLAYBOOK §4–7. Integers only; every entry is rounded once, half to even.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/criteria/inputs.h"
#include "domain/engine/state.h"
#include "domain/playbook/compiled.h"

namespace baton::engine {

/// After this many halvings an entry gives nothing.
inline constexpr std::int64_t half_life_limit = 40;

/// One entry's points at age `now − occurred_at` (≥ 0).
Decimal decayed(Decimal points, const playbook::Decay& decay, Instant occurred_at, Instant now);

/// Sum, cut to the range instead of overflowing.
Decimal sum(Decimal a, Decimal b);
Decimal cut(Decimal value, const std::optional<Decimal>& cap);  ///< to ±cap

Decimal fit_score(const playbook::Compiled&, const playbook::CompiledScore&, const criteria::Inputs&, Instant at);
/// Rule's sum of entries at `at`, cut to its cap.
Decimal rule_points(const playbook::CompiledScoreRule&, const RuleEntries&, Instant at);
/// Any kind of score.
Decimal score_value(const playbook::Compiled&, const Features&, ScoreIndex, Instant at);

/// Earliest moment after `at` at which the score may differ by time alone.
Instant score_changes_after(const playbook::Compiled&, const Features&, ScoreIndex, Instant at);
/// Earliest moment after `at` at which `score <op> bound` has another truth.
Instant comparison_changes_after(const playbook::Compiled&, const Features&, ScoreIndex, criteria::Comparison,
                                 Decimal bound, Instant at);

}  // namespace baton::engine
