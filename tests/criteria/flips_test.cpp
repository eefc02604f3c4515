// The next moment at which the truth changes by time alone: literal cases, then against brute force over all moments.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "criteria/table.h"

namespace baton::criteria::test {
namespace {

constexpr Duration us{1};

Expression compiled(std::string_view text) {
    Compiled result = compile(text, declarations(), Scope::person);
    for (const Problem& problem : result.problems) ADD_FAILURE() << text << ": " << problem.message;
    return result.expression;
}

/// Time from noon to the flip, "never" when there is none.
std::string flip(std::string_view text) {
    const Instant at = may_flip_after(compiled(text), anna(), noon);
    return at == Instant::never() ? "never" : to_string(at - noon);
}

struct Case {
    const char* text;
    const char* expected;
};

TEST(Flip, exact_for_one_time_dependent_value_against_a_constant) {
    // Anna: demos 20 and 3 days ago, page view 1 hour ago, score 70 → 55 in 5 days → 12.5 in 9 days,
    // 10 days in the stage, 40 in the cycle, signed up 100 days ago.
    for (const Case& c : std::initializer_list<Case>{{"person.employees > 1", "never"},
                                                     {"count(\"Demo Requested\") > 1", "never"},
                                                     {"count(\"Demo Requested\", days(14)) > 0", "11d"},
                                                     {"0 < count(\"Demo Requested\", days(14))", "11d"},
                                                     {"count(\"Demo Requested\", days(30)) > 1", "10d"},
                                                     {"count(\"Demo Requested\", days(30)) > 0", "27d"},
                                                     {"count(\"Demo Requested\", days(30)) == 1", "10d"},
                                                     {"count(\"Demo Requested\", days(30)) != 0", "27d"},
                                                     {"count(\"Demo Requested\", days(30)) <= 1", "10d"},
                                                     {"count(\"Demo Requested\", days(30)) < 1", "27d"},
                                                     {"count(\"Demo Requested\", days(2)) > 0", "never"},
                                                     {"count(\"call\", days(2)) > 0", "never"},
                                                     {"score.behaviour >= 60", "5d"},
                                                     {"60 <= score.behaviour", "5d"},
                                                     {"score.behaviour < 20", "9d"},
                                                     {"score.behaviour == 55", "5d"},
                                                     {"score.behaviour != 70", "5d"},
                                                     {"score.behaviour <= 12.5", "9d"},
                                                     {"score.behaviour > 12.5", "9d"},
                                                     {"score.behaviour >= 12.5", "never"},
                                                     {"score.behaviour > 1000", "never"},
                                                     {"score.behaviour > 9223372036854775807", "never"},
                                                     {"score.fit > 0", "never"},
                                                     {"days_since(last(\"Demo Requested\")) >= 30", "27d"},
                                                     {"30 <= days_since(last(\"Demo Requested\"))", "27d"},
                                                     {"days_since(last(\"Demo Requested\")) > 30", "28d"},
                                                     {"days_since(last(\"Demo Requested\")) < 30", "27d"},
                                                     {"days_since(last(\"Demo Requested\")) <= 3", "1d"},
                                                     {"days_since(last(\"Demo Requested\")) == 3", "1d"},
                                                     {"days_since(last(\"Demo Requested\")) == 5", "2d"},
                                                     {"days_since(last(\"Demo Requested\")) != 5", "2d"},
                                                     {"days_since(last(\"Demo Requested\")) > 4.5", "2d"},
                                                     {"days_since(last(\"Demo Requested\")) == 4.5", "never"},
                                                     {"days_since(last(\"Demo Requested\")) > 2", "never"},
                                                     {"days_since(last(\"Page Viewed\")) > 0", "23h"},
                                                     {"days_since(last(\"call\")) > 0", "never"},
                                                     {"days_until(person.signup + days(130)) < 30", "0.000001s"},
                                                     {"days_until(person.signup + days(130)) <= 30", "never"},
                                                     {"days_until(person.signup + days(130)) < 7", "23d0.000001s"},
                                                     {"days_until(person.signup + days(130)) <= 7", "22d0.000001s"},
                                                     {"days_until(person.signup) < -100", "0.000001s"},
                                                     {"days_in_stage() >= 30", "20d"},
                                                     {"days_in_cycle() > 90", "51d"},
                                                     {"days_in_cycle() > 9223372036854775807", "never"},
                                                     {"days_in_cycle() > -9223372036854775808", "never"}}) {
        EXPECT_EQ(flip(c.text), c.expected) << c.text;
    }
}

TEST(Flip, of_connected_conditions_is_the_flip_of_the_whole) {
    for (const Case& c : std::initializer_list<Case>{
             {"!(score.behaviour >= 60)", "5d"},
             {"score.behaviour >= 60 && days_in_stage() < 12", "2d"},
             {"score.behaviour >= 60 || days_in_stage() < 12", "5d"},
             {"score.behaviour < 60 && days_in_stage() >= 12", "5d"},
             {"score.behaviour < 60 && days_in_stage() >= 22", "12d"},
             {"score.behaviour < 60 && days_in_stage() < 12", "never"},
             {"person.employees > 1000 && days_in_stage() > 20", "never"},
             {"person.employees > 100 || days_in_stage() > 20", "never"},
             {"person.phone == \"1\" && days_in_stage() > 20", "11d"},
             {"person.phone == \"1\" || days_in_stage() > 20", "11d"},
             {"person.budget ? days_in_stage() > 20 : score.behaviour < 60", "11d"},
             {"person.phone == \"1\" ? days_in_stage() > 20 : true", "never"},
             {"days_in_stage() + days_in_cycle() > 60", "6d"},
             {"days_in_stage() * 10 > days_in_cycle() * 5", "21d"},
             {"days_in_stage() in [12, 13]", "2d"},
             {"days_in_stage() == 12 || days_in_stage() == 13", "2d"},
             {"[first(\"Demo Requested\"), last(\"Demo Requested\")].exists(t, days_since(t) == 25)", "5d"},
             {"[first(\"Demo Requested\"), last(\"Demo Requested\")].all(t, days_since(t) > 10)", "8d"},
             {"days_in_stage() > 5000", "4991d"},
             {"score.behaviour", "never"}}) {
        EXPECT_EQ(flip(c.text), c.expected) << c.text;
    }
}

TEST(Flip, is_bounded_and_then_early) {
    const Instant at = may_flip_after(compiled("days_in_stage() + 0 > 5000"), anna(), noon);
    EXPECT_EQ(at, noon + Duration::days(4'000));
}

// ---- against brute force ----------------------------------------------------------------------------------------

/// Hours are the grain of the generated world: every change happens on one, or a microsecond after.
Table world() {
    Table table = anna();
    const auto hours = [](int least, int most) { return Duration::hours(*rc::gen::inRange(least, most)); };
    for (auto& [type, times] : table.facts) {
        times.clear();
        for (int i = *rc::gen::inRange(0, 5); i > 0; --i) times.push_back(noon - hours(0, 300));
        std::ranges::sort(times);
    }
    Steps steps{{noon - Duration::days(100), Decimal::whole(*rc::gen::inRange(0, 5))}};
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i)
        steps[noon + hours(-50, 300)] = Decimal::whole(*rc::gen::inRange(0, 5));
    table.scores[0] = steps;
    table.entered = noon - hours(0, 300);
    table.cycle_start = noon - hours(0, 300);
    table.attributes[7] = Value(noon + hours(-300, 300));
    return table;
}

std::string timed_value() {
    const std::string days = std::to_string(*rc::gen::inRange(1, 10));
    return *rc::gen::element<std::string>("count(\"Demo Requested\", days(" + days + "))",
                                          "count(\"Page Viewed\", hours(" + days + "))", "score.behaviour",
                                          "days_since(last(\"Demo Requested\"))", "days_since(person.signup)",
                                          "days_until(person.signup)", "days_in_stage()", "days_in_cycle()");
}

std::string comparison() {
    const std::string op = *rc::gen::element<std::string>("<", "<=", ">", ">=", "==", "!=");
    const std::string bound = std::to_string(*rc::gen::inRange(-3, 14)) + *rc::gen::element<std::string>("", "", ".5");
    const std::string value = timed_value();
    return *rc::gen::arbitrary<bool>() ? value + ' ' + op + ' ' + bound : bound + ' ' + op + ' ' + value;
}

std::string condition(int depth) {
    if (depth == 0) {
        return *rc::gen::inRange(0, 6) == 0
                   ? *rc::gen::element<std::string>("person.budget", "has(person.phone)", "person.phone == \"1\"")
                   : comparison();
    }
    const std::string a = condition(depth - 1);
    const std::string b = condition(depth - 1);
    switch (*rc::gen::inRange(0, 5)) {
        case 0: return "(" + a + " && " + b + ")";
        case 1: return "(" + a + " || " + b + ")";
        case 2: return "!(" + a + ")";
        case 3: return "(" + a + " ? " + b + " : " + a + ")";
        default: return a;
    }
}

/// The first moment after noon with another truth, looking at every one of the grain up to 30 days ahead.
Instant brute_force(const Expression& expression, const Inputs& inputs) {
    const Truth now = judge(expression, inputs, noon).truth;
    for (int hour = 0; hour <= 24 * 30; ++hour) {
        const Instant t = noon + Duration::hours(hour);
        if (t > noon && judge(expression, inputs, t).truth != now) return t;
        if (judge(expression, inputs, t + us).truth != now) return t + us;
    }
    return Instant::never();
}

RC_GTEST_PROP(Flip, agrees_with_brute_force, ()) {
    const Table table = world();
    const std::string text = condition(*rc::gen::inRange(0, 3));
    RC_LOG() << text;
    const Expression expression = compiled(text);
    const Instant expected = brute_force(expression, table);
    const Instant found = may_flip_after(expression, table, noon);
    if (expected != Instant::never()) {
        RC_ASSERT(found == expected);
    } else {
        RC_ASSERT(found > noon + Duration::days(30));
    }
}

}  // namespace
}  // namespace baton::criteria::test
