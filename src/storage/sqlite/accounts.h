// The list of accounts in order of their names, out of two indexes; no row of its own has to be kept true.
#pragma once

#include <vector>

#include "ports/store.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/recent_keys.h"

namespace baton::storage::sqlite {

Result<std::vector<ports::AccountRow>> accounts(Database& db, const RecentKeys& recent,
                                                const ports::AccountQuery& query);
Result<std::vector<ports::LeadRow>> people_of(Database& db, const std::string& account, std::size_t limit);

}  // namespace baton::storage::sqlite
