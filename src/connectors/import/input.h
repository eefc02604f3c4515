// A file to import: read from start to end, and single rows again by their place.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "connectors/csv/scanner.h"

namespace baton::imports {

/// Open for reading. Pipes and `-` (standard input) are read into memory first. Not for several threads.
class Input {
   public:
    /// Code: cannot_read.
    static Result<Input> open(const std::string& path);
    static Input of_text(std::string name, std::string text);
    ~Input();
    Input(Input&& other) noexcept;
    Input& operator=(Input&& other) noexcept;

    const std::string& name() const { return name_; }
    std::uint64_t size() const { return size_; }
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
};

}  // namespace baton::imports
