#include "codec/csv_writer.h"

#include <algorithm>

namespace baton::codec {
namespace {

/// A number or phone number is shown as one, whatever sign it begins with.
bool calculates(std::string_view text) {
    if (text.empty() || std::string_view("=+-@\t\r\n'").find(text.front()) == std::string_view::npos) return false;
    if (text.front() != '+' && text.front() != '-') return true;
    const std::string_view rest = text.substr(1);
    return rest.empty() || rest.find_first_not_of("0123456789 ().,-") != std::string_view::npos || rest.front() < '0' ||
           rest.front() > '9';
}

}  // namespace

CsvWriter& CsvWriter::cell(std::string_view text) {
    if (!first_) text_ += ',';
    first_ = false;
    const bool guarded = calculates(text);
    // Blanks at the ends would be lost without quotes.
    const bool quotes = guarded || text.find_first_of(",;\t|\"\r\n") != std::string_view::npos ||
                        (!text.empty() && (text.front() == ' ' || text.back() == ' '));
    if (quotes) text_ += '"';
    if (guarded) text_ += '\'';
    for (const char c : text) {
        if (c == '"') text_ += '"';
        text_ += c;
    }
    if (quotes) text_ += '"';
    return *this;
}

CsvWriter& CsvWriter::end_row() {
    text_ += "\r\n";
    first_ = true;
    return *this;
}

}  // namespace baton::codec
