// What a cell of a workbook says, as text: numbers plain, dates as 2026-01-31.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace baton::xlsx {

enum class Shown : std::uint8_t { number, date, time, elapsed };

/// How a number format shows a number. `code` "" = the one built in under `id`. Source: ECMA-376 part 1, 18.8.30 and 18.8.31.
Shown shown_by(unsigned id, std::string_view code);

/// A number as the file has it, in the 15 digits that spreadsheets show and without exponent. What is none comes back as it is.
std::string plain_number(std::string_view text);
/// A serial date; what is none, or out of 1900–9999, comes back as the number. `from_1904`: the workbook counts from 1904.
std::string plain_date(std::string_view text, Shown shown, bool from_1904);

/// _x000D_ is a carriage return, _x005F_ an underscore (ECMA-376 part 1, 22.9.2.19).
std::string unescaped(std::string_view text);

/// "B7" → 1; none when it names no column of a sheet.
std::optional<std::size_t> column_of(std::string_view reference);

}  // namespace baton::xlsx
