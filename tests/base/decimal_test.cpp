// Decimals: reading, printing, and arithmetic that rounds half to even and answers nothing out of range.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "base/decimal.h"

namespace baton {
namespace {

constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

std::string shown(std::optional<Decimal> d) { return d ? to_string(*d) : "nothing"; }

struct Read {
    const char* text;
    const char* expected;
};

TEST(Decimal, reads_and_prints_the_shortest_form) {
    for (const Read& c : std::initializer_list<Read>{{"0", "0"},
                                                     {"12", "12"},
                                                     {"+12", "12"},
                                                     {"-0.5", "-0.5"},
                                                     {"-0", "0"},
                                                     {".5", "0.5"},
                                                     {"5.", "5"},
                                                     {"0.100000", "0.1"},
                                                     {"1e3", "1000"},
                                                     {"1E+3", "1000"},
                                                     {"1.5e-3", "0.0015"},
                                                     {"25e-1", "2.5"},
                                                     {"0.0000005", "0"},
                                                     {"0.0000015", "0.000002"},
                                                     {"0.0000025", "0.000002"},
                                                     {"0.00000250000000000000000000000000000000000000001", "0.000003"},
                                                     {"-0.0000015", "-0.000002"},
                                                     {"0.00000049999999999999999999999999999999999999", "0"},
                                                     {"9223372036854.775807", "9223372036854.775807"},
                                                     {"-9223372036854.775808", "-9223372036854.775808"},
                                                     {"9223372036854.775808", "nothing"},
                                                     {"9223372036854.7758074", "9223372036854.775807"},
                                                     {"9223372036854.7758075", "nothing"},
                                                     {"1e13", "nothing"},
                                                     {"1e-400", "0"},
                                                     {"0e99999999999", "0"},
                                                     {"1e99999999999", "nothing"},
                                                     {"", "nothing"},
                                                     {"-", "nothing"},
                                                     {".", "nothing"},
                                                     {"1.2.3", "nothing"},
                                                     {"1e", "nothing"},
                                                     {"1e+", "nothing"},
                                                     {"1,5", "nothing"},
                                                     {" 1", "nothing"},
                                                     {"1 ", "nothing"},
                                                     {"0x10", "nothing"},
                                                     {"inf", "nothing"},
                                                     {"nan", "nothing"}}) {
        EXPECT_EQ(shown(Decimal::parse(c.text)), c.expected) << c.text;
    }
}

TEST(Decimal, of_whole_numbers) {
    EXPECT_EQ(shown(Decimal::of(7)), "7");
    EXPECT_EQ(shown(Decimal::of(9'223'372'036'854)), "9223372036854");
    EXPECT_EQ(shown(Decimal::of(9'223'372'036'855)), "nothing");
    EXPECT_EQ(shown(Decimal::of(least)), "nothing");
}

TEST(Decimal, arithmetic_rounds_half_to_even) {
    const Decimal micro{1};
    const Decimal half{500'000};
    EXPECT_EQ(shown(multiply(micro, half)), "0");
    EXPECT_EQ(shown(multiply(Decimal{3}, half)), "0.000002");
    EXPECT_EQ(shown(multiply(Decimal{5}, half)), "0.000002");
    EXPECT_EQ(shown(multiply(Decimal{-3}, half)), "-0.000002");
    EXPECT_EQ(shown(divide(Decimal::whole(1), Decimal::whole(3))), "0.333333");
    EXPECT_EQ(shown(divide(Decimal::whole(2), Decimal::whole(-3))), "-0.666667");
    EXPECT_EQ(shown(divide(Decimal{1}, Decimal::whole(2))), "0");
    EXPECT_EQ(shown(divide(Decimal{3}, Decimal::whole(2))), "0.000002");
    EXPECT_EQ(shown(divide(Decimal{1}, Decimal{})), "nothing");
    EXPECT_EQ(shown(scale_by(Decimal::whole(10), 1, 3)), "3.333333");
    EXPECT_EQ(shown(scale_by(Decimal{5}, 1, 2)), "0.000002");
    EXPECT_EQ(shown(scale_by(Decimal{5}, 1, 0)), "nothing");
    EXPECT_EQ(shown(scale_by(Decimal{5}, 1, -1)), "nothing");
}

TEST(Decimal, out_of_range_is_nothing) {
    EXPECT_EQ(shown(add(Decimal{greatest}, Decimal{1})), "nothing");
    EXPECT_EQ(shown(add(Decimal{greatest}, Decimal{0})), "9223372036854.775807");
    EXPECT_EQ(shown(subtract(Decimal{least}, Decimal{1})), "nothing");
    EXPECT_EQ(shown(multiply(Decimal{greatest}, Decimal{1'000'001})), "nothing");
    EXPECT_EQ(shown(divide(Decimal{least}, Decimal::whole(-1))), "nothing");
    EXPECT_EQ(shown(divide(Decimal{greatest}, Decimal{1})), "nothing");
    EXPECT_EQ(shown(scale_by(Decimal{greatest}, 2, 1)), "nothing");
}

RC_GTEST_PROP(Decimal, printing_and_reading_again_gives_the_same, (std::int64_t micros)) {
    const Decimal d{micros};
    RC_ASSERT(Decimal::parse(to_string(d)) == d);
}

RC_GTEST_PROP(Decimal, sums_undo, (std::int32_t a, std::int32_t b)) {
    const auto sum = add(Decimal{a}, Decimal{b});
    RC_ASSERT(sum && subtract(*sum, Decimal{b}) == Decimal{a});
}

RC_GTEST_PROP(Decimal, a_quotient_is_within_half_a_millionth, (std::int64_t a, std::int32_t b)) {
    RC_PRE(b != 0);
    const auto quotient = divide(Decimal{a}, Decimal{b});
    RC_PRE(quotient.has_value());
    const __int128 rest = static_cast<__int128>(a) * Decimal::scale - static_cast<__int128>(quotient->micros) * b;
    const __int128 size = b < 0 ? -static_cast<__int128>(b) : b;
    RC_ASSERT((rest < 0 ? -rest : rest) * 2 <= size);
}

TEST(Decimal, ShortTextNeverReachesABoundThatTheValueDoesNot) {
    for (const auto& [exact, shown] : {std::pair("14.999999", "14.99"),
                                       {"15", "15"},
                                       {"7.911111", "7.91"},
                                       {"-0.009", "0"},
                                       {"-2.999", "-2.99"},
                                       {"0.1", "0.1"}})
        EXPECT_EQ(to_short_string(*Decimal::parse(exact)), shown) << exact;
}

}  // namespace
}  // namespace baton
