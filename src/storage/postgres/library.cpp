#include "storage/postgres/library.h"

#include <algorithm>

#include "storage/rows.h"

namespace baton::storage::postgres {

ports::StoredPlaybook read_playbook(const Rows& row) {
    ports::StoredPlaybook playbook;
    playbook.version = static_cast<std::uint32_t>(row.integer(0));
    playbook.id = row.text(1);
    const std::string_view hash = row.bytes(2);
    std::copy_n(hash.begin(), std::min(hash.size(), playbook.hash.size()), playbook.hash.begin());
    playbook.text = row.text(3);
    playbook.file = row.text(4);
    playbook.stored_at = {row.integer(5)};
    return playbook;
}

Result<std::optional<std::uint32_t>> version_of(Database& db, const Digest& hash) {
    Result<Rows> rows = db.run("SELECT version FROM playbook WHERE hash = $1", Parameters(Blob{view(hash)}));
    if (!rows) return std::unexpected(rows.error());
    std::optional<std::uint32_t> found;
    if (rows->row()) found = static_cast<std::uint32_t>(rows->integer(0));
    return found;
}

Result<std::uint32_t> put_playbook(Database& db, const ports::StoredPlaybook& playbook) {
    Result<Rows> newest = db.run("SELECT coalesce(max(version), 0) FROM playbook");
    if (!newest) return std::unexpected(newest.error());
    static_cast<void>(newest->row());
    ports::StoredPlaybook row = playbook;
    row.version = static_cast<std::uint32_t>(newest->integer(0) + 1);
    const Result<Rows> done = db.run(
        R"sql(
        INSERT INTO playbook (version, id, hash, text, file, stored_at, checksum) VALUES ($1, $2, $3, $4, $5, $6, $7))sql",
        Parameters(row.version, row.id, Blob{view(row.hash)}, row.text, row.file, row.stored_at.us, check_of(row)));
    if (!done) return std::unexpected(done.error());
    return row.version;
}

Result<std::vector<ports::StoredPlaybook>> playbooks(Database& db) {
    Result<Rows> rows = db.run("SELECT version, id, hash, text, file, stored_at FROM playbook ORDER BY version");
    if (!rows) return std::unexpected(rows.error());
    std::vector<ports::StoredPlaybook> found;
    while (rows->row()) found.push_back(read_playbook(*rows));
    return found;
}

Status put_setting(Database& db, std::string_view name, std::string_view value) {
    const Result<Rows> done = db.run(R"sql(
        INSERT INTO setting (name, value, checksum) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, checksum = excluded.checksum)sql",
                                     Parameters(name, Blob{value}, check_of_setting(name, value)));
    if (!done) return std::unexpected(done.error());
    return {};
}

Result<std::optional<std::string>> setting(Database& db, std::string_view name) {
    Result<Rows> rows = db.run("SELECT value FROM setting WHERE name = $1", Parameters(name));
    if (!rows) return std::unexpected(rows.error());
    std::optional<std::string> found;
    if (rows->row()) found = rows->text(0);
    return found;
}

}  // namespace baton::storage::postgres
