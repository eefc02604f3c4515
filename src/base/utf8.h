// Whether bytes are text.
#pragma once

#include <cstddef>
#include <string_view>

namespace baton {

/// Offset of the first byte that is not part of valid UTF-8 or is NUL; npos when there is none. Source: Unicode 15, table 3-7.
std::size_t unsound_at(std::string_view text);

/// Valid UTF-8 without NUL. RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
inline bool sound_text(std::string_view text) { return unsound_at(text) == std::string_view::npos; }

}  // namespace baton
