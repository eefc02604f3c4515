// (expression, Anna's data) → value, or the reason why there is none.
#include <gtest/gtest.h>

#include "criteria/table.h"

namespace baton::criteria::test {
namespace {

std::string reason(UnknownKind kind) {
    switch (kind) {
        case UnknownKind::missing: return "missing";
        case UnknownKind::wrong_type: return "wrong type";
        case UnknownKind::overflow: return "overflow";
        case UnknownKind::bad_argument: return "bad argument";
        case UnknownKind::too_long: return "too long";
    }
    return {};
}

std::string result(std::string_view text, Scope scope = Scope::person) {
    const Compiled compiled = compile(text, declarations(), scope, event_properties());
    if (!compiled.problems.empty()) return "problem: " + compiled.problems[0].message;
    Table table = anna();
    table.fact = {{"path", Value("/pricing/eu")}, {"seconds", Value("90")}};
    const Outcome outcome = evaluate(compiled.expression, table, noon);
    if (outcome.value) return outcome.value->is_null() ? "null" : to_text(*outcome.value);
    std::string text_out = "unknown: " + reason(outcome.unknown.kind);
    if (outcome.unknown.input >= 0) {
        text_out += ' ' + compiled.expression.inputs()[static_cast<std::size_t>(outcome.unknown.input)].name;
    }
    return text_out;
}

struct Case {
    const char* text;
    const char* expected;
};

void check(std::initializer_list<Case> cases, Scope scope = Scope::person) {
    for (const Case& c : cases) EXPECT_EQ(result(c.text, scope), c.expected) << c.text;
}

TEST(Evaluate, comparisons) {
    check({{"person.employees >= 200", "false"},
           {"person.employees >= 150", "true"},
           {"person.employees > 150", "false"},
           {"person.employees <= 150", "true"},
           {"person.employees < 150.5", "true"},
           {"150.0 == person.employees", "true"},
           {"person.employees != 150", "false"},
           {"person.revenue == 2.5", "true"},
           {"person.revenue > 2", "true"},
           {"person.revenue < 3", "true"},
           {"person.title == \"VP Sales\"", "true"},
           {"person.title < \"VQ\"", "true"},
           {"\"z\" > \"\xC3\xA4\"", "false"},
           {"person.budget == true", "true"},
           {"false < true", "true"},
           {"person.budget", "true"},
           {"person.signup < timestamp(\"2026-12-31\")", "true"},
           {"person.signup == person.signup", "true"},
           {"days(1) == hours(24)", "true"},
           {"duration(\"1d12h\") > days(1)", "true"},
           {"person.tags == [\"a\", \"b\"]", "true"},
           {"person.tags != [\"a\"]", "true"},
           {"[1, 2.0] == [1.0, 2]", "true"},
           {"person.big > 9223372036854775806", "true"},
           {"person.big > 9223372036854.5", "true"},
           {"null == null", "true"}});
}

TEST(Evaluate, missing_is_unknown_with_its_name) {
    check(
        {{"person.phone == \"1\"", "unknown: missing person.phone"},
         {"\"1\" == person.phone", "unknown: missing person.phone"},
         {"account.size > 3", "unknown: missing account.size"},
         {"first(\"call\") < timestamp(\"2026-12-31\")", "unknown: missing first(\"call\")"},
         {"days_since(last(\"call\")) > 3", "unknown: missing last(\"call\")"},
         {"!(person.phone == \"1\")", "unknown: missing person.phone"},
         {"person.phone in [\"1\"]", "unknown: missing person.phone"},
         {"person.phone.startsWith(\"1\")", "unknown: missing person.phone"},
         {"size(person.phone) > 1", "unknown: missing person.phone"},
         {"person.phone == \"1\" ? 1 : 2", "unknown: missing person.phone"},
         {"person.employees > 1 && person.phone == \"1\" && person.crm_id == \"2\"", "unknown: missing person.phone"}});
}

TEST(Evaluate, and_or_absorb_what_is_unknown) {
    check({{"person.phone == \"1\" && person.employees > 200", "false"},
           {"person.employees > 200 && person.phone == \"1\"", "false"},
           {"person.phone == \"1\" && person.employees > 100", "unknown: missing person.phone"},
           {"person.phone == \"1\" || person.employees > 100", "true"},
           {"person.employees > 100 || person.phone == \"1\"", "true"},
           {"person.phone == \"1\" || person.employees > 200", "unknown: missing person.phone"},
           {"person.employees / 0 > 1 || person.budget", "true"},
           {"person.employees / 0 > 1 && !person.budget", "false"},
           {"true && true && true", "true"},
           {"false || false || true", "true"},
           {"person.phone == \"1\" || person.crm_id == \"1\"", "unknown: missing person.phone"}});
}

TEST(Evaluate, arithmetic) {
    check({{"person.employees + 1", "151"},
           {"person.employees - 200", "-50"},
           {"person.employees * 2", "300"},
           {"person.employees / 4", "37"},
           {"-person.employees / 4", "-37"},
           {"person.employees % 4", "2"},
           {"-person.employees % 4", "-2"},
           {"person.employees / 4.0", "37.5"},
           {"person.revenue * 3", "7.5"},
           {"person.revenue + person.employees", "152.5"},
           {"1.0 / 3 + person.revenue", "2.833333"},
           {"-person.revenue", "-2.5"},
           {"person.employees / 0", "unknown: overflow"},
           {"person.employees % 0", "unknown: overflow"},
           {"person.revenue / 0", "unknown: overflow"},
           {"person.big + 1", "unknown: overflow"},
           {"person.big * 2", "unknown: overflow"},
           {"-person.big - 2", "unknown: overflow"},
           {"person.big + 0.5", "unknown: overflow"},
           {"(-person.big - 1) / -1", "unknown: overflow"},
           {"(-person.big - 1) % -1", "unknown: overflow"},
           {"-(-person.big - 1)", "unknown: overflow"},
           {"person.title + \"!\"", "VP Sales!"},
           {"person.tags + [\"c\"]", "a, b, c"},
           {"person.signup + days(100) == timestamp(\"2027-01-15T08:00:00Z\")", "true"},
           {"person.signup - days(1) < person.signup", "true"},
           {"person.signup - person.signup", "0s"},
           {"days(1) + hours(2) - minutes(3)", "1d1h57m"},
           {"1 + 2 * 3 - 8 / 4 % 3", "5"},
           {"(1 + 2) * 3", "9"},
           {"2 - 3 - 4", "-5"},
           {"-9223372036854775808", "-9223372036854775808"}});
}

TEST(Evaluate, lists_and_membership) {
    check({{"person.domain in lists.competitors", "true"},
           {"\"x\" in lists.competitors", "false"},
           {"person.role in [\"decision maker\", \"user\"]", "true"},
           {"\"a\" in person.tags", "true"},
           {"person.employees in [1, 150.0]", "true"},
           {"person.employees in [1, 2]", "false"},
           {"person.employees in []", "false"},
           {"person.tags[1]", "b"},
           {"person.tags[2]", "unknown: bad argument"},
           {"person.tags[-1]", "unknown: bad argument"},
           {"size(person.tags)", "2"},
           {"person.tags.size()", "2"},
           {"[person.employees, 2][0]", "150"},
           {"[1, \"a\"][1]", "a"},
           {"[[1], [2, 3]][1][0]", "2"}});
}

TEST(Evaluate, texts) {
    check({{"person.title.contains(\"Sal\")", "true"},
           {"person.title.contains(\"\")", "true"},
           {"person.title.startsWith(\"VP\")", "true"},
           {"person.title.endsWith(\"VP\")", "false"},
           {"person.title.matches(\"^VP\")", "true"},
           {"person.title.matches(r\"(?i)\\bsales\\b\")", "true"},
           {"person.title.matches(r\"^Sales\")", "false"},
           {"person.title.lowerAscii()", "vp sales"},
           {"(person.title + \"\xC3\x84\").lowerAscii()", "vp sales\xC3\x84"},
           {"size(\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\")", "3"},
           {"person.title.size()", "8"},
           {"\"\\u00e4\\x41\\101\\n\" == \"\xC3\xA4"
            "AA\\n\"",
            "true"},
           {"r\"a\\n\".size()", "3"},
           {"'it\\'s'", "it's"},
           {"\"a\" \t\n // a comment\n + \"b\"", "ab"}});
}

TEST(Evaluate, conversions) {
    check({{"int(person.revenue)", "2"},
           {"int(-person.revenue)", "-2"},
           {"int(\"12\") + person.employees", "162"},
           {"int(person.title)", "unknown: bad argument"},
           {"int(timestamp(\"1970-01-02T00:00:00Z\"))", "86400"},
           {"double(person.employees)", "150"},
           {"double(\"2.25\") + person.revenue", "4.75"},
           {"double(person.title)", "unknown: bad argument"},
           {"double(person.big)", "unknown: overflow"},
           {"string(person.employees)", "150"},
           {"string(person.revenue)", "2.5"},
           {"string(true)", "true"},
           {"string(hours(1))", "3600s"},
           {"string(timestamp(\"2026-01-31\"))", "2026-01-31T00:00:00Z"},
           {"person.budget ? \"yes\" : 2", "yes"},
           {"!person.budget ? \"yes\" : 2", "2"}});
}

TEST(Evaluate, has_asks_only_whether) {
    check({{"has(person.email) || true", "problem: unknown property person.email"},
           {"has(person.phone)", "false"},
           {"has(person.title)", "true"},
           {"has(account.industry)", "true"},
           {"has(account.size)", "false"},
           {"has(answer.budget)", "true"},
           {"!has(person.phone)", "true"},
           {"has(person.phone) && person.phone == \"1\"", "false"}});
}

TEST(Evaluate, macros) {
    check({{"person.tags.exists(t, t == \"b\")", "true"},
           {"person.tags.exists(t, t == \"c\")", "false"},
           {"person.tags.all(t, t < \"c\")", "true"},
           {"person.tags.exists_one(t, t < \"b\")", "true"},
           {"person.tags.exists_one(t, t < \"c\")", "false"},
           {"person.tags.filter(t, t > \"a\")", "b"},
           {"person.tags.map(t, t + \"!\")", "a!, b!"},
           {"[1, 2, 3].map(x, [1, 2].map(y, x * y)).size()", "3"},
           {"[0, 1].exists(x, 10 / x == 10)", "true"},
           {"[0, 2].exists(x, 10 / x == 10)", "unknown: overflow"},
           {"[0, 2].all(x, 10 / x == 10)", "false"},
           {"[0, 1].all(x, 10 / x == 10)", "unknown: overflow"},
           {"[0, 1].exists_one(x, 10 / x == 10)", "unknown: overflow"},
           {"[].exists(x, x > 1)", "false"},
           {"[].all(x, x > 1)", "true"},
           {"[1, \"a\"].exists(x, x > \"A\")", "true"},
           {"[1, \"a\"].all(x, x == 1)", "false"}});
}

TEST(Evaluate, the_past_and_where_it_stands) {
    check({{"count(\"Demo Requested\")", "2"},
           {"count(\"Demo Requested\", days(14))", "1"},
           {"count(\"Demo Requested\", days(3))", "0"},
           {"count(\"Demo Requested\", days(2 + 2))", "1"},
           {"count_this_cycle(\"Demo Requested\")", "2"},
           {"days_since(last(\"Demo Requested\"))", "3"},
           {"days_since(first(\"Demo Requested\"))", "20"},
           {"days_until(person.signup)", "-100"},
           {"days_until(person.signup + hours(25))", "-99"},
           {"days_in_stage()", "10"},
           {"days_in_cycle()", "40"},
           {"score.behaviour", "70"},
           {"score.fit", "0"},
           {"score.behaviour + score.fit >= 69.5", "true"},
           {"class.heat == \"warm\"", "true"},
           {"class.heat in [\"hot\", \"cool\"]", "false"},
           {"class.heat == \"\"", "false"},
           {"lead.stage == \"lead\"", "true"},
           {"lead.furthest == \"qualified\"", "true"},
           {"lead.holder == \"queue\"", "true"},
           {"lead.cycle", "2"},
           {"account.decision_makers >= 1", "true"},
           {"account.industry == \"retail\"", "false"},
           {"answer.budget", "true"}});
}

TEST(Evaluate, events_are_read_as_declared) {
    check(
        {{"event.path.startsWith(\"/pricing\")", "true"}, {"event.seconds > 60", "true"}, {"event.seconds + 1", "91"}},
        Scope::event);
}

TEST(Evaluate, steps_are_limited) {
    std::string list = "[";
    for (int i = 0; i < 60; ++i) list += std::to_string(i) + ",";
    list += "60]";
    const std::string loops =
        list + ".all(x, " + list + ".all(y, " + list + ".all(z, x + y + z + person.employees > 0)))";
    EXPECT_EQ(result(loops), "unknown: too long");
    EXPECT_EQ(result("true || " + loops), "true");
}

TEST(Evaluate, copies_count_as_steps) {
    std::string big = "person.tags";
    for (int i = 0; i < 7; ++i) big = "(" + big + " + " + big + ")";
    EXPECT_EQ(result("size(" + big + ") > 0"), "true");
    const std::string twenty = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]";
    EXPECT_EQ(result(twenty + ".map(x, " + big + ").map(y, " + big + ").map(z, " + big + ") == []"),
              "unknown: too long");
}

TEST(Judge, a_value_that_is_not_boolean_is_unknown) {
    const auto compiled = compile("person.employees", declarations(), Scope::person);
    const Judgement judgement = judge(compiled.expression, anna(), noon);
    EXPECT_EQ(judgement.truth, Truth::unknown);
    EXPECT_EQ(judgement.unknown.kind, UnknownKind::wrong_type);
}

TEST(Inputs, each_once_in_order_of_appearance) {
    const auto compiled = compile(
        "person.employees >= 200 && count(\"Demo Requested\",days(14)) > 0 || person.employees < 3 || "
        "count(\"Demo Requested\", days(14)) == 2 || days_since(last(\"call\")) > 3",
        declarations(), Scope::person);
    ASSERT_TRUE(compiled.problems.empty());
    std::vector<std::string> names;
    std::vector<std::string> labels;
    for (const Input& input : compiled.expression.inputs()) {
        names.push_back(input.name);
        labels.push_back(input.label);
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{"person.employees", "count(\"Demo Requested\", days(14))", "last(\"call\")"}));
    EXPECT_EQ(labels, (std::vector<std::string>{"Employees", "asked for a demo within 14 days", "last call"}));
    EXPECT_EQ(compiled.expression.inputs()[1].window, Duration::days(14));
    EXPECT_TRUE(compiled.expression.depends_on_time());
    EXPECT_EQ(compiled.expression.type(), ResultType::boolean);
}

}  // namespace
}  // namespace baton::criteria::test
