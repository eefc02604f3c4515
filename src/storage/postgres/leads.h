// The list of leads: one row a person, read in three orders.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

/// From all columns but the checksum, in the order of the table.
ports::LeadRow read_lead(const Rows& row);

/// Rows of states that carry a lead.
Status put_leads(Database& db, std::span<const ports::StateRow> rows);
Result<std::vector<ports::LeadRow>> leads(Database& db, const ports::LeadQuery& query);
Result<std::optional<ports::LeadRow>> lead(Database& db, SubjectId person);

}  // namespace baton::storage::postgres
