// "did you mean": the nearest of some names.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace baton::playbook {

/// The candidate with the fewest typing slips from `word` (inserted, missing, wrong or swapped letters; case counts
/// half), if that is at most a third of the word; "" when none is near. Ties: the first.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// "did you mean 'qualified'?", else "known are: a, b, c" (at most eight), else "".
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace baton::playbook
