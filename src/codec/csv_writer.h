// Writes CSV that spreadsheets open without taking a cell for a formula: RFC 4180; a text that one of them would calculate
// (OWASP "CSV Injection"), or that begins with ', gets a ' in front, which a mapping with `guarded: true` takes off again.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace baton::codec {

class CsvWriter {
   public:
    CsvWriter& cell(std::string_view text);
    CsvWriter& end_row();
    /// What was written since the last take.
    std::string take() { return std::exchange(text_, {}); }

   private:
    std::string text_;
    bool first_ = true;
};

}  // namespace baton::codec
