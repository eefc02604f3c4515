#include "storage/postgres/warm.h"

namespace baton::storage::postgres {

Status cool(Database& db, ports::Position before, ports::Position last) {
    constexpr ports::Position every = warm_records / 4;
    if (before / every == last / every) return {};
    return db.write(R"sql(
        UPDATE state SET warm = NULL, place_due = next_at, place_score = score_micros, place_updated = updated_at
        WHERE warm = 1 AND last <= $1 -- scan: the warm ones of all lanes
        )sql",
                    Parameters(last - warm_records));
}

}  // namespace baton::storage::postgres
