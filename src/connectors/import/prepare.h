// What is no plain CSV becomes it, whatever its name: workbooks, reports of several tables.
#pragma once

#include <string>

#include "base/result.h"
#include "connectors/import/input.h"

namespace baton::imports {

/// `sheet`: of a workbook, "" = the first one. Codes: not_xlsx, no_sheet, not_csv, bad_parameter, cannot_read.
Result<Input> prepared(Input input, const std::string& sheet);

}  // namespace baton::imports
