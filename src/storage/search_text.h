// How people are found by text, the same in every store: the one spelling that is compared, and what a query asks of it.
//
// Name, e-mail and account are cut into words at white space and control characters. A word's spelling is Unicode's
// NFKC_Casefold without accents (the combining marks U+0300 to U+036F): "MÜLLER", "Müller" and "Mu¨ller" typed with a
// combining mark are all "muller", "Straße" is "strasse", "ﬁ" is "fi". Nothing is transliterated: "ä" is not "ae".
// Every word of the query must be found: one of at most two characters at the beginning of a word, a longer one anywhere
// within a word. No character has a meaning of its own.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/store.h"

namespace baton::storage {

/// A person's words, each after two spaces, so that what begins a word can be told by three characters.
std::string search_text(const ports::LeadRow& row);

/// What must stand somewhere in the text of search_text, one piece a word of the query; none for a query without words.
/// Code `bad_search`: see ports::LeadQuery::text.
Result<std::vector<std::string>> search_pieces(std::string_view query);

bool holds_all(std::string_view search_text, std::span<const std::string> pieces);

/// The runs of three characters in a text, each once, ascending. What the indexes are made of.
std::vector<std::string_view> trigrams(std::string_view text);

/// Of each piece the first trigrams that do not overlap, at most `most`; a text that holds the pieces has them all.
std::vector<std::string> sample_trigrams(std::span<const std::string> pieces, std::size_t most);

}  // namespace baton::storage
