#include "storage/search_text.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "app/normalise.h"
#include "contact/text.h"

namespace baton::storage {
namespace {

constexpr std::size_t gram_size = 3;

std::unexpected<Error> bad(std::string detail) { return fail("bad_search", std::move(detail)); }

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char32_t without_gap(char32_t c) {
    const auto code = static_cast<UChar32>(c);
    return u_isUWhiteSpace(code) != 0 || u_iscntrl(code) != 0 ? U' ' : c;
}

std::string folded_ascii(std::string_view text) {
    std::string out = app::lower(text);
    for (char& c : out)
        if (c < ' ' || c == '\x7f') c = ' ';
    return out;
}

/// In the one spelling, gaps as single characters ' '. Bytes that are no UTF-8 become U+FFFD.
std::string folded(std::string_view text) {
    if (is_ascii(text)) return folded_ascii(text);
    return contact::folded_with(text, without_gap);
}

template <class Each>
void for_words(std::string_view folded, Each each) {
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        if (end > at) each(folded.substr(at, end - at));
        at = end + 1;
    }
}

/// Where each character begins, and the end.
std::vector<std::size_t> characters(std::string_view text) {
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) at.push_back(i);
    at.push_back(text.size());
    return at;
}

}  // namespace

std::string search_text(const ports::LeadRow& row) {
    std::string text;
    for (const std::string* part : {&row.name, &row.email, &row.account})
        for_words(folded(*part), [&](std::string_view word) { (text += "  ") += word; });
    return text;
}

Result<std::vector<std::string>> search_pieces(std::string_view query) {
    if (query.size() > ports::longest_search)
        return bad("a search has at most " + std::to_string(ports::longest_search) + " bytes, this " +
                   std::to_string(query.size()) + ": shorten it");
    if (!app::sound_text(query)) return bad("the search is not valid UTF-8 without NUL: send it as UTF-8");
    std::vector<std::string> pieces;
    for_words(folded(query), [&](std::string_view word) {
        const bool is_short = characters(word).size() - 1 < gram_size;
        pieces.push_back((is_short ? "  " : "") + std::string(word));
    });
    std::ranges::sort(pieces);
    pieces.erase(std::ranges::unique(pieces).begin(), pieces.end());
    if (pieces.size() <= ports::most_search_words) return pieces;
    return bad("a search has at most " + std::to_string(ports::most_search_words) + " different words, this " +
               std::to_string(pieces.size()) + ": leave some out");
}

bool holds_all(std::string_view search_text, std::span<const std::string> pieces) {
    return std::ranges::all_of(
        pieces, [&](const std::string& piece) { return search_text.find(piece) != std::string_view::npos; });
}

std::vector<std::string_view> trigrams(std::string_view text) {
    const std::vector<std::size_t> at = characters(text);
    std::vector<std::string_view> grams;
    for (std::size_t i = 0; i + gram_size < at.size(); ++i)
        grams.push_back(text.substr(at[i], at[i + gram_size] - at[i]));
    std::ranges::sort(grams);
    grams.erase(std::ranges::unique(grams).begin(), grams.end());
    return grams;
}

std::vector<std::string> sample_trigrams(std::span<const std::string> pieces, std::size_t most) {
    std::vector<std::string> grams;
    for (const std::string& piece : pieces) {
        const std::vector<std::size_t> at = characters(piece);
        const std::size_t count = at.size() - 1;
        for (std::size_t n = 0; n < most && n * gram_size < count; ++n) {
            const std::size_t from = std::min(n * gram_size, count - gram_size);
            grams.push_back(piece.substr(at[from], at[from + gram_size] - at[from]));
        }
    }
    return grams;
}

}  // namespace baton::storage
