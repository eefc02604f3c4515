// What an entry's points are worth with age (PLAYBOOK §5). Integers only; rounded once, half to even.
#pragma once

#include <cstdint>
#include <vector>

#include "base/decimal.h"
#include "domain/playbook/model.h"

namespace baton::playbook {

/// After this many halvings an entry gives nothing.
inline constexpr std::int64_t half_life_limit = 40;

/// `age` in whole days, ≥ 0.
Decimal decayed(Decimal points, const Decay& decay, std::int64_t age);

/// The same for the first ages, one after the other: computed once, read for every entry of every score. Empty without
/// decay.
std::vector<Decimal> worth_by_age(Decimal points, const Decay& decay);

}  // namespace baton::playbook
