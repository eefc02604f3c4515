// Reading typed values out of a YAML map; what is wrong is said where it stands and how to write it.
#include "codec/yaml_map.h"

#include <algorithm>
#include <charconv>

#include "domain/playbook/suggest.h"

namespace baton::codec {
namespace {

using playbook::Place;
using playbook::Text;
using playbook::TextStyle;

constexpr std::size_t most_problems = 100;
constexpr std::int64_t longest_days = 36'500;

std::string quoted(std::string_view text) {
    std::size_t shown = 60;
    if (text.size() <= shown) return "'" + std::string(text) + "'";
    while (shown > 0 && (static_cast<unsigned char>(text[shown]) & 0xC0U) == 0x80U) --shown;
    return "'" + std::string(text.substr(0, shown)) + "…'";
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word_character(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

bool is_reserved(std::string_view word) {
    for (const std::string_view r :
         {"true", "false",  "null", "in",   "as",      "break",     "const",  "continue", "else", "for",  "function",
          "if",   "import", "let",  "loop", "package", "namespace", "return", "var",      "void", "while"})
        if (word == r) return true;
    return false;
}

std::vector<std::string> all_keys(const Keys& keys) {
    std::vector<std::string> all = keys.required;
    all.insert(all.end(), keys.optional.begin(), keys.optional.end());
    return all;
}

/// "score_rule" → "score rule", with its article: "a stage", "an action", "criteria".
std::string title(std::string_view name) {
    if (name == "hand_off") return "hand-off";
    std::string words(name);
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}
std::string with_article(std::string_view name) {
    if (name == "criteria") return "criteria";
    const bool vowel = std::string_view("aeio").find(name.front()) != std::string_view::npos;
    return (vowel ? "an " : "a ") + title(name);
}

}  // namespace

void Problems::error(Place place, std::string message, std::string hint) {
    if (all_.size() < most_problems)
        all_.push_back({playbook::Severity::error, place, std::move(message), std::move(hint)});
}

std::vector<playbook::Diagnostic> Problems::take() {
    std::stable_sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) {
        return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    return std::move(all_);
}

Map::Map(Problems& problems, const YamlNode& node, const Keys& keys) : problems_(problems), node_(node) {
    if (node.kind != YamlKind::map) {
        problems.error(node.place,
                       with_article(keys.name) + " must be a map of keys, not " + std::string(to_string(node.kind)),
                       keys.required.empty() ? "" : "write it as {" + keys.required.front() + ": …}");
        return;
    }
    const std::vector<std::string> known = all_keys(keys);
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
        const YamlNode& key = node.keys[i];
        const auto same = [&](const YamlNode& other) { return other.text == key.text; };
        if (std::find(known.begin(), known.end(), key.text) == known.end()) {
            problems.error(key.place, "unknown key " + quoted(key.text) + " in " + with_article(keys.name),
                           playbook::did_you_mean(key.text, known));
        } else if (const auto first = std::find_if(node.keys.begin(), node.keys.end(), same); &*first != &key) {
            problems.error(key.place,
                           "the key " + quoted(key.text) + " stands twice here, first on line " +
                               std::to_string(first->place.line),
                           "keep one of the two");
        }
    }
    for (const std::string& key : keys.required)
        if (!has(key))
            problems.error(node.place, "this " + title(keys.name) + " has no '" + key + "'", "add '" + key + ": …'");
}

const YamlNode* Map::find(std::string_view key) const {
    for (std::size_t i = 0; i < node_.items.size() && i < node_.keys.size(); ++i)
        if (node_.keys[i].text == key) return &node_.items[i];
    return nullptr;
}

std::optional<Text> read_text(Problems& problems, const YamlNode& node, std::string_view what) {
    if (node.kind == YamlKind::text) return Text{node.text, node.place, node.style};
    if (node.kind == YamlKind::null) {
        problems.error(node.place, "'" + std::string(what) + "' is empty", "write something or leave the key out");
        return std::nullopt;
    }
    const bool scalar = node.kind == YamlKind::number || node.kind == YamlKind::boolean;
    problems.error(node.place, "'" + std::string(what) + "' must be text, not " + std::string(to_string(node.kind)),
                   scalar ? "put it in quotes: \"" + node.text + "\"" : "");
    return std::nullopt;
}

bool is_id(std::string_view word) {
    const auto allowed = [](char c) { return is_word_character(c) || c == '-'; };
    return !word.empty() && is_letter(word.front()) && std::all_of(word.begin(), word.end(), allowed);
}

bool is_identifier(std::string_view word) {
    return !word.empty() && (is_letter(word.front()) || word.front() == '_') &&
           std::all_of(word.begin(), word.end(), is_word_character) && !is_reserved(word);
}

std::optional<Text> Map::maybe(std::string_view key) const {
    const YamlNode* value = find(key);
    if (value == nullptr) return std::nullopt;
    std::optional<Text> text = read_text(problems_, *value, key);
    if (text && text->text.find_first_not_of(" \t\n") == std::string::npos) {
        problems_.error(value->place, "'" + std::string(key) + "' is empty", "write something or leave the key out");
        return std::nullopt;
    }
    return text;
}

Text Map::placed(std::string_view key) const { return maybe(key).value_or(Text{"", place(), TextStyle::plain}); }
std::string Map::text(std::string_view key) const { return placed(key).text; }

/// Criteria may look like a number or a boolean to YAML: `when: true`.
std::optional<Text> Map::expression(std::string_view key) const {
    const YamlNode* value = find(key);
    if (value != nullptr && (value->kind == YamlKind::number || value->kind == YamlKind::boolean))
        return Text{value->text, value->place, value->style};
    return maybe(key);
}

std::string Map::id(std::string_view key) const {
    const std::optional<Text> value = maybe(key);
    if (!value) return {};
    if (!is_id(value->text))
        problems_.error(value->place, quoted(value->text) + " cannot be an id",
                        "use letters, digits, _ and -, with a letter first");
    return value->text;
}

std::string Map::identifier(std::string_view key) const {
    const std::optional<Text> value = maybe(key);
    if (!value) return {};
    if (!is_identifier(value->text))
        problems_.error(
            value->place, quoted(value->text) + " cannot be an id that criteria read",
            "use letters, digits and _, with a letter first, and no word of the language such as in, if or true");
    return value->text;
}

bool Map::flag(std::string_view key, bool otherwise) const {
    const YamlNode* value = find(key);
    if (value == nullptr) return otherwise;
    if (value->kind == YamlKind::boolean) return value->text.front() == 't' || value->text.front() == 'T';
    problems_.error(value->place,
                    "'" + std::string(key) + "' must be true or false, not " + std::string(to_string(value->kind)),
                    value->text == "yes" || value->text == "on"   ? "write true"
                    : value->text == "no" || value->text == "off" ? "write false"
                                                                  : "");
    return otherwise;
}

std::optional<Decimal> Map::decimal(std::string_view key) const {
    const YamlNode* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->kind == YamlKind::number) {
        const std::string_view digits = std::string_view(value->text).substr(value->text.starts_with('+') ? 1 : 0);
        const std::size_t point = digits.find('.');
        const bool too_fine = point != std::string_view::npos && digits.size() - point - 1 > 6;
        if (const auto number = too_fine ? std::nullopt : Decimal::parse(digits)) return number;
        problems_.error(value->place,
                        "'" + std::string(key) + "' is no number that can be counted with: " + quoted(value->text),
                        "write decimal digits, at most 12 before the point and 6 after it");
        return std::nullopt;
    }
    problems_.error(value->place,
                    "'" + std::string(key) + "' must be a number, not " + std::string(to_string(value->kind)),
                    value->style == TextStyle::plain ? "" : "take the quotes off");
    return std::nullopt;
}

std::optional<std::int64_t> Map::whole(std::string_view key) const {
    const YamlNode* value = find(key);
    if (value == nullptr) return std::nullopt;
    std::int64_t number = 0;
    const char* end = value->text.data() + value->text.size();
    if (value->kind == YamlKind::number) {
        const auto [stop, problem] = std::from_chars(value->text.data(), end, number);
        if (problem == std::errc{} && stop == end) return number;
    }
    problems_.error(value->place, "'" + std::string(key) + "' must be a whole number");
    return std::nullopt;
}

std::optional<Duration> Map::duration(std::string_view key) const {
    const YamlNode* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->kind == YamlKind::text) {
        const auto read = parse_duration(value->text);
        if (read && *read <= Duration::days(longest_days)) return read;
    }
    problems_.error(value->place,
                    "'" + std::string(key) + "' must be a length of time, not " +
                        (value->text.empty() ? std::string(to_string(value->kind)) : quoted(value->text)),
                    "write 30d, 4h, 90m or 1d12h, at most 36500d");
    return std::nullopt;
}

