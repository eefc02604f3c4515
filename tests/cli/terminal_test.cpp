// What others wrote does not steer the terminal it is printed to.
#include "cli/terminal.h"

#include <gtest/gtest.h>

#include <ostream>
#include <sstream>

namespace baton::cli {
namespace {

std::string printed(std::string_view text, bool progress = false) {
    std::ostringstream seen;
    {
        PlainTerminal plain(seen.rdbuf(), progress);
        std::ostream(&plain) << text << std::flush;
    }
    std::string byte_by_byte;
    {
        std::ostringstream each;
        {
            PlainTerminal plain(each.rdbuf(), progress);
            std::ostream out(&plain);
            for (const char c : text) out << c << std::flush;
        }
        byte_by_byte = each.str();
    }
    EXPECT_EQ(seen.str(), byte_by_byte) << "however it is cut";
    return seen.str();
}

constexpr std::string_view gone = "\xEF\xBF\xBD";
std::string with(std::string_view before, std::string_view after) {
    return std::string(before) + std::string(gone) + std::string(after);
}

TEST(PlainTerminal, TextPassesAsItIs) {
    const std::string text = "Zoë Müller, 山田 太郎\tÅsa 👩‍💻 \xC2\xA0 é\n…\n";
    EXPECT_EQ(printed(text), text);
    EXPECT_EQ(printed(""), "");
}

TEST(PlainTerminal, ColoursOfBatonPassAndNoOtherCode) {
    EXPECT_EQ(printed("\x1b[1mbold\x1b[0m \x1b[31mred\x1b[0m"), "\x1b[1mbold\x1b[0m \x1b[31mred\x1b[0m");
    EXPECT_EQ(printed("\x1b[2J"), with("", "[2J")) << "clears the screen";
    EXPECT_EQ(printed("a\x1b[8mhidden"), with("a", "[8mhidden"));
    EXPECT_EQ(printed("\x1b]0;title\x07!"), with("", "]0;title") + std::string(gone) + "!");
    EXPECT_EQ(printed("\x1b[38;5;2mm"), with("", "[38;5;2mm"));
    EXPECT_EQ(printed("ends in \x1b["), with("ends in ", "["));
}

TEST(PlainTerminal, ControlCharactersShowAsOneMark) {
    EXPECT_EQ(printed("bob\rANN"), with("bob", "ANN"));
    EXPECT_EQ(printed("a\bb"), with("a", "b"));
    EXPECT_EQ(printed("a\x7f"), with("a", ""));
    EXPECT_EQ(printed("a\xC2\x9B"
                      "2Jb"),
              with("a", "2Jb"))
        << "CSI in one character";
    EXPECT_EQ(printed("a\x9B"
                      "2Jb"),
              with("a", "2Jb"))
        << "and in one byte";
    EXPECT_EQ(printed("file\xE2\x80\xAEgpj.exe"), with("file", "gpj.exe")) << "written from right to left";
    EXPECT_EQ(printed("\xE2\x80"), with("", ""));
    EXPECT_EQ(printed("\xE2\x80z"), with("", "z"));
}

TEST(PlainTerminal, ProgressMayGoBackToTheBeginningOfItsLine) {
    EXPECT_EQ(printed("\rhalf 50 %\r\x1b[K", true), "\rhalf 50 %\r\x1b[K");
    EXPECT_EQ(printed("\x1b[K"), with("", "[K"));
    EXPECT_EQ(printed("\x1b[A", true), with("", "[A"));
}

}  // namespace
}  // namespace baton::cli
