#include "connectors/import/words.h"

#include <algorithm>

namespace baton::imports {

std::string_view trim(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string shown(std::string_view text) {
    std::size_t size = std::min<std::size_t>(text.size(), 60);
    while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
    return "'" + std::string(text.substr(0, size)) + (size < text.size() ? "…'" : "'");
}

std::string joined(std::span<const std::string> words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "'" : ", '") + word + "'";
    return out;
}

}  // namespace baton::imports
