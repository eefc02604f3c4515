#include "connectors/import/attendance.h"

#include <algorithm>
#include <charconv>

#include "connectors/csv/scanner.h"
#include "connectors/import/words.h"
#include "contact/text.h"

namespace baton::imports {
namespace {

/// "58.53" is 5853; what nobody can have sat through is nothing.
std::int64_t hundredths_in(std::string_view text) {
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    constexpr std::int64_t a_year = 366 * 24 * 60;
    if (error != std::errc() || whole < 0 || whole > a_year) return 0;
    std::int64_t part = 0;
    std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (rest.starts_with('.')) {
        const std::string digits = std::string(rest.substr(1, 2)) + "00";
        std::from_chars(digits.data(), digits.data() + 2, part);
    }
    return whole * 100 + part;
}

/// Without needless zeros: "70", "58.5".
std::string minutes_of(std::int64_t hundredths) {
    std::string text = std::to_string(hundredths / 100);
    if (const std::int64_t part = hundredths % 100; part != 0) {
        text += '.';
        text += static_cast<char>('0' + part / 10);
        if (part % 10 != 0) text += static_cast<char>('0' + part % 10);
    }
    return text;
}

}  // namespace

Status each_row(const Input& input, const std::function<void(Cells, std::int64_t)>& take) {
    csv::Scanner scanner(input.from_start(), {.delimiter = ','});
    csv::Row row;
    for (;;) {
        const auto more = scanner.next(row);
        if (!more) return fail(more.error().code, input.name() + ": " + more.error().detail);
        if (!*more) return {};
        Cells cells;
        for (const auto field : row.fields) {
            const std::string_view cell = trim(field);
            cells.emplace_back(cell == "--" ? std::string_view() : cell);
        }
        take(std::move(cells), row.number);
    }
}

std::string Table::of(const Cells& row, std::string_view column) const {
    const auto at = static_cast<std::size_t>(std::ranges::find(columns_, column) - columns_.begin());
    return at < row.size() && at < columns_.size() ? row[at] : std::string();
}

void Attendance::join(const Cells& row, std::int64_t number) {
    const std::string mail = contact::lower(table_.of(row, "Email"));
    const std::string name = mail.empty() ? table_.of(row, names_.name) : mail;
    const auto [at, first] = by_name_.try_emplace(name, attendees_.size());
    if (first) attendees_.push_back({row, number, 0, 0, false, {}, {}});
    Attendee& a = attendees_[at->second];
    if (a.cells.size() < row.size()) a.cells.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
        if (a.cells[i].empty()) a.cells[i] = row[i];
    a.attended = a.attended || contact::lower(table_.of(row, "Attended")) == "yes";
    a.hundredths += hundredths_in(table_.of(row, names_.minutes));
    const std::string joined = table_.of(row, "Join Time"), left = table_.of(row, "Leave Time");
    const auto joined_at = names_.moment(joined), left_at = names_.moment(left);
    if (joined_at) ++a.joins;
    if (joined_at && (a.joined.empty() || *joined_at < *names_.moment(a.joined))) a.joined = joined;
    if (left_at && (a.left.empty() || *names_.moment(a.left) < *left_at)) a.left = left;
}

std::string Attendance::text(const Webinar& webinar, std::vector<std::int64_t>& rows) const {
    std::string out;
    Cells head{names_.topic, "Webinar ID", "Webinar Start", "Registered At", "Attended At",
               "Join Time",  "Leave Time", "Minutes",       "Joins",         "Attended"};
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < table_.columns().size(); ++i) {
        const std::string& column = table_.columns()[i];
        if (column.empty() || column == names_.minutes || std::ranges::find(head, column) != head.end()) continue;
        kept.push_back(i);
        head.push_back(column);
    }
    csv::write_row(out, head);
    rows = {1};
    for (const Attendee& a : attendees_) {
        const std::string registered = table_.of(a.cells, names_.registered);
        Cells row{webinar.topic,
                  webinar.id,
                  webinar.start,
                  registered.empty() && !a.attended ? webinar.start : registered,
                  a.attended ? (a.joined.empty() ? webinar.start : a.joined) : "",
                  a.joined,
                  a.left,
                  minutes_of(a.hundredths),
                  std::to_string(a.joins),
                  a.attended ? "Yes" : "No"};
        for (const std::size_t i : kept) row.push_back(i < a.cells.size() ? a.cells[i] : "");
        csv::write_row(out, row);
        rows.push_back(a.row);
    }
    return out;
}

}  // namespace baton::imports
