// Texts as people type them, made comparable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace baton::contact {

/// Without blanks, tabs and line ends around it.
std::string trimmed(std::string_view given);
/// ASCII letters in lower case, the rest as it is.
std::string lower(std::string_view given);

/// NFKC case folding without accents (U+0300 to U+036F), each other character as `kept` gives it, 0 = left out. Bytes that are no
/// UTF-8 come as U+FFFD.
std::string folded_with(std::string_view given, char32_t (*kept)(char32_t));

/// For comparing names: NFKC case folding without accents (U+0300 to U+036F), everything that is no letter or digit a gap,
/// words one blank apart: "MÜLLER, Jörg-Peter" → "muller jorg peter". Bytes that are no UTF-8 are gaps.
std::string folded(std::string_view given);
std::vector<std::string_view> words(std::string_view folded);

/// A company's name without its legal form: "Müller & Söhne GmbH & Co. KG" → "muller sohne".
std::string folded_company(std::string_view name);

}  // namespace baton::contact
