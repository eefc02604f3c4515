// Rows of a sheet, a few at a time: memory does not grow with the XML. Private to xlsx.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/xlsx/cells.h"
#include "connectors/xlsx/workbook.h"

namespace baton::xlsx {

/// What cells refer to.
struct Look {
    std::vector<std::string> strings;
    std::vector<Shown> styles;  ///< by the cell's style
    bool from_1904 = false;
};

/// Code not_xlsx.
Result<Sheet> read_rows(Package& package, const std::string& part, const Look& look, std::string_view file);

}  // namespace baton::xlsx
