#include "connectors/import/gotowebinar.h"

#include <algorithm>
#include <array>
#include <utility>

#include "connectors/import/attendance.h"
#include "connectors/import/time_format.h"
#include "connectors/import/words.h"
#include "domain/value.h"

namespace baton::imports {
namespace {

struct Zone {
    std::string_view name;
    int minutes;  ///< east of UTC
};
/// Those of which this vendor's customers mean one; IST or AST are several.
constexpr std::array<Zone, 29> zones{{{"UTC", 0},    {"GMT", 0},     {"WET", 0},     {"BST", 60},   {"WEST", 60},
                                      {"CET", 60},   {"CEST", 120},  {"EET", 120},   {"EEST", 180}, {"MSK", 180},
                                      {"SGT", 480},  {"HKT", 480},   {"AWST", 480},  {"JST", 540},  {"AEST", 600},
                                      {"AEDT", 660}, {"NZST", 720},  {"NZDT", 780},  {"EDT", -240}, {"EST", -300},
                                      {"CDT", -300}, {"CST", -360},  {"MDT", -360},  {"MST", -420}, {"PDT", -420},
                                      {"PST", -480}, {"AKDT", -480}, {"AKST", -540}, {"HST", -600}}};

struct ReadMoment {
    std::optional<Instant> at;
    std::string unknown_zone;
};

/// "May 15, 2012 08:19 AM EDT".
ReadMoment read_moment(std::string_view text) {
    int east = 0;
    std::string unknown;
    const std::size_t blank = text.find_last_of(' ');
    const std::string_view last = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
    const bool names_zone = !last.empty() && last != "AM" && last != "PM" &&
                            std::ranges::all_of(last, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (names_zone) {
        text = trim(text.substr(0, blank));
        const auto zone = std::ranges::find(zones, last, &Zone::name);
        if (zone == zones.end())
            unknown = last;
        else
            east = zone->minutes;
    }
    for (const char* format : {"%b %d, %Y %I:%M %p", "%b %d, %Y %I:%M:%S %p", "%b %d, %Y %H:%M", "%b %d, %Y %H:%M:%S"})
        if (const auto time = parse_time(text, format)) return {*time - Duration::minutes(east), std::move(unknown)};
    return {};
}

std::optional<Instant> moment(std::string_view text) { return parse_instant(text); }

constexpr const char* minutes_column = "In Session Duration";

class Report {
   public:
    void take(Cells row, std::int64_t number) {
        while (!row.empty() && row.back().empty()) row.pop_back();
        if (row.empty()) return;
        if (row.size() == 1 && (row[0].ends_with(" Details") || row[0].ends_with(" Information"))) {
            section_ = row[0];
            header_ = Table();
            in_session_ = false;
            return;
        }
        const auto names = [&](std::string_view column) { return std::ranges::find(row, column) != row.end(); };
        if (names("Webinar Name") || names("Actual Start Date/Time")) {
            header_ = Table(std::move(row));
        } else if (names("Attended") && header_.columns().empty()) {
            take_columns(std::move(row));
        } else if (in_session_) {
            take_join(std::move(row), number);
        } else {
            take_webinar(row);
        }
    }
    bool has_attendees() const { return attendance_.has_table(); }
    std::string text(std::vector<std::int64_t>& rows) const { return attendance_.text(webinar_, rows); }
    std::vector<CellNote> take_notes() { return std::move(notes_); }

   private:
    /// Its other tables name staff.
    void take_columns(Cells row) {
        for (std::string& column : row)
            if (column.starts_with(minutes_column)) column = minutes_column;
        header_ = Table(std::move(row));
        in_session_ = section_ == "Session Details" && !has_attendees();
        if (in_session_)
            attendance_ =
                Attendance({"Webinar Name", "First Name", "Registration Date", minutes_column, moment}, header_);
    }

    void take_webinar(const Cells& row) {
        const auto fill = [&](std::string& to, std::string_view column) {
            if (to.empty()) to = header_.of(row, column);
        };
        fill(webinar_.topic, "Webinar Name");
        fill(webinar_.id, "Webinar ID");
        if (webinar_.start.empty()) webinar_.start = plain(header_.of(row, "Actual Start Date/Time"), 0);
    }

    void take_join(Cells row, std::int64_t number) {
        for (const char* column : {"Registration Date", "Join Time", "Leave Time"}) {
            const auto at =
                static_cast<std::size_t>(std::ranges::find(header_.columns(), column) - header_.columns().begin());
            if (at < row.size()) row[at] = plain(row[at], number);
        }
        attendance_.join(row, number);
    }

    /// With its offset from UTC; what is no time stays as it is, and is told when it is read.
    std::string plain(const std::string& text, std::int64_t row) {
        const auto [at, unknown] = read_moment(text);
        if (!at) return text;
        if (!unknown.empty() && row > 0 && std::ranges::find(notes_, row, &CellNote::row) == notes_.end())
            notes_.push_back({row, 0, "the zone " + shown(unknown) + " is not known; its times are taken as UTC"});
        return to_string(*at);
    }

    std::string section_;
    Webinar webinar_;
    Table header_;
    Attendance attendance_;
    bool in_session_ = false;
    std::vector<CellNote> notes_;
};

}  // namespace

bool is_gotowebinar_report(std::string_view first_bytes) {
    const std::string_view line = first_bytes.substr(0, first_bytes.find_first_of("\r\n"));
    return line.find("Attendee Report") != std::string_view::npos && line.find("GoToWebinar") != std::string_view::npos;
}

Result<Input> gotowebinar_attendees(const Input& input) {
    Report report;
    const auto take = [&](Cells row, std::int64_t number) { report.take(std::move(row), number); };
    if (const Status read = each_row(input, take); !read) return std::unexpected(read.error());
    if (!report.has_attendees())
        return fail("not_csv",
                    input.name() + " is GoToWebinar's attendee report, but has no table \"Session Details\"");
    std::vector<std::int64_t> rows;
    std::string text = report.text(rows);
    return Input::converted(input.name(), std::move(text), std::move(rows), report.take_notes());
}

}  // namespace baton::imports
