#include "codec/fact_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace baton::codec {
namespace {

struct TextField {
    std::string_view name;
    std::string IncomingFact::* member;
};
constexpr std::array<TextField, 10> text_fields{{
    {"type", &IncomingFact::type},
    {"message_id", &IncomingFact::message_id},
    {"source", &IncomingFact::source},
    {"user_id", &IncomingFact::user_id},
    {"external_id", &IncomingFact::external_id},
    {"email", &IncomingFact::email},
    {"phone", &IncomingFact::phone},
    {"anonymous_id", &IncomingFact::anonymous_id},
    {"account", &IncomingFact::account},
    {"actor", &IncomingFact::actor},
}};

constexpr std::string_view known_fields =
    "type, message_id, source, user_id, external_id, email, phone, anonymous_id, account, actor, occurred_at, "
    "historical, "
    "properties";

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

Status check_text(const std::string& text, std::string_view field) {
    const std::size_t nul = text.find('\0');
    if (nul == std::string::npos) return {};
    return fail("bad_text", quoted(field) + " holds a NUL character at byte " + std::to_string(nul) + ": leave it out");
}

Status check_keys(const JsonNode& object, std::string_view where) {
    std::vector<std::string_view> keys(object.keys.begin(), object.keys.end());
    std::ranges::sort(keys);
    const auto twice = std::ranges::adjacent_find(keys);
    if (twice == keys.end()) return {};
    return fail("duplicate_key", quoted(*twice) + " stands twice in " + std::string(where) + ": give it once");
}

/// "12", "1.50", "2e3" → int64 when whole and in range, else Decimal.
Result<Value> number_of(const JsonNode& node, std::string_view field) {
    std::int64_t whole = 0;
    const char* const end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, whole);
    if (error == std::errc{} && stop == end) return Value(whole);
    const auto decimal = Decimal::parse(node.text);
    if (!decimal)
        return fail("bad_number", quoted(field) + ": " + node.text.substr(0, 40) +
                                      " is beyond ±9.2e12 with six decimals; send it as a text");
    if (decimal->micros % Decimal::scale == 0) return Value(decimal->micros / Decimal::scale);
    return Value(*decimal);
}

Result<Value> scalar_of(const JsonNode& node, std::string_view field) {
    switch (node.kind) {
        case JsonKind::null: return Value();
        case JsonKind::boolean: return Value(node.truth);
        case JsonKind::number: return number_of(node, field);
        case JsonKind::string:
            if (auto fine = check_text(node.text, field); !fine) return std::unexpected(fine.error());
            return Value(node.text);
        case JsonKind::array:
        case JsonKind::object: break;
    }
    return fail("nested_list", quoted(field) + ": a list may hold texts, numbers, true, false and null only");
}

Result<Value> list_of(const JsonNode& node, std::string_view field) {
    ValueList items;
    for (const JsonNode& item : node.items) {
        auto value = scalar_of(item, field);
        if (!value) return value;
        items.push_back(std::move(*value));
    }
    return Value(std::move(items));
}

Status flatten(const JsonNode& object, const std::string& prefix, Properties& into) {
    if (auto fine = check_keys(object, prefix.empty() ? "properties" : quoted(prefix)); !fine) return fine;
    for (std::size_t i = 0; i < object.items.size(); ++i) {
        const JsonNode& node = object.items[i];
        std::string name = prefix.empty() ? object.keys[i] : prefix + '.' + object.keys[i];
        if (auto fine = check_text(name, "a property's name"); !fine) return fine;
        if (node.kind == JsonKind::object) {
            if (auto done = flatten(node, name, into); !done) return done;
            continue;
        }
        auto value = node.kind == JsonKind::array ? list_of(node, name) : scalar_of(node, name);
        if (!value) return std::unexpected(value.error());
        into.push_back({std::move(name), std::move(*value)});
    }
    return {};
}

Status take_properties(const JsonNode& node, IncomingFact& fact) {
    if (node.kind == JsonKind::null) return {};
    if (node.kind != JsonKind::object) return fail("wrong_type", "'properties' must be an object: {\"name\": value}");
    return flatten(node, "", fact.properties);
}

