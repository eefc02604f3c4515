// Any bytes either are no CSV, or become rows whose text is sound and which, written and read again, are the same rows.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/utf8.h"
#include "connectors/csv/scanner.h"

namespace {

using namespace baton;

struct Seen {
    std::vector<std::vector<std::string>> rows;
    bool sound = true;  ///< no row had a problem, no error
    char delimiter = ',';
};

Seen read_all(std::string_view text, std::size_t piece, csv::Options options) {
    Seen seen;
    csv::Scanner scanner(
        [text, piece](char* to, std::size_t size) mutable -> Result<std::size_t> {
            const std::size_t n = std::min({size, piece, text.size()});
            if (n > 0) std::memcpy(to, text.data(), n);
            text.remove_prefix(n);
            return n;
        },
        options);
    csv::Row row;
    std::int64_t before = 0;
    for (;;) {
        const auto more = scanner.next(row);
        if (!more) seen.sound = false;
        if (!more || !*more) break;
        BATON_CHECK(row.number > before && row.line >= row.number);
        before = row.number;
        if (!row.problems.empty()) seen.sound = false;
        for (const auto& problem : row.problems)
            BATON_CHECK(problem.column >= 0 && problem.column <= static_cast<int>(row.fields.size()) &&
                        !problem.what.empty());
        if (row.problems.empty())
            for (const auto field : row.fields) BATON_CHECK(sound_text(field));
        seen.rows.emplace_back(row.fields.begin(), row.fields.end());
    }
    seen.delimiter = scanner.delimiter();
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const csv::Options small{.chunk = 512, .longest_row = 4096};
    const std::size_t piece = data[0] % 17 + 1;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const Seen whole = read_all(text, 1 << 20, small);
    const Seen parts = read_all(text, piece, small);
    BATON_CHECK(whole.sound == parts.sound && whole.rows == parts.rows);
    if (!whole.sound) return 0;
    std::string written;
    for (const auto& row : whole.rows) csv::write_row(written, row, whole.delimiter);
    const Seen again = read_all(written, 1 << 20, {.delimiter = whole.delimiter, .part = csv::Part::rows});
    BATON_CHECK(again.sound && again.rows == whole.rows);
    return 0;
}
