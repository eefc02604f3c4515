#include "storage/postgres/ledger.h"

#include <algorithm>
#include <vector>

#include "storage/postgres/journal.h"

namespace baton::storage::postgres {
namespace {

constexpr const char* select_ledger = R"sql(
    SELECT hash_key, epoch, commits, last_position, derived_up_to, identity_sum, message_sum, checksum FROM ledger)sql";
constexpr const char* select_locked = R"sql(
    SELECT hash_key, epoch, commits, last_position, derived_up_to, identity_sum, message_sum, checksum FROM ledger
    WHERE id = 1 FOR UPDATE)sql";

Ledger read_ledger(const Rows& row) {
    Ledger ledger;
    const std::string_view key = row.bytes(0);
    std::copy_n(key.begin(), std::min(key.size(), ledger.hash_key.size()), ledger.hash_key.begin());
    ledger.epoch = row.integer(1);
    ledger.commits = row.integer(2);
    ledger.last_position = row.integer(3);
    ledger.derived_up_to = row.integer(4);
    ledger.identity_sum = row.integer(5);
    ledger.message_sum = row.integer(6);
    return ledger;
}

/// The row at hand, or why there is none.
Result<Rows> ledger_row(Database& db, const char* sql) {
    Result<Rows> rows = db.run(sql);
    if (rows && !rows->row())
        return fail("corrupt", db.name() + ": the row of the store itself is missing; restore a backup");
    return rows;
}

}  // namespace

std::int64_t check_of(const Ledger& row) {
    return start_check(Table::ledger)
        .add(view(row.hash_key))
        .add(row.epoch)
        .add(row.commits)
        .add(row.last_position)
        .add(row.derived_up_to)
        .add(row.identity_sum)
        .add(row.message_sum)
        .value();
}

Status make_ledger(Database& db, const Ledger& ledger) {
    Transaction transaction(db);
    if (Status status = transaction.begin_writing(); !status) return status;
    const Result<Rows> made =
        db.run(R"sql(
        INSERT INTO ledger (id, hash_key, epoch, commits, last_position, derived_up_to, identity_sum, message_sum, checksum)
        VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8))sql",
               Parameters(Blob{view(ledger.hash_key)}, ledger.epoch, ledger.commits, ledger.last_position,
                          ledger.derived_up_to, ledger.identity_sum, ledger.message_sum, check_of(ledger)));
    if (!made) return std::unexpected(made.error());
    std::vector<ports::LaneHead> heads(lane_count);
    for (std::uint16_t lane = 0; lane < lane_count; ++lane) heads[lane].lane = {lane};
    if (Status status = put_heads(db, heads); !status) return status;
    return transaction.commit();
}

Result<Ledger> ledger(Database& db) {
    const Result<Rows> row = ledger_row(db, select_ledger);
    if (!row) return std::unexpected(row.error());
    return read_ledger(*row);
}

Result<bool> ledger_is_whole(Database& db) {
    const Result<Rows> row = ledger_row(db, select_ledger);
    if (!row) return std::unexpected(row.error());
    return check_of(read_ledger(*row)) == row->integer(7) && row->bytes(0).size() == HashKey{}.size();
}

Result<Ledger> lock_ledger(Database& db) {
    const Result<Rows> row = ledger_row(db, select_locked);
    if (!row) return std::unexpected(row.error());
    return read_ledger(*row);
}

Status put_ledger(Database& db, const Ledger& ledger) {
    return db.write(R"sql(
        UPDATE ledger SET epoch = $1, commits = $2, last_position = $3, derived_up_to = $4, identity_sum = $5,
            message_sum = $6, checksum = $7
        WHERE id = 1)sql",
                    Parameters(ledger.epoch, ledger.commits, ledger.last_position, ledger.derived_up_to,
                               ledger.identity_sum, ledger.message_sum, check_of(ledger)));
}

}  // namespace baton::storage::postgres
