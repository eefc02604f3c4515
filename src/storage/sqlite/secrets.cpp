#include "storage/sqlite/secrets.h"

#include "storage/rows.h"

namespace baton::storage::sqlite {

ports::Secret read_secret(const Query& query) {
    ports::Secret row;
    row.kind = static_cast<char>(query.integer(0));
    row.id = query.text(1);
    row.owner = query.text(2);
    row.value = query.text(3);
    row.ends_at = Instant{query.integer(4)};
    return row;
}

Status put_secrets(Database& db, std::span<const ports::Secret> secrets) {
    for (const ports::Secret& row : secrets) {
        Query query = db.query(row.value.empty() ? "DELETE FROM secret WHERE kind = ?1 AND id = ?2" : R"sql(
            INSERT INTO secret (kind, id, owner, value, ends_at, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (kind, id) DO UPDATE SET owner = excluded.owner, value = excluded.value, ends_at = excluded.ends_at,
                checksum = excluded.checksum)sql");
        if (row.value.empty())
            query.bind(row.kind, row.id);
        else
            query.bind(row.kind, row.id, row.owner, Blob{row.value}, row.ends_at.us, check_of(row));
        if (Status status = query.run(); !status) return status;
    }
    return {};
}

Result<std::optional<ports::Secret>> secret(Database& db, char kind, std::string_view id) {
    Query query = db.query("SELECT kind, id, owner, value, ends_at FROM secret WHERE kind = ?1 AND id = ?2");
    query.bind(kind, id);
    std::optional<ports::Secret> found;
    if (query.row()) found = read_secret(query);
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

Result<std::vector<ports::Secret>> secrets(Database& db) {
    Query query = db.query("SELECT kind, id, owner, value, ends_at FROM secret ORDER BY kind, id");
    std::vector<ports::Secret> found;
    while (query.row()) found.push_back(read_secret(query));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

}  // namespace baton::storage::sqlite
