#include "storage/postgres/leads.h"

#include <algorithm>
#include <limits>
#include <map>

#include "storage/lead_list.h"
#include "storage/postgres/lead_text.h"
#include "storage/rows.h"

namespace baton::storage::postgres {
namespace {

// $1 and $2: sort value and person of the row before the first one wanted; $3 stage, $4 open, $5 is_lead.
constexpr const char* by_updated = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead -- scan: lists go over all lanes
    WHERE updated_at <= $1 AND (updated_at < $1 OR person > $2) AND ($3 = '' OR stage = $3) AND ($4 < 0 OR open = $4)
        AND ($5 < 0 OR is_lead = $5)
    ORDER BY updated_at DESC, person LIMIT $6)sql";
constexpr const char* by_score = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead -- scan: lists go over all lanes
    WHERE score_micros <= $1 AND (score_micros < $1 OR person > $2) AND ($3 = '' OR stage = $3) AND ($4 < 0 OR open = $4)
        AND ($5 < 0 OR is_lead = $5)
    ORDER BY score_micros DESC, person LIMIT $6)sql";
constexpr const char* by_entered = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead -- scan: lists go over all lanes
    WHERE stage_entered_at <= $1 AND (stage_entered_at < $1 OR person > $2) AND ($3 = '' OR stage = $3)
        AND ($4 < 0 OR open = $4) AND ($5 < 0 OR is_lead = $5)
    ORDER BY stage_entered_at DESC, person LIMIT $6)sql";

const char* ordered(ports::LeadQuery::Sort sort) {
    switch (sort) {
        case ports::LeadQuery::Sort::score: return by_score;
        case ports::LeadQuery::Sort::entered: return by_entered;
        case ports::LeadQuery::Sort::updated: break;
    }
    return by_updated;
}

std::int64_t any_or(const std::optional<bool>& wanted) { return wanted ? (*wanted ? 1 : 0) : -1; }

/// The rows to write, column by column in the order of the table.
struct Columns {
    Array lanes = Array::integers(), persons = Array::integers(), stages = Array::texts(), opens = Array::integers(),
          are_leads = Array::integers(), cycles = Array::integers(), holders = Array::texts(), classes = Array::texts(),
          scores = Array::integers(), entered = Array::integers(), updated = Array::integers(), names = Array::texts(),
          emails = Array::texts(), accounts = Array::texts(), checks = Array::integers();

    void add(const ports::LeadRow& row) {
        lanes.add(lane_of(row.person).value);
        persons.add(integer(row.person.value));
        stages.add(row.stage);
        opens.add(row.open ? 1 : 0);
        are_leads.add(row.is_lead ? 1 : 0);
        cycles.add(row.cycle);
        holders.add(row.holder);
        classes.add(row.classes);
        scores.add(row.score_micros);
        entered.add(row.stage_entered_at.us);
        updated.add(row.updated_at.us);
        names.add(row.name);
        emails.add(row.email);
        accounts.add(row.account);
        checks.add(check_of(row));
    }
};

}  // namespace

ports::LeadRow read_lead(const Rows& row) {
    ports::LeadRow lead;
    lead.person = {bits(row.integer(0))};
    lead.stage = row.text(1);
    lead.open = row.integer(2) != 0;
    lead.is_lead = row.integer(3) != 0;
    lead.cycle = row.integer(4);
    lead.holder = row.text(5);
    lead.classes = row.text(6);
    lead.score_micros = row.integer(7);
    lead.stage_entered_at = {row.integer(8)};
    lead.updated_at = {row.integer(9)};
    lead.name = row.text(10);
    lead.email = row.text(11);
    lead.account = row.text(12);
    return lead;
}

Status put_leads(Database& db, std::span<const ports::StateRow> rows) {
    std::map<SubjectId, const ports::LeadRow*> newest;
    for (const ports::StateRow& state : rows)
        if (state.lead) newest[state.lead->person] = &*state.lead;
    if (newest.empty()) return {};
    Columns c;
    std::vector<const ports::LeadRow*> all;
    for (const auto& [person, row] : newest) {
        c.add(*row);
        all.push_back(row);
    }
    const Result<Rows> done =
        db.run(R"sql(
        INSERT INTO lead (lane, person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at,
            updated_at, name, email, account, checksum)
        SELECT lane, person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name,
            email, account, checksum
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            AS new (lane, person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at,
                name, email, account, checksum)
        ON CONFLICT (lane, person) DO UPDATE SET stage = excluded.stage, open = excluded.open, is_lead = excluded.is_lead,
            cycle = excluded.cycle, holder = excluded.holder, classes = excluded.classes,
            score_micros = excluded.score_micros, stage_entered_at = excluded.stage_entered_at,
            updated_at = excluded.updated_at, name = excluded.name, email = excluded.email, account = excluded.account,
            checksum = excluded.checksum)sql",
               Parameters(c.lanes, c.persons, c.stages, c.opens, c.are_leads, c.cycles, c.holders, c.classes, c.scores,
                          c.entered, c.updated, c.names, c.emails, c.accounts, c.checks));
    if (!done) return std::unexpected(done.error());
    return put_lead_texts(db, all);
}

namespace {

Result<std::vector<ports::LeadRow>> list(Database& db, const ports::LeadQuery& wanted) {
    const bool from_start = wanted.after_person.value == 0;
    const auto limit = std::min<std::size_t>(wanted.limit, std::numeric_limits<std::int32_t>::max());
    const Parameters parameters(from_start ? std::numeric_limits<std::int64_t>::max() : wanted.after_key,
                                from_start ? std::int64_t{-1} : integer(wanted.after_person.value), wanted.stage,
                                any_or(wanted.open), any_or(wanted.is_lead), static_cast<std::int64_t>(limit));
    Result<Rows> rows = db.run(ordered(wanted.sort), parameters);
    if (!rows) return std::unexpected(rows.error());
    std::vector<ports::LeadRow> found;
    while (rows->row()) found.push_back(read_lead(*rows));
    return found;
}

}  // namespace

Result<std::vector<ports::LeadRow>> leads(Database& db, const ports::LeadQuery& query) {
    return find_leads(query, {[&](const ports::LeadQuery& page) { return list(db, page); },
                              [&](const ports::LeadQuery& page, std::span<const std::string> pieces) {
                                  return leads_by_text(db, page, pieces);
                              }});
}

Result<std::optional<ports::LeadRow>> lead(Database& db, SubjectId person) {
    Result<Rows> rows = db.run(R"sql(
        SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email,
            account
        FROM lead WHERE lane = $1 AND person = $2)sql",
                               Parameters(lane_of(person).value, integer(person.value)));
    if (!rows) return std::unexpected(rows.error());
    std::optional<ports::LeadRow> found;
    if (rows->row()) found = read_lead(*rows);
    return found;
}

}  // namespace baton::storage::postgres
