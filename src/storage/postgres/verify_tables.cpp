#include "storage/postgres/verify_tables.h"

#include <algorithm>

#include "storage/postgres/derived.h"
#include "storage/postgres/identity.h"
#include "storage/postgres/journal.h"
#include "storage/postgres/lead_text.h"
#include "storage/postgres/leads.h"
#include "storage/postgres/ledger.h"
#include "storage/postgres/library.h"
#include "storage/postgres/secrets.h"

namespace baton::storage::postgres {

namespace {

constexpr const char* differs = "checksum differs";

/// Runs over a table; `check` reads the row at hand.
template <class Check>
void walk(Database& db, const char* table, const char* sql, Findings& findings, Check check) {
    findings.note(table, db.stream(sql, Parameters(), [&](const Rows& row) {
        check(row);
        return true;
    }));
}

void check_ledger(Database& db, Findings& findings) {
    const Result<bool> whole = ledger_is_whole(db);
    if (!whole) return findings.note("ledger", std::unexpected(whole.error()));
    if (!*whole) findings.add("ledger", differs);
}

void check_heads(Database& db, Findings& findings) {
    const char* sql = "SELECT checksum, lane, seq, digest, subjects FROM lane_head -- scan: every row is looked at\n";
    walk(db, "lane heads", sql, findings, [&](const Rows& row) {
        if (row.integer(0) != check_of(read_head(row, 1)) || row.bytes(3).size() != Digest{}.size()) {
            findings.add("head of lane " + std::to_string(row.integer(1)), differs);
        }
    });
}

void check_sources(Database& db, Findings& findings) {
    std::int64_t expected = 0;
    walk(db, "sources", "SELECT checksum, number, name FROM source ORDER BY number", findings, [&](const Rows& row) {
        const std::string where = "source " + std::to_string(row.integer(1));
        if (row.integer(1) != expected++) findings.add(where, "its number does not follow the one before");
        if (row.integer(0) != check_of_source(row.integer(1), row.bytes(2))) findings.add(where, differs);
    });
}

void check_identities(Database& db, const Ledger& ledger, Findings& findings) {
    std::int64_t sum = 0;
    walk(db, "identities", "SELECT checksum, hash, n, kind, key, subject FROM identity ORDER BY hash, n", findings,
         [&](const Rows& row) {
             const ports::Identity identity{{static_cast<char>(row.integer(3)), row.text(4)}, {bits(row.integer(5))}};
             const std::string where = "identity key of subject " + std::to_string(row.integer(5));
             if (row.integer(0) != check_of(identity, row.integer(1), row.integer(2))) findings.add(where, differs);
             if (row.integer(1) != hash_of(ledger.hash_key, identity.key))
                 findings.add(where, "stands in the wrong place");
             sum = wrapping_sum(sum, row.integer(0));
         });
    if (sum != ledger.identity_sum) findings.add("identities", "a key is missing or there is one too many");
}

/// Every row is that of a record, and all that were ever written are there.
void check_messages(Database& db, const Ledger& ledger, Findings& findings) {
    std::int64_t sum = 0;
    const char* sql = R"sql(
        SELECT m.day, m.lane, m.source, m.hash, m.position, j.lane
        FROM message AS m LEFT JOIN journal AS j ON j.position = m.position
        ORDER BY m.day, m.lane, m.source, m.hash -- scan: every row is looked at
        )sql";
    walk(db, "message ids", sql, findings, [&](const Rows& row) {
        const ports::Message message = read_message(row);
        if (row.null(5) || row.integer(5) != message.key.lane.value)
            findings.add("message id of position " + std::to_string(message.position), "is not that of a record");
        sum = wrapping_sum(sum, check_of(message));
    });
    if (sum != ledger.message_sum) findings.add("message ids", "one is changed, missing or there is one too many");
}

void check_states(Database& db, const Ledger& ledger, Findings& findings) {
    walk(db, "states",
         R"sql(
            SELECT subject, last, next_at, state, checksum,
                CASE WHEN warm IS NULL
                    THEN (place_due, place_score, place_updated) IS DISTINCT FROM (next_at, score_micros, updated_at)
                    ELSE warm <> 1 OR updated_at IS NULL OR num_nonnulls(place_due, place_score, place_updated) > 0
                    END::int
            FROM state ORDER BY subject -- scan: every row is looked at
            )sql",
         findings, [&](const Rows& row) {
             const ports::StateRow state = read_state(row);
             const std::string where = "state of subject " + std::to_string(state.subject.value);
             if (row.integer(4) != check_of(state)) findings.add(where, differs);
             if (state.last > ledger.last_position) findings.add(where, "is newer than the journal");
             if (row.integer(5) != 0) findings.add(where, "a list would not find it in its place");
         });
}

