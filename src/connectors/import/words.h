// Pieces of text in messages about files.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace baton::imports {

/// Without the blanks around it.
std::string_view trim(std::string_view text);
/// In quotes, the first 60 bytes of it.
std::string shown(std::string_view text);
/// "'a', 'b'"
std::string joined(std::span<const std::string> words);

}  // namespace baton::imports
