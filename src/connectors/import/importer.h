// Files of rows go in through the intake port: streamed, or, for the past, sorted by time across all files of a run.
// Every fact has a message id of its own making, so a run that was interrupted is simply run again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "app/ledger.h"
#include "app/normalise.h"
#include "connectors/import/input.h"
#include "connectors/import/mapping.h"
#include "connectors/import/rejects.h"
#include "connectors/import/rows.h"

namespace baton::imports {

/// What is done to a fact first, on the thread that reads: Ledger::prepare.
using Prepare = std::function<void(app::Prepared& fact)>;
/// Where facts go: Ledger::intake_prepared, Ledger::preview_prepared, or a test's own list.
using Take = std::function<Result<app::Receipt>(std::span<app::Prepared>)>;

struct RunOptions {
    Prepare prepare;  ///< may be empty
    Take take;
    RowTimes times;
    const playbook::Compiled* playbook = nullptr;  ///< says what values can be read as; may be null
    std::uint32_t import = 0;                      ///< number the facts carry (app/imports.h)
    Whom whom = Whom::anybody;        ///< whom rows may be about; users and accounts are taken as they come
    std::size_t batch = 8192;         ///< facts a call of `take`
    std::size_t keep_problems = 100;  ///< told in full; all are counted
    std::function<void(std::uint64_t done, std::uint64_t of)>
        progress;                ///< bytes and facts, in one measure; may be empty
    std::function<bool()> stop;  ///< asked between batches; may be empty
    /// Why facts of this type are not taken from whoever imports; may be empty.
    std::function<std::optional<Error>(std::string_view type)> refusal;
    Sink errors;  ///< takes the file of rows that were not taken, or only in part; may be empty
};

/// A row's mistake with its place.
struct Located {
    std::string file;
    std::int64_t row = 0;  ///< 1 = header
    std::int64_t line = 0;
    RowProblem problem;
};

struct FileReport {
    std::string name, mapping;
    std::uint64_t rows = 0;  ///< without the header
    std::uint64_t refused_rows = 0;
};

struct Report {
    std::vector<FileReport> files;
    std::uint64_t rows = 0, refused_rows = 0;
    std::uint64_t facts = 0;                                  ///< given to `take`
    std::uint64_t accepted = 0, duplicates = 0, refused = 0;  ///< what became of them
    std::uint64_t left_out = 0, left_out_rows = 0;            ///< by the mode
    std::map<std::string, std::uint64_t> types;               ///< facts by type
    std::optional<Instant> first, last;                       ///< of the times in the data
    std::vector<Located> problems;                            ///< the first ones
    std::uint64_t problem_count = 0, remark_count = 0;
    std::uint64_t error_rows = 0;      ///< rows that were not taken, or only in part
    std::vector<std::string> remarks;  ///< on the mapping and the playbook
    bool stopped = false;              ///< before the end; run again to go on
};

/// The first rows of a file as they would be understood.
struct PreviewRow {
    std::int64_t row = 0;
    std::vector<IncomingFact> facts;
    std::vector<RowProblem> problems;
};
struct Preview {
    std::string file, mapping;
    std::vector<PreviewRow> rows;
    std::vector<std::string> remarks;
};

/// The fact as part of this import, ready for `take`.
app::Prepared made_ready(IncomingFact fact, const RunOptions& options);
/// Gives the batch to `take` and empties it; counts what became of it, and notes each refusal by its place in the batch.
Status hand_over(std::vector<app::Prepared>& batch, const RunOptions& options, Report& report,
                 const std::function<void(std::size_t index, const RowProblem& problem)>& note);

class Import {
   public:
    /// Opens the files, reads their headers and finds a mapping for each: `forced`, or the one among `known` that
    /// recognises the header. Codes: cannot_read, not_utf8, not_csv, not_xlsx, no_sheet, no_header, no_mapping, missing_columns. Mappings
    /// outlive the import. `sheet`: of workbooks, "" = the first.
    static Result<Import> plan(const std::vector<std::string>& files, const Mapping* forced,
                               std::span<const Mapping> known, const std::string& sheet = "");
    static Result<Import> plan(std::vector<Input> inputs, const Mapping* forced, std::span<const Mapping> known,
                               const std::string& sheet = "");

    /// The first playbook that a mapping names; "" = none.
    std::string playbook() const;
    bool historical() const;  ///< at least one of the files
    std::vector<std::string> mappings() const;
    std::vector<const Input*> inputs() const;

    /// At most `rows` of each file.
    Result<std::vector<Preview>> preview(std::size_t rows, const RowTimes& times,
                                         const playbook::Compiled* playbook) const;

    /// Files of the past first, then the others in the order given, which are read and made ready by a thread of their own. All
    /// else of `options` but `prepare` is called by the caller's.
    Result<Report> run(const RunOptions& options);

   private:
    class Run;
    struct File {
        Input input;
        const Mapping* mapping = nullptr;
        std::shared_ptr<const Mapping> guessed;  ///< the mapping, where it was made for this file
        std::vector<std::string> header;
        char delimiter = ',';
    };
    std::vector<File> files_;
};

}  // namespace baton::imports
