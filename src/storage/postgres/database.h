// One connection to PostgreSQL. The only place that turns its SQLSTATEs into our codes.
//
// Not for several threads: every thread has a Database of its own; what is written without waiting is brought by a thread that
// nobody else shares the connection with at that moment. Nothing is prepared or set on the session beyond a
// transaction, so a pooler that hands out its connections by the transaction may stand in between.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/postgres/errands.h"
#include "storage/postgres/values.h"

namespace baton::storage::postgres {

/// Codes: unavailable (no connection; comes back by itself), retry (to be begun anew), timeout, conflict, disk_full,
/// out_of_memory, not_found, no_access, invalid, corrupt.
Error error_of(const PGconn* connection, const PGresult* result, std::string_view doing);

struct FreeResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, FreeResult>;

/// What a statement answered, from before the first row on.
class Rows {
   public:
    explicit Rows(ResultHandle result) : result_(std::move(result)) {}

    bool row() { return ++at_ < PQntuples(result_.get()); }
    int size() const { return PQntuples(result_.get()); }
    /// Rows an INSERT, UPDATE or DELETE touched.
    std::int64_t touched() const;

    /// What the server says it did: COMMIT, ROLLBACK …
    std::string_view command() const { return PQcmdStatus(result_.get()); }

    bool null(int column) const { return PQgetisnull(result_.get(), at_, column) != 0; }
    std::int64_t integer(int column) const { return null(column) ? 0 : read_integer(bytes(column)); }
    /// Valid as long as these rows are.
    std::string_view bytes(int column) const;
    std::string text(int column) const { return std::string(bytes(column)); }

   private:
    ResultHandle result_;
    int at_ = -1;
};

class Database {
   public:
    static Result<std::unique_ptr<Database>> open(const std::string& url);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Another connection to the same database.
    Result<std::unique_ptr<Database>> another() const { return open(url_); }
    /// Connects anew; whatever was under way is gone.
    Status reconnect();
    /// False once the server or the network has ended it; looks without waiting.
    bool alive() const;

    Result<Rows> run(const char* sql, const Parameters& parameters);
    Result<Rows> run(const char* sql) { return run(sql, Parameters()); }
    /// Statements without parameters and rows, separated by semicolons.
    Status execute(const char* sql);
    /// As run(), for a statement without an answer; does not wait for the server, so that others can be put together meanwhile.
    /// Whether it failed a later call tells, at the latest finish(). `sql` is a constant.
    Status write(const char* sql, const Parameters& parameters);
    /// Rows into a table; `sql` is a COPY … FROM STDIN (FORMAT binary). Does not wait either.
    Status copy(const char* sql, std::string rows);
    /// Waits for what was written.
    Status finish() { return errands_.finish(); }
    /// Hands every row to `each` as it comes in, until that answers false.
    Status stream(const char* sql, const Parameters& parameters, const std::function<bool(const Rows&)>& each);

    /// As stream(), in the turn that is open and of what it wrote, so that `each` may use the connection; or else on a
    /// connection of its own, as of one moment.
    Status walk(const char* sql, const Parameters& parameters, const std::function<bool(const Rows&)>& each);

    /// A turn is open on this connection: when that is lost no read goes on as if there had been none.
    enum class Held : std::uint8_t { no, by_a_turn };
    void hold(Held held) { held_ = held; }
    bool held() const { return held_ == Held::by_a_turn; }

    /// Whether the connection was found broken.
    bool broken() const {
        errands_.wait();
        return PQstatus(connection_) != CONNECTION_OK;
    }
    bool in_transaction() const {
        errands_.wait();
        return PQtransactionStatus(connection_) != PQTRANS_IDLE;
    }
    /// For messages: the URL without what must not be read by all.
    std::string name() const;

   private:
    explicit Database(PGconn* connection, std::string url) : connection_(connection), url_(std::move(url)) {}
    Status bring(const char* sql, const Parameters& parameters);
    Status bring_rows(const char* sql, const std::string& rows);
    Status stream_rows(const std::function<bool(const Rows&)>& each);
    Status fetch(const char* sql, const Parameters& parameters, const std::function<bool(const Rows&)>& each);

    PGconn* connection_;
    std::string url_;
    Held held_ = Held::no;
    int cursors_ = 0;
    mutable Errands errands_;
};

/// Rolled back at the end of its scope unless committed.
class Transaction {
   public:
    explicit Transaction(Database& db) : db_(db) {}
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    Status begin_writing();
    /// Everything read in it is as of one moment.
    Status begin_reading();
    /// As begin_reading, for as long as it takes.
    Status begin_walking();
    /// Any error leaves open whether the commit happened, unless the server says that it did not: `commit_unknown`.
    Status commit();

   private:
    Status begin(const char* sql);
    Database& db_;
    bool open_ = false;
};

/// Runs `read` in a transaction of its own, or in the one that is open; once more when the connection was lost.
template <class Read>
auto reading(Database& db, Read read) -> decltype(read()) {
    if (db.held() || (!db.broken() && db.in_transaction())) return read();
    for (bool again = true;; again = false) {
        if (db.broken())
            if (Status status = db.reconnect(); !status) return std::unexpected(status.error());
        Transaction transaction(db);
        Status begun = transaction.begin_reading();
        if (!begun && !(db.broken() && again)) return std::unexpected(begun.error());
        if (!begun) continue;
        auto answer = read();
        if (!answer && db.broken() && again) continue;
        if (answer) static_cast<void>(transaction.commit());  // nothing was written: the answer stands either way
        return answer;
    }
}

}  // namespace baton::storage::postgres
