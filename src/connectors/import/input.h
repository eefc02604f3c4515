// A file to import: read from start to end, and single rows again by their place.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "connectors/csv/scanner.h"

namespace baton::imports {

/// What is to be said of a cell of a converted file.
struct CellNote {
    std::int64_t row = 0;
    int column = 0;  ///< from 1; 0 = the row as a whole
    std::string what;
};

/// Open for reading. Pipes and `-` (standard input) are read into memory first. Once open it may be read by several threads.
class Input {
   public:
    /// `name`: what messages call it; "" = by its path. Code: cannot_read.
    static Result<Input> open(const std::string& path, const std::string& name = "");
    static Input of_text(std::string name, std::string text);
    /// What a file of another kind says, as CSV. Row n of the text stands in row `rows[n - 1]` of the file, or in row n where `rows` is empty.
    static Input converted(std::string name, std::string text, std::vector<std::int64_t> rows,
                           std::vector<CellNote> notes);
    ~Input();
    Input(Input&& other) noexcept;
    Input& operator=(Input&& other) noexcept;

    const std::string& name() const { return name_; }
    std::uint64_t size() const { return size_; }
    bool is_converted() const { return converted_; }
    std::int64_t row_of(std::int64_t row) const;
    const std::vector<CellNote>& notes() const { return notes_; }  ///< ascending by row
    csv::Read from_start() const;
    /// Of all its bytes, read in pieces.
    Result<Digest> digest() const;
    Result<std::string> part(std::uint64_t at, std::size_t size) const;

   private:
    Input() = default;
    Result<std::size_t> read_at(std::uint64_t at, char* to, std::size_t size) const;
    Status slurp();

    std::string name_;
    int file_ = -1;  ///< -1: all is in `text_`
    std::string text_;
    std::uint64_t size_ = 0;
    bool converted_ = false;
    std::vector<std::int64_t> rows_;
    std::vector<CellNote> notes_;
};

}  // namespace baton::imports
