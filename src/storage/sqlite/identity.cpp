#include "storage/sqlite/identity.h"

#include "storage/sqlite/in_order.h"
#include "storage/sqlite/rows.h"

namespace baton::storage::sqlite {
namespace {

struct Found {
    std::optional<SubjectId> subject;
    std::int64_t rows = 0;  ///< with this hash; more than one only where two keys collide
};

Result<Found> find(Database& db, std::int64_t hash, const ports::IdentityKey& key) {
    Query query = db.query("SELECT kind, key, subject FROM identity WHERE hash = ?1 ORDER BY n");
    query.bind(hash);
    Found found;
    while (query.row()) {
        ++found.rows;
        if (query.integer(0) == key.kind && query.bytes(1) == key.key)
            found.subject = SubjectId{bits(query.integer(2))};
    }
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

Status insert(Query& query, const ports::Identity& row, std::int64_t hash, std::int64_t n) {
    query.bind(hash, n, row.key.kind, row.key.key, integer(row.subject.value), check_of(row, hash, n));
    return query.run();
}

constexpr const char* insert_identity = R"sql(
    INSERT INTO identity (hash, n, kind, key, subject, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (hash, n) DO NOTHING)sql";

/// The hash is taken: by this key, or by another one that happens to share it. Answers the added row's number, or
/// nothing to add.
Result<std::optional<std::int64_t>> put_beside(Database& db, const ports::Identity& row, std::int64_t hash) {
    const Result<Found> found = find(db, hash, row.key);
    if (!found) return std::unexpected(found.error());
    if (found->subject == row.subject) return std::nullopt;
    if (found->subject) {
        return fail("conflict", std::string("identity key ") + row.key.kind + ":" + row.key.key +
                                    " belongs to subject " + std::to_string(found->subject->value) + ", not to " +
                                    std::to_string(row.subject.value));
    }
    Query query = db.query(insert_identity);
    if (Status status = insert(query, row, hash, found->rows); !status) return std::unexpected(status.error());
    return found->rows;
}

}  // namespace

std::int64_t hash_of(const HashKey& secret, const ports::IdentityKey& key) {
    std::string bytes(1, key.kind);
    bytes += key.key;
    return integer(siphash(secret, bytes));
}

Result<std::int64_t> put_identities(Database& db, const HashKey& secret, std::span<const ports::Identity> identities) {
    std::int64_t sum = 0;
    // In the table's own order: what many rows of a large batch touch is a run of pages then, each once.
    for (const auto& [hash, index] : in_order(identities, [&](const auto& row) { return hash_of(secret, row.key); })) {
        const ports::Identity& row = identities[index];
        Query query = db.query(insert_identity);
        if (Status status = insert(query, row, hash, 0); !status) return std::unexpected(status.error());
        std::int64_t n = 0;
        if (db.touched() == 0) {
            const Result<std::optional<std::int64_t>> beside = put_beside(db, row, hash);
            if (!beside) return std::unexpected(beside.error());
            if (!*beside) continue;
            n = **beside;
        }
        sum = wrapping_sum(sum, check_of(row, hash, n));
    }
    return sum;
}

Result<std::int64_t> forget_identities(Database& db, std::span<const ports::Identity> identities) {
    std::int64_t sum = 0;
    Query query = db.query("DELETE FROM identity WHERE subject = ?1 AND kind = ?2 AND key = ?3 RETURNING checksum");
    for (const ports::Identity& row : identities) {
        query.bind(integer(row.subject.value), row.key.kind, row.key.key);
        while (query.row()) sum = wrapping_sum(sum, query.integer(0));
        if (Status status = query.status(); !status) return std::unexpected(status.error());
        query.reset();
    }
    return sum;
}

Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, const HashKey& secret,
                                                          std::span<const ports::IdentityKey> keys) {
    const Look look(db);
    std::vector<std::optional<SubjectId>> subjects(keys.size());
    for (const auto& [hash, index] : in_order(keys, [&](const auto& key) { return hash_of(secret, key); })) {
        const Result<Found> found = find(db, hash, keys[index]);
        if (!found) return std::unexpected(found.error());
        subjects[index] = found->subject;
    }
    return subjects;
}

Result<std::vector<ports::Identity>> identities_of(Database& db, SubjectId subject) {
    Query query = db.query("SELECT kind, key FROM identity WHERE subject = ?1 ORDER BY kind, key");
    query.bind(integer(subject.value));
    std::vector<ports::Identity> found;
    while (query.row()) found.push_back({{static_cast<char>(query.integer(0)), query.text(1)}, subject});
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return found;
}

}  // namespace baton::storage::sqlite
