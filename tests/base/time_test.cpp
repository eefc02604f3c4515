// Instants and durations: whole days, RFC 3339, short lengths of time.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/value.h"

namespace baton {
namespace {

struct Case {
    const char* text;
    const char* expected;
};

std::string instant(std::string_view text) {
    const auto t = parse_instant(text);
    return t ? to_string(*t) : "nothing";
}

TEST(Instant, reads_rfc_3339_and_its_short_forms) {
    for (const Case& c : std::initializer_list<Case>{{"2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"},
                                                     {"2026-11-21t10:00:00z", "2026-11-21T10:00:00Z"},
                                                     {"2026-11-21 10:00:00", "2026-11-21T10:00:00Z"},
                                                     {"2026-11-21T10:00:00", "2026-11-21T10:00:00Z"},
                                                     {"2026-11-21", "2026-11-21T00:00:00Z"},
                                                     {"2026-11-21T10:00:00+02:00", "2026-11-21T08:00:00Z"},
                                                     {"2026-11-21T22:30:00-05:30", "2026-11-22T04:00:00Z"},
                                                     {"2026-11-21T10:00:00.5Z", "2026-11-21T10:00:00.5Z"},
                                                     {"2026-11-21T10:00:00.123456Z", "2026-11-21T10:00:00.123456Z"},
                                                     {"2026-11-21T10:00:00.9999999Z", "2026-11-21T10:00:00.999999Z"},
                                                     {"1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"},
                                                     {"0000-01-01", "0000-01-01T00:00:00Z"},
                                                     {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
                                                     {"2024-02-29", "2024-02-29T00:00:00Z"},
                                                     {"2000-02-29", "2000-02-29T00:00:00Z"}}) {
        EXPECT_EQ(instant(c.text), c.expected) << c.text;
    }
    EXPECT_EQ(parse_instant("1970-01-01T00:00:00Z")->us, 0);
    EXPECT_EQ(parse_instant("2001-09-09T01:46:40Z")->us, 1'000'000'000'000'000);
}

TEST(Instant, refuses_what_is_not_in_the_calendar) {
    for (const char* text : {"",
                             "2026",
                             "2026-11",
                             "2026-13-01",
                             "2026-00-01",
                             "2026-11-00",
                             "2026-11-31",
                             "2023-02-29",
                             "1900-02-29",
                             "2026-11-21T",
                             "2026-11-21T10",
                             "2026-11-21T10:00",
                             "2026-11-21T24:00:00Z",
                             "2026-11-21T10:60:00Z",
                             "2026-11-21T10:00:60Z",
                             "2026-11-21T10:00:00.Z",
                             "2026-11-21T10:00:00+2",
                             "2026-11-21T10:00:00+24:00",
                             "2026-11-21T10:00:00+02:60",
                             "2026-11-21T10:00:00ZZ",
                             "2026-11-21X10:00:00Z",
                             " 2026-11-21",
                             "2026-11-21 ",
                             "2026/11/21",
                             "21.11.2026",
                             "26-11-21",
                             "-2026-11-21",
                             "2026-1-1"}) {
        EXPECT_EQ(instant(text), "nothing") << text;
    }
}

TEST(Instant, the_ends_of_time_print) {
    EXPECT_EQ(to_string(Instant::never()), "never");
    EXPECT_EQ(to_string(Instant::beginning()), "-290308-12-21T19:59:05.224192Z");
    EXPECT_EQ(Instant::never() + Duration::days(1), Instant::never());
}

TEST(Instant, whole_days_round_down) {
    const Instant t{0};
    EXPECT_EQ(whole_days(t, t), 0);
    EXPECT_EQ(whole_days(t, t + one_day), 1);
    EXPECT_EQ(whole_days(t, t + one_day - Duration{1}), 0);
    EXPECT_EQ(whole_days(t, t - Duration{1}), -1);
    EXPECT_EQ(whole_days(t, t - one_day), -1);
    EXPECT_EQ(whole_days(t, t - one_day - Duration{1}), -2);
}

RC_GTEST_PROP(Instant, printing_and_reading_again_gives_the_same, ()) {
    const Instant t{*rc::gen::inRange<std::int64_t>(-62'167'219'200'000'000, 253'402'300'800'000'000)};
    RC_ASSERT(parse_instant(to_string(t)) == t);
}

RC_GTEST_PROP(Instant, order_of_texts_is_order_of_moments, ()) {
    const auto second = rc::gen::inRange<std::int64_t>(-62'167'219'200, 253'402'300'800);
    const Instant a{*second * 1'000'000};
    const Instant b{*second * 1'000'000};
    RC_ASSERT((a < b) == (to_string(a) < to_string(b)));
}

std::string duration(std::string_view text) {
    const auto d = parse_duration(text);
    return d ? to_string(*d) : "nothing";
}

TEST(Duration, reads_units_from_the_largest_down) {
    for (const Case& c : std::initializer_list<Case>{{"30d", "30d"},
                                                     {"4h", "4h"},
                                                     {"15m", "15m"},
                                                     {"90s", "1m30s"},
                                                     {"1d12h", "1d12h"},
                                                     {"36h", "1d12h"},
                                                     {"3600s", "1h"},
                                                     {"1.5h", "1h30m"},
                                                     {"0s", "0s"},
                                                     {"0.000001s", "0.000001s"},
                                                     {"250ms", "0.25s"},
                                                     {"7us", "0.000007s"},
                                                     {"1d1h1m1.5s", "1d1h1m1.5s"},
                                                     {"106751991d", "106751991d"},
                                                     {"106751992d", "nothing"},
                                                     {"", "nothing"},
                                                     {"5", "nothing"},
                                                     {"d", "nothing"},
                                                     {"-1d", "nothing"},
                                                     {"1h1d", "nothing"},
                                                     {"1d1d", "nothing"},
                                                     {"1w", "nothing"},
                                                     {"1 d", "nothing"},
                                                     {"1D", "nothing"},
                                                     {"0.1us", "nothing"},
                                                     {"1..5h", "nothing"}}) {
        EXPECT_EQ(duration(c.text), c.expected) << c.text;
    }
    EXPECT_EQ(to_string(Duration{-1'500'000}), "-1.5s");
    EXPECT_EQ(to_string(Duration{std::numeric_limits<std::int64_t>::min()}), "-106751991d4h54.775808s");
}

RC_GTEST_PROP(Duration, printing_and_reading_again_gives_the_same, ()) {
    const Duration d{*rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max())};
    RC_ASSERT(parse_duration(to_string(d)) == d);
}

}  // namespace
}  // namespace baton
