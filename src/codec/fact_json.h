// Facts as JSON: {"type": "Page Viewed", "email": "anna@example.com", "message_id": "m1", "occurred_at":
// "2026-11-21T10:00:00Z", "properties": {"path": "/pricing"}}. Other fields: user_id, external_id, phone, anonymous_id,
// account, source, actor, historical. Any other field is refused by name: a misspelt one must not vanish.
//
// properties: texts, true / false, null and numbers as they are (whole and within int64 → int64, else a decimal of six places;
// beyond its range refused); lists of such values; an object inside is flattened, {"utm": {"source": "x"}} → utm.source.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/incoming.h"
#include "codec/json_tree.h"

namespace baton::codec {

/// One fact of a batch that is none. Codes: not_an_object, unknown_field, duplicate_key, wrong_type, bad_time, bad_number,
/// bad_text, nested_list.
struct FactRefusal {
    std::size_t index = 0;
    std::string code, detail;
};

/// Of a batch: what could be read, each with its place in the batch, and what could not.
struct ParsedFacts {
    std::vector<IncomingFact> facts;
    std::vector<std::size_t> indexes;  ///< of `facts`, ascending
    std::vector<FactRefusal> refused;  ///< ascending by index
    std::size_t total = 0;
};

/// {"facts": [ … ]}, a bare list, or one fact. Error: bad_json with line and column, when the document itself is broken; then
/// nothing of it is taken.
Result<ParsedFacts> parse_facts(std::string_view text, const JsonLimits& limits = {});

/// One fact, as a line of a JSON-lines file. The error's code is a refusal's or bad_json.
Result<IncomingFact> parse_fact(std::string_view text, const JsonLimits& limits = {});

/// What an object holds as properties, flattened as above; adds to `into`.
Status read_properties(const JsonNode& object, Properties& into);

}  // namespace baton::codec
