#include "connectors/import/prepare.h"

#include <algorithm>

#include "connectors/import/gotowebinar.h"
#include "connectors/import/zoom.h"
#include "connectors/xlsx/workbook.h"

namespace baton::imports {
namespace {

Result<Input> of_workbook(const Input& input, const std::string& wanted) {
    const auto package = xlsx::open_zip(input);
    if (!package) return std::unexpected(package.error());
    auto sheet = xlsx::read_sheet(**package, wanted, input.name());
    if (!sheet) return std::unexpected(sheet.error());
    std::vector<CellNote> notes;
    for (const auto& error : sheet->errors)
        notes.push_back({error.row, static_cast<int>(error.column) + 1,
                         error.error + " is an error of the sheet; taken as missing"});
    return Input::converted(input.name(), std::move(sheet->csv), {}, std::move(notes));
}

}  // namespace

Result<Input> prepared(Input input, const std::string& sheet) {
    const auto start = input.part(0, static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), 64)));
    if (!start) return std::unexpected(start.error());
    if (start->starts_with("\xD0\xCF\x11\xE0"))
        return fail("not_xlsx", input.name() +
                                    " is a workbook of an old format or protected by a password; save it as "
                                    ".xlsx without one, or as \"CSV UTF-8\"");
    if (xlsx::is_workbook(*start)) return of_workbook(input, sheet);
    if (!sheet.empty()) return fail("bad_parameter", "--sheet is for workbooks; " + input.name() + " is none");
    if (is_gotowebinar_report(*start)) return gotowebinar_attendees(input);
    if (is_zoom_report(*start)) return zoom_attendees(input);
    return input;
}

}  // namespace baton::imports
