// A sheet of an Excel workbook as CSV text: then it is imported like one. ECMA-376 part 1 (SpreadsheetML), as Excel, LibreOffice and
// openpyxl write it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/xlsx/package.h"

namespace baton::xlsx {

/// A cell that holds no value but an error.
struct ErrorCell {
    std::int64_t row = 0;    ///< of the sheet, from 1
    std::size_t column = 0;  ///< from 0
    std::string error;       ///< "#N/A"
};

struct Sheet {
    std::string name;
    std::string csv;                ///< its row n is row n of the sheet; rows without a value are blank
    std::vector<ErrorCell> errors;  ///< in the order of the sheet; at most most_errors
};

inline constexpr std::size_t most_errors = 100'000;

bool is_workbook(std::string_view first_bytes);

/// `wanted` "" = the first one that is not hidden. Codes: not_xlsx, no_sheet.
Result<Sheet> read_sheet(Package& package, std::string_view wanted, std::string_view file);

}  // namespace baton::xlsx
