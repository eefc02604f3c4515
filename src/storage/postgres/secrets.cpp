#include "storage/postgres/secrets.h"

#include "storage/rows.h"

namespace baton::storage::postgres {

ports::Secret read_secret(const Rows& row) {
    ports::Secret secret;
    secret.kind = static_cast<char>(row.integer(0));
    secret.id = row.text(1);
    secret.owner = row.text(2);
    secret.value = row.text(3);
    secret.ends_at = Instant{row.integer(4)};
    return secret;
}

Status put_secrets(Database& db, std::span<const ports::Secret> secrets) {
    for (const ports::Secret& row : secrets) {
        const Result<Rows> done =
            row.value.empty()
                ? db.run("DELETE FROM secret WHERE kind = $1 AND id = $2",
                         Parameters(std::int64_t{row.kind}, std::string_view(row.id)))
                : db.run(R"sql(
            INSERT INTO secret (kind, id, owner, value, ends_at, checksum) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (kind, id) DO UPDATE SET owner = excluded.owner, value = excluded.value, ends_at = excluded.ends_at,
                checksum = excluded.checksum)sql",
                         Parameters(std::int64_t{row.kind}, std::string_view(row.id), std::string_view(row.owner),
                                    Blob{row.value}, row.ends_at.us, check_of(row)));
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

Result<std::optional<ports::Secret>> secret(Database& db, char kind, std::string_view id) {
    Result<Rows> rows = db.run("SELECT kind, id, owner, value, ends_at FROM secret WHERE kind = $1 AND id = $2",
                               Parameters(std::int64_t{kind}, id));
    if (!rows) return std::unexpected(rows.error());
    std::optional<ports::Secret> found;
    if (rows->row()) found = read_secret(*rows);
    return found;
}

Result<std::vector<ports::Secret>> secrets(Database& db) {
    Result<Rows> rows = db.run("SELECT kind, id, owner, value, ends_at FROM secret ORDER BY kind, id");
    if (!rows) return std::unexpected(rows.error());
    std::vector<ports::Secret> found;
    while (rows->row()) found.push_back(read_secret(*rows));
    return found;
}

}  // namespace baton::storage::postgres
