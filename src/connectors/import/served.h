// Imports for a server: ports/importer.h over the files and mappings of this folder.
#pragma once

#include <memory>
#include <vector>

#include "app/ledger.h"
#include "connectors/import/mapping.h"
#include "ports/importer.h"

namespace baton::imports {

/// `known`: the mappings that recognise files. The ledger outlives the importer.
std::unique_ptr<ports::Importer> make_importer(app::Ledger& ledger, std::vector<Mapping> known);

}  // namespace baton::imports
