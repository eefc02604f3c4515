// Functions of the language that need no inputs.
#pragma once

#include "domain/criteria/cell.h"

namespace baton::criteria {

std::int64_t code_points(std::string_view text);
std::string lower_ascii(std::string_view text);
/// CEL's int(): decimals are cut towards zero, timestamps are seconds since 1970.
Cell to_int(const Cell&);
/// CEL's double(), here a decimal.
Cell to_double(const Cell&);
/// CEL's string(); nothing for what has no text (lists, null). Durations are seconds: "3600s".
std::optional<std::string> to_string_cel(const Cell&);

}  // namespace baton::criteria
