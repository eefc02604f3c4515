#include "cli/terminal.h"

#include <algorithm>
#include <array>

#include "base/plain_line.h"

namespace baton::cli {
namespace {

constexpr std::array<std::string_view, 5> colours = {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m"};
constexpr std::string_view erase_line = "\x1b[K";
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

std::size_t length_of_character(char lead) {
    const auto byte = static_cast<unsigned char>(lead);
    if (byte < 0xC2 || byte > 0xF4) return 1;
    return byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::size_t colour_code(std::string_view text) {
    const auto at = std::ranges::find_if(colours, [&](std::string_view code) { return text.starts_with(code); });
    return at == colours.end() ? 0 : at->size();
}

std::size_t PlainTerminal::piece(std::string_view text) const {
    if (text.front() == '\x1b') {
        if (const std::size_t size = colour_code(text); size > 0) return size;
        if (progress_ && text.starts_with(erase_line)) return erase_line.size();
        const auto begins = [&](std::string_view code) { return code.starts_with(text); };
        const bool may_become = std::ranges::any_of(colours, begins) || (progress_ && begins(erase_line));
        return may_become ? 0 : 1;
    }
    const std::size_t whole = length_of_character(text.front());
    for (std::size_t i = 1; i < whole; ++i) {
        if (i == text.size()) return 0;
        if (!continues(text[i])) return i;
    }
    return whole;
}

void PlainTerminal::pass_on(bool all) {
    std::string out;
    std::string_view text = held_;
    while (!text.empty()) {
        std::size_t size = piece(text);
        if (size == 0 && !all) break;
        if (size == 0) size = text.front() == '\x1b' ? 1 : text.size();
        const std::string_view one = text.substr(0, size);
        const bool code = one.front() == '\x1b' && size > 1;
        const bool moves_on = one == "\n" || one == "\t" || (progress_ && one == "\r");
        out += code || moves_on || plain_line(one) ? one : replacement;
        text.remove_prefix(size);
    }
    held_.erase(0, held_.size() - text.size());
    to_->sputn(out.data(), static_cast<std::streamsize>(out.size()));
}

void PlainTerminal::finish() {
    pass_on(true);
    to_->pubsync();
}

PlainTerminal::int_type PlainTerminal::overflow(int_type c) {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    held_ += traits_type::to_char_type(c);
    pass_on(false);
    return c;
}

std::streamsize PlainTerminal::xsputn(const char* text, std::streamsize size) {
    held_.append(text, static_cast<std::size_t>(size));
    pass_on(false);
    return size;
}

int PlainTerminal::sync() {
    pass_on(false);
    return to_->pubsync();
}

}  // namespace baton::cli
