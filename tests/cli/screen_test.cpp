// Tables line up whatever the text, and data never move the cursor.
#include "cli/screen.h"

#include <gtest/gtest.h>

#include <sstream>

namespace baton::cli {
namespace {

TEST(Width, counts_columns_not_bytes) {
    EXPECT_EQ(display_width(""), 0U);
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("Jürgen"), 6U);
    EXPECT_EQ(display_width("東京"), 4U);
    EXPECT_EQ(display_width("e\xCC\x81"), 1U);  // e and a combining accent
    EXPECT_EQ(display_width("\x1b[1mbold\x1b[0m"), 4U);
    EXPECT_EQ(display_width("😀"), 2U);
    EXPECT_EQ(display_width("\xE2\x82"), 1U);  // cut in the middle: no crash
}

TEST(Cut, ends_in_an_ellipsis) {
    EXPECT_EQ(cut("abcdef", 6), "abcdef");
    EXPECT_EQ(cut("abcdef", 4), "abc…");
    EXPECT_EQ(cut("東京都", 4), "東…");
    EXPECT_EQ(cut("abc", 0), "");
    EXPECT_EQ(cut("Jürgen", 3), "Jü…");
}

TEST(Numbers, read_well) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'000), "1,000");
    EXPECT_EQ(grouped(-1'234'567), "-1,234,567");
    EXPECT_EQ(percent(1, 3), "33.3 %");
    EXPECT_EQ(percent(2, 3), "66.7 %");
    EXPECT_EQ(percent(5, 5), "100.0 %");
    EXPECT_EQ(percent(1, 0), "–");
}

std::string printed(const Table& table, bool colour = false) {
    std::ostringstream out, err;
    table.print(Screen{out, err, colour});
    return out.str();
}

TEST(Tables, line_up) {
    Table table;
    table.column("who");
    table.column("points", Table::Align::right);
    table.column("where");
    table.row({"Zoë", "5", "x"});
    table.row({"東京", "1,000", ""});
    EXPECT_EQ(printed(table), "who   points  where\nZoë        5  x\n東京   1,000  \n");
    EXPECT_EQ(printed(table, true).substr(0, 11), "\x1b[1mwho\x1b[0m");
}

TEST(Tables, keep_controls_of_data_out) {
    Table table;
    table.column("a", Table::Align::left, 5);
    table.row({"x\r\ny\tz"});
    table.row({"123456789"});
    EXPECT_EQ(printed(table), "a\nx  y…\n1234…\n");
}

TEST(ProgressBar, shows_nothing_where_nobody_looks_on) {
    std::ostringstream out, err;
    const Screen quiet{out, err};
    Progress(quiet, "x").show(5, 10);
    EXPECT_EQ(err.str(), "");
    const Screen watched{out, err, false, true};
    {
        Progress progress(watched, "importing");
        progress.show(5, 10);
        progress.show(5, 10);
    }
    EXPECT_NE(err.str().find("50 %"), std::string::npos);
    EXPECT_EQ(err.str().find("50 %"), err.str().rfind("50 %"));
}

}  // namespace
}  // namespace baton::cli