Status take_time(const JsonNode& node, IncomingFact& fact) {
    if (node.kind == JsonKind::null) return {};
    if (node.kind == JsonKind::string) fact.occurred_at = parse_instant(node.text);
    if (fact.occurred_at) return {};
    const std::string found = node.kind == JsonKind::string ? quoted(node.text.substr(0, 40)) : "what was given";
    return fail("bad_time", found + " is no time: write 'occurred_at' like \"2026-11-21T10:00:00Z\" (RFC 3339)");
}

/// Ids are often sent as numbers; a whole one is taken as its digits.
Status take_text(const JsonNode& node, const TextField& field, IncomingFact& fact) {
    if (node.kind == JsonKind::null) return {};
    const bool digits = node.kind == JsonKind::number && node.text.find_first_not_of("0123456789") == std::string::npos;
    if (node.kind != JsonKind::string && !digits) return fail("wrong_type", quoted(field.name) + " must be a text");
    if (auto fine = check_text(node.text, field.name); !fine) return fine;
    fact.*field.member = node.text;
    return {};
}

Status take_field(const std::string& name, const JsonNode& node, IncomingFact& fact) {
    if (name == "properties") return take_properties(node, fact);
    if (name == "occurred_at") return take_time(node, fact);
    if (name == "historical") {
        if (node.kind != JsonKind::boolean) return fail("wrong_type", "'historical' must be true or false");
        fact.historical = node.truth;
        return {};
    }
    const auto field = std::ranges::find(text_fields, std::string_view(name), &TextField::name);
    if (field != text_fields.end()) return take_text(node, *field, fact);
    return fail("unknown_field", quoted(name.substr(0, 60)) + " is no field of a fact (" + std::string(known_fields) +
                                     "): what describes it belongs into 'properties'");
}

Result<IncomingFact> fact_of(const JsonNode& node) {
    if (node.kind != JsonKind::object) return fail("not_an_object", "a fact is an object: {\"type\": …, \"email\": …}");
    if (auto fine = check_keys(node, "the fact"); !fine) return std::unexpected(fine.error());
    IncomingFact fact;
    for (std::size_t i = 0; i < node.items.size(); ++i)
        if (auto done = take_field(node.keys[i], node.items[i], fact); !done) return std::unexpected(done.error());
    if (fact.source.empty()) fact.source = "api";
    return fact;
}

/// The list of facts in a document, or null when the document is one fact itself.
Result<const JsonNode*> list_in(const JsonNode& root) {
    if (root.kind == JsonKind::array) return &root;
    const JsonNode* facts = root.kind == JsonKind::object ? root.find("facts") : nullptr;
    if (facts == nullptr) return nullptr;
    if (auto fine = check_keys(root, "the document"); !fine) return fail("bad_json", fine.error().detail);
    if (facts->kind != JsonKind::array) return fail("bad_json", "'facts' must be a list: {\"facts\": [ … ]}");
    if (root.keys.size() > 1) return fail("bad_json", "beside 'facts' the document holds other fields: leave them out");
    return facts;
}

void take(const JsonNode& node, std::size_t index, ParsedFacts& into) {
    auto fact = fact_of(node);
    if (!fact) {
        into.refused.push_back({index, std::move(fact.error().code), std::move(fact.error().detail)});
        return;
    }
    into.facts.push_back(std::move(*fact));
    into.indexes.push_back(index);
}

}  // namespace

Result<ParsedFacts> parse_facts(std::string_view text, const JsonLimits& limits) {
    auto root = parse_json(text, limits);
    if (!root) return std::unexpected(root.error());
    auto list = list_in(*root);
    if (!list) return std::unexpected(list.error());
    ParsedFacts parsed;
    parsed.total = *list == nullptr ? 1 : (*list)->items.size();
    if (*list == nullptr) {
        take(*root, 0, parsed);
        return parsed;
    }
    parsed.facts.reserve(parsed.total);
    for (std::size_t i = 0; i < parsed.total; ++i) take((*list)->items[i], i, parsed);
    return parsed;
}

Result<IncomingFact> parse_fact(std::string_view text, const JsonLimits& limits) {
    auto root = parse_json(text, limits);
    if (!root) return std::unexpected(root.error());
    return fact_of(*root);
}

Status read_properties(const JsonNode& object, Properties& into) { return flatten(object, "", into); }

}  // namespace baton::codec
