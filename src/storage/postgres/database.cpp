#include "storage/postgres/database.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace baton::storage::postgres {
namespace {

struct Meaning {
    std::string_view state;  ///< how the SQLSTATE begins
    const char* code;
    const char* words;
};

// The first that fits. Our statements are constants with tests: one that does not fit the tables means that somebody
// has changed them.
constexpr std::array meanings = {
    Meaning{"08", "unavailable", "the connection to the database broke"},
    Meaning{"57P", "unavailable", "the database is stopping, starting or has ended the connection"},
    Meaning{"53100", "disk_full", "the database has no space left; free some and try again"},
    Meaning{"53200", "out_of_memory", "the database has no memory left"},
    Meaning{"53", "unavailable", "the database has no room for this; look at its connections"},
    Meaning{"58", "unavailable", "the database cannot read or write its files; look at its log"},
    Meaning{"40001", "retry", "another transaction was faster"},
    Meaning{"40P01", "retry", "two transactions waited for each other"},
    Meaning{"55P03", "timeout", "another transaction holds the rows; find it in pg_stat_activity"},
    Meaning{"57014", "timeout", "the statement took too long or was cancelled"},
    Meaning{"25P03", "unavailable", "the transaction was idle for too long"},
    Meaning{"25006", "read_only", "the database takes no writes; is it a standby?"},
    Meaning{"23", "conflict", "a row with this key exists"},
    Meaning{"3D000", "not_found", "there is no such database; make it with createdb"},
    Meaning{"3F000", "not_found", "there is no such schema; make it with CREATE SCHEMA"},
    Meaning{"28", "no_access", "the database does not let this user in; look at the URL and pg_hba.conf"},
    Meaning{"42501", "no_access", "the database user lacks a right"},
    Meaning{"22021", "invalid", "a text is not UTF-8, or holds a zero byte"},
    Meaning{"XX", "corrupt", "the database reports damage; look at its log, then restore a backup"},
    Meaning{"", "corrupt", "the tables are not those of this program; run `baton verify`, then restore a backup"},
};

std::string first_line(const char* message) {
    std::string_view text = message == nullptr ? "" : message;
    return std::string(text.substr(0, text.find('\n')));
}

const char* state_of(const PGresult* result) {
    return result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

/// libpq gives a failed connection no SQLSTATE; the server's words are all there is.
Error connect_error(const PGconn* connection, const std::string& name) {
    const std::string words = PQerrorMessage(connection);
    const auto says = [&](const char* part) { return words.find(part) != std::string::npos; };
    std::string detail = "connecting to " + name + ": " + words.substr(0, words.find_last_not_of('\n') + 1);
    if (says("does not exist") && says("database")) return {"not_found", detail + " (make it with createdb)"};
    if (says("authentication failed") || says("pg_hba.conf") || says("no password supplied"))
        return {"no_access", std::move(detail)};
    return {"unavailable", std::move(detail)};
}

/// How long the server may work on one statement, wait for a row, and keep a transaction that nobody goes on with. Who
/// waits for its turn waits longer than somebody may keep his without doing anything. A page of a list is read faster than
/// helpers are started for it.
constexpr const char* limits =
    "; SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '15s'"
    "; SET LOCAL idle_in_transaction_session_timeout = '10s'; SET LOCAL max_parallel_workers_per_gather = 0";

}  // namespace

Error error_of(const PGconn* connection, const PGresult* result, std::string_view doing) {
    const char* state = state_of(result);
    const bool lost = state == nullptr || PQstatus(connection) != CONNECTION_OK;
    const Meaning* meaning = lost ? &meanings.front() : nullptr;
    for (const Meaning& one : meanings)
        if (meaning == nullptr && std::string_view(state).starts_with(one.state)) meaning = &one;
    const std::string words = first_line(result == nullptr ? PQerrorMessage(connection) : PQresultErrorMessage(result));
    const std::string number = state == nullptr ? "PostgreSQL: " : "PostgreSQL " + std::string(state) + ": ";
    return {meaning->code, std::string(doing) + ": " + meaning->words + " (" + number + words + ")"};
}

std::int64_t Rows::touched() const { return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10); }

