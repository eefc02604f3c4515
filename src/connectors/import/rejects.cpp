#include "connectors/import/rejects.h"

#include <algorithm>

#include "base/utf8.h"

namespace baton::imports {
namespace {

constexpr std::size_t longest_reason = 2'000;  ///< bytes; a row may have a problem a column

std::string reason(const RowPlace& place, const RowProblem& problem) {
    std::string text = "row " + std::to_string(place.row);
    if (problem.column > 0) text += ", column " + std::to_string(problem.column);
    if (!problem.column_name.empty()) text += " '" + problem.column_name + "'";
    return text + ": " + problem.what;
}

/// Whether the last column is one of an error file that was mended and comes in again: it is written anew.
bool ends_in_errors(std::span<const std::string> header) {
    return !header.empty() && (header.back() == error_column || header.back() == other_error_column);
}

/// The row as its file has it. Cells that cannot be told apart stay one, so that the row is refused until it is mended.
std::vector<std::string> cells(const csv::Row& row, std::string_view text, std::size_t columns) {
    std::vector<std::string> all(row.fields.begin(), row.fields.end());
    const auto bad = row.fields.size() - static_cast<std::size_t>(std::ranges::count_if(row.fields, sound_text));
    if (row.problems.size() == bad) return all;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    all.assign({std::string(text)});
    if (columns == 1) all.emplace_back();
    return all;
}

}  // namespace

bool is_error_text(std::string_view column, std::string_view text) {
    return (column == error_column || column == other_error_column) && text.starts_with("row ") && text.size() > 4 &&
           text[4] >= '0' && text[4] <= '9';
}

Status Rejects::begin() {
    if (!sink_) return {};
    for (const Source& source : sources_)
        if (!std::ranges::equal(source.header, sources_.front().header))
            return fail("mixed_headers", source.input->name() + " has other columns than " +
                                             sources_.front().input->name() +
                                             ": an error file has one header, so import them one by one");
    const auto& header = sources_.front().header;
    std::vector<std::string> columns(header.begin(), header.end());
    if (!ends_in_errors(header))
        columns.emplace_back(std::ranges::find(header, error_column) == header.end() ? error_column
                                                                                     : other_error_column);
    std::string text;
    csv::write_row(text, columns, sources_.front().delimiter);
    return sink_(text);
}

bool Rejects::add(const RowPlace& place, const RowProblem& problem) {
    const auto [at, first] = waiting_.try_emplace({place.file, place.row});
    Told& told = at->second;
    if (first) {
        ++rows_;
        told.place = place;
    }
    const std::string why = reason(place, problem);
    if (told.why.find(why) != std::string::npos) return false;
    if (told.why.size() > longest_reason) return true;
    if (!told.why.empty()) told.why += "; ";
    told.why += why;
    return true;
}

Status Rejects::write(const Told& told) {
    if (!sink_) return {};
    const Source& source = sources_[told.place.file];
    const auto text = source.input->part(told.place.offset, told.place.size);
    if (!text) return std::unexpected(text.error());
    csv::Scanner scanner(csv::read_from(*text),
                         {.delimiter = source.delimiter, .part = csv::Part::rows, .chunk = text->size() + 1});
    csv::Row row;
    if (const auto read = scanner.next(row); !read) return std::unexpected(read.error());
    std::vector<std::string> out = cells(row, *text, source.header.size());
    const bool again = ends_in_errors(source.header) && out.size() == source.header.size();
    if (again && (out.back().empty() || is_error_text(source.header.back(), out.back()))) out.pop_back();
    out.push_back(told.why);
    std::string written;
    csv::write_row(written, out, source.delimiter);
    return sink_(written);
}

Status Rejects::write_before(std::size_t file, std::int64_t row) {
    const auto end = waiting_.lower_bound({file, row});
    for (auto at = waiting_.begin(); at != end; ++at)
        if (auto done = write(at->second); !done) return done;
    waiting_.erase(waiting_.begin(), end);
    return {};
}

Status Rejects::end() {
    for (const auto& [place, told] : waiting_)
        if (auto done = write(told); !done) return done;
    waiting_.clear();
    return {};
}

}  // namespace baton::imports
