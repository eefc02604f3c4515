// CSV as it comes: each case is a text and what a reader of it should see; broken ones with their place.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/utf8.h"
#include "connectors/csv/scanner.h"

namespace baton::csv {
namespace {

/// Gives the text in pieces of `piece` bytes, as a slow pipe would.
Read in_pieces(std::string text, std::size_t piece) {
    return [text = std::move(text), piece, at = std::size_t{0}](char* to,
                                                                std::size_t size) mutable -> Result<std::size_t> {
        const std::size_t n = std::min({size, piece, text.size() - at});
        text.copy(to, n, at);
        at += n;
        return n;
    };
}

/// Rows as "number/line: [a][b]"; problems as " !column what".
std::string seen(const std::string& text, std::size_t piece = 1 << 20, Options options = {}) {
    Scanner scanner(in_pieces(text, piece), options);
    Row row;
    std::string out;
    for (;;) {
        const auto more = scanner.next(row);
        if (!more) return out + "error " + more.error().code;
        if (!*more) return out;
        out += std::to_string(row.number) + "/" + std::to_string(row.line) + ": ";
        for (const auto field : row.fields) out += "[" + std::string(field) + "]";
        for (const auto& problem : row.problems) out += " !" + std::to_string(problem.column) + " " + problem.what;
        out += "\n";
    }
}

void check(const std::string& text, const std::string& expected) {
    EXPECT_EQ(seen(text), expected) << "of " << text;
    EXPECT_EQ(seen(text, 1), expected) << "byte by byte, of " << text;
    EXPECT_EQ(seen(text, 3), expected) << "three bytes at a time, of " << text;
}

TEST(Csv, reads_plain_rows) {
    check("", "");
    check("\n\n", "");
    check("a", "1/1: [a]\n");
    check("a,b\n1,2\n", "1/1: [a][b]\n2/2: [1][2]\n");
    check("a,b\r\n1,2", "1/1: [a][b]\n2/2: [1][2]\n");
    check("a,b\r1,2\r", "1/1: [a][b]\n2/2: [1][2]\n");
    check("a,,b\n,,\n", "1/1: [a][][b]\n2/2: [][][]\n");
    check("a, b \n", "1/1: [a][ b ]\n");
}

TEST(Csv, counts_blank_rows_but_does_not_give_them) {
    check("a\n\n\nb\n", "1/1: [a]\n4/4: [b]\n");
    check("\n\r\na\n", "3/3: [a]\n");
    check("a\n\"\"\nb\n", "1/1: [a]\n2/2: []\n3/3: [b]\n");
}

TEST(Csv, reads_quotes) {
    check("\"a\",\"b,c\"\n", "1/1: [a][b,c]\n");
    check("\"say \"\"hi\"\"\",x\n", "1/1: [say \"hi\"][x]\n");
    check("\"two\r\nlines\",x\ny,z\n", "1/1: [two\r\nlines][x]\n2/3: [y][z]\n");
    check("\"a\rb\nc\"\nd\n", "1/1: [a\rb\nc]\n2/4: [d]\n");
    check("\"\",\"\"\"\"\n", "1/1: [][\"]\n");
    check("5\" pipe,x\n", "1/1: [5\" pipe][x]\n");
    check("a,\"b\"", "1/1: [a][b]\n");
}

TEST(Csv, finds_the_delimiter) {
    check("a;b;c\n1,5;2;3\n", "1/1: [a][b][c]\n2/2: [1,5][2][3]\n");
    check("a\tb\n1\t2\n", "1/1: [a][b]\n2/2: [1][2]\n");
    check("a|b|c\n", "1/1: [a][b][c]\n");
    check("\"x;y;z\",b\n", "1/1: [x;y;z][b]\n");
    check("sep=;\r\na;b\r\n", "2/2: [a][b]\n");
    check("sep=\t\na,b\tc\n", "2/2: [a,b][c]\n");
    check("sep=\r\r\na\n", "1/1: [sep=]\n3/3: [a]\n");  // names nothing that could separate
    check("sep=\"\na\n", "1/1: [sep=\"]\n2/2: [a]\n");
    EXPECT_EQ(seen("a,b;c\n", 9, {.delimiter = ';'}), "1/1: [a,b][c]\n");
}

TEST(Csv, skips_the_byte_order_mark) {
    check(
        "\xEF\xBB\xBF"
        "a,b\n",
        "1/1: [a][b]\n");
    check("\xEF\xBB\xBF\"a\",b\n", "1/1: [a][b]\n");
}

TEST(Csv, refuses_what_is_no_csv) {
    check(std::string("\xFF\xFE"
                      "a\0",
                      4),
          "error not_utf8");
    check(std::string("a\0,\0b\0", 6), "error not_utf8");
    check(std::string("\0a\0,\0b", 6), "error not_utf8");
    check("PK\x03\x04rest", "error not_csv");
    check("\x1F\x8B\x08rest", "error not_csv");
}

TEST(Csv, says_where_a_row_is_broken) {
    check("a,b\n1,\"x\"y\n2,z\n",
          "1/1: [a][b]\n2/2: [1][xy] !2 text follows the closing quote; a quote inside a quoted field is written twice "
          "(\"\")\n3/3: [2][z]\n");
    check("a,b\n1,\"x\n2,y\n",
          "1/1: [a][b]\n2/2: [1][x\n2,y\n] !2 the quote opened on line 2 is never closed: all that follows was read as "
          "one "
          "value; close it, or write a quote that belongs to the value twice\n");
    check("a\n\xE9t\xE9\nb\n",
          "1/1: [a]\n2/2: [\xE9t\xE9] !1 not UTF-8 at byte 1 of the field; save the file as "
          "\"CSV UTF-8\"\n3/3: [b]\n");
    check(std::string("a,b\nx,y\0z\n", 10),
          std::string("1/1: [a][b]\n2/2: [x][y") + '\0' + "z] !2 a NUL byte at byte 2 of the field; take it out\n");
}

TEST(Csv, gives_up_on_a_row_that_does_not_end) {
    const Options small{.delimiter = ',', .longest_row = 100};
    const std::string quoted = seen("a,\"" + std::string(500, 'x'), 7, small);
    EXPECT_NE(quoted.find("!2 the quote opened on line 1 is never closed"), std::string::npos) << quoted;
    const std::string plain = seen("a," + std::string(500, 'x'), 7, small);
    EXPECT_NE(plain.find("the row is longer than"), std::string::npos) << plain;
}

TEST(Csv, hands_on_a_failure_to_read) {
    Scanner scanner([](char*, std::size_t) -> Result<std::size_t> { return fail("io", "disk gone"); });
    Row row;
    const auto more = scanner.next(row);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().detail, "disk gone");
}

TEST(Csv, counts_the_bytes_behind_it) {
    const std::string text =
        "\xEF\xBB\xBF"
        "a,b\r\n\r\n\"x\"\"\",y\n";
    Scanner scanner(read_from(text));
    Row row;
    ASSERT_TRUE(*scanner.next(row));
    EXPECT_EQ(scanner.bytes_read(), 8U);
    ASSERT_TRUE(*scanner.next(row));
    EXPECT_EQ(scanner.bytes_read(), text.size());
}

TEST(Utf8, first_bad_byte_is_found) {
    const auto check_utf8 = [](const std::string& text, std::size_t expected) {
        EXPECT_EQ(unsound_at(text), expected) << text;
    };
    const std::size_t good = std::string_view::npos;
    check_utf8("", good);
    check_utf8("plain é € 😀 \xF4\x8F\xBF\xBF", good);
    check_utf8("a\xC0\x80", 1);         // overlong
    check_utf8("\xE0\x9F\xBF", 0);      // overlong
    check_utf8("ab\xED\xA0\x80", 2);    // surrogate
    check_utf8("\xF4\x90\x80\x80", 0);  // past U+10FFFF
    check_utf8("\xF0\x8F\xBF\xBF", 0);  // overlong
    check_utf8("x\xE2\x82", 1);         // cut
    check_utf8("\x80", 0);
    check_utf8("\xF8\x88\x80\x80\x80", 0);
    check_utf8(std::string("a\0b", 3), 1);
}

// Whatever a table holds, written and read again it is the same table.
TEST(CsvProperty, reads_back_what_it_wrote) {
    const auto field = rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab ,;\t|\"\"\r\n\n1")));
    const bool held = rc::check("tables read back equal", [&] {
        const auto columns = *rc::gen::inRange<std::size_t>(1, 6);
        const auto table = *rc::gen::container<std::vector<std::vector<std::string>>>(
            rc::gen::container<std::vector<std::string>>(columns, field));
        const char delimiter = *rc::gen::element(',', ';', '\t', '|');
        std::string text;
        for (const auto& cells : table) write_row(text, cells, delimiter);
        Scanner scanner(in_pieces(text, *rc::gen::inRange<std::size_t>(1, 20)), {.delimiter = delimiter});
        Row row;
        std::vector<std::vector<std::string>> back;
        for (;;) {
            const auto more = scanner.next(row);
            RC_ASSERT(more.has_value());
            if (!*more) break;
            RC_ASSERT(row.problems.empty());
            back.emplace_back(row.fields.begin(), row.fields.end());
        }
        RC_ASSERT(back == table);
        RC_ASSERT(scanner.bytes_read() == text.size());
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace baton::csv
