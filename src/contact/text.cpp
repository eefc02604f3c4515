#include "contact/text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include "base/result.h"

namespace baton::contact {
namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_accent(UChar32 c) { return c >= 0x300 && c <= 0x36F; }

/// What ICU's data of this build cannot do is a bug: they are part of the library.
icu::UnicodeString normal(const icu::Normalizer2* (*form)(UErrorCode&), const icu::UnicodeString& text) {
    UErrorCode code = U_ZERO_ERROR;
    const icu::Normalizer2* normalizer = form(code);
    BATON_CHECK(U_SUCCESS(code));
    icu::UnicodeString out = normalizer->normalize(text, code);
    BATON_CHECK(U_SUCCESS(code));
    return out;
}

/// Legal forms and the words that join them, folded, as they stand at the end of a company's name. Ascending. Facts, from the registers'
/// own lists of forms: Germany, Austria, Switzerland, the United Kingdom, the United States, France, Italy, Spain, Benelux, the
/// Nordic countries, Poland, India, Brazil, Japan.
constexpr std::array<std::string_view, 56> legal_forms{"ab",           "ag",   "aktiengesellschaft",
                                                       "and",          "as",   "asa",
                                                       "bv",           "cia",  "co",
                                                       "company",      "corp", "corporation",
                                                       "cv",           "eg",   "ek",
                                                       "ev",           "gbr",  "ges",
                                                       "gesmbh",       "gmbh", "inc",
                                                       "incorporated", "kft",  "kg",
                                                       "kgaa",         "kk",   "limited",
                                                       "llc",          "llp",  "lp",
                                                       "ltd",          "ltda", "mbh",
                                                       "nv",           "ohg",  "oo",
                                                       "oy",           "oyj",  "plc",
                                                       "private",      "pte",  "pty",
                                                       "pvt",          "rl",   "sa",
                                                       "sarl",         "sas",  "se",
                                                       "sl",           "sp",   "spa",
                                                       "srl",          "sro",  "ug",
                                                       "und",          "z"};

bool is_form(std::string_view word) { return std::ranges::binary_search(legal_forms, word); }

/// One blank apart.
std::string joined(const std::vector<std::string_view>& words) {
    std::string out;
    for (const std::string_view word : words) {
        if (!out.empty()) out += ' ';
        out += word;
    }
    return out;
}

}  // namespace

std::string trimmed(std::string_view given) {
    while (!given.empty() && blank(given.front())) given.remove_prefix(1);
    while (!given.empty() && blank(given.back())) given.remove_suffix(1);
    return std::string(given);
}

std::string lower(std::string_view given) {
    std::string text(given);
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string folded_with(std::string_view given, char32_t (*kept)(char32_t)) {
    const auto text =
        icu::UnicodeString::fromUTF8(icu::StringPiece(given.data(), static_cast<std::int32_t>(given.size())));
    const icu::UnicodeString apart =
        normal(icu::Normalizer2::getNFDInstance, normal(icu::Normalizer2::getNFKCCasefoldInstance, text));
    icu::UnicodeString bare;
    for (std::int32_t at = 0; at < apart.length(); at = apart.moveIndex32(at, 1)) {
        const UChar32 c = apart.char32At(at);
        if (is_accent(c)) continue;
        if (const char32_t instead = kept(static_cast<char32_t>(c)); instead != 0)
            bare.append(static_cast<UChar32>(instead));
    }
    std::string out;
    normal(icu::Normalizer2::getNFCInstance, bare).toUTF8String(out);
    return out;
}

std::string folded(std::string_view given) {
    const std::string text = folded_with(given, [](char32_t c) -> char32_t {
        if (c == '\'' || c == 0x2019 || c == '.') return 0;
        return u_isalnum(static_cast<UChar32>(c)) == 0 ? U' ' : c;
    });
    return joined(words(text));
}

std::vector<std::string_view> words(std::string_view folded) {
    std::vector<std::string_view> found;
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        if (end > at) found.push_back(folded.substr(at, end - at));
        at = end + 1;
    }
    return found;
}

std::string folded_company(std::string_view name) {
    const std::string text = folded(name);
    auto parts = words(text);
    while (parts.size() > 1 && is_form(parts.back())) parts.pop_back();
    return joined(parts);
}

}  // namespace baton::contact
