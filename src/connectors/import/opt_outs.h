// Columns that say who wants no more mail or calls.
#pragma once

#include <string>

#include "connectors/import/mapping.h"

namespace baton::imports {

enum class Wanted : std::uint8_t { no_mail, no_calls };

/// Whom the column marks, with anything but a no, withdraws consent as of the import; of mails they count as `Unsubscribed`, too. What it
/// says is kept as a property of its name.
void add_opt_out(Mapping& mapping, const std::string& column, Wanted wanted);

}  // namespace baton::imports
