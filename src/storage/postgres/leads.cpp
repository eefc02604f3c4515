#include "storage/postgres/leads.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "storage/lead_list.h"
#include "storage/postgres/derived.h"
#include "storage/postgres/lead_text.h"
#include "storage/rows.h"

namespace baton::storage::postgres {
namespace {

// $1 and $2: sort value and person of the row before the first one wanted; $3 stage, $4 open, $5 is_lead.
constexpr const char* by_updated = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM (
        (SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email,
            account
        FROM state JOIN lead ON lead.lane = state.lane AND lead.person = subject -- scan: lists go over all lanes
        WHERE place_updated <= $1 AND (place_updated < $1 OR subject > $2) AND ($3 = '' OR stage = $3) AND ($4 < 0 OR open = $4)
            AND ($5 < 0 OR is_lead = $5)
        ORDER BY place_updated DESC, subject LIMIT $6)
        UNION ALL
        (SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email,
            account
        FROM (SELECT lane, subject, score_micros, updated_at FROM state
                WHERE warm = 1 AND updated_at <= $1 AND (updated_at < $1 OR subject > $2)
                ORDER BY updated_at DESC, subject LIMIT CASE WHEN $3 = '' AND $4 < 0 AND $5 < 0 THEN $6 END) AS warm_ones -- scan: and those that are in no index
            JOIN lead ON lead.lane = warm_ones.lane AND lead.person = subject
        WHERE ($3 = '' OR stage = $3) AND ($4 < 0 OR open = $4) AND ($5 < 0 OR is_lead = $5)
        ORDER BY updated_at DESC, subject LIMIT $6)) AS both_kinds
    ORDER BY updated_at DESC, person LIMIT $6)sql";
constexpr const char* by_score = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM (
        (SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email,
            account
        FROM state JOIN lead ON lead.lane = state.lane AND lead.person = subject -- scan: lists go over all lanes
        WHERE place_score <= $1 AND (place_score < $1 OR subject > $2) AND ($3 = '' OR stage = $3) AND ($4 < 0 OR open = $4)
            AND ($5 < 0 OR is_lead = $5)
        ORDER BY place_score DESC, subject LIMIT $6)
        UNION ALL
        (SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email,
            account
        FROM (SELECT lane, subject, score_micros, updated_at FROM state
                WHERE warm = 1 AND score_micros <= $1 AND (score_micros < $1 OR subject > $2)
                ORDER BY score_micros DESC, subject LIMIT CASE WHEN $3 = '' AND $4 < 0 AND $5 < 0 THEN $6 END) AS warm_ones -- scan: and those that are in no index
            JOIN lead ON lead.lane = warm_ones.lane AND lead.person = subject
        WHERE ($3 = '' OR stage = $3) AND ($4 < 0 OR open = $4) AND ($5 < 0 OR is_lead = $5)
        ORDER BY score_micros DESC, subject LIMIT $6)) AS both_kinds
    ORDER BY score_micros DESC, person LIMIT $6)sql";
constexpr const char* by_entered = R"sql(
    SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email, account
    FROM lead JOIN state ON state.lane = lead.lane AND subject = person -- scan: lists go over all lanes
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
          entered = Array::integers(), names = Array::texts(), emails = Array::texts(), accounts = Array::texts();

    void add(const ports::LeadRow& row) {
        lanes.add(lane_of(row.person).value);
        persons.add(integer(row.person.value));
        stages.add(row.stage);
        opens.add(row.open ? 1 : 0);
        are_leads.add(row.is_lead ? 1 : 0);
        cycles.add(row.cycle);
        holders.add(row.holder);
        classes.add(row.classes);
        entered.add(row.stage_entered_at.us);
        names.add(row.name);
        emails.add(row.email);
        accounts.add(row.account);
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

Listed::Wanted Listed::note(const ports::LeadRow& row) {
    constexpr std::size_t most = 250'000;
    if (known_.size() > most) known_.clear();
    Checks now;
    now.text = start_check(Table::lead).add(row.name).add(row.email).add(row.account).value();
    now.row = start_check(Table::lead)
                  .add(row.stage)
                  .add(row.open)
                  .add(row.is_lead)
                  .add(row.cycle)
                  .add(row.holder)
                  .add(row.classes)
                  .add(row.stage_entered_at.us)
                  .add(now.text)
                  .value();
    const auto [at, fresh] = known_.try_emplace(row.person.value, now);
    const Checks before = std::exchange(at->second, now);
    return {fresh || before.row != now.row, fresh || before.text != now.text};
}

Status put_leads(Database& db, std::span<const ports::StateRow> rows, Listed& listed) {
    Columns c;
    std::vector<const ports::LeadRow*> changed, renamed;
    for (const ports::StateRow* state : newest_of(rows)) {
        if (!state->lead) continue;
        const Listed::Wanted wanted = listed.note(*state->lead);
        if (wanted.row) changed.push_back(&*state->lead);
        if (wanted.text) renamed.push_back(&*state->lead);
    }
    if (changed.empty()) return {};
    for (const ports::LeadRow* row : changed) c.add(*row);
    const Status done = db.write(R"sql(
        INSERT INTO lead (lane, person, stage, open, is_lead, cycle, holder, classes, stage_entered_at, name, email, account)
        SELECT new.lane, new.person, new.stage, new.open, new.is_lead, new.cycle, new.holder, new.classes,
            new.stage_entered_at, new.name, new.email, new.account
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            AS new (lane, person, stage, open, is_lead, cycle, holder, classes, stage_entered_at, name, email, account)
        LEFT JOIN lead AS old ON old.lane = new.lane AND old.person = new.person
        WHERE (old.stage, old.open, old.is_lead, old.cycle, old.holder, old.classes, old.stage_entered_at, old.name, old.email,
                old.account)
            IS DISTINCT FROM (new.stage, new.open, new.is_lead, new.cycle, new.holder, new.classes, new.stage_entered_at,
                new.name, new.email, new.account)
        ON CONFLICT (lane, person) DO UPDATE SET stage = excluded.stage, open = excluded.open, is_lead = excluded.is_lead,
            cycle = excluded.cycle, holder = excluded.holder, classes = excluded.classes,
            stage_entered_at = excluded.stage_entered_at, name = excluded.name, email = excluded.email,
            account = excluded.account)sql",
                                 Parameters(c.lanes, c.persons, c.stages, c.opens, c.are_leads, c.cycles, c.holders,
                                            c.classes, c.entered, c.names, c.emails, c.accounts));
    return done && !renamed.empty() ? put_lead_texts(db, renamed) : done;
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
        FROM lead JOIN state ON state.lane = lead.lane AND subject = person
        WHERE lead.lane = $1 AND person = $2)sql",
                               Parameters(lane_of(person).value, integer(person.value)));
    if (!rows) return std::unexpected(rows.error());
    std::optional<ports::LeadRow> found;
    if (rows->row()) found = read_lead(*rows);
    return found;
}

}  // namespace baton::storage::postgres
