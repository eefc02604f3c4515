#include "storage/sqlite/leads.h"

#include <algorithm>
#include <limits>

#include "storage/lead_list.h"
#include "storage/sqlite/in_order.h"
#include "storage/sqlite/lead_index.h"
#include "storage/sqlite/rows.h"

namespace baton::storage::sqlite {
namespace {

// ?1 and ?2: sort value and person of the row before the first one wanted; ?3 stage, ?4 open, ?5 is_lead. Open leads and all others have
// an index each: few may be open among many who are not, and the other way round.
constexpr const char* by_updated_open = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead
    WHERE open = 1 AND updated_at <= ?1 AND (updated_at < ?1 OR person > ?2) AND (?3 = '' OR stage = ?3)
        AND ?4 = 1 AND (?5 < 0 OR is_lead = ?5)
    ORDER BY updated_at DESC, person LIMIT ?6)sql";
constexpr const char* by_updated_rest = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead
    WHERE open = 0 AND updated_at <= ?1 AND (updated_at < ?1 OR person > ?2) AND (?3 = '' OR stage = ?3)
        AND ?4 = 0 AND (?5 < 0 OR is_lead = ?5)
    ORDER BY updated_at DESC, person LIMIT ?6)sql";
constexpr const char* by_score_open = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead
    WHERE open = 1 AND score_micros <= ?1 AND (score_micros < ?1 OR person > ?2) AND (?3 = '' OR stage = ?3)
        AND ?4 = 1 AND (?5 < 0 OR is_lead = ?5)
    ORDER BY score_micros DESC, person LIMIT ?6)sql";
constexpr const char* by_score_rest = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead
    WHERE open = 0 AND score_micros <= ?1 AND (score_micros < ?1 OR person > ?2) AND (?3 = '' OR stage = ?3)
        AND ?4 = 0 AND (?5 < 0 OR is_lead = ?5)
    ORDER BY score_micros DESC, person LIMIT ?6)sql";
// Work lists show open leads: only those are kept in order of entry. Other lists are sorted when asked for.
constexpr const char* by_entered_open = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead
    WHERE open = 1 AND stage_entered_at <= ?1 AND (stage_entered_at < ?1 OR person > ?2) AND (?3 = '' OR stage = ?3)
        AND ?4 = 1 AND (?5 < 0 OR is_lead = ?5)
    ORDER BY stage_entered_at DESC, person LIMIT ?6)sql";
constexpr const char* by_entered = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead
    WHERE stage_entered_at <= ?1 AND (stage_entered_at < ?1 OR person > ?2) AND (?3 = '' OR stage = ?3)
        AND (?4 < 0 OR open = ?4) AND (?5 < 0 OR is_lead = ?5)
    ORDER BY stage_entered_at DESC, person LIMIT ?6)sql";

const char* ordered(const ports::LeadQuery& query) {
    const bool open = query.open == true;
    switch (query.sort) {
        case ports::LeadQuery::Sort::score: return open ? by_score_open : by_score_rest;
        case ports::LeadQuery::Sort::entered: return open ? by_entered_open : by_entered;
        case ports::LeadQuery::Sort::updated: break;
    }
    return open ? by_updated_open : by_updated_rest;
}

std::int64_t any_or(const std::optional<bool>& wanted) { return wanted ? (*wanted ? 1 : 0) : -1; }

}  // namespace

ports::LeadRow read_lead(const Query& query) {
    ports::LeadRow row;
    row.person = {bits(query.integer(0))};
    row.stage = query.text(1);
    row.open = query.integer(2) != 0;
    row.is_lead = query.integer(3) != 0;
    row.cycle = query.integer(4);
    row.holder = query.text(5);
    row.classes = query.text(6);
    row.score_micros = query.integer(7);
    row.stage_entered_at = {query.integer(8)};
    row.updated_at = {query.integer(9)};
    row.name = query.text(10);
    row.email = query.text(11);
    row.account = query.text(12);
    return row;
}

namespace {

constexpr const char* insert_lead = R"sql(
    INSERT INTO lead (person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name,
        email, account, checksum)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14))sql";
// SQLite takes an entry out of an index and puts it back whenever its column is assigned to, changed or not.
constexpr const char* update_all = R"sql(
    UPDATE lead SET stage = ?2, open = ?3, is_lead = ?4, cycle = ?5, holder = ?6, classes = ?7, score_micros = ?8,
        stage_entered_at = ?9, updated_at = ?10, name = ?11, email = ?12, account = ?13, checksum = ?14
    WHERE person = ?1)sql";
constexpr const char* update_score = R"sql(
    UPDATE lead SET stage = ?2, is_lead = ?4, cycle = ?5, holder = ?6, classes = ?7, score_micros = ?8, updated_at = ?10,
        name = ?11, email = ?12, checksum = ?14
    WHERE person = ?1 AND open = ?3 AND stage_entered_at = ?9 AND account = ?13)sql";
