// The report of a webinar has a row for each time somebody joined; one row for each person comes out of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "connectors/import/input.h"

namespace baton::imports {

using Cells = std::vector<std::string>;

/// Cells without blanks around them; "--" is empty.
Status each_row(const Input& input, const std::function<void(Cells, std::int64_t number)>& take);

/// A table: its columns by name.
class Table {
   public:
    explicit Table(Cells columns = {}) : columns_(std::move(columns)) {}
    /// "" where the table lacks the column or the row ends before it.
    std::string of(const Cells& row, std::string_view column) const;
    const Cells& columns() const { return columns_; }

   private:
    Cells columns_;
};

struct Webinar {
    std::string topic, id, start;
};

/// How a vendor names what counts, and writes times.
struct AttendanceNames {
    std::string topic;  ///< what the column of the webinar's name is called afterwards
    std::string name, registered, minutes;
    std::optional<Instant> (*moment)(std::string_view);
};

/// Joins counted, minutes added up, the first join and the last leave. People are told apart by e-mail, without one by name.
class Attendance {
   public:
    Attendance() = default;
    Attendance(AttendanceNames names, Table table) : names_(std::move(names)), table_(std::move(table)) {}
    /// `number`: of the row in its file.
    void join(const Cells& row, std::int64_t number);
    bool has_table() const { return !table_.columns().empty(); }
    /// As CSV; `rows` becomes where each row of it stood first. Columns: topic, Webinar ID, Webinar Start, Registered At, Attended At,
    /// Join Time, Leave Time, Minutes, Joins, Attended, and those of the table.
    std::string text(const Webinar& webinar, std::vector<std::int64_t>& rows) const;

   private:
    struct Attendee {
        Cells cells;  ///< of the table's columns, the first that is not empty of each
        std::int64_t row = 0, joins = 0, hundredths = 0;  ///< of a minute
        bool attended = false;
        std::string joined, left;
    };

    AttendanceNames names_{};
    Table table_;
    std::vector<Attendee> attendees_;
    std::map<std::string, std::size_t> by_name_;
};

}  // namespace baton::imports
