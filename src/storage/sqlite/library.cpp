#include "storage/sqlite/library.h"

#include <algorithm>

#include "storage/sqlite/rows.h"

namespace baton::storage::sqlite {

ports::StoredPlaybook read_playbook(const Query& query) {
    ports::StoredPlaybook row;
    row.version = static_cast<std::uint32_t>(query.integer(0));
    row.id = query.text(1);
    const std::string_view hash = query.bytes(2);
    std::copy_n(hash.begin(), std::min(hash.size(), row.hash.size()), row.hash.begin());
    row.text = query.text(3);
    row.file = query.text(4);
    row.stored_at = {query.integer(5)};
    return row;
}

Result<std::optional<std::uint32_t>> version_of(Database& db, const Digest& hash) {
    Query query = db.query("SELECT version FROM playbook WHERE hash = ?1");
    query.bind(Blob{view(hash)});
    std::optional<std::uint32_t> found;
    if (query.row()) found = static_cast<std::uint32_t>(query.integer(0));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

Result<std::uint32_t> put_playbook(Database& db, const ports::StoredPlaybook& playbook) {
    const Result<std::int64_t> newest = db.number("SELECT coalesce(max(version), 0) FROM playbook");
    if (!newest) return std::unexpected(newest.error());
    ports::StoredPlaybook row = playbook;
    row.version = static_cast<std::uint32_t>(*newest + 1);
    Query query = db.query(R"sql(
        INSERT INTO playbook (version, id, hash, text, file, stored_at, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql");
    query.bind(row.version, row.id, Blob{view(row.hash)}, row.text, row.file, row.stored_at.us, check_of(row));
    if (Status status = query.run(); !status) return std::unexpected(status.error());
    return row.version;
}

Result<std::vector<ports::StoredPlaybook>> playbooks(Database& db) {
    Query query = db.query("SELECT version, id, hash, text, file, stored_at FROM playbook ORDER BY version");
    std::vector<ports::StoredPlaybook> found;
    while (query.row()) found.push_back(read_playbook(query));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

Status put_setting(Database& db, std::string_view name, std::string_view value) {
    Query query = db.query(R"sql(
        INSERT INTO setting (name, value, checksum) VALUES (?1, ?2, ?3)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, checksum = excluded.checksum)sql");
    query.bind(name, value, check_of_setting(name, value));
    return query.run();
}

Result<std::optional<std::string>> setting(Database& db, std::string_view name) {
    Query query = db.query("SELECT value FROM setting WHERE name = ?1");
    query.bind(name);
    std::optional<std::string> found;
    if (query.row()) found = query.text(0);
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

}  // namespace baton::storage::sqlite
