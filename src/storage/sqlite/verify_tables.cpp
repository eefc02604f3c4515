#include "storage/sqlite/verify_tables.h"

#include <algorithm>

#include "storage/sqlite/derived.h"
#include "storage/sqlite/identity.h"
#include "storage/sqlite/journal.h"
#include "storage/sqlite/lead_index.h"
#include "storage/sqlite/leads.h"
#include "storage/sqlite/library.h"
#include "storage/sqlite/secrets.h"

namespace baton::storage::sqlite {

namespace {

constexpr const char* differs = "checksum differs";

/// Runs over a table; `check` reads the row at hand.
template <class Check>
void walk(Database& db, const char* table, const char* sql, Findings& findings, Check check) {
    Walk rows(db, sql);
    while (rows.query().row()) check(rows.query());
    findings.note(table, rows.query().status());
}

void check_ledger(Database& db, Findings& findings) {
    const Result<bool> whole = ledger_is_whole(db);
    if (!whole) return findings.note("ledger", std::unexpected(whole.error()));
    if (!*whole) findings.add("ledger", differs);
}

void check_heads(Database& db, Findings& findings) {
    const char* sql = "SELECT checksum, lane, seq, digest, subjects FROM lane_head -- scan: every row is looked at";
    walk(db, "lane heads", sql, findings, [&](const Query& row) {
        if (row.integer(0) != check_of(read_head(row, 1)) || row.bytes(3).size() != Digest{}.size()) {
            findings.add("head of lane " + std::to_string(row.integer(1)), differs);
        }
    });
}

void check_sources(Database& db, Findings& findings) {
    std::int64_t expected = 0;
    walk(db, "sources", "SELECT checksum, number, name FROM source ORDER BY number", findings, [&](const Query& row) {
        const std::string where = "source " + std::to_string(row.integer(1));
        if (row.integer(1) != expected++) findings.add(where, "its number does not follow the one before");
        if (row.integer(0) != check_of_source(row.integer(1), row.bytes(2))) findings.add(where, differs);
    });
}

/// Keys that wait for their table; answers the sum of the checksums they will have there.
std::int64_t check_recent(Database& db, const Ledger& ledger, Findings& findings) {
    std::int64_t sum = 0;
    const char* sql = "SELECT checksum, part, id, keys FROM identity_recent ORDER BY part, id";
    walk(db, "recent identities", sql, findings, [&](const Query& row) {
        const std::string where = "identity keys of commit " + std::to_string(row.integer(2));
        if (row.integer(0) != check_of_recent(row.integer(1), row.integer(2), row.bytes(3)))
            findings.add(where, differs);
        const auto keys = unpacked(row.bytes(3));
        if (!keys) return findings.add(where, "cannot be read");
        for (const ports::Identity& identity : *keys) {
            const std::int64_t hash = hash_of(ledger.hash_key, identity.key);
            if (static_cast<std::int64_t>(RecentKeys::part_of(hash)) != row.integer(1))
                findings.add("identity key of subject " + std::to_string(identity.subject.value),
                             "stands in the wrong place");
            sum = wrapping_sum(sum, check_of(identity, hash, 0));
        }
    });
    return sum;
}

void check_identities(Database& db, const Ledger& ledger, Findings& findings) {
    std::int64_t sum = check_recent(db, ledger, findings);
    walk(db, "identities", "SELECT checksum, hash, n, kind, key, subject FROM identity ORDER BY hash, n", findings,
         [&](const Query& row) {
             const ports::Identity identity{{static_cast<char>(row.integer(3)), row.text(4)}, {bits(row.integer(5))}};
             const std::string where = "identity key of subject " + std::to_string(row.integer(5));
             if (row.integer(0) != check_of(identity, row.integer(1), row.integer(2))) findings.add(where, differs);
             if (row.integer(1) != hash_of(ledger.hash_key, identity.key))
                 findings.add(where, "stands in the wrong place");
             sum = wrapping_sum(sum, row.integer(0));
         });
    if (sum != ledger.identity_sum) findings.add("identities", "a key is missing or there is one too many");
}

/// Every row is that of a record, and as many records up to where the index goes have one.
void check_messages(Database& db, const Ledger& ledger, Findings& findings) {
    std::int64_t rows = 0;
    const char* sql = R"sql(
        SELECT m.position, m.day, m.source, m.hash, m.lane, j.message_day, j.message_source, j.message_hash, j.lane
        FROM message AS m LEFT JOIN journal AS j ON j.position = m.position
        ORDER BY m.day, m.lane, m.source, m.hash -- scan: every row is looked at)sql";
    walk(db, "message ids", sql, findings, [&](const Query& row) {
        ++rows;
        const auto lane = [&](int column) { return Lane{static_cast<std::uint16_t>(row.integer(column))}; };
        const bool same =
            row.integer(4) == row.integer(8) && read_message(row, lane(4), 1) == read_message(row, lane(8), 5);
        if (!same || row.integer(0) > ledger.indexed_up_to)
            findings.add("message id of position " + std::to_string(row.integer(0)), "is not that of its record");
    });
    Query count = db.query(R"sql(
        SELECT count(message_hash) FROM journal WHERE position <= ?1 -- scan: every row is looked at)sql");
    count.bind(ledger.indexed_up_to);
    const std::int64_t named = count.row() ? count.integer(0) : -1;
    findings.note("message ids", count.status());
    if (named != rows) findings.add("message ids", "one is missing or there is one too many");
}

void check_states(Database& db, const Ledger& ledger, Findings& findings) {
    const char* sql = R"sql(
        SELECT subject, last, next_at, state, checksum FROM state
        UNION ALL SELECT subject, last, NULL, state, checksum FROM account_state ORDER BY subject)sql";
    std::optional<SubjectId> before;
    walk(db, "states", sql, findings, [&](const Query& row) {
        const ports::StateRow state = read_state(row);
        const std::string where = "state of subject " + std::to_string(state.subject.value);
        if (row.integer(4) != check_of(state)) findings.add(where, differs);
        if (before == state.subject) findings.add(where, "stands twice");
        before = state.subject;
        if (state.last > ledger.last_position) findings.add(where, "is newer than the journal");
    });
}

