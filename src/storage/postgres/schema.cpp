#include "storage/postgres/schema.h"

#include <array>

#include "base/digest.h"
#include "storage/postgres/lead_text.h"

namespace baton::storage::postgres {
namespace {

// Positions, subjects and times are integers; `state`, `payload` and `record` are bytes of the codec; `checksum` is a
// RowCheck over the other columns. Text is ordered by code point. Rows that every commit changes leave room in their
// page, so that a new version needs no new index entry. Written rows are never changed: a step's hash is kept.
constexpr std::array all = {
    Migration{1, R"sql(
CREATE TABLE ledger (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    hash_key BYTEA NOT NULL,
    epoch BIGINT NOT NULL,
    commits BIGINT NOT NULL,
    last_position BIGINT NOT NULL,
    derived_up_to BIGINT NOT NULL,
    identity_sum BIGINT NOT NULL,
    message_sum BIGINT NOT NULL,
    checksum BIGINT NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 20))sql"},
    Migration{2, R"sql(
CREATE TABLE journal (
    lane BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    position BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    previous BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    payload BYTEA NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (lane, seq)
))sql"},
    Migration{3, R"sql(
CREATE UNIQUE INDEX journal_position ON journal (position) -- key: arrival order over all lanes is the order of replay
)sql"},
    Migration{4, R"sql(
CREATE TABLE lane_head (
    lane BIGINT PRIMARY KEY, -- key: one row a lane
    seq BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    subjects BIGINT NOT NULL,
    checksum BIGINT NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 20))sql"},
    Migration{5, R"sql(
CREATE TABLE source (
    number BIGINT PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    checksum BIGINT NOT NULL
))sql"},
    Migration{6, R"sql(
CREATE TABLE identity (
    hash BIGINT NOT NULL,
    n BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    subject BIGINT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (hash, n)
))sql"},
    Migration{7, "CREATE INDEX identity_subject ON identity (subject)"},
    Migration{8, R"sql(
CREATE TABLE message (
    day BIGINT NOT NULL,
    lane BIGINT NOT NULL,
    source BIGINT NOT NULL,
    hash BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (day, lane, source, hash)
))sql"},
    Migration{9, R"sql(
CREATE TABLE state (
    lane BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    last BIGINT NOT NULL,
    next_at BIGINT,
    state BYTEA NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (lane, subject)
) WITH (fillfactor = 70))sql"},
    Migration{10, R"sql(
CREATE INDEX state_due ON state (next_at, subject) WHERE next_at IS NOT NULL -- key: the earliest of all lanes is wanted
)sql"},
    Migration{11, R"sql(
CREATE TABLE lead (
    lane BIGINT NOT NULL,
    person BIGINT NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    open BIGINT NOT NULL,
    is_lead BIGINT NOT NULL,
    cycle BIGINT NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    classes TEXT COLLATE "C" NOT NULL,
    score_micros BIGINT NOT NULL,
    stage_entered_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (lane, person)
) WITH (fillfactor = 70))sql"},
    Migration{12, "CREATE INDEX lead_updated ON lead (updated_at DESC, person) -- key: lists go over all lanes"},
    Migration{13, "CREATE INDEX lead_score ON lead (score_micros DESC, person) -- key: lists go over all lanes"},
    Migration{14, "CREATE INDEX lead_entered ON lead (stage_entered_at DESC, person) -- key: lists go over all lanes"},
    Migration{15, R"sql(
CREATE TABLE history (
    lane BIGINT NOT NULL,
    id BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    record BYTEA NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (lane, id)
))sql"},
    Migration{16, "CREATE UNIQUE INDEX history_id ON history (id) -- key: the newest of all lanes are wanted"},
    Migration{17, R"sql(
CREATE TABLE counter (
    key TEXT COLLATE "C" PRIMARY KEY,
    value BIGINT NOT NULL,
    checksum BIGINT NOT NULL
) WITH (fillfactor = 50))sql"},
    Migration{18, R"sql(
CREATE TABLE playbook (
    version BIGINT PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    text TEXT COLLATE "C" NOT NULL,
    file TEXT COLLATE "C" NOT NULL,
    stored_at BIGINT NOT NULL,
    checksum BIGINT NOT NULL
))sql"},
    Migration{19, R"sql(
CREATE TABLE setting (
    name TEXT COLLATE "C" PRIMARY KEY,
    value BYTEA NOT NULL,
    checksum BIGINT NOT NULL
))sql"},
    Migration{20, "the extension pg_trgm", make_trigrams},
    Migration{21, R"sql(
CREATE TABLE lead_text (
    lane BIGINT NOT NULL,
    person BIGINT NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (lane, person)
))sql"},
    Migration{22, "the texts of the people there are", fill_lead_texts},
    Migration{23, R"sql(
DO $do$ BEGIN -- key: people of all lanes are searched
    EXECUTE format('CREATE INDEX lead_text_trigrams ON lead_text USING gin (text %I.gin_trgm_ops)',
        (SELECT nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
            WHERE extname = 'pg_trgm'));
END $do$)sql"},
    Migration{24, R"sql(
CREATE TABLE secret (
    kind BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    value BYTEA NOT NULL,
    ends_at BIGINT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
))sql"},
    // What changes with every fact stands in the row that changes with every fact anyway; the list keeps the rest. `lead_check`
    // is over both parts.
    Migration{25, R"sql(
ALTER TABLE state ADD COLUMN score_micros BIGINT, ADD COLUMN updated_at BIGINT, ADD COLUMN lead_check BIGINT)sql"},
    Migration{26, R"sql(
UPDATE state SET score_micros = lead.score_micros, updated_at = lead.updated_at, lead_check = lead.checksum
FROM lead WHERE lead.lane = state.lane AND lead.person = state.subject)sql"},
    Migration{27, "DROP INDEX lead_updated, lead_score"},
    Migration{28, "ALTER TABLE lead DROP COLUMN score_micros, DROP COLUMN updated_at, DROP COLUMN checksum"},
    Migration{29, R"sql(
CREATE INDEX state_updated ON state (updated_at DESC, subject) WHERE updated_at IS NOT NULL -- key: lists go over all lanes
)sql"},
    Migration{30, R"sql(
CREATE INDEX state_score ON state (score_micros DESC, subject) WHERE score_micros IS NOT NULL -- key: lists go over all lanes
)sql"},
    Migration{31, R"sql(
CREATE INDEX lead_stage ON lead (stage, stage_entered_at DESC, person) -- key: lists go over all lanes
)sql"},
    // What is sorted stands beside what is true, and is empty while somebody has facts often (see warm.h): such a row is written
    // without any index being touched.
    Migration{32, "DROP INDEX state_due, state_updated, state_score"},
    Migration{33, R"sql(
ALTER TABLE state ADD COLUMN warm BIGINT, ADD COLUMN place_due BIGINT, ADD COLUMN place_score BIGINT,
    ADD COLUMN place_updated BIGINT)sql"},
    Migration{34, R"sql(
UPDATE state SET place_due = next_at, place_score = score_micros, place_updated = updated_at -- scan: every row
)sql"},
    Migration{35, R"sql(
CREATE INDEX state_due ON state (place_due, subject) WHERE place_due IS NOT NULL -- key: the earliest of all lanes is wanted
)sql"},
    Migration{36, R"sql(
CREATE INDEX state_updated ON state (place_updated DESC, subject) WHERE place_updated IS NOT NULL -- key: lists go over all lanes
)sql"},
    Migration{37, R"sql(
CREATE INDEX state_score ON state (place_score DESC, subject) WHERE place_score IS NOT NULL -- key: lists go over all lanes
)sql"},
    Migration{38, "CREATE INDEX state_warm ON state (subject) WHERE warm IS NOT NULL -- key: all of them are wanted"},
    // Accounts go by name: those of people, with what is counted of them, and those that something was said of themselves.
    Migration{39,
              "CREATE INDEX lead_account ON lead (account, open) WHERE account <> '' -- key: lists go over all lanes"},
    Migration{40, "CREATE INDEX identity_account ON identity (key) WHERE kind = 111 -- key: accounts by name"},
};

constexpr const char* make_steps = R"sql(
CREATE TABLE IF NOT EXISTS schema_step (
    version BIGINT PRIMARY KEY,
    hash TEXT NOT NULL
))sql";

std::string hash_of(const Migration& step) { return to_hex(blake2b(step.sql)); }

Status run_step(Database& db, const Migration& step) {
    Transaction transaction(db);
    if (Status status = transaction.begin_writing(); !status) return status;
    // A step takes as long as it takes.
    if (Status status = db.execute("SET LOCAL statement_timeout = 0"); !status) return status;
    if (Status status = step.run != nullptr ? step.run(db) : db.execute(step.sql); !status) return status;
    const std::string hash = hash_of(step);
    const Result<Rows> noted =
        db.run("INSERT INTO schema_step (version, hash) VALUES ($1, $2)", Parameters(step.version, hash));
    if (!noted) return std::unexpected(noted.error());
    return transaction.commit();
}

/// Whether the steps can be read; the schema is empty otherwise, or somebody else's.
Result<bool> has_steps(Database& db) {
    Result<Rows> rows = db.run(R"sql(
        SELECT current_schema()::text, current_setting('server_encoding'),
            (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()),
            (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_step'))sql");
    if (!rows) return std::unexpected(rows.error());
    static_cast<void>(rows->row());
    if (rows->null(0))
        return fail("not_found", db.name() + " has no schema on its search path; make one with CREATE SCHEMA");
    if (rows->bytes(1) != "UTF8")
        return fail("unsupported", db.name() + " has encoding " + rows->text(1) + "; make it with ENCODING 'UTF8'");
    if (rows->integer(3) != 0) return true;
    if (rows->integer(2) == 0) return false;
    return fail("not_a_store",
                db.name() + " holds other tables in schema " + rows->text(0) + "; use a database or schema of its own");
}

}  // namespace

std::span<const Migration> migrations() { return all; }

Result<std::int64_t> schema_version(Database& db, std::span<const Migration> known) {
    const Result<bool> there = has_steps(db);
    if (!there) return std::unexpected(there.error());
    if (!*there) return 0;
    Result<Rows> rows = db.run("SELECT version, hash FROM schema_step ORDER BY version");
    if (!rows) return std::unexpected(rows.error());
    std::int64_t version = 0;
    while (rows->row()) {
        version = rows->integer(0);
        if (version > static_cast<std::int64_t>(known.size()))
            return fail("newer_schema", db.name() + " has schema " + std::to_string(version) +
                                            ", this program knows up to " + std::to_string(known.size()) +
                                            "; nothing was changed. Use the newer program.");
        if (version < 1 || rows->bytes(1) != hash_of(known[static_cast<std::size_t>(version - 1)]))
            return fail("not_a_store", db.name() + ": step " + std::to_string(version) +
                                           " of its schema is not this program's; nothing was changed");
    }
    return version;
}

Status migrate(Database& db, std::int64_t from, std::span<const Migration> steps) {
    if (from == 0) {
        if (Status status = db.execute(make_steps); !status) return status;
    }
    for (const Migration& step : steps) {
        if (step.version <= from) continue;
        Status status = run_step(db, step);
        if (!status && status.error().code == "retry") status = run_step(db, step);
        if (!status) return status;
    }
    return {};
}

// Verify names the new one when a step is added.
const std::string_view expected_schema = "187118dc7d3786c8dc9457b8d804c4afb92a6467e68143ebfb16c952e0af0172";

Result<std::string> schema_digest(Database& db) {
    Result<Rows> rows = db.run(R"sql(
        SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(collation_name, '')
            COLLATE "C" AS line
        FROM information_schema.columns WHERE table_schema = current_schema()
        UNION ALL
        SELECT regexp_replace(replace(indexdef, ' ON ' || quote_ident(schemaname) || '.', ' ON '),
            '[^ (]*gin_trgm_ops', 'gin_trgm_ops')
        FROM pg_indexes WHERE schemaname = current_schema()
        ORDER BY line)sql");
    if (!rows) return std::unexpected(rows.error());
    std::string lines;
    while (rows->row()) lines += rows->text(0) + "\n";
    return to_hex(blake2b(lines));
}

}  // namespace baton::storage::postgres
