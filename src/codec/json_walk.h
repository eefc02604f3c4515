// Reading what providers send: what is missing or of another kind says nothing.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "codec/form.h"
#include "codec/json_tree.h"
#include "domain/value.h"

namespace baton::codec {

inline const JsonNode* within(const JsonNode* node, std::string_view name, JsonKind kind) {
    const JsonNode* found = node == nullptr ? nullptr : node->find(name);
    return found != nullptr && found->kind == kind ? found : nullptr;
}

/// A scalar as text; "" for null, lists and objects.
inline std::string scalar(const JsonNode& node) {
    if (node.kind == JsonKind::boolean) return node.truth ? "true" : "false";
    return node.kind == JsonKind::string || node.kind == JsonKind::number ? node.text : std::string();
}

inline std::string text_in(const JsonNode* node, std::string_view name) {
    const JsonNode* found = node == nullptr ? nullptr : node->find(name);
    return found == nullptr ? std::string() : scalar(*found);
}

/// Of a list, or nothing.
inline const std::vector<JsonNode>& items_in(const JsonNode* node, std::string_view name) {
    static const std::vector<JsonNode> none;
    const JsonNode* list = within(node, name, JsonKind::array);
    return list == nullptr ? none : list->items;
}

inline void add(Properties& into, std::string_view name, std::string value) {
    if (!value.empty()) into.push_back({std::string(name), Value(std::move(value))});
}

inline void add(FormFields& into, const std::string& name, std::string value) {
    if (!name.empty() && !value.empty()) into.add(name, std::move(value));
}

inline std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// RFC 3339, or seconds or milliseconds since 1970.
inline std::optional<Instant> moment_of(const std::string& text) {
    const auto number = whole_number(text);
    if (!number) return parse_instant(text);
    if (*number < 0 || *number > 4'000'000'000'000) return std::nullopt;
    return Instant{*number * (*number > 100'000'000'000 ? 1'000 : 1'000'000)};
}

}  // namespace baton::codec
