// What is written is read back, and no spreadsheet calculates it.
#include "codec/csv_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "connectors/csv/scanner.h"

namespace baton::codec {
namespace {

std::string written(std::string_view text) { return CsvWriter().cell(text).take(); }

TEST(CsvWriter, guards_what_would_be_calculated) {
    EXPECT_EQ(written("plain"), "plain");
    EXPECT_EQ(written(""), "");
    EXPECT_EQ(written("a,b"), "\"a,b\"");
    EXPECT_EQ(written("say \"x\""), "\"say \"\"x\"\"\"");
    EXPECT_EQ(written("two\nlines"), "\"two\nlines\"");
    EXPECT_EQ(written(" kept "), "\" kept \"");
    for (const char* formula :
         {"=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\tx", "\rx", "=", "+", "-", "+(1)", "'x"})
        EXPECT_TRUE(written(formula).starts_with("\"'")) << formula;
    for (const char* number : {"+1 415 555-0101", "-12.50", "+442079460102", "12"}) EXPECT_EQ(written(number), number);
    EXPECT_EQ(CsvWriter().cell("a").cell("").end_row().cell("b").cell("c").end_row().take(), "a,\r\nb,c\r\n");
}

TEST(CsvWriter, is_read_back) {
    const std::string alphabet = "=+-@'\",;\t|\r\n aZ0.\xC3\xA9";
    const bool held = rc::check([&] {
        std::vector<std::string> cells;
        for (int n = *rc::gen::inRange(1, 6); n > 0; --n) {
            std::string cell;
            for (int i = *rc::gen::inRange(0, 8); i > 0; --i) {
                const char c = alphabet[static_cast<std::size_t>(*rc::gen::inRange(0, 17))];
                cell += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : "\xC3\xA9";
            }
            cells.push_back(cell);
        }
        CsvWriter writer;
        for (const std::string& cell : cells) writer.cell(cell);
        const std::string text = "h\r\n" + writer.end_row().take();
        csv::Scanner scanner(csv::read_from(text), {.delimiter = ',', .part = csv::Part::rows, .chunk = 64});
        csv::Row row;
        RC_ASSERT(scanner.next(row).value());
        const bool blank = cells.size() == 1 && cells[0].empty();
        RC_ASSERT(scanner.next(row).value() == !blank);
        if (blank) return;
        RC_ASSERT(row.fields.size() == cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i) {
            std::string_view got = row.fields[i];
            if (got.starts_with('\'')) got.remove_prefix(1);
            RC_ASSERT(got == cells[i]);
        }
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace baton::codec
