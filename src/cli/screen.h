// What people see in a terminal: aligned tables, colour where wanted, progress where somebody looks on.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace baton::cli {

/// Where output goes. Colour and progress are off unless the stream is a terminal; NO_COLOR turns colour off
/// (no-color.org).
struct Screen {
    std::ostream& out;
    std::ostream& err;
    bool colour = false;          ///< of `out`
    bool shows_progress = false;  ///< `err` is a terminal
    std::size_t width = 100;      ///< columns of the terminal

    std::string bold(std::string_view text) const;
    std::string dim(std::string_view text) const;
    std::string green(std::string_view text) const;
    std::string red(std::string_view text) const;
};

/// Columns a terminal uses for the text: marks that combine take none, East Asian wide and emoji two. Colour codes do not
/// count. Source: Unicode 15, East Asian Width.
std::size_t display_width(std::string_view text);
/// Cut to `width` columns, ending in "…" when something was left out.
std::string cut(std::string_view text, std::size_t width);
/// 12345 → "12,345"
std::string grouped(std::int64_t number);
/// Part of a whole as "12.3 %"; "–" when the whole is 0.
std::string percent(std::int64_t part, std::int64_t whole);

class Table {
   public:
    enum class Align : std::uint8_t { left, right };
    void column(std::string title, Align align = Align::left, std::size_t widest = 60);
    void row(std::vector<std::string> cells);
    bool empty() const { return rows_.empty(); }
    void print(const Screen& screen, std::string_view indent = "") const;

   private:
    struct Column {
        std::string title;
        Align align;
        std::size_t widest;
    };
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// A bar on `err`, redrawn at most a hundred times; nothing where nobody looks on.
class Progress {
   public:
    Progress(const Screen& screen, std::string what) : screen_(screen), what_(std::move(what)) {}
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void show(std::uint64_t done, std::uint64_t of);
    void clear();

   private:
    const Screen& screen_;
    std::string what_;
    int shown_ = -1;
};

}  // namespace baton::cli
