// Which texts show in one line as they were written.
#include <gtest/gtest.h>

#include "base/plain_line.h"
#include "base/utf8.h"

namespace baton {
namespace {

using namespace std::string_view_literals;

TEST(PlainLine, has_no_controls_and_overrides_no_direction) {
    for (const auto text :
         {"\0"sv, "a\tb"sv, "a\nb"sv, "a\x07"sv, "\x1f"sv, "\x7f"sv, "\u0080"sv, "\u009b[2J"sv, "\u009f"sv, "\u2028"sv,
          "\u202a"sv, "ann\u202ea"sv, "\u2066"sv, "a\u2069"sv, "\x80"sv, "\xc2"sv, "\xe2\x80"sv}) {
        EXPECT_FALSE(plain_line(text)) << testing::PrintToString(text);
    }
    for (const auto text : {""sv, " ~"sv, "\u00a0"sv, "\u00bf"sv, "Änne O’Hara"sv, "王小明"sv, "\u2027"sv, "\u202f"sv,
                            "\u2065"sv, "\u206a"sv, "\u200f"sv, "\U0001F600"sv, "\u0a80"sv})
        EXPECT_TRUE(plain_line(text)) << testing::PrintToString(text);
}

TEST(PlainLine, controls_are_sound_text_all_the_same) {
    for (const auto text : {"a\tb"sv, "a\nb"sv, "a\x07"sv, "\u009b"sv, "\u202e"sv}) EXPECT_TRUE(sound_text(text));
    EXPECT_FALSE(sound_text("a\0b"sv));
    EXPECT_FALSE(sound_text("\xed\xa0\x80"sv)) << "a surrogate";
}

}  // namespace
}  // namespace baton
