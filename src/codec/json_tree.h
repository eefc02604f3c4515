// A JSON document as a small tree that keeps what readers of facts need: exact number texts and doubled keys.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace baton::codec {

enum class JsonKind : unsigned char { null, boolean, number, string, array, object };

struct JsonNode {
    JsonKind kind = JsonKind::null;
    bool truth = false;
    std::string text;               ///< string: its value; number: as written
    std::vector<std::string> keys;  ///< object: in order, doubled ones too
    std::vector<JsonNode> items;    ///< array, object
    const JsonNode* find(std::string_view key) const;
};

struct JsonLimits {
    std::size_t depth = 32;
    std::size_t bytes = std::size_t{64} << 20;
    std::size_t nodes = 4'000'000;  ///< values in all; each takes some 90 bytes of memory, a comma in the text only one
};

/// Reads exactly one document (RFC 8259): valid UTF-8, no lone surrogates, no comments, nothing behind it. Code bad_json;
/// the detail names line and column.
Result<JsonNode> parse_json(std::string_view text, const JsonLimits& limits = {});

/// The tree as a document again, numbers as they were written.
std::string to_json(const JsonNode& node);

}  // namespace baton::codec
