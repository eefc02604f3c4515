// Between what is printed and a terminal: texts that others wrote (a name from a form, a column of a file) must not steer it.
#pragma once

#include <cstddef>
#include <streambuf>
#include <string>
#include <string_view>

namespace baton::cli {

/// Size of a colour code that Screen writes, at the start of the text; 0 when there is none. Other codes are somebody else's.
std::size_t colour_code(std::string_view text);

/// Passes text on to `to`, and in place of what would steer a terminal U+FFFD: control characters but line feed and tab (C0,
/// DEL, C1), so every escape sequence but colour_code's, bytes that are not UTF-8, and what overrides or isolates a direction of
/// writing. `progress`: a carriage return and "erase to the end of the line" pass too. Source: ECMA-48, 5.2 to 5.4; Unicode
/// Technical Report 36, section 2.5.
class PlainTerminal : public std::streambuf {
   public:
    PlainTerminal(std::streambuf* to, bool progress) : to_(to), progress_(progress) {}
    PlainTerminal(const PlainTerminal&) = delete;
    PlainTerminal& operator=(const PlainTerminal&) = delete;
    ~PlainTerminal() override { finish(); }

   protected:
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

   private:
    /// Size of the whole piece that stands at the start, 0 = more bytes may belong to it.
    std::size_t piece(std::string_view text) const;
    void pass_on(bool all);
    void finish();

    std::streambuf* to_;
    bool progress_;
    std::string held_;  ///< the beginning of a character or a code
};

}  // namespace baton::cli
