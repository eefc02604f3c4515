// Whether a text shows in one line as it was written: names and labels that others read.
#pragma once

#include <string_view>

namespace baton {

/// Valid UTF-8 without control characters (C0, DEL, C1), so without tab and line ends, without U+2028 and U+2029, which end lines
/// too, and without what overrides or isolates a direction of writing (U+202A–U+202E, U+2066–U+2069), which makes one name look
/// like another. Source: Unicode 15, general categories Cc, Zl, Zp; Unicode Technical Report 36, section 2.5.
bool plain_line(std::string_view text);

}  // namespace baton
