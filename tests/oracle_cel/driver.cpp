// Answers each line {"expression", "person": {property: value}} with one line: "problem …", "unknown …" or the value
// in a canonical spelling that compare.mjs writes as well.
#include <simdjson.h>
#include <iostream>
#include <string>

#include "criteria/table.h"

namespace {

using namespace baton;
using namespace baton::criteria;

/// i… integer, d… number, s… string, b… boolean, t… timestamp, l… strings.
Declarations declarations() {
    Declarations d;
    for (const auto& [letter, type] : {std::pair{"i", PropertyType::integer},
                                       {"d", PropertyType::number},
                                       {"s", PropertyType::string},
                                       {"b", PropertyType::boolean},
                                       {"t", PropertyType::timestamp},
                                       {"l", PropertyType::strings}}) {
        for (const char* number : {"0", "1", "2"}) d.person.push_back({std::string(letter) + number, "", type, {}});
    }
    return d;
}

Value value_of(simdjson::dom::element json) {
    if (json.is_bool()) return Value(static_cast<bool>(json.get_bool().value()));
    if (json.is_int64()) return Value(static_cast<std::int64_t>(json.get_int64().value()));
    if (json.is_string()) return Value(std::string_view(json.get_string().value()));
    ValueList list;
    const simdjson::dom::array array = json.get_array().value();
    for (const simdjson::dom::element element : array) list.push_back(value_of(element));
    return Value(std::move(list));
}

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return out + '"';
}

std::string canonical(const Value& value) {
    if (value.is_null()) return "null";
    if (const auto* s = value.as<std::string>()) return in_quotes(*s);
    if (const auto* d = value.as<Decimal>()) return "double " + to_string(*d);
    if (const auto* t = value.as<Instant>()) return "timestamp " + std::to_string(t->us);
    if (const auto* d = value.as<Duration>()) return "duration " + std::to_string(d->us);
    const auto* list = value.as<ValueList>();
    if (!list) return to_text(value);
    std::string text = "[";
    for (const Value& element : *list) text += (&element == list->data() ? "" : ", ") + canonical(element);
    return text + "]";
}

std::string answer(simdjson::dom::element line, const Declarations& names) {
    test::Table table;
    for (std::size_t i = 0; i < names.person.size(); ++i) {
        simdjson::dom::element json;
        if (line["person"][names.person[i].id].get(json) != simdjson::SUCCESS) continue;
        const auto value = convert(value_of(json), names.person[i].type);
        if (value && !value->is_null()) table.attributes[static_cast<std::uint16_t>(i)] = *value;
    }
    const Compiled compiled = compile(line["expression"].get_string().value(), names, Scope::person);
    if (!compiled.problems.empty()) return "problem " + compiled.problems[0].message;
    const Outcome outcome = evaluate(compiled.expression, table, test::noon);
    if (outcome.value) return canonical(*outcome.value);
    return outcome.unknown.kind == UnknownKind::overflow ? "unknown overflow" : "unknown";
}

}  // namespace

int main() {
    const Declarations names = declarations();
    simdjson::dom::parser parser;
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << answer(parser.parse(line).value(), names) << '\n';
    }
}
