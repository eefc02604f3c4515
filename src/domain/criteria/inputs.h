// What an expression may read. The engine answers from a person's state; tests answer from a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "domain/value.h"

namespace baton::criteria {

enum class Comparison : std::uint8_t { less, less_equal, greater, greater_equal, equal, not_equal };

/// All answers are those at moment `at`; nothing here reads a clock. Pointers stay valid until the state changes.
class Inputs {
   public:
    virtual ~Inputs() = default;

    /// person.<property>; null when missing.
    virtual const Value* attribute(PropertyIndex) const = 0;
    /// account.<property>; null when missing or no account is known.
    virtual const Value* account_attribute(PropertyIndex) const = 0;
    /// answer.<question>, by the property it sets; null when not answered.
    virtual const Value* answer(PropertyIndex) const = 0;
    /// event.<property> of the fact at hand; null when missing or there is no fact at hand.
    virtual const Value* event(std::string_view name) const = 0;
    /// account.<count>; 0 when no account is known.
    virtual std::int64_t aggregate(AggregateIndex) const = 0;

    /// window 0 = ever.
    virtual std::int64_t count(TypeIndex, Duration window, Instant at) const = 0;
    virtual std::int64_t count_this_cycle(TypeIndex) const = 0;
    virtual std::optional<Instant> first(TypeIndex) const = 0;
    virtual std::optional<Instant> last(TypeIndex) const = 0;

    virtual Decimal score(ScoreIndex, Instant at) const = 0;
    virtual std::string_view label(ClassIndex) const = 0;

    virtual std::string_view stage() const = 0;
    virtual std::string_view furthest() const = 0;
    virtual std::string_view holder() const = 0;
    virtual std::int64_t cycle() const = 0;
    // Read by filters of the list of leads only.
    virtual bool open() const { return false; }
    virtual std::string_view owner() const { return {}; }     ///< who, where holder() is owner
    virtual std::string_view hand_off() const { return {}; }  ///< how the newest one stands; "" = there was none
    virtual bool on_hold() const { return false; }            ///< not to be offered again yet
    virtual bool square_peg() const { return false; }
    virtual Instant stage_entered_at() const = 0;
    virtual Instant cycle_started_at() const = 0;

    // The earliest moment strictly after `at` at which the value may differ from the one at `at` by time alone;
    // Instant::never() when it cannot. Exact: never later than the change.
    virtual Instant count_changes_after(TypeIndex, Duration window, Instant at) const = 0;
    /// … at which `score <op> bound` may change its truth.
    virtual Instant score_comparison_changes_after(ScoreIndex, Comparison, Decimal bound, Instant at) const = 0;
    virtual Instant score_changes_after(ScoreIndex, Instant at) const = 0;
};

}  // namespace baton::criteria
