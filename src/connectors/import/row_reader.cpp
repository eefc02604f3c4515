#include "connectors/import/row_reader.h"

#include <utility>

namespace baton::imports {

RowReader::RowReader(const Input& input, std::span<const std::string> header, char delimiter, const Binding& binding,
                     const RowTimes& times)
    : input_(input),
      header_(header),
      binding_(binding),
      times_(times),
      scanner_(input.from_start(), {.delimiter = delimiter}) {}

Result<bool> RowReader::next(ReadRow& out) {
    for (;;) {
        const std::uint64_t start = begun_ ? scanner_.bytes_read() : 0;
        const auto more = scanner_.next(cells_);
        if (!more) return fail(more.error().code, input_.name() + ": " + more.error().detail);
        if (!*more) return false;
        if (!std::exchange(begun_, true)) continue;  // the header
        out.offset = start;
        out.size = static_cast<std::size_t>(scanner_.bytes_read() - start);
        break;
    }
    if (input_.is_converted()) cells_.line = cells_.number = input_.row_of(cells_.number);
    out.row = cells_.number;
    out.line = cells_.line;
    binding_.read(cells_, times_, out.facts, out.problems);
    note_cells(out);
    return true;
}

/// What was found out when the file was converted.
void RowReader::note_cells(ReadRow& out) {
    const auto& notes = input_.notes();
    for (; next_note_ < notes.size() && notes[next_note_].row <= out.row; ++next_note_) {
        const CellNote& cell = notes[next_note_];
        const auto column = static_cast<std::size_t>(cell.column);
        if (cell.row == out.row)
            out.problems.push_back({cell.column, column >= 1 && column <= header_.size() ? header_[column - 1] : "",
                                    cell.what, RowProblem::Weight::remark});
    }
}

}  // namespace baton::imports
