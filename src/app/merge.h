// Merging two people into one and taking them apart again: Ledger::merge and unmerge do it, this shows what is at stake.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/ledger.h"
#include "app/reads.h"

namespace baton::app {

struct FieldSeen {
    Value value;  ///< null = not known
    Instant since;
};
/// One property of two people. Unless somebody chooses, the newer value survives.
struct SideBySide {
    std::string property, label;
    FieldSeen of_survivor, of_merged;
};
enum class Side : std::uint8_t { survivor, merged };
/// What that side has; null when it has nothing, or nobody has such a property.
const Value* value_of(const std::vector<SideBySide>& fields, std::string_view property, Side side);
/// {"fields": [{"property", "label", "survivor": {"value", "since"}, "merged": {…}}]}
std::string document(const std::vector<SideBySide>& fields);
/// All that either of them has, ascending by property.
Result<std::vector<SideBySide>> side_by_side(const Reads& reads, SubjectId into, SubjectId from);

}  // namespace baton::app
