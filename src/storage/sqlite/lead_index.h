// The index of what people are searched by: for every run of three characters in somebody's words, who has it (FTS5, its
// trigrams; no copy of the text, no places in it). It says who may be meant; the rows of `lead` say who is.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "ports/store.h"
#include "storage/findings.h"
#include "storage/sqlite/database.h"

namespace baton::storage::sqlite {

/// Writes only when what is searched has changed. `before`: the row that stood there, null = none.
Status index_lead(Database& db, const ports::LeadRow* before, const ports::LeadRow& after);
/// For an index that is empty, from the rows of `lead`.
Status fill_lead_index(Database& db);
Status clear_lead_index(Database& db);

/// Everybody whose words hold the pieces, and perhaps others, once each.
Status each_candidate(Database& db, std::span<const std::string> pieces, const std::function<Status(SubjectId)>& each);

/// Asks for every run of characters that anybody has, and compares who is found with who has it.
void check_lead_index(Database& db, Findings& findings);

}  // namespace baton::storage::sqlite
