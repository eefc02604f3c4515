// What is told of an import, as JSON.
#pragma once

#include <string>

#include "codec/json_writer.h"
#include "connectors/import/importer.h"

namespace baton::imports {

std::string document(const Report& report, bool dry_run);

/// Who a fact is about, as the row says: "id crm:1, e-mail anna@acme.example".
std::string who(const IncomingFact& fact);
void write(codec::JsonWriter& out, const Preview& preview);

}  // namespace baton::imports
