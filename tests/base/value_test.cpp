// Values read as declared types, printed for people, found by name.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/engine/fact.h"
#include "domain/value.h"

namespace baton {
namespace {

std::string shown(const std::optional<Value>& value) {
    if (!value) return "nothing";
    return value->is_null() ? "null" : to_text(*value);
}

std::string shown(const Value& value, PropertyType type) {
    const auto converted = convert(value, type);
    if (converted && !converted->is_null()) {
        constexpr std::size_t held[] = {4, 2, 3, 1, 5, 7};  // Value::held by PropertyType
        EXPECT_EQ(converted->held.index(), held[static_cast<std::size_t>(type)]);
    }
    return shown(converted);
}

TEST(Value, reads_as_the_declared_type) {
    struct Case {
        Value value;
        PropertyType type;
        const char* expected;
    };
    using enum PropertyType;
    const Instant t = *parse_instant("2026-11-21");
    for (const Case& c :
         std::initializer_list<Case>{{Value("VP"), string, "VP"},
                                     {Value(" VP "), string, " VP "},
                                     {Value(12), string, "12"},
                                     {Value(Decimal{2'500'000}), string, "2.5"},
                                     {Value(true), string, "true"},
                                     {Value(t), string, "2026-11-21T00:00:00Z"},
                                     {Value(ValueList{Value("a")}), string, "nothing"},
                                     {Value("12"), integer, "12"},
                                     {Value(" 12 "), integer, "12"},
                                     {Value("+12"), integer, "12"},
                                     {Value("-12.0"), integer, "-12"},
                                     {Value("1e3"), integer, "1000"},
                                     {Value("9223372036854775807"), integer, "9223372036854775807"},
                                     {Value("9223372036854775808"), integer, "nothing"},
                                     {Value("12.5"), integer, "nothing"},
                                     {Value("12 people"), integer, "nothing"},
                                     {Value(Decimal::whole(3)), integer, "3"},
                                     {Value(Decimal{2'500'000}), integer, "nothing"},
                                     {Value(true), integer, "nothing"},
                                     {Value("2.50"), number, "2.5"},
                                     {Value(7), number, "7"},
                                     {Value("x"), number, "nothing"},
                                     {Value(std::int64_t{9'223'372'036'855}), number, "nothing"},
                                     {Value("Yes"), boolean, "true"},
                                     {Value("true"), boolean, "true"},
                                     {Value(" 1 "), boolean, "true"},
                                     {Value(1), boolean, "true"},
                                     {Value("NO"), boolean, "false"},
                                     {Value(0), boolean, "false"},
                                     {Value(false), boolean, "false"},
                                     {Value(2), boolean, "nothing"},
                                     {Value("maybe"), boolean, "nothing"},
                                     {Value("2026-11-21T00:00:00Z"), timestamp, "2026-11-21T00:00:00Z"},
                                     {Value(" 2026-11-21 "), timestamp, "2026-11-21T00:00:00Z"},
                                     {Value(t), timestamp, "2026-11-21T00:00:00Z"},
                                     {Value("tomorrow"), timestamp, "nothing"},
                                     {Value(1'700'000'000), timestamp, "nothing"},
                                     {Value("a"), strings, "a"},
                                     {Value(5), strings, "5"},
                                     {Value(ValueList{Value("a"), Value(5), Value(" ")}), strings, "a, 5"},
                                     {Value(ValueList{Value(""), Value()}), strings, "null"},
                                     {Value(ValueList{}), strings, ""},
                                     {Value(ValueList{Value(ValueList{})}), strings, "nothing"}}) {
        EXPECT_EQ(shown(c.value, c.type), c.expected) << to_text(c.value) << " as " << to_string(c.type);
    }
}

TEST(Value, blank_is_not_answered_for_every_type) {
    for (const auto type : {PropertyType::string, PropertyType::integer, PropertyType::number, PropertyType::boolean,
                            PropertyType::timestamp, PropertyType::strings}) {
        for (const Value& blank : {Value(), Value(""), Value("  \t\n"), Value("\xC2\xA0 ")}) {
            EXPECT_EQ(shown(blank, type), "null") << to_string(type);
        }
        EXPECT_EQ(property_type_of(to_string(type)), type);
    }
    EXPECT_EQ(property_type_of("text"), std::nullopt);
    EXPECT_EQ(property_type_of(""), std::nullopt);
}

TEST(Value, prints_for_people) {
    EXPECT_EQ(to_text(Value()), "");
    EXPECT_EQ(to_text(Value(false)), "false");
    EXPECT_EQ(to_text(Value(-5)), "-5");
    EXPECT_EQ(to_text(Value(Decimal{-500'000})), "-0.5");
    EXPECT_EQ(to_text(Value(Duration::hours(36))), "1d12h");
    EXPECT_EQ(to_text(Value(ValueList{Value("a"), Value(1), Value(ValueList{Value(true)})})), "a, 1, true");
}

TEST(Value, properties_are_found_by_name) {
    const Properties properties{{"a", Value(1)}, {"b", Value(2)}, {"\xC3\xA4", Value(3)}};
    EXPECT_EQ(*find(properties, "a"), Value(1));
    EXPECT_EQ(*find(properties, "\xC3\xA4"), Value(3));
    EXPECT_EQ(find(properties, "c"), nullptr);
    EXPECT_EQ(find(properties, ""), nullptr);
    EXPECT_EQ(find({}, "a"), nullptr);
}

RC_GTEST_PROP(Value, converting_twice_changes_nothing, (const std::string& text)) {
    const auto type = *rc::gen::element(PropertyType::string, PropertyType::integer, PropertyType::number,
                                        PropertyType::boolean, PropertyType::timestamp, PropertyType::strings);
    const auto once = convert(Value(text), type);
    RC_PRE(once.has_value());
    RC_ASSERT(convert(*once, type) == once);
}

TEST(FactKind, follows_from_the_name_of_the_type) {
    struct Case {
        const char* type;
        FactKind kind;
    };
    using enum FactKind;
    for (const Case& c : std::initializer_list<Case>{{"profile", profile},
                                                     {"answer", answer},
                                                     {"note", note},
                                                     {"call", call},
                                                     {"accept", accept},
                                                     {"reject", reject},
                                                     {"return", return_lead},
                                                     {"withdraw", withdraw},
                                                     {"disqualify", disqualify},
                                                     {"move", move},
                                                     {"assign", assign},
                                                     {"user", user},
                                                     {"timer", timer},
                                                     {"activation", activation},
                                                     {"account_changed", account_changed},
                                                     {"member_changed", member_changed},
                                                     {"account", account_profile},
                                                     {"go_live", go_live}}) {
        EXPECT_EQ(kind_of(c.type), c.kind) << c.type;
        EXPECT_EQ(type_name(c.kind), c.type);
    }
    EXPECT_EQ(kind_of("identify"), profile);
    for (const char* type : {"Page Viewed", "", "Profile", "accept ", "behaviour"})
        EXPECT_EQ(kind_of(type), behaviour) << type;
    EXPECT_EQ(type_name(behaviour), "");
}

TEST(FactKind, decisions_and_internal_kinds) {
    std::string decisions;
    std::string internal;
    for (int i = 0; i <= static_cast<int>(FactKind::redacted); ++i) {
        const auto kind = static_cast<FactKind>(i);
        if (is_decision(kind)) decisions += std::string(type_name(kind)) + ' ';
        if (is_internal(kind)) internal += std::string(type_name(kind)) + ' ';
    }
    EXPECT_EQ(decisions, "accept reject return withdraw disqualify move assign ");
    EXPECT_EQ(internal,
              "timer activation account_changed member_changed go_live access listed scrubbed merge merged unmerge "
              "unmerged import_undone erased redacted ");
}

}  // namespace
}  // namespace baton
