// A schema of its own for one test in the PostgreSQL that script/postgres runs, dropped at its end.
#pragma once

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace baton::support {

/// The server's URL, "" when there is none.
inline std::string postgres_server() {
    const char* url = std::getenv("BATON_TEST_POSTGRES");
    return url == nullptr ? "" : url;
}
constexpr const char* no_postgres =
    "BATON_TEST_POSTGRES is not set, so nothing was tested on PostgreSQL: run script/test, or "
    "BATON_TEST_POSTGRES=$(script/postgres start)";

/// The URL of a PgBouncer before that server, which hands out connections by the transaction; "" when there is none.
inline std::string postgres_pooler() {
    const char* url = std::getenv("BATON_TEST_PGBOUNCER");
    return url == nullptr ? "" : url;
}

/// Every adapter there is something to run on for.
inline std::vector<const char*> every_store() {
    std::vector<const char*> all = {"memory", "sqlite"};
    if (!postgres_server().empty()) all.push_back("postgres");
    return all;
}
/// And PostgreSQL behind a pooler.
inline std::vector<const char*> every_way_to_a_store() {
    std::vector<const char*> all = every_store();
    if (!postgres_pooler().empty()) all.push_back("pgbouncer");
    return all;
}

/// Runs statements; answers the first column of the first row, if there is one.
inline std::string postgres_run(const std::string& url, const std::string& sql) {
    PGconn* connection = PQconnectdb(url.c_str());
    PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
    PGresult* result = PQexec(connection, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        std::fprintf(stderr, "%s: %s\n", sql.c_str(), PQerrorMessage(connection));
    BATON_CHECK(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
    std::string answer = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    PQfinish(connection);
    return answer;
}

/// A schema; or where a pooler stands between, which passes on no search path, a database.
class PostgresSchema {
   public:
    enum class Way : std::uint8_t { direct, pooled };
    explicit PostgresSchema(Way way = Way::direct) : way_(way) {
        static std::atomic<int> last = 0;
        name_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(++last);
        postgres_run(postgres_server(), (pooled() ? "CREATE DATABASE " : "CREATE SCHEMA ") + name_);
    }
    ~PostgresSchema() {
        postgres_run(postgres_server(), pooled() ? "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)"
                                                 : "DROP SCHEMA IF EXISTS " + name_ + " CASCADE");
    }
    PostgresSchema(const PostgresSchema&) = delete;
    PostgresSchema& operator=(const PostgresSchema&) = delete;

    std::string url() const {
        if (pooled()) return database_at(postgres_pooler());
        const std::string server = postgres_server();
        const char* joint = server.find('?') == std::string::npos ? "?" : "&";
        return server + joint + "options=-csearch_path%3D" + name_;
    }
    /// Runs statements within it, past a pooler.
    std::string run(const std::string& sql) const {
        return postgres_run(pooled() ? database_at(postgres_server()) : url(), sql);
    }

   private:
    bool pooled() const { return way_ == Way::pooled; }
    /// The URL with this database in place of the one it names.
    std::string database_at(const std::string& url) const {
        const std::size_t from = url.find('/', url.find("://") + 3) + 1;
        return url.substr(0, from) + name_ + url.substr(std::min(url.find('?'), url.size()));
    }

    Way way_;
    std::string name_;
};

}  // namespace baton::support
