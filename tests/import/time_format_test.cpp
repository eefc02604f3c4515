// Times as files write them, read strictly.
#include <gtest/gtest.h>

#include "connectors/import/time_format.h"
#include "domain/value.h"

namespace baton::imports {
namespace {

void check(std::string_view text, std::string_view format, std::string_view expected) {
    const auto time = parse_time(text, format);
    EXPECT_EQ(time ? to_string(*time) : "no", expected) << text << " as " << format;
}

TEST(TimeFormat, reads_what_fits) {
    check("2018-02-26 19:58:54", "%Y-%m-%d %H:%M:%S", "2018-02-26T19:58:54Z");
    check("2018-02-26", "%Y-%m-%d", "2018-02-26T00:00:00Z");
    check("26.2.2018", "%d.%m.%Y", "2018-02-26T00:00:00Z");
    check("2/6/18 9:05", "%m/%d/%y %H:%M", "2018-02-06T09:05:00Z");
    check("02/06/2018 09:05 PM", "%m/%d/%Y %I:%M %p", "2018-02-06T21:05:00Z");
    check("12:00 am 2018-02-06", "%I:%M %p %Y-%m-%d", "2018-02-06T00:00:00Z");
    check("12:00 PM 2018-02-06", "%I:%M %p %Y-%m-%d", "2018-02-06T12:00:00Z");
    check("Feb 29, 2024", "%b %d, %Y", "2024-02-29T00:00:00Z");
    check("2026-07-10T00:12:13-05:00", "%Y-%m-%dT%H:%M:%S%z", "2026-07-10T05:12:13Z");
    check("2026-07-10T00:12:13.250+0530", "%Y-%m-%dT%H:%M:%S%z", "2026-07-09T18:42:13.25Z");
    check("2026-07-10T00:12:13Z", "%Y-%m-%dT%H:%M:%S%z", "2026-07-10T00:12:13Z");
    check("0", "unix", "1970-01-01T00:00:00Z");
    check("1514764800", "unix", "2018-01-01T00:00:00Z");
    check("1514764800123", "unix_ms", "2018-01-01T00:00:00.123Z");
    check("2018-02-26   ", "%Y-%m-%d", "2018-02-26T00:00:00Z");
}

TEST(TimeFormat, refuses_what_does_not) {
    check("", "%Y-%m-%d", "no");
    check("2018-02-30", "%Y-%m-%d", "no");
    check("2023-02-29", "%Y-%m-%d", "no");
    check("2018-13-01", "%Y-%m-%d", "no");
    check("2018-00-01", "%Y-%m-%d", "no");
    check("2018-01-01x", "%Y-%m-%d", "no");
    check("18-01-01", "%Y-%m-%d", "no");
    check("2018-01-01 24:00:00", "%Y-%m-%d %H:%M:%S", "no");
    check("2018-01-01 23:60:00", "%Y-%m-%d %H:%M:%S", "no");
    check("13:00 pm 2018-02-06", "%I:%M %p %Y-%m-%d", "no");
    check("2018-01-01 10:00:00.", "%Y-%m-%d %H:%M:%S", "no");
    check("Foo 1, 2024", "%b %d, %Y", "no");
    check("99999999999999", "unix", "no");
    check("12x", "unix", "no");
    check("2026-07-10+2500", "%Y-%m-%d%z", "no");
}

TEST(TimeFormat, says_what_is_wrong_with_a_format) {
    EXPECT_EQ(format_problem("%Y-%m-%d"), "");
    EXPECT_EQ(format_problem("unix"), "");
    EXPECT_NE(format_problem("%Q").find("'%Q' is not known"), std::string::npos);
    EXPECT_NE(format_problem("%Y%").find("not known"), std::string::npos);
    EXPECT_EQ(format_problem("%m/%d"), "it names no year (%Y)");
}

}  // namespace
}  // namespace baton::imports
