#include "storage/postgres/lead_text.h"

#include <algorithm>
#include <array>
#include <limits>

#include "storage/postgres/leads.h"
#include "storage/rows.h"
#include "storage/search_text.h"

namespace baton::storage::postgres {
namespace {

constexpr std::int64_t rows_at_once = 10'000;

/// Everything that holds the piece, whatever its characters mean to LIKE.
std::string pattern(std::string_view piece) {
    std::string text = "%";
    for (const char c : piece) {
        if (c == '%' || c == '_' || c == '\\') text += '\\';
        text += c;
    }
    return text += '%';
}

Status outcome(const Result<Rows>& done) {
    if (!done) return std::unexpected(done.error());
    return {};
}

ports::LeadRow searched_part(const Rows& row) {
    ports::LeadRow lead;
    lead.person = {bits(row.integer(0))};
    lead.name = row.text(1);
    lead.email = row.text(2);
    lead.account = row.text(3);
    return lead;
}

}  // namespace

Status put_lead_texts(Database& db, std::span<const ports::LeadRow* const> rows) {
    Array lanes = Array::integers(), persons = Array::integers(), texts = Array::texts();
    for (const ports::LeadRow* row : rows) {
        lanes.add(lane_of(row->person).value);
        persons.add(integer(row->person.value));
        texts.add(search_text(*row));
    }
    return db.write(R"sql(
        INSERT INTO lead_text (lane, person, text)
        SELECT new.lane, new.person, new.text
        FROM unnest($1, $2, $3) AS new (lane, person, text)
        LEFT JOIN lead_text AS old ON old.lane = new.lane AND old.person = new.person
        WHERE old.text IS DISTINCT FROM new.text
        ON CONFLICT (lane, person) DO UPDATE SET text = excluded.text)sql",
                    Parameters(lanes, persons, texts));
}

Status fill_lead_texts(Database& db) {
    std::int64_t after = std::numeric_limits<std::int64_t>::min();
    for (;;) {
        Result<Rows> page = db.run(R"sql(
            SELECT person, name, email, account FROM lead WHERE person > $1 ORDER BY person LIMIT $2 -- scan: all of them
            )sql",
                                   Parameters(after, rows_at_once));
        if (!page) return std::unexpected(page.error());
        std::vector<ports::LeadRow> rows;
        while (page->row()) rows.push_back(searched_part(*page));
        if (rows.empty()) return {};
        std::vector<const ports::LeadRow*> pointers;
        for (const ports::LeadRow& row : rows) pointers.push_back(&row);
        if (Status status = put_lead_texts(db, pointers); !status) return status;
        after = integer(rows.back().person.value);
    }
}

Status mend_lead_texts(Database& db) {
    const Status left = outcome(db.run(R"sql(
        DELETE FROM lead_text -- scan: every row is looked at
        WHERE NOT EXISTS (SELECT 1 FROM lead WHERE lead.lane = lead_text.lane AND lead.person = lead_text.person))sql"));
    return left ? fill_lead_texts(db) : left;
}

Status make_trigrams(Database& db) {
    const Status made = db.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public");
    if (made) return {};
    // Another store of the same database was making it at this moment.
    if (made.error().code == "conflict") return fail("retry", made.error().detail);
    return fail("extension_missing",
                db.name() +
                    " needs PostgreSQL's extension pg_trgm (Debian: part of postgresql-15) to search "
                    "people by name, and this user may not add it. Let the database's owner run: "
                    "CREATE EXTENSION pg_trgm; then start again. (" +
                    made.error().detail + ")");
}

Result<std::vector<ports::LeadRow>> leads_by_text(Database& db, const ports::LeadQuery& wanted,
                                                  std::span<const std::string> pieces) {
    static_assert(ports::most_search_words == 8, "as many patterns as the statement below has");
    std::array<std::string, ports::most_search_words> like;
    for (std::size_t i = 0; i < like.size(); ++i) like[i] = i < pieces.size() ? pattern(pieces[i]) : "%";
    const bool from_start = wanted.after_person.value == 0;
    const auto any_or = [](const std::optional<bool>& asked) { return asked ? std::int64_t{*asked} : -1; };
    const auto limit = std::min<std::size_t>(wanted.limit, std::numeric_limits<std::int32_t>::max());
    const Parameters parameters(from_start ? std::numeric_limits<std::int64_t>::max() : wanted.after_key,
                                from_start ? std::int64_t{-1} : integer(wanted.after_person.value), wanted.stage,
                                any_or(wanted.open), any_or(wanted.is_lead), static_cast<std::int64_t>(wanted.sort),
                                static_cast<std::int64_t>(limit), like[0], like[1], like[2], like[3], like[4], like[5],
                                like[6], like[7]);
    // $6: the order, as LeadQuery::Sort counts. The people are found first, whatever the planner thinks of the rest.
    Result<Rows> rows = db.run(R"sql(
        WITH meant AS MATERIALIZED (
            SELECT lane, person FROM lead_text -- scan: people of all lanes are searched
            WHERE text LIKE $8 AND text LIKE $9 AND text LIKE $10 AND text LIKE $11 AND text LIKE $12 AND text LIKE $13
                AND text LIKE $14 AND text LIKE $15),
        placed AS (
            SELECT lead.person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at,
                name, email, account,
                CASE $6 WHEN 1 THEN score_micros WHEN 2 THEN stage_entered_at ELSE updated_at END AS place
            FROM meant JOIN lead ON lead.lane = meant.lane AND lead.person = meant.person
                JOIN state ON state.lane = meant.lane AND subject = meant.person)
        SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email,
            account
        FROM placed
        WHERE place <= $1 AND (place < $1 OR person > $2) AND ($3 = '' OR stage = $3) AND ($4 < 0 OR open = $4)
            AND ($5 < 0 OR is_lead = $5)
        ORDER BY place DESC, person LIMIT $7)sql",
                               parameters);
    if (!rows) return std::unexpected(rows.error());
    std::vector<ports::LeadRow> found;
    while (rows->row()) found.push_back(read_lead(*rows));
    return found;
}

void check_lead_texts(Database& db, Findings& findings) {
    const char* sql = R"sql(
        SELECT lead.person, name, email, account, text, lead_text.person
        FROM lead FULL JOIN lead_text ON lead_text.lane = lead.lane AND lead_text.person = lead.person
        ORDER BY lead.person -- scan: every row is looked at
        )sql";
    findings.note("search index", db.stream(sql, Parameters(), [&](const Rows& row) {
        if (row.null(0)) {
            findings.add("search index",
                         "leads to person " + std::to_string(row.integer(5)) + ", who is not in the list");
        } else if (row.null(4) || row.bytes(4) != search_text(searched_part(row))) {
            findings.add("search index", "a search would miss person " + std::to_string(row.integer(0)));
        }
        return true;
    }));
}

}  // namespace baton::storage::postgres
