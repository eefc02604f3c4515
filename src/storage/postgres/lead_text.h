// What people are searched by, in a table of its own: written only when it changes, found by its runs of three characters
// (pg_trgm). The text is what storage/search_text.h makes of the row in `lead`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ports/store.h"
#include "storage/findings.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

Status put_lead_texts(Database& db, std::span<const ports::LeadRow* const> rows);
/// From the rows of `lead`.
Status fill_lead_texts(Database& db);
/// Every row of `lead` has its text, and nobody else has.
Status mend_lead_texts(Database& db);
/// What the index needs of the database. Code `extension_missing` says who must do what.
Status make_trigrams(Database& db);

Result<std::vector<ports::LeadRow>> leads_by_text(Database& db, const ports::LeadQuery& query,
                                                  std::span<const std::string> pieces);

/// Every person's text is there and says what the row says.
void check_lead_texts(Database& db, Findings& findings);

}  // namespace baton::storage::postgres
