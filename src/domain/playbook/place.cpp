// From a position inside a text back to the line and column of the file.
#include <algorithm>

#include "domain/playbook/model.h"

namespace baton::playbook {
namespace {

/// Characters, not bytes; a quoted text doubles or escapes some of them.
int width(std::string_view text, TextStyle style) {
    int columns = 0;
    for (const char c : text) {
        const bool inside_character = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        const bool written_twice = (style == TextStyle::single_quoted && c == '\'') ||
                                   (style == TextStyle::double_quoted && (c == '"' || c == '\\'));
        columns += inside_character ? 0 : written_twice ? 2 : 1;
    }
    return columns;
}

}  // namespace

Place place_at(const Text& text, std::size_t offset) {
    if (text.style == TextStyle::folded || text.place.line == 0) return text.place;
    const std::string_view before = std::string_view(text.text).substr(0, std::min(offset, text.text.size()));
    if (text.style != TextStyle::literal) return {text.place.line, text.place.column + width(before, text.style)};
    const std::size_t last_break = before.rfind('\n');
    const auto lines = static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    const std::string_view on_line = last_break == std::string_view::npos ? before : before.substr(last_break + 1);
    return {text.place.line + lines, text.place.column + width(on_line, TextStyle::literal)};
}

}  // namespace baton::playbook
