#include "connectors/import/zoom.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "connectors/import/attendance.h"
#include "connectors/import/time_format.h"

namespace baton::imports {
namespace {

std::optional<Instant> moment(std::string_view text) {
    for (const char* format : {"%m/%d/%Y %I:%M:%S %p", "%b %d, %Y %I:%M:%S %p", "%b %d, %Y %H:%M:%S",
                               "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M"})
        if (const auto time = parse_time(text, format)) return time;
    return {};
}

class Report {
   public:
    void take(Cells row, std::int64_t number) {
        while (!row.empty() && row.back().empty()) row.pop_back();
        if (row.empty()) return;
        if (row.size() == 1 && (row[0].ends_with(" Details") || row[0].ends_with(" Report"))) {
            section_ = row[0];
            header_ = Table();
            return;
        }
        const bool names =
            std::ranges::find(row, "Topic") != row.end() || std::ranges::find(row, "Attended") != row.end();
        if (header_.columns().empty() && names) {
            header_ = Table(std::move(row));
            if (section_ == "Attendee Details")
                attendance_ = Attendance(
                    {"Topic", "User Name (Original Name)", "Registration Time", "Time in Session (minutes)", moment},
                    header_);
            return;
        }
        if (!header_.of(row, "Topic").empty() && webinar_.start.empty())
            webinar_ = {header_.of(row, "Topic"), header_.of(row, "Webinar ID"), header_.of(row, "Actual Start Time")};
        if (section_ == "Attendee Details" && !header_.columns().empty()) attendance_.join(row, number);
    }
    bool has_attendees() const { return attendance_.has_table(); }
    std::string text(std::vector<std::int64_t>& rows) const { return attendance_.text(webinar_, rows); }

   private:
    std::string section_;
    Webinar webinar_;
    Table header_;
    Attendance attendance_;
};

}  // namespace

bool is_zoom_report(std::string_view first_bytes) {
    if (first_bytes.starts_with("\xEF\xBB\xBF")) first_bytes.remove_prefix(3);
    if (first_bytes.starts_with('"')) first_bytes.remove_prefix(1);
    return first_bytes.starts_with("Attendee Report");
}

Result<Input> zoom_attendees(const Input& input) {
    Report report;
    const auto take = [&](Cells row, std::int64_t number) { report.take(std::move(row), number); };
    if (const Status read = each_row(input, take); !read) return std::unexpected(read.error());
    if (!report.has_attendees())
        return fail("not_csv", input.name() + " is Zoom's attendee report, but has no table \"Attendee Details\"");
    std::vector<std::int64_t> rows;
    std::string text = report.text(rows);
    return Input::converted(input.name(), std::move(text), std::move(rows), {});
}

}  // namespace baton::imports