void check_leads(Database& db, Findings& findings) {
    const char* sql = R"sql(
        SELECT person, stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at, updated_at, name, email,
            account, checksum
        FROM lead ORDER BY person)sql";
    walk(db, "leads", sql, findings, [&](const Query& row) {
        const ports::LeadRow lead = read_lead(row);
        if (row.integer(13) != check_of(lead))
            findings.add("lead of person " + std::to_string(lead.person.value), differs);
    });
}

void check_history(Database& db, Findings& findings) {
    walk(db, "history", "SELECT id, subject, at, kind, record, checksum FROM history ORDER BY id", findings,
         [&](const Query& row) {
             const ports::HistoryRow history = read_history(row);
             if (row.integer(5) == check_of(history)) return;
             findings.add("history of subject " + std::to_string(history.subject.value) + " at position " +
                              std::to_string(history.position),
                          differs);
         });
}

void check_counters(Database& db, Findings& findings) {
    walk(db, "counters", "SELECT key, value, checksum FROM counter ORDER BY key", findings, [&](const Query& row) {
        if (row.integer(2) != check_of_counter(row.bytes(0), row.integer(1)))
            findings.add("counter " + row.text(0), differs);
    });
}

void check_playbooks(Database& db, Findings& findings) {
    const char* sql = "SELECT version, id, hash, text, file, stored_at, checksum FROM playbook ORDER BY version";
    walk(db, "playbooks", sql, findings, [&](const Query& row) {
        const ports::StoredPlaybook playbook = read_playbook(row);
        if (row.integer(6) == check_of(playbook) && row.bytes(2).size() == Digest{}.size()) return;
        findings.add("playbook version " + std::to_string(playbook.version), differs);
    });
}

void check_settings(Database& db, Findings& findings) {
    walk(db, "settings", "SELECT name, value, checksum FROM setting ORDER BY name", findings, [&](const Query& row) {
        if (row.integer(2) != check_of_setting(row.bytes(0), row.bytes(1)))
            findings.add("setting " + row.text(0), differs);
    });
}

void check_secrets(Database& db, Findings& findings) {
    const char* sql = "SELECT kind, id, owner, value, ends_at, checksum FROM secret ORDER BY kind, id";
    walk(db, "secrets", sql, findings, [&](const Query& row) {
        const ports::Secret secret = read_secret(row);
        if (row.integer(5) != check_of(secret))
            findings.add("secret " + std::string(1, secret.kind) + " of " + secret.owner, differs);
    });
}

}  // namespace

void check_tables(Database& db, Findings& findings) {
    check_ledger(db, findings);
    const Result<Ledger> row = ledger(db);
    if (!row) return findings.note("ledger", std::unexpected(row.error()));
    check_heads(db, findings);
    check_sources(db, findings);
    check_identities(db, *row, findings);
    check_messages(db, *row, findings);
    check_states(db, *row, findings);
    check_leads(db, findings);
    check_lead_index(db, findings);
    check_history(db, findings);
    check_counters(db, findings);
    check_playbooks(db, findings);
    check_settings(db, findings);
    check_secrets(db, findings);
}

}  // namespace baton::storage::sqlite
