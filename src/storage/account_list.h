// The list of accounts as the databases put it together: names that people say they belong to, and names of those that something
// was said of themselves, both in order.
#pragma once

#include <string>
#include <vector>

#include "ports/store.h"

namespace baton::storage {

/// Where a page begins and ends, for `key >= from AND key <> after AND key < end`.
struct AccountRange {
    std::string from, end;
};
AccountRange range_of(const ports::AccountQuery& query);

/// The first `limit` of both, once each; each list is ascending and has that many if there are so many.
std::vector<ports::AccountRow> both_of(std::vector<ports::AccountRow> peoples, std::vector<ports::AccountRow> own,
                                       std::size_t limit);

}  // namespace baton::storage
