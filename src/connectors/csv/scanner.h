// Reads CSV as RFC 4180 has it and as programs really write it, a row at a time, with the place of every mistake.
// Accepted: UTF-8 with or without BOM; CRLF, LF and CR line ends, the last one optional; `,` `;` tab or `|` as delimiter
// (found in the header, or named by a first line `sep=;`); quotes doubled inside quotes; a quote inside an unquoted
// field as a plain character. Source: RFC 4180 §2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace baton::csv {

/// Gives up to `size` more bytes; 0 = end of input.
using Read = std::function<Result<std::size_t>(char* to, std::size_t size)>;
/// Reads from memory that outlives the scanner.
Read read_from(std::string_view text);

/// What is wrong in a row. `column` counts fields from 1; 0 = the row as a whole.
struct Problem {
    int column = 0;
    std::string what;
};

struct Row {
    std::int64_t number = 0;               ///< 1 = first row of the file (the header), blank rows count
    std::int64_t line = 0;                 ///< physical line it begins on, from 1
    std::vector<std::string_view> fields;  ///< valid UTF-8 without NUL, unless in `problems`; valid until the next call
    std::vector<Problem> problems;         ///< not empty: the row must not be used
};

/// A file begins with its header, and perhaps with a BOM or `sep=;`; `rows` are taken out of the middle of one.
enum class Part : std::uint8_t { file, rows };

struct Options {
    char delimiter = 0;  ///< 0 = find it
    Part part = Part::file;
    std::size_t chunk = std::size_t{256} << 10;       ///< bytes asked for at a time
    std::size_t longest_row = std::size_t{16} << 20;  ///< bytes; a longer one is taken for a quote that never closes
};

class Scanner {
   public:
    explicit Scanner(Read read, Options options = {});

    /// The next row that is not blank; false at the end. An error only when reading fails or the input is no text that
    /// could be CSV (UTF-16); a broken row is a row with problems.
    Result<bool> next(Row& row);
    /// Known after the first call of next().
    char delimiter() const { return options_.delimiter; }
    /// Bytes of the input behind the rows given out so far.
    std::uint64_t bytes_read() const { return consumed_; }

   private:
    struct Field {
        std::size_t at = 0, size = 0;
    };
    static constexpr int no_more = -1;

    Status open();
    Status detect_delimiter();
    void skip_separator_line();
    bool refill();
    int look(std::size_t offset);
    bool scan_record(Row& row);
    void scan_quoted(Row& row);
    void scan_unquoted();
    std::size_t scan_line_end();
    void add_problem(Row& row, std::string what);
    void hand_out(Row& row);

    Read read_;
    Options options_;
    std::string buffer_;
    std::size_t begin_ = 0;  ///< of the record at hand
    std::size_t at_ = 0;     ///< reading offset from begin_
    std::size_t out_ = 0;    ///< writing offset from begin_: doubled quotes shrink in place
    bool input_ended_ = false;
    bool opened_ = false;
    bool gave_up_ = false;
    bool quoted_ = false;  ///< the record at hand has a quoted field
    std::int64_t row_ = 0, line_ = 1;
    std::uint64_t consumed_ = 0;
    std::vector<Field> fields_;
    Status failure_;
};

/// One row as RFC 4180 writes it, CRLF at its end; quotes only where needed.
void write_row(std::string& to, const std::vector<std::string>& fields, char delimiter = ',');

}  // namespace baton::csv
