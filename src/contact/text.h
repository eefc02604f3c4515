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

/// For comparing names: NFKC case folding without accents (U+0300 to U+036F), everything that is no letter or digit a gap,
/// words one blank apart: "MÜLLER, Jörg-Peter" → "muller jorg peter". Bytes that are no UTF-8 are gaps.
std::string folded(std::string_view given);
std::vector<std::string_view> words(std::string_view folded);

/// A company's name without its legal form: "Müller & Söhne GmbH & Co. KG" → "muller sohne".
std::string folded_company(std::string_view name);

}  // namespace baton::contact
