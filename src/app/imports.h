// Imports as the company remembers them: what was brought in when and by whom, and what was taken back. Every fact of an import
// carries its number; undoing it leaves the journal as it is and folds everybody it touched anew, without those facts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/ledger.h"
#include "app/reads.h"
#include "codec/json_writer.h"

namespace baton::app {

struct ImportWanted {
    std::string files, mapping, mode;
    std::string print;  ///< of all that is imported, and how
};

/// The number facts of this import carry: a new one, or that of the one that was begun with the same print and not undone.
Result<std::uint32_t> begin_import(Ledger& ledger, const ImportWanted& wanted, std::string_view actor);
/// What a run of it took; a run that took nothing is not worth a record.
Status import_took(Ledger& ledger, std::uint32_t number, std::uint64_t rows, std::uint64_t facts,
                   std::string_view actor);
/// Newest first, as of the derived rows.
Result<std::vector<codec::ImportMade>> imports(const Reads& reads);

void write(codec::JsonWriter& out, const codec::ImportMade& made);

}  // namespace baton::app
