// Rows that could not be taken, or only in part: the columns they had, in their order, and why. Mended, the file is imported
// like the one it comes from.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "connectors/import/input.h"
#include "connectors/import/rows.h"

namespace baton::imports {

/// Takes the next piece of the error file.
using Sink = std::function<Status(std::string_view text)>;

/// Where a row stands in its input.
struct RowPlace {
    std::size_t file = 0;
    std::int64_t row = 0;  ///< 1 = header
    std::uint64_t offset = 0;
    std::size_t size = 0;
};

class Rejects {
   public:
    struct Source {
        const Input* input;
        std::span<const std::string> header;
        char delimiter;
    };
    /// `sink` empty: rows are only counted.
    Rejects(std::vector<Source> sources, Sink sink) : sources_(std::move(sources)), sink_(std::move(sink)) {}

    /// The header. Code mixed_headers where several files have different ones.
    Status begin();
    /// Answers false where that was said of the row before.
    bool add(const RowPlace& place, const RowProblem& problem);
    /// Writes the rows that stand before this one: nothing more will be said of them.
    Status write_before(std::size_t file, std::int64_t row);
    Status end();
    std::uint64_t rows() const { return rows_; }

   private:
    struct Told {
        RowPlace place;
        std::string why;
    };
    Status write(const Told& told);

    std::vector<Source> sources_;
    Sink sink_;
    std::map<std::pair<std::size_t, std::int64_t>, Told> waiting_;
    std::uint64_t rows_ = 0;
};

/// The column of an error file, and whether a text in it is one of ours: such a text is no part of the data.
inline constexpr std::string_view error_column = "error", other_error_column = "baton.error";
bool is_error_text(std::string_view column, std::string_view text);

}  // namespace baton::imports
