// YAML as a plain tree with places. yaml-cpp's own nodes keep the last of doubled keys, guess types and follow aliases;
// this tree keeps everything as written and guesses nothing.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "domain/playbook/compiled.h"

namespace baton::codec {

/// What a plain (unquoted) scalar means in YAML 1.2's core schema, without converting it: "no" is text, "012" a number.
enum class YamlKind : std::uint8_t { null, text, number, boolean, list, map };
std::string_view to_string(YamlKind kind);  ///< for messages: "text", "a number", "a list" …

struct YamlNode {
    YamlKind kind = YamlKind::null;
    std::string text{};  ///< scalars: the characters after unquoting
    playbook::TextStyle style = playbook::TextStyle::plain;
    playbook::Place place{};        ///< first character (scalars: after the quote)
    std::vector<YamlNode> keys{};   ///< maps: scalars, in document order, doubles kept
    std::vector<YamlNode> items{};  ///< lists and maps: values; of maps beside `keys`
};

inline constexpr std::size_t yaml_max_bytes = 1 << 20;
inline constexpr int yaml_max_depth = 24;
inline constexpr std::size_t yaml_max_line = 2'000;  ///< bytes; yaml-cpp needs quadratic time within a line
inline constexpr std::size_t yaml_max_nodes = 100'000;

/// One document. Refused with a place: what is not UTF-8, NUL, anchors, aliases, tags, keys that are not plain text,
/// several documents, and what exceeds the limits above. Never throws, never needs more than a few times the input's memory.
std::expected<YamlNode, playbook::Diagnostic> parse_yaml(std::string_view text);

}  // namespace baton::codec
