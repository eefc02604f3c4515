// Taking the rows of a file in. One adapter knows files and their formats (connectors/import); whoever receives files from
// elsewhere (http) asks it through here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace baton::ports {

struct ImportFile {
    std::string path;  ///< where its bytes stand
    std::string name;  ///< what people call it
};

/// How a file is to be taken.
struct ImportHow {
    std::string
        mapping;  ///< id of one that is known, `guess`, or a whole one as JSON (`{…`); "" = recognised by the header
    std::string sheet;               ///< of a workbook; "" = the first
    std::string mode = "both";       ///< create, update, both: docs/IMPORT.md
    std::optional<bool> historical;  ///< the rows are the past; none = as the mapping says
    std::optional<Instant> at;       ///< for rows without a time
    bool dry_run = false;
};

/// What became of a file so far.
struct ImportCounts {
    std::uint32_t number = 0;        ///< of the import (app/imports.h); 0 = none yet
    std::uint64_t done = 0, of = 0;  ///< in one measure
    std::uint64_t rows = 0;          ///< known at the end
    std::uint64_t accepted = 0, duplicates = 0, refused = 0;
    std::uint64_t error_rows = 0;  ///< not taken, or only in part; known at the end
};

struct ImportRun {
    std::string actor;
    Instant now;         ///< the moment of the import: again the same when it goes on
    std::string errors;  ///< path of the file of rows that were not taken, or only in part
    /// Why facts of this type may not be taken from whoever imports; empty = all may.
    std::function<std::optional<Error>(std::string_view type)> refusal;
    /// Told between batches; false = stop here. May be empty.
    std::function<bool(const ImportCounts&)> go_on;
};

struct ImportSeen {
    std::string mapping;  ///< its id
    bool historical = false;
    std::string document;  ///< JSON: the first rows, as `baton import --preview --json` shows a file
};

struct ImportDone {
    ImportCounts counts;
    bool stopped = false;  ///< before the end; run again to go on, nothing is doubled
    std::string document;  ///< JSON: the report, as `baton import --json` prints it
};

class Importer {
   public:
    virtual ~Importer() = default;
    /// The first rows as they would be understood. Codes of both: cannot_read, not_utf8, not_csv, not_xlsx, no_sheet, no_header,
    /// no_mapping, missing_columns, not_found (the mapping), bad_mapping, bad_parameter, no_playbook, store errors.
    virtual Result<ImportSeen> look(const ImportFile& file, const ImportHow& how, std::size_t rows, Instant now) = 0;
    /// Takes all rows, or, in a dry run, asks what would become of them.
    virtual Result<ImportDone> run(const ImportFile& file, const ImportHow& how, const ImportRun& run) = 0;
};

}  // namespace baton::ports
