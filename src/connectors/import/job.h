// An import of one run: its number, where its facts go, and what the company remembers of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/imports.h"
#include "connectors/import/importer.h"

namespace baton::imports {

/// "create", "update", "both".
Whom whom_of(std::string_view mode);

/// The same files by the same mapping in the same mode are the same import: it goes on where it was interrupted.
/// `source`: of facts that name none, where the caller gives one.
Result<app::ImportWanted> wanted_of(std::span<const Input* const> inputs, const std::vector<std::string>& mappings,
                                    const std::string& mode, const std::string& source);

/// Its number, begun where it is new; for a dry run the one it would have.
Result<std::uint32_t> number_of(app::Ledger& ledger, const app::Reads& reads, const app::ImportWanted& wanted,
                                bool dry_run, std::string_view actor);

/// Into the ledger, or, in a dry run, nowhere.
void take_into(app::Ledger& ledger, bool dry_run, RunOptions& options);

}  // namespace baton::imports
