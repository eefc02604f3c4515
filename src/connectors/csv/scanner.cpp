#include "connectors/csv/scanner.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/utf8.h"

namespace baton::csv {
namespace {

constexpr std::size_t header_looked_at = std::size_t{64} << 10;
constexpr std::string_view delimiters = ",;\t|";

bool is_line_end(int c) { return c == '\n' || c == '\r'; }
bool may_separate(char c) { return c == '\t' || (c >= ' ' && c <= '~' && c != '"'); }

/// The delimiter that stands most often outside quotes in the first row; a tie goes to the earlier in `delimiters`.
char most_frequent_delimiter(std::string_view text) {
    std::array<std::size_t, delimiters.size()> counts{};
    bool inside = false;
    for (const char c : text) {
        if (c == '"') inside = !inside;
        if (inside) continue;
        if (is_line_end(c)) break;
        if (const auto found = delimiters.find(c); found != std::string_view::npos) ++counts[found];
    }
    return delimiters[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

}  // namespace

Read read_from(std::string_view text) {
    return [text](char* to, std::size_t size) mutable -> Result<std::size_t> {
        const std::size_t n = std::min(size, text.size());
        std::memcpy(to, text.data(), n);
        text.remove_prefix(n);
        return n;
    };
}

Scanner::Scanner(Read read, Options options) : read_(std::move(read)), options_(options) {}

Result<bool> Scanner::next(Row& row) {
    if (!opened_) {
        opened_ = true;
        failure_ = open();
    }
    while (failure_ && !gave_up_ && look(0) != no_more) {
        if (scan_record(row)) {
            hand_out(row);
            return true;
        }
    }
    if (!failure_) return std::unexpected(failure_.error());
    return false;
}

Status Scanner::open() {
    if (options_.part == Part::rows) return {};
    look(header_looked_at);
    if (!failure_) return failure_;
    const std::string_view start(buffer_);
    const bool every_second_nul = start.size() > 3 && (start[0] == '\0' ? start[2] == '\0' && start[1] != '\0'
                                                                        : start[1] == '\0' && start[3] == '\0');
    if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF") || every_second_nul)
        return fail("not_utf8", "the file is UTF-16; save it as \"CSV UTF-8\" and try again");
    if (start.starts_with("\x1F\x8B")) return fail("not_csv", "the file is packed (gzip); unpack it and try again");
    if (start.starts_with("PK\x03\x04"))
        return fail("not_csv",
                    "the file is a spreadsheet or an archive, not CSV; save it as \"CSV UTF-8\" and try again");
    if (start.starts_with("\xEF\xBB\xBF")) {
        begin_ += 3;
        consumed_ += 3;
    }
    return detect_delimiter();
}

Status Scanner::detect_delimiter() {
    skip_separator_line();
    if (options_.delimiter == 0) options_.delimiter = most_frequent_delimiter(std::string_view(buffer_).substr(begin_));
    return failure_;
}

/// "sep=;" in the first line, as spreadsheet programs write it.
void Scanner::skip_separator_line() {
    const std::string_view text = std::string_view(buffer_).substr(begin_);
    if (!text.starts_with("sep=") || text.size() < 6 || !may_separate(text[4]) || !is_line_end(text[5])) return;
    options_.delimiter = text[4];
    const std::size_t size = text.substr(5).starts_with("\r\n") ? 7 : 6;
    begin_ += size;
    consumed_ += size;
    ++row_;
    ++line_;
}

/// Appends more input behind what is left of the buffer; false at the end or on failure.
bool Scanner::refill() {
    if (input_ended_) return false;
    buffer_.erase(0, begin_);
    begin_ = 0;
    const std::size_t kept = buffer_.size();
    buffer_.resize(kept + std::max(options_.chunk, kept));
    auto got = read_(buffer_.data() + kept, buffer_.size() - kept);
    buffer_.resize(kept + (got ? *got : 0));
    if (!got) failure_ = std::unexpected(got.error());
    if (!got || *got == 0) input_ended_ = true;
    return !input_ended_;
}

int Scanner::look(std::size_t offset) {
    while (begin_ + offset >= buffer_.size())
        if (!refill()) return no_more;
    return static_cast<unsigned char>(buffer_[begin_ + offset]);
}

/// One record from begin_ on; false when it is blank.
bool Scanner::scan_record(Row& row) {
    row.number = ++row_;
    row.line = line_;
    row.problems.clear();
    fields_.clear();
    at_ = out_ = 0;
    quoted_ = false;
    for (;;) {
        const std::size_t start = out_;
        if (look(at_) == '"') scan_quoted(row);
        scan_unquoted();
        fields_.push_back({start, out_ - start});
        if (at_ > options_.longest_row && !gave_up_) {
            add_problem(row, "the row is longer than " + std::to_string(options_.longest_row >> 20) +
                                 " MiB; is a line break or a closing quote missing?");
            gave_up_ = true;
        }
        if (gave_up_ || look(at_) != options_.delimiter) break;
        ++at_;
        ++out_;  // the place of the delimiter: fields never overlap
    }
    const std::size_t size = at_ + scan_line_end();
    consumed_ += size;
    const bool blank = fields_.size() == 1 && fields_[0].size == 0 && !quoted_ && row.problems.empty();
    if (blank) begin_ += size;
    at_ = size;
    return !blank;
}

void Scanner::add_problem(Row& row, std::string what) {
    row.problems.push_back({static_cast<int>(fields_.size()) + 1, std::move(what)});
}

/// From the opening quote to behind the closing one.
void Scanner::scan_quoted(Row& row) {
    const std::int64_t opened_on = line_;
    quoted_ = true;
    ++at_;
    for (;;) {
        const int c = look(at_);
        if (c == no_more || at_ > options_.longest_row) {
            add_problem(row, "the quote opened on line " + std::to_string(opened_on) +
                                 " is never closed: all that follows was read as one value; close it, or write a quote "
                                 "that belongs to the value twice");
            gave_up_ = true;
            return;
        }
        if (c == '"') {
            if (look(at_ + 1) != '"') break;
            ++at_;
        } else if (c == '\n' || (c == '\r' && look(at_ + 1) != '\n')) {
            ++line_;
        }
        buffer_[begin_ + out_++] = static_cast<char>(c);
        ++at_;
    }
    ++at_;
    const int after = look(at_);
    if (after != no_more && after != options_.delimiter && !is_line_end(after))
        add_problem(row, "text follows the closing quote; a quote inside a quoted field is written twice (\"\")");
}

/// Plain characters up to a delimiter, a line end or the end.
void Scanner::scan_unquoted() {
    if (gave_up_) return;
    while (look(at_) != no_more) {
        const char* from = buffer_.data() + begin_ + at_;
        const char* const end = buffer_.data() + buffer_.size();
        const char delimiter = options_.delimiter;
        const char* p = from;
        while (p != end && *p != delimiter && *p != '\n' && *p != '\r') ++p;
        const auto n = static_cast<std::size_t>(p - from);
        if (out_ != at_) std::memmove(buffer_.data() + begin_ + out_, from, n);
        out_ += n;
        at_ += n;
        if (p != end || at_ > options_.longest_row) return;
    }
}

/// Size of the line end at hand: 0 at the end of the input.
std::size_t Scanner::scan_line_end() {
    const int c = look(at_);
    if (gave_up_ || !is_line_end(c)) return 0;
    ++line_;
    return c == '\r' && look(at_ + 1) == '\n' ? 2 : 1;
}

/// Fields of the record at hand become views; the record is behind us.
void Scanner::hand_out(Row& row) {
    row.fields.clear();
    for (const Field& field : fields_) {
        row.fields.emplace_back(buffer_.data() + begin_ + field.at, field.size);
        const std::size_t bad = unsound_at(row.fields.back());
        if (bad == std::string_view::npos) continue;
        const bool nul = row.fields.back()[bad] == '\0';
        row.problems.push_back({static_cast<int>(row.fields.size()),
                                std::string(nul ? "a NUL byte" : "not UTF-8") + " at byte " + std::to_string(bad + 1) +
                                    " of the field" + (nul ? "; take it out" : "; save the file as \"CSV UTF-8\"")});
    }
    begin_ += at_;
    at_ = 0;
}

void write_row(std::string& to, const std::vector<std::string>& fields, char delimiter) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) to += delimiter;
        const std::string& field = fields[i];
        const bool alone = fields.size() == 1 && field.empty();
        if (!alone && field.find_first_of(std::string("\"\r\n") + delimiter) == std::string::npos) {
            to += field;
            continue;
        }
        to += '"';
        for (const char c : field) to.append(c == '"' ? 2 : 1, c);
        to += '"';
    }
    to += "\r\n";
}

}  // namespace baton::csv
