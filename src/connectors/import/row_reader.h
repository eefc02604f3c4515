// The rows of a file one after another, each as its mapping reads it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "connectors/import/input.h"
#include "connectors/import/rows.h"

namespace baton::imports {

struct ReadRow {
    std::int64_t row = 0;  ///< 1 = header
    std::int64_t line = 0;
    std::uint64_t offset = 0;
    std::size_t size = 0;
    std::vector<IncomingFact> facts;
    std::vector<RowProblem> problems;
};

class RowReader {
   public:
    /// All that is given outlives the reader.
    RowReader(const Input& input, std::span<const std::string> header, char delimiter, const Binding& binding,
              const RowTimes& times);

    /// The next row after the header; false = there is none.
    Result<bool> next(ReadRow& out);

   private:
    void note_cells(ReadRow& out);

    const Input& input_;
    const std::span<const std::string> header_;
    const Binding& binding_;
    const RowTimes& times_;
    csv::Scanner scanner_;
    csv::Row cells_;
    bool begun_ = false;
    std::size_t next_note_ = 0;
};

}  // namespace baton::imports