std::string_view Rows::bytes(int column) const {
    return {PQgetvalue(result_.get(), at_, column), static_cast<std::size_t>(PQgetlength(result_.get(), at_, column))};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& url) {
    const std::string who = "baton " + std::to_string(getpid());
    // What stands before dbname the URL may say otherwise. A dead network is noticed after about a minute.
    const std::array keys = {"connect_timeout",
                             "fallback_application_name",
                             "keepalives_idle",
                             "keepalives_interval",
                             "keepalives_count",
                             "tcp_user_timeout",
                             "dbname",
                             "client_encoding",
                             static_cast<const char*>(nullptr)};
    const std::array values = {
        "10", who.c_str(), "30", "10", "3", "60000", url.c_str(), "UTF8", static_cast<const char*>(nullptr)};
    PGconn* connection = PQconnectdbParams(keys.data(), values.data(), 1);
    if (connection == nullptr) return fail("out_of_memory", "no memory left for a connection");
    std::unique_ptr<Database> db(new Database(connection, url));
    if (db->broken()) return std::unexpected(connect_error(connection, db->name()));
    PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
    return db;
}

Database::~Database() {
    errands_.wait();
    PQfinish(connection_);
}

Status Database::reconnect() {
    static_cast<void>(finish());  // of the connection before
    PQreset(connection_);
    if (broken()) return std::unexpected(connect_error(connection_, name()));
    return {};
}

// The first look may find the server's last words, the next one the end that follows them.
bool Database::alive() const {
    for (int look = 0; look < 2; ++look)
        if (broken() || PQconsumeInput(connection_) == 0) return false;
    return !broken();
}

std::string Database::name() const {
    const auto part = [](const char* text) { return std::string(text == nullptr ? "" : text); };
    return "PostgreSQL database " + part(PQdb(connection_)) + " at " + part(PQhost(connection_)) + ":" +
           part(PQport(connection_));
}

Result<Rows> Database::run(const char* sql, const Parameters& parameters) {
    if (Status status = finish(); !status) return std::unexpected(status.error());
    ResultHandle result(PQexecParams(connection_, sql, parameters.size(), parameters.types(), parameters.values(),
                                     parameters.lengths(), parameters.formats(), 1));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return Rows(std::move(result));
    return std::unexpected(error_of(connection_, result.get(), name()));
}

Status Database::write(const char* sql, const Parameters& parameters) {
    return errands_.add([this, sql, own = parameters.kept()] { return bring(sql, own); }, parameters.bytes());
}

Status Database::copy(const char* sql, std::string rows) {
    const std::size_t bytes = rows.size();
    return errands_.add([this, sql, own = std::move(rows)] { return bring_rows(sql, own); }, bytes);
}

Status Database::bring(const char* sql, const Parameters& parameters) {
    const ResultHandle result(PQexecParams(connection_, sql, parameters.size(), parameters.types(), parameters.values(),
                                           parameters.lengths(), parameters.formats(), 1));
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return {};
    return std::unexpected(error_of(connection_, result.get(), name()));
}

Status Database::bring_rows(const char* sql, const std::string& rows) {
    const ResultHandle begun(PQexec(connection_, sql));
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN)
        return std::unexpected(error_of(connection_, begun.get(), name()));
    Status status;
    if (PQputCopyData(connection_, rows.data(), static_cast<int>(rows.size())) != 1 ||
        PQputCopyEnd(connection_, nullptr) != 1)
        status = std::unexpected(error_of(connection_, nullptr, name()));
    bool told = false;  // the server knows better than this end why it took no more
    while (PGresult* next = PQgetResult(connection_)) {
        const ResultHandle result(next);
        if (PQresultStatus(next) != PGRES_COMMAND_OK && !std::exchange(told, true))
            status = std::unexpected(error_of(connection_, next, name()));
    }
    return status;
}

Status Database::execute(const char* sql) {
    if (Status status = finish(); !status) return status;
    const ResultHandle result(PQexec(connection_, sql));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    return std::unexpected(error_of(connection_, result.get(), name()));
}