std::optional<std::int64_t> Map::days(std::string_view key) const {
    const std::optional<Duration> length = duration(key);
    if (!length) return std::nullopt;
    if (length->us % one_day.us == 0) return length->us / one_day.us;
    problems_.error(find(key)->place, "'" + std::string(key) + "' must be whole days, not " + quoted(find(key)->text),
                    "write 1d, 30d …");
    return std::nullopt;
}

std::span<const YamlNode> Map::wrong_list(const YamlNode& value, std::string_view key) const {
    problems_.error(value.place, "'" + std::string(key) + "' must be a list, not " + std::string(to_string(value.kind)),
                    "write [a, b] or one '- …' a line");
    return {};
}

std::span<const YamlNode> Map::list(std::string_view key) const {
    const YamlNode* value = find(key);
    if (value == nullptr) return {};
    return value->kind == YamlKind::list ? std::span<const YamlNode>(value->items) : wrong_list(*value, key);
}

std::vector<std::string> Map::texts(std::string_view key) const {
    std::vector<std::string> all;
    for (const YamlNode& item : list(key))
        if (auto text = read_text(problems_, item, key)) all.push_back(std::move(text->text));
    return all;
}

std::size_t Map::choice(std::string_view key, std::span<const std::string> words, std::size_t otherwise) const {
    const std::optional<Text> value = maybe(key);
    if (!value) return otherwise;
    const auto at = std::find(words.begin(), words.end(), value->text);
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
    problems_.error(value->place, "'" + std::string(key) + "' cannot be " + quoted(value->text),
                    playbook::did_you_mean(value->text, words));
    return otherwise;
}

}  // namespace baton::codec
