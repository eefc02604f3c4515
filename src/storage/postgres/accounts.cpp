#include "storage/postgres/accounts.h"

#include <algorithm>
#include <limits>

#include "storage/account_list.h"
#include "storage/postgres/leads.h"
#include "storage/rows.h"

namespace baton::storage::postgres {
namespace {

// From name to name by the index, however many people each has. $1 from, $2 after, $3 end, $4 limit, $5 counted at most.
constexpr const char* of_people = R"sql(
    WITH RECURSIVE names (called) AS (
        SELECT (SELECT account FROM lead WHERE account >= $1 AND account <> $2 AND account < $3 AND account <> ''
            ORDER BY account LIMIT 1) -- scan: lists go over all lanes
        UNION ALL
        SELECT (SELECT account FROM lead WHERE account > names.called AND account < $3 AND account <> '' ORDER BY account LIMIT 1)
        FROM names WHERE called IS NOT NULL
    ), page AS (SELECT called FROM names WHERE called IS NOT NULL LIMIT $4)
    SELECT called, people, open_leads
    FROM page, LATERAL (SELECT count(*) AS people, coalesce(sum(open), 0)::bigint AS open_leads
        FROM (SELECT open FROM lead WHERE account = page.called AND account <> '' LIMIT $5) AS those) AS counted
    ORDER BY called)sql";

// $1 account, $2 limit.
constexpr const char* people = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM (SELECT lane, person, stage, open, is_lead, cycle, holder, classes, stage_entered_at, name, email, account
        FROM lead WHERE account = $1 AND account <> '' ORDER BY open DESC, person DESC LIMIT $2) AS those -- scan: all lanes
    JOIN state ON state.lane = those.lane AND subject = person
    ORDER BY open DESC, person DESC)sql";

constexpr const char* of_their_own = R"sql(
    SELECT key, subject FROM identity
    WHERE kind = 111 AND key >= $1 AND key <> $2 AND key < $3
    ORDER BY key LIMIT $4)sql";

}  // namespace

Result<std::vector<ports::AccountRow>> accounts(Database& db, const ports::AccountQuery& wanted) {
    const AccountRange range = range_of(wanted);
    const auto limit =
        static_cast<std::int64_t>(std::min<std::size_t>(wanted.limit, std::numeric_limits<std::int32_t>::max()));
    std::vector<ports::AccountRow> peoples, own;
    Result<Rows> names = db.run(of_people, Parameters(range.from, wanted.after, range.end, limit,
                                                      std::int64_t{ports::AccountRow::most_people}));
    if (!names) return std::unexpected(names.error());
    while (names->row()) peoples.push_back({names->text(0), {}, names->integer(1), names->integer(2)});
    Result<Rows> said = db.run(of_their_own, Parameters(range.from, wanted.after, range.end, limit));
    if (!said) return std::unexpected(said.error());
    while (said->row()) own.push_back({said->text(0), {bits(said->integer(1))}});
    return both_of(std::move(peoples), std::move(own), wanted.limit);
}

Result<std::vector<ports::LeadRow>> people_of(Database& db, const std::string& account, std::size_t limit) {
    Result<Rows> rows = db.run(people, Parameters(account, static_cast<std::int64_t>(limit)));
    if (!rows) return std::unexpected(rows.error());
    std::vector<ports::LeadRow> found;
    while (rows->row()) found.push_back(read_lead(*rows));
    return found;
}

}  // namespace baton::storage::postgres
