#include "storage/sqlite/accounts.h"

#include <algorithm>
#include <limits>

#include "storage/account_list.h"
#include "storage/rows.h"
#include "storage/sqlite/leads.h"

namespace baton::storage::sqlite {
namespace {

// From name to name by the index, however many people each has. ?1 from, ?2 after, ?3 end, ?4 limit.
constexpr const char* of_people = R"sql(
    WITH RECURSIVE names (called) AS (
        SELECT (SELECT account FROM lead WHERE account >= ?1 AND account <> ?2 AND account < ?3 AND account <> ''
            ORDER BY account LIMIT 1)
        UNION ALL
        SELECT (SELECT account FROM lead WHERE account > names.called AND account < ?3 AND account <> '' ORDER BY account LIMIT 1)
        FROM names WHERE called IS NOT NULL
        LIMIT ?4
    )
    SELECT called FROM names WHERE called IS NOT NULL)sql";

constexpr const char* counts = R"sql(
    SELECT count(open), coalesce(sum(open), 0)
    FROM (SELECT open FROM lead WHERE account = ?1 AND account <> '' LIMIT ?2))sql";

constexpr const char* of_their_own = R"sql(
    SELECT key, subject FROM identity
    WHERE kind = 111 AND key >= ?1 AND key <> ?2 AND key < ?3
    ORDER BY key LIMIT ?4)sql";

constexpr const char* people = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead WHERE account = ?1 AND account <> ''
    ORDER BY open DESC, person DESC LIMIT ?2)sql";

/// Those of late in the range, ascending, at most `limit`.
std::vector<ports::AccountRow> own_of(const RecentKeys& recent, const AccountRange& range,
                                      const ports::AccountQuery& wanted) {
    std::vector<ports::AccountRow> rows;
    for (ports::Identity& row : recent.of_kind('o'))
        if (row.key.key >= range.from && row.key.key != wanted.after && row.key.key < range.end)
            rows.push_back({std::move(row.key.key), row.subject});
    std::ranges::sort(rows, {}, &ports::AccountRow::key);
    if (rows.size() > wanted.limit) rows.resize(wanted.limit);
    return rows;
}

Status count_people(Database& db, std::vector<ports::AccountRow>& rows) {
    Query query = db.query(counts);
    for (ports::AccountRow& row : rows) {
        query.bind(row.key, ports::AccountRow::most_people);
        if (query.row()) {
            row.people = query.integer(0);
            row.open_leads = query.integer(1);
        }
        if (Status status = query.status(); !status) return status;
        query.reset();
    }
    return {};
}

}  // namespace

Result<std::vector<ports::AccountRow>> accounts(Database& db, const RecentKeys& recent,
                                                const ports::AccountQuery& wanted) {
    const AccountRange range = range_of(wanted);
    std::vector<ports::AccountRow> fresh = own_of(recent, range, wanted);  // before the table is seen
    const Look one_view(db);
    const auto limit =
        static_cast<std::int64_t>(std::min<std::size_t>(wanted.limit, std::numeric_limits<std::int32_t>::max()));
    std::vector<ports::AccountRow> peoples, own;
    Query names = db.query(of_people);
    names.bind(range.from, wanted.after, range.end, limit);
    while (names.row()) peoples.push_back({names.text(0), {}});
    if (Status status = names.status(); !status) return std::unexpected(status.error());
    Query said = db.query(of_their_own);
    said.bind(range.from, wanted.after, range.end, limit);
    while (said.row()) own.push_back({said.text(0), {bits(said.integer(1))}});
    if (Status status = said.status(); !status) return std::unexpected(status.error());
    own = both_of(std::move(fresh), std::move(own), wanted.limit);
    std::vector<ports::AccountRow> page = both_of(std::move(peoples), std::move(own), wanted.limit);
    if (Status status = count_people(db, page); !status) return std::unexpected(status.error());
    return page;
}

Result<std::vector<ports::LeadRow>> people_of(Database& db, const std::string& account, std::size_t limit) {
    Query query = db.query(people);
    query.bind(account, static_cast<std::int64_t>(limit));
    std::vector<ports::LeadRow> found;
    while (query.row()) found.push_back(read_lead(query));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

}  // namespace baton::storage::sqlite