Status Database::stream(const char* sql, const Parameters& parameters, const std::function<bool(const Rows&)>& each) {
    if (Status status = finish(); !status) return status;
    const int sent = PQsendQueryParams(connection_, sql, parameters.size(), parameters.types(), parameters.values(),
                                       parameters.lengths(), parameters.formats(), 1);
    if (sent == 0 || PQsetSingleRowMode(connection_) == 0)
        return std::unexpected(error_of(connection_, nullptr, name()));
    Status status = stream_rows(each);
    // What was not wanted any more is read over, so that the connection can go on.
    while (PGresult* rest = PQgetResult(connection_)) PQclear(rest);
    return status;
}

Status Database::stream_rows(const std::function<bool(const Rows&)>& each) {
    while (PGresult* next = PQgetResult(connection_)) {
        ResultHandle result(next);
        const ExecStatusType status = PQresultStatus(next);
        if (status == PGRES_TUPLES_OK) continue;  // the end
        if (status != PGRES_SINGLE_TUPLE) return std::unexpected(error_of(connection_, next, name()));
        Rows rows(std::move(result));
        static_cast<void>(rows.row());
        if (each(rows)) continue;
        if (PGcancel* cancel = PQgetCancel(connection_)) {
            std::array<char, 256> ignored{};
            PQcancel(cancel, ignored.data(), static_cast<int>(ignored.size()));
            PQfreeCancel(cancel);
        }
        return {};
    }
    return {};
}

Status Database::walk(const char* sql, const Parameters& parameters, const std::function<bool(const Rows&)>& each) {
    if (held()) return fetch(sql, parameters, each);
    const Result<std::unique_ptr<Database>> own = another();
    if (!own) return std::unexpected(own.error());
    Transaction transaction(**own);
    if (Status status = transaction.begin_walking(); !status) return status;
    return (*own)->stream(sql, parameters, each);
}

Status Database::fetch(const char* sql, const Parameters& parameters, const std::function<bool(const Rows&)>& each) {
    const std::string cursor = "walk_" + std::to_string(++cursors_);
    const Result<Rows> declared = run(("DECLARE " + cursor + " NO SCROLL CURSOR FOR " + sql).c_str(), parameters);
    if (!declared) return std::unexpected(declared.error());
    const std::string more = "FETCH 2000 FROM " + cursor;
    for (bool wanted = true; wanted;) {
        Result<Rows> rows = run(more.c_str());
        if (!rows) return std::unexpected(rows.error());
        wanted = rows->size() != 0;
        while (wanted && rows->row()) wanted = each(*rows);
    }
    return execute(("CLOSE " + cursor).c_str());
}

Transaction::~Transaction() {
    if (!open_) return;
    static_cast<void>(db_.finish());
    if (!db_.broken()) static_cast<void>(db_.execute("ROLLBACK"));
}

Status Transaction::begin(const char* sql) {
    const std::string all = std::string(sql) + limits;
    open_ = true;  // a failure half-way leaves a transaction
    return db_.execute(all.c_str());
}

Status Transaction::begin_writing() {
    // What a turn looks up are keys, a batch of them at once: a growing table must never be read through for them.
    return begin(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = on; "
        "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off");
}

Status Transaction::begin_reading() {
    // Keys here too, or a page in the order of an index.
    return begin(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
        "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off");
}

Status Transaction::begin_walking() {
    open_ = true;
    return db_.execute(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; "
        "SET LOCAL idle_in_transaction_session_timeout = 0");
}

Status Transaction::commit() {
    if (Status status = db_.finish(); !status) return status;  // nothing was asked to be committed
    Result<Rows> done = db_.run("COMMIT");
    open_ = false;
    if (done && done->command() == "COMMIT") return {};
    if (done) return fail("conflict", db_.name() + ": the transaction had failed before and was rolled back");
    const bool refused = !db_.broken() && (done.error().code == "retry" || done.error().code == "conflict");
    if (!refused) done.error().code = "commit_unknown";
    return std::unexpected(std::move(done.error()));
}

}  // namespace baton::storage::postgres