void check_leads(Database& db, Findings& findings) {
    const char* sql = R"sql(
        SELECT coalesce(person, subject), stage, open, is_lead, cycle, holder, classes, score_micros, stage_entered_at,
            updated_at, name, email, account, lead_check, CASE WHEN person IS NULL OR subject IS NULL THEN 1 ELSE 0 END
        FROM lead FULL JOIN (SELECT lane, subject, score_micros, updated_at, lead_check FROM state
                WHERE updated_at IS NOT NULL) AS placed
            ON placed.lane = lead.lane AND subject = person
        ORDER BY 1 -- scan: every row is looked at
        )sql";
    walk(db, "leads", sql, findings, [&](const Rows& row) {
        const ports::LeadRow lead = read_lead(row);
        const std::string where = "lead of person " + std::to_string(lead.person.value);
        if (row.integer(14) != 0) {
            findings.add(where, "a part of it is missing");
        } else if (row.integer(13) != check_of(lead)) {
            findings.add(where, differs);
        }
    });
}

void check_history(Database& db, Findings& findings) {
    walk(db, "history",
         "SELECT id, subject, at, kind, record, checksum FROM history ORDER BY id -- scan: every row is looked at\n",
         findings, [&](const Rows& row) {
             const ports::HistoryRow history = read_history(row);
             if (row.integer(5) == check_of(history)) return;
             findings.add("history of subject " + std::to_string(history.subject.value) + " at position " +
                              std::to_string(history.position),
                          differs);
         });
}

void check_counters(Database& db, Findings& findings) {
    walk(db, "counters", "SELECT key, value, checksum FROM counter ORDER BY key", findings, [&](const Rows& row) {
        if (row.integer(2) != check_of_counter(row.bytes(0), row.integer(1)))
            findings.add("counter " + row.text(0), differs);
    });
}

void check_playbooks(Database& db, Findings& findings) {
    const char* sql = "SELECT version, id, hash, text, file, stored_at, checksum FROM playbook ORDER BY version";
    walk(db, "playbooks", sql, findings, [&](const Rows& row) {
        const ports::StoredPlaybook playbook = read_playbook(row);
        if (row.integer(6) == check_of(playbook) && row.bytes(2).size() == Digest{}.size()) return;
        findings.add("playbook version " + std::to_string(playbook.version), differs);
    });
}

void check_settings(Database& db, Findings& findings) {
    walk(db, "settings", "SELECT name, value, checksum FROM setting ORDER BY name", findings, [&](const Rows& row) {
        if (row.integer(2) != check_of_setting(row.bytes(0), row.bytes(1)))
            findings.add("setting " + row.text(0), differs);
    });
}

void check_secrets(Database& db, Findings& findings) {
    const char* sql = "SELECT kind, id, owner, value, ends_at, checksum FROM secret ORDER BY kind, id";
    walk(db, "secrets", sql, findings, [&](const Rows& row) {
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
    check_lead_texts(db, findings);
    check_history(db, findings);
    check_counters(db, findings);
    check_playbooks(db, findings);
    check_settings(db, findings);
    check_secrets(db, findings);
}

}  // namespace baton::storage::postgres