constexpr const char* update_moment = R"sql(
    UPDATE lead SET stage = ?2, is_lead = ?4, cycle = ?5, holder = ?6, classes = ?7, updated_at = ?10, name = ?11, email = ?12,
        checksum = ?14
    WHERE person = ?1 AND open = ?3 AND stage_entered_at = ?9 AND score_micros = ?8 AND account = ?13)sql";

/// What the statement to write a row depends on, of the row that is there.
struct Known {
    std::int64_t score_micros = 0;
    Instant stage_entered_at;
    bool open = false;
    ports::LeadRow searched;  ///< person, name, email, account
};

Result<std::optional<Known>> known_row(Database& db, SubjectId person) {
    Query query = db.query(R"sql(
        SELECT score_micros, stage_entered_at, open, name, email, account FROM lead WHERE person = ?1)sql");
    query.bind(integer(person.value));
    std::optional<Known> found;
    if (query.row()) {
        found.emplace();
        found->score_micros = query.integer(0);
        found->stage_entered_at = {query.integer(1)};
        found->open = query.integer(2) != 0;
        found->searched.person = person;
        found->searched.name = query.text(3);
        found->searched.email = query.text(4);
        found->searched.account = query.text(5);
    }
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

/// The cheapest statement that makes the row what it shall be.
const char* statement_for(const std::optional<Known>& known, const ports::LeadRow& row) {
    if (!known) return insert_lead;
    if (known->stage_entered_at != row.stage_entered_at || known->open != row.open ||
        known->searched.account != row.account)
        return update_all;
    return known->score_micros != row.score_micros ? update_score : update_moment;
}

Status put_lead(Database& db, const ports::LeadRow& row) {
    const Result<std::optional<Known>> known = known_row(db, row.person);
    if (!known) return std::unexpected(known.error());
    Query query = db.query(statement_for(*known, row));
    query.bind(integer(row.person.value), row.stage, row.open, row.is_lead, row.cycle, row.holder, row.classes,
               row.score_micros, row.stage_entered_at.us, row.updated_at.us, row.name, row.email, row.account,
               check_of(row));
    if (Status status = query.run(); !status) return status;
    return index_lead(db, *known ? &(*known)->searched : nullptr, row);
}

Result<std::vector<ports::LeadRow>> list_part(Database& db, const ports::LeadQuery& wanted) {
    const bool from_start = wanted.after_person.value == 0;
    const auto limit = std::min<std::size_t>(wanted.limit, std::numeric_limits<std::int32_t>::max());
    Query query = db.query(ordered(wanted));
    query.bind(from_start ? std::numeric_limits<std::int64_t>::max() : wanted.after_key,
               from_start ? std::int64_t{-1} : integer(wanted.after_person.value), wanted.stage, any_or(wanted.open),
               any_or(wanted.is_lead), static_cast<std::int64_t>(limit));
    std::vector<ports::LeadRow> found;
    while (query.row()) found.push_back(read_lead(query));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

Result<std::vector<ports::LeadRow>> list(Database& db, const ports::LeadQuery& wanted) {
    if (wanted.open || wanted.sort == ports::LeadQuery::Sort::entered) return list_part(db, wanted);
    ports::LeadQuery part = wanted;
    std::vector<ports::LeadRow> both;
    for (const bool open : {true, false}) {
        part.open = open;
        Result<std::vector<ports::LeadRow>> rows = list_part(db, part);
        if (!rows) return rows;
        std::ranges::move(*rows, std::back_inserter(both));
    }
    return page_of(std::move(both), wanted, {});
}

Result<std::vector<ports::LeadRow>> by_index(Database& db, const ports::LeadQuery& wanted,
                                             std::span<const std::string> pieces) {
    std::vector<ports::LeadRow> found;
    Status status = each_candidate(db, pieces, [&](SubjectId person) -> Status {
        Result<std::optional<ports::LeadRow>> row = lead(db, person);
        if (!row) return std::unexpected(row.error());
        if (*row && belongs(**row, wanted, pieces)) found.push_back(std::move(**row));
        return {};
    });
    if (!status) return std::unexpected(status.error());
    return page_of(std::move(found), wanted, {});
}

}  // namespace

Status put_leads(Database& db, std::span<const ports::StateRow> rows) {
    // FTS5 writes out what it has gathered whenever a row comes before the one it took last.
    for (const auto& [person, index] : in_order(rows, [](const ports::StateRow& row) { return row.subject; })) {
        if (!rows[index].lead) continue;
        if (Status status = put_lead(db, *rows[index].lead); !status) return status;
    }
    return {};
}

Result<std::vector<ports::LeadRow>> leads(Database& db, const ports::LeadQuery& query) {
    const Look one_view(db);
    return find_leads(query, {[&](const ports::LeadQuery& page) { return list(db, page); },
                              [&](const ports::LeadQuery& page, std::span<const std::string> pieces) {
                                  return by_index(db, page, pieces);
                              }});
}

Result<std::optional<ports::LeadRow>> lead(Database& db, SubjectId person) {
    Query query = db.query(R"sql(
        SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email,
            account
        FROM lead WHERE person = ?1)sql");
    query.bind(integer(person.value));
    std::optional<ports::LeadRow> found;
    if (query.row()) found = read_lead(query);
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

}  // namespace baton::storage::sqlite
