// What a JSON document of facts says, or where it is wrong.
#include "codec/fact_json.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

/// A fact in one line: type keys {properties}; or "code: detail"; facts of a batch one a line.
std::string shown(const IncomingFact& fact) {
    std::string text = fact.type;
    for (const auto& [label, value] :
         {std::pair("u", fact.user_id), std::pair("x", fact.external_id), std::pair("e", fact.email),
          std::pair("p", fact.phone), std::pair("a", fact.anonymous_id), std::pair("o", fact.account),
          std::pair("id", fact.message_id)})
        if (!value.empty()) text += std::string(" ") + label + "=" + value;
    if (fact.occurred_at) text += " at " + to_string(*fact.occurred_at);
    if (fact.historical) text += " historical";
    for (const NamedValue& p : fact.properties)
        text += " " + p.name + "#" + std::to_string(p.value.held.index()) + ":" + to_text(p.value);
    return text;
}

std::string read(std::string_view json) {
    const auto parsed = codec::parse_facts(json);
    if (!parsed) return parsed.error().code + ": " + parsed.error().detail;
    std::string text;
    for (std::size_t i = 0; i < parsed->facts.size(); ++i)
        text += std::to_string(parsed->indexes[i]) + " " + shown(parsed->facts[i]) + "\n";
    for (const auto& refused : parsed->refused)
        text += std::to_string(refused.index) + " refused " + refused.code + ": " + refused.detail + "\n";
    return text;
}

void check(std::string_view json, const std::string& expected) { EXPECT_EQ(read(json), expected) << json; }
void check_starts(std::string_view json, const std::string& expected) {
    const std::string found = read(json);
    EXPECT_EQ(found.substr(0, expected.size()), expected) << json << "\n" << found;
}

TEST(FactJson, Reads) {
    check(R"({"type":"Page Viewed","email":"Anna@Example.com","message_id":"m1","occurred_at":"2026-11-21T10:00:00Z",
             "properties":{"path":"/pricing"}})",
          "0 Page Viewed e=Anna@Example.com id=m1 at 2026-11-21T10:00:00Z path#4:/pricing\n");
    check(
        R"({"facts":[{"type":"a","user_id":7},{"type":"b","phone":"+49 1","account":"acme.example","historical":true}]})",
        "0 a u=7\n1 b p=+49 1 o=acme.example historical\n");
    check(R"([])", "");
    check(R"({"type":"a","properties":null,"email":null,"occurred_at":null})", "0 a\n");
    check(R"({"type":"\u00fc\ud83d\ude00"})", "0 ü😀\n");
}

TEST(FactJson, Numbers) {
    const auto number = [](const std::string& text) { return read(R"({"type":"t","properties":{"n":)" + text + "}}"); };
    EXPECT_EQ(number("12"), "0 t n#2:12\n");
    EXPECT_EQ(number("-0"), "0 t n#2:0\n");
    EXPECT_EQ(number("9223372036854775807"), "0 t n#2:9223372036854775807\n");
    EXPECT_EQ(number("-9223372036854775808"), "0 t n#2:-9223372036854775808\n");
    EXPECT_EQ(number("0.1"), "0 t n#3:0.1\n");
    EXPECT_EQ(number("1.50"), "0 t n#3:1.5\n");
    EXPECT_EQ(number("2e3"), "0 t n#2:2000\n");
    EXPECT_EQ(number("1.0"), "0 t n#2:1\n");
    EXPECT_EQ(number("9007199254740.123457"), "0 t n#3:9007199254740.123457\n");
    EXPECT_EQ(number("9223372036854775808").substr(0, 21), "0 refused bad_number:");
    EXPECT_EQ(number("1e400").substr(0, 2), "0 ");
    EXPECT_NE(number("1e400").find("bad_number"), std::string::npos);
    EXPECT_EQ(number("01").substr(0, 9), "bad_json:");
    EXPECT_EQ(number("NaN").substr(0, 9), "bad_json:");
    EXPECT_EQ(number("+1").substr(0, 9), "bad_json:");
}

TEST(FactJson, ObjectsAreFlattenedListsKept) {
    check(R"({"type":"t","properties":{"utm":{"source":"x","deep":{"er":1}},"tags":["a",1,true,null]}})",
          "0 t utm.source#4:x utm.deep.er#2:1 tags#7:a, 1, true, \n");
    check(R"({"type":"t","properties":{"a":[[1]]}})",
          "0 refused nested_list: 'a': a list may hold texts, numbers, true, false and null only\n");
}

TEST(FactJson, OneBadFactLeavesTheOthers) {
    check(R"([{"type":"a"},{"typ":"b"},7,{"type":"c","type":"d"},{"type":"e"}])",
          "0 a\n4 e\n"
          "1 refused unknown_field: 'typ' is no field of a fact (type, message_id, source, user_id, external_id, "
          "email, phone, "
          "anonymous_id, account, actor, occurred_at, historical, properties): what describes it belongs into "
          "'properties'\n"
          "2 refused not_an_object: a fact is an object: {\"type\": …, \"email\": …}\n"
          "3 refused duplicate_key: 'type' stands twice in the fact: give it once\n");
    check(R"({"type":"t","properties":{"a":1,"a":2}})",
          "0 refused duplicate_key: 'a' stands twice in properties: give it once\n");
    check(R"({"type":"t","email":1.5})", "0 refused wrong_type: 'email' must be a text\n");
    check(R"({"type":"t","properties":[1]})",
          "0 refused wrong_type: 'properties' must be an object: {\"name\": value}\n");
    check(R"({"type":"t","historical":"yes"})", "0 refused wrong_type: 'historical' must be true or false\n");
    check(R"({"type":"t","occurred_at":"tomorrow"})",
          "0 refused bad_time: 'tomorrow' is no time: write 'occurred_at' like \"2026-11-21T10:00:00Z\" (RFC 3339)\n");
    check(R"({"type":"t","occurred_at":"2026-02-30T00:00:00Z"})",
          "0 refused bad_time: '2026-02-30T00:00:00Z' is no time: write 'occurred_at' like \"2026-11-21T10:00:00Z\" "
          "(RFC 3339)\n");
    check("{\"type\":\"a\\u0000b\"}", "0 refused bad_text: 'type' holds a NUL character at byte 1: leave it out\n");
}

TEST(FactJson, ABrokenDocumentIsRefusedWithItsPlace) {
    check_starts("", "bad_json: line 1, column 1:");
    check_starts("{\"type\": \"a\",\n \"email\" \"b\"}", "bad_json: line 2, column 10:");
    check_starts("{\"type\":\"a\"} x", "bad_json: line 1, column 14:");
    check_starts("{\"type\":\"\\ud800\"}", "bad_json: line 1,");
    check_starts("{\"type\":\"\xff\"}", "bad_json: line 1, column 10:");
    check_starts("{\"type\":\"a\xc3\"}", "bad_json: line 1,");
    check_starts("{\"facts\":7}", "bad_json: 'facts' must be a list");
    check_starts("{\"facts\":[],\"x\":1}", "bad_json: beside 'facts'");
    check_starts(std::string(40, '[') + std::string(40, ']'), "bad_json: line 1, column 33:");
    check_starts(std::string(100'000, '['), "bad_json: line 1, column 33:");
}

}  // namespace
}  // namespace baton
