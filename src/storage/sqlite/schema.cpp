#include "storage/sqlite/schema.h"

#include <array>

#include "base/digest.h"
#include "storage/sqlite/lead_index.h"

namespace baton::storage::sqlite {
namespace {

// Positions, subjects and times are integers; `state`, `payload` and `record` are bytes of the codec; `checksum` is a
// RowCheck over the other columns. SQLite gets no lane-first keys: one writer, and the rowid order is twice as fast.
constexpr const char* version_1 = R"sql(
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    hash_key BLOB NOT NULL,
    commits INTEGER NOT NULL,
    last_position INTEGER NOT NULL,
    derived_up_to INTEGER NOT NULL,
    identity_sum INTEGER NOT NULL,
    indexed_up_to INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE journal ( -- key: arrival order over all lanes is the order of replay
    position INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    payload BLOB NOT NULL,
    message_day INTEGER,
    message_source INTEGER,
    message_hash INTEGER,
    checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE lane_head ( -- key: one row a lane
    lane INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    digest BLOB NOT NULL,
    subjects INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE source (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE identity (
    hash INTEGER NOT NULL,
    n INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    key TEXT NOT NULL,
    subject INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (hash, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_subject ON identity (subject);
CREATE TABLE message ( -- key: with locality in time. Follows the journal up to ledger.indexed_up_to, verified against it
    day INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    source INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (day, lane, source, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE state (
    subject INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    next_at INTEGER,
    state BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX state_due ON state (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE lead (
    person INTEGER PRIMARY KEY,
    stage TEXT NOT NULL,
    open INTEGER NOT NULL,
    is_lead INTEGER NOT NULL,
    cycle INTEGER NOT NULL,
    holder TEXT NOT NULL,
    classes TEXT NOT NULL,
    score_micros INTEGER NOT NULL,
    stage_entered_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    account TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX lead_updated ON lead (updated_at DESC);
CREATE INDEX lead_score ON lead (score_micros DESC) WHERE open = 1;
CREATE INDEX lead_entered ON lead (stage_entered_at DESC) WHERE open = 1;
CREATE TABLE history ( -- key: position and number, so rows are only ever added at the end; a subject's are found by its records
    id INTEGER PRIMARY KEY,
    subject INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    record BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE counter (
    key TEXT PRIMARY KEY,
    value INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE playbook (
    version INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    hash BLOB NOT NULL,
    text TEXT NOT NULL,
    file TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX playbook_hash ON playbook (hash);
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// Without the text (content='') and without places in it (detail=none): a third of the size. The tokenizer changes nothing:
// storage/search_text.h has settled the spelling.
constexpr const char* version_2 = R"sql(
CREATE VIRTUAL TABLE lead_index
USING fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'))sql";

constexpr const char* version_4 = R"sql(
CREATE TABLE secret ( -- key: what proves who somebody is, by kind and id
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    value BLOB NOT NULL,
    ends_at INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
)sql";

// Accounts go by name: those of people, with what is counted of them, and those that something was said of themselves ('o' = 111).
constexpr const char* version_6 = "CREATE INDEX lead_account ON lead (account, open) WHERE account <> ''";
constexpr const char* version_7 = "CREATE INDEX identity_account ON identity (key) WHERE kind = 111";
// Keys of late (recent_keys.h), packed, on their way into `identity`: a row for each part of the hashes an append touches. States of
// accounts stand together: each fact of their people changes them, and among those of people they would take a page each.
constexpr const char* version_8 = R"sql(
CREATE TABLE identity_recent (
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    keys BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (part, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_state (
    subject INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    state BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
INSERT INTO account_state (subject, last, state, checksum)
    SELECT subject, last, state, checksum FROM state
    WHERE subject >= 64 AND next_at IS NULL AND subject NOT IN (SELECT person FROM lead)
    ORDER BY subject;
DELETE FROM state WHERE subject IN (SELECT subject FROM account_state);
)sql";
// Lists go through open leads, through all others, or through both at once: few of one kind may stand among many of the other.
constexpr const char* version_9 = R"sql(
DROP INDEX lead_updated;
CREATE INDEX lead_updated_open ON lead (updated_at DESC) WHERE open = 1;
CREATE INDEX lead_updated_rest ON lead (updated_at DESC) WHERE open = 0;
CREATE INDEX lead_score_rest ON lead (score_micros DESC) WHERE open = 0;
)sql";

Status note_steps_before(Database& db);

constexpr std::array all = {Migration{1, version_1},
                            Migration{2, version_2},
                            Migration{3, "the people there are, into the index", fill_lead_index},
                            Migration{4, version_4},
                            Migration{5, "the steps done so far, by number and hash", note_steps_before},
                            Migration{6, version_6},
                            Migration{7, version_7},
                            Migration{8, version_8},
                            Migration{9, version_9}};

/// From this step on a file says which steps made it.
constexpr std::int64_t first_noted = 5;

std::string hash_of(const Migration& step) { return to_hex(blake2b(step.sql)); }

Status note_step(Database& db, const Migration& step) {
    Query query = db.query("INSERT INTO schema_step (version, hash) VALUES (?1, ?2)");
    return query.bind(step.version, std::string_view(hash_of(step))).run();
}

/// Those before were not noted when they were done; that they made these tables is what verify compares.
Status note_steps_before(Database& db) {
    Status done = db.execute("CREATE TABLE schema_step (version INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT");
    for (const Migration& step : all)
        if (done && step.version < first_noted) done = note_step(db, step);
    return done;
}

Status refuse(const Database& db, std::int64_t found, std::int64_t known) {
    return fail("newer_schema", db.path() + " has schema " + std::to_string(found) + ", this program knows up to " +
                                    std::to_string(known) + "; nothing was changed. Use the newer program.");
}

/// The number of the last step done; pragma user_version cannot be bound, and is no text from outside.
Status set_version(Database& db, std::int64_t version) {
    const std::string pragma = "PRAGMA user_version = " + std::to_string(version);
    return db.execute(pragma.c_str());
}

Status run_step(Database& db, const Migration& step) {
    Transaction transaction(db);
    if (Status status = transaction.begin(); !status) return status;
    if (Status status = step.run != nullptr ? step.run(db) : db.execute(step.sql); !status) return status;
    if (step.version >= first_noted)
        if (Status status = note_step(db, step); !status) return status;
    if (Status status = set_version(db, step.version); !status) return status;
    return transaction.commit();
}

Status expect_steps(Database& db, std::int64_t version, std::span<const Migration> known) {
    Query query = db.query("SELECT version, hash FROM schema_step ORDER BY version");
    std::int64_t noted = 0;
    while (query.row()) {
        const std::int64_t step = query.integer(0);
        if (step != ++noted || step > version || query.text(1) != hash_of(known[static_cast<std::size_t>(step - 1)]))
            return fail("not_a_store", db.path() + ": step " + std::to_string(step) +
                                           " of its schema is not this program's; nothing was changed");
    }
    if (Status status = query.status(); !status) return status;
    if (noted == version) return {};
    return fail("not_a_store", db.path() + " has schema " + std::to_string(version) + ", but only " +
                                   std::to_string(noted) + " steps of it are noted; nothing was changed");
}

}  // namespace

std::span<const Migration> migrations() { return all; }

Result<std::int64_t> schema_version(Database& db, std::span<const Migration> known) {
    const Result<std::int64_t> owner = db.number("PRAGMA application_id");
    if (!owner) return owner;
    const Result<std::int64_t> version = db.number("PRAGMA user_version");
    if (!version) return version;
    const Result<std::int64_t> tables = db.number("SELECT count(name) FROM sqlite_schema");
    if (!tables) return tables;
    if (*tables == 0 && *version == 0 && (*owner == 0 || *owner == application_id)) return 0;
    if (*owner != application_id) return fail("not_a_store", db.path() + " is an SQLite file, but not one of Baton's.");
    const auto newest = static_cast<std::int64_t>(known.size());
    if (*version > newest) return std::unexpected(refuse(db, *version, newest).error());
    if (*version >= first_noted)
        if (Status status = expect_steps(db, *version, known); !status) return std::unexpected(status.error());
    return version;
}

Status migrate(Database& db, std::int64_t from, std::span<const Migration> steps) {
    if (from == 0) {
        if (Status status = db.execute("PRAGMA application_id = 0x4261746e"); !status) return status;
    }
    for (const Migration& step : steps) {
        if (step.version <= from) continue;
        if (Status status = run_step(db, step); !status) return status;
    }
    return {};
}

Result<std::vector<std::string>> schema_objects(Database& db) {
    std::vector<std::string> found;
    Query query = db.query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name");
    while (query.row())
        found.push_back(query.text(0) + " " + query.text(1) + " " + query.text(2) + " " + query.text(3));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

}  // namespace baton::storage::sqlite
