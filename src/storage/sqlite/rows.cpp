#include "storage/sqlite/rows.h"

namespace baton::storage::sqlite {

std::int64_t check_of(const Ledger& row) {
    return start_check(Table::ledger)
        .add(view(row.hash_key))
        .add(row.commits)
        .add(row.last_position)
        .add(row.derived_up_to)
        .add(row.identity_sum)
        .add(row.indexed_up_to)
        .value();
}

std::int64_t check_of_recent(std::int64_t part, std::int64_t id, std::string_view keys) {
    return start_check(Table::identity_recent).add(part).add(id).add(keys).value();
}

}  // namespace baton::storage::sqlite
