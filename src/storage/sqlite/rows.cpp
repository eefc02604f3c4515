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

}  // namespace baton::storage::sqlite
