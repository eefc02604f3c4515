#include "cli/screen.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/terminal.h"

namespace baton::cli {
namespace {

using Range = std::pair<char32_t, char32_t>;

constexpr std::array<Range, 13> combining{{{0x300, 0x36F},
                                           {0x483, 0x489},
                                           {0x591, 0x5BD},
                                           {0x610, 0x61A},
                                           {0x64B, 0x65F},
                                           {0x93C, 0x93C},
                                           {0x94D, 0x94D},
                                           {0x1AB0, 0x1AFF},
                                           {0x1DC0, 0x1DFF},
                                           {0x200B, 0x200F},
                                           {0x20D0, 0x20FF},
                                           {0xFE00, 0xFE0F},
                                           {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 11> wide{{{0x1100, 0x115F},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0x33FF},
                                      {0x3400, 0x4DBF},
                                      {0x4E00, 0x9FFF},
                                      {0xA000, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFF00, 0xFF60},
                                      {0x1F300, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};

template <std::size_t n>
bool within(const std::array<Range, n>& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(), [c](const Range& r) { return c >= r.first && c <= r.second; });
}

std::size_t width_of(char32_t c) {
    if (c < 0x20 || within(combining, c)) return 0;
    return within(wide, c) ? 2 : 1;
}

/// Bytes of the character that starts with `lead`; 1 for what is no UTF-8.
std::size_t size_of(unsigned char lead) {
    if (lead >= 0xF0) return 4;
    if (lead >= 0xE0) return 3;
    return lead >= 0xC0 ? 2 : 1;
}

char32_t decode(std::string_view text, std::size_t size) {
    const auto first = static_cast<unsigned char>(text[0]);
    char32_t c = size == 1 ? first : first & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) c = c << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return c;
}

/// Calls each(piece, columns) for every character and colour code.
template <class Each>
void each_character(std::string_view text, Each each) {
    while (!text.empty()) {
        std::size_t size = colour_code(text);
        std::size_t columns = 0;
        if (size == 0) {
            size = std::min(size_of(static_cast<unsigned char>(text[0])), text.size());
            columns = width_of(decode(text, size));
        }
        each(text.substr(0, size), columns);
        text.remove_prefix(size);
    }
}

std::string painted(bool colour, const char* code, std::string_view text) {
    return colour ? "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m" : std::string(text);
}

/// Line breaks and other controls of data never move the cursor.
std::string on_one_line(std::string_view text) {
    std::string out;
    each_character(text, [&](std::string_view piece, std::size_t) {
        const auto c = static_cast<unsigned char>(piece[0]);
        if (piece.size() == 1 && (c < 0x20 || c == 0x7F))
            out += ' ';
        else
            out += piece;
    });
    return out;
}

}  // namespace

std::string Screen::bold(std::string_view text) const { return painted(colour, "1", text); }
std::string Screen::dim(std::string_view text) const { return painted(colour, "2", text); }
std::string Screen::green(std::string_view text) const { return painted(colour, "32", text); }
std::string Screen::red(std::string_view text) const { return painted(colour, "31", text); }

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    each_character(text, [&](std::string_view, std::size_t columns) { width += columns; });
    return width;
}

std::string cut(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string(text);
    std::string out;
    std::size_t used = 0;
    bool full = width == 0;
    each_character(text, [&](std::string_view piece, std::size_t columns) {
        full = full || used + columns + 1 > width;
        if (full) return;
        out += piece;
        used += columns;
    });
    return width == 0 ? "" : out + "…";
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

std::string percent(std::int64_t part, std::int64_t whole) {
    if (whole <= 0) return "–";
    const std::int64_t tenths = (part * 2000 + whole) / (2 * whole);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

void Table::column(std::string title, Align align, std::size_t widest) {
    columns_.push_back({std::move(title), align, widest});
}

void Table::row(std::vector<std::string> cells) {
    cells.resize(columns_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = cut(on_one_line(cells[i]), columns_[i].widest);
    rows_.push_back(std::move(cells));
}

void Table::print(const Screen& screen, std::string_view indent) const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        widths.push_back(display_width(columns_[i].title));
        for (const auto& row : rows_) widths[i] = std::max(widths[i], display_width(row[i]));
    }
    const auto line = [&](auto cell_of, bool title) {
        std::string text(indent);
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const std::string& cell = cell_of(i);
            const std::string space(widths[i] - display_width(cell), ' ');
            const bool last = i + 1 == columns_.size();
            const std::string shown = title ? screen.bold(cell) : cell;
            if (columns_[i].align == Align::right)
                text += space + shown;
            else
                text += last ? shown : shown + space;
            if (!last) text += "  ";
        }
        screen.out << text << '\n';
    };
    line([&](std::size_t i) -> const std::string& { return columns_[i].title; }, true);
    for (const auto& row : rows_) line([&](std::size_t i) -> const std::string& { return row[i]; }, false);
}

void Progress::show(std::uint64_t done, std::uint64_t of) {
    if (!screen_.shows_progress || of == 0) return;
    const int hundredths = static_cast<int>(static_cast<unsigned __int128>(std::min(done, of)) * 100 / of);
    if (hundredths == shown_) return;
    shown_ = hundredths;
    std::string bar;
    for (int i = 0; i < 30; ++i) bar += i * 100 < hundredths * 30 ? "█" : "░";
    screen_.err << '\r' << what_ << ' ' << bar << ' ' << hundredths << " %" << std::flush;
}

void Progress::clear() {
    if (shown_ >= 0) screen_.err << "\r\x1b[K" << std::flush;
    shown_ = -1;
}

}  // namespace baton::cli
