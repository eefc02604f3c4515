#include "connectors/import/zoom.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <vector>

#include "connectors/import/time_format.h"
#include "connectors/import/words.h"

namespace baton::imports {
namespace {

using Cells = std::vector<std::string>;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::optional<Instant> moment(std::string_view text) {
    for (const char* format : {"%m/%d/%Y %I:%M:%S %p", "%b %d, %Y %I:%M:%S %p", "%b %d, %Y %H:%M:%S",
                               "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M"})
        if (const auto time = parse_time(text, format)) return time;
    return {};
}

std::int64_t minutes_in(std::string_view text) {
    std::int64_t minutes = 0;
    std::from_chars(text.data(), text.data() + text.size(), minutes);
    return minutes;
}

/// A table: its columns by name.
class Header {
   public:
    explicit Header(Cells columns = {}) : columns_(std::move(columns)) {}
    std::string of(const Cells& row, std::string_view column) const {
        const auto at = static_cast<std::size_t>(std::ranges::find(columns_, column) - columns_.begin());
        return at < row.size() && at < columns_.size() ? row[at] : std::string();
    }
    const Cells& columns() const { return columns_; }

   private:
    Cells columns_;
};

struct Attendee {
    Cells cells;  ///< of the table's columns, the first that is not empty of each
    std::int64_t row = 0, joins = 0, minutes = 0;
    bool attended = false;
    std::string joined, left;
};

class Report {
   public:
    void take(Cells row, std::int64_t number) {
        while (!row.empty() && row.back().empty()) row.pop_back();
        if (row.empty()) return;
        if (row.size() == 1 && (row[0].ends_with(" Details") || row[0].ends_with(" Report"))) {
            section_ = row[0];
            header_ = Header();
            return;
        }
        const bool names =
            std::ranges::find(row, "Topic") != row.end() || std::ranges::find(row, "Attended") != row.end();
        if (header_.columns().empty() && names) {
            header_ = Header(std::move(row));
            if (section_ == "Attendee Details") table_ = header_;
            return;
        }
        if (!header_.of(row, "Topic").empty() && start_.empty()) take_webinar(row);
        if (section_ == "Attendee Details" && !header_.columns().empty()) take_join(row, number);
    }

    std::string text(std::vector<std::int64_t>& rows) const {
        std::string out;
        const std::array<const char*, 10> ours{"Topic",       "Webinar ID", "Webinar Start", "Registered At",
                                               "Attended At", "Join Time",  "Leave Time",    "Minutes",
                                               "Joins",       "Attended"};
        Cells head(ours.begin(), ours.end());
        std::vector<std::size_t> kept;
        for (std::size_t i = 0; i < table_.columns().size(); ++i) {
            const std::string& column = table_.columns()[i];
            if (column.empty() || column == "Time in Session (minutes)" ||
                std::ranges::find(head, column) != head.end())
                continue;
            kept.push_back(i);
            head.push_back(column);
        }
        csv::write_row(out, head);
        rows = {1};
        for (const Attendee& a : attendees_) {
            const std::string registered = table_.of(a.cells, "Registration Time");
            Cells row{topic_,
                      webinar_,
                      start_,
                      registered.empty() && !a.attended ? start_ : registered,
                      a.attended ? (a.joined.empty() ? start_ : a.joined) : "",
                      a.joined,
                      a.left,
                      std::to_string(a.minutes),
                      std::to_string(a.joins),
                      a.attended ? "Yes" : "No"};
            for (const std::size_t i : kept) row.push_back(i < a.cells.size() ? a.cells[i] : "");
            csv::write_row(out, row);
            rows.push_back(a.row);
        }
        return out;
    }
    bool has_attendees() const { return !table_.columns().empty(); }

   private:
    void take_webinar(const Cells& row) {
        topic_ = header_.of(row, "Topic");
        webinar_ = header_.of(row, "Webinar ID");
        start_ = header_.of(row, "Actual Start Time");
    }

    void take_join(const Cells& row, std::int64_t number) {
        const std::string mail = lower(table_.of(row, "Email"));
        const std::string name = mail.empty() ? table_.of(row, "User Name (Original Name)") : mail;
        const auto [at, first] = by_name_.try_emplace(name, attendees_.size());
        if (first) attendees_.push_back({row, number, 0, 0, false, {}, {}});
        Attendee& a = attendees_[at->second];
        if (a.cells.size() < row.size()) a.cells.resize(row.size());
        for (std::size_t i = 0; i < row.size(); ++i)
            if (a.cells[i].empty()) a.cells[i] = row[i];
        a.attended = a.attended || lower(table_.of(row, "Attended")) == "yes";
        a.minutes += minutes_in(table_.of(row, "Time in Session (minutes)"));
        const std::string joined = table_.of(row, "Join Time"), left = table_.of(row, "Leave Time");
        if (moment(joined)) ++a.joins;
        if (moment(joined) && (a.joined.empty() || *moment(joined) < *moment(a.joined))) a.joined = joined;
        if (moment(left) && (a.left.empty() || *moment(a.left) < *moment(left))) a.left = left;
    }

    std::string section_, topic_, webinar_, start_;
    Header header_, table_;
    std::vector<Attendee> attendees_;
    std::map<std::string, std::size_t> by_name_;
};

}  // namespace

bool is_zoom_report(std::string_view first_bytes) {
    if (first_bytes.starts_with("\xEF\xBB\xBF")) first_bytes.remove_prefix(3);
    if (first_bytes.starts_with('"')) first_bytes.remove_prefix(1);
    return first_bytes.starts_with("Attendee Report");
}

Result<Input> zoom_attendees(const Input& input) {
    csv::Scanner scanner(input.from_start(), {.delimiter = ','});
    csv::Row row;
    Report report;
    for (;;) {
        const auto more = scanner.next(row);
        if (!more) return fail(more.error().code, input.name() + ": " + more.error().detail);
        if (!*more) break;
        Cells cells;
        for (const auto field : row.fields) {
            const std::string_view cell = trim(field);
            cells.emplace_back(cell == "--" ? std::string_view() : cell);
        }
        report.take(std::move(cells), row.number);
    }
    if (!report.has_attendees())
        return fail("not_csv", input.name() + " is Zoom's attendee report, but has no table \"Attendee Details\"");
    std::vector<std::int64_t> rows;
    std::string text = report.text(rows);
    return Input::converted(input.name(), std::move(text), std::move(rows), {});
}

}  // namespace baton::imports
