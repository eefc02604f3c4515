#include "storage/postgres/identity.h"

#include <map>

#include "storage/rows.h"

namespace baton::storage::postgres {
namespace {

/// The stored rows whose hashes are those of some keys, and how many there are of each hash: keys may collide.
struct Known {
    std::map<ports::IdentityKey, SubjectId> subjects;
    std::map<std::int64_t, std::int64_t> rows;
};

Result<Known> known_of(Database& db, const Array& hashes) {
    Result<Rows> rows =
        db.run("SELECT hash, kind, key, subject FROM identity WHERE hash = ANY ($1)", Parameters(hashes));
    if (!rows) return std::unexpected(rows.error());
    Known known;
    while (rows->row()) {
        ++known.rows[rows->integer(0)];
        known.subjects.emplace(ports::IdentityKey{static_cast<char>(rows->integer(1)), rows->text(2)},
                               SubjectId{bits(rows->integer(3))});
    }
    return known;
}

/// The rows to add, column by column.
struct NewRows {
    Array hashes = Array::integers(), numbers = Array::integers(), kinds = Array::integers(), keys = Array::texts(),
          subjects = Array::integers(), checks = Array::integers();
    std::int64_t sum = 0;
    bool empty = true;

    void add(const ports::Identity& row, std::int64_t hash, std::int64_t n) {
        const std::int64_t check = check_of(row, hash, n);
        hashes.add(hash);
        numbers.add(n);
        kinds.add(row.key.kind);
        keys.add(row.key.key);
        subjects.add(integer(row.subject.value));
        checks.add(check);
        sum = wrapping_sum(sum, check);
        empty = false;
    }
};

}  // namespace

std::int64_t hash_of(const HashKey& secret, const ports::IdentityKey& key) {
    std::string bytes(1, key.kind);
    bytes += key.key;
    return integer(siphash(secret, bytes));
}

std::optional<SubjectId> KnownKeys::find(const ports::IdentityKey& key) const {
    const auto at = subjects_.find(key);
    return at == subjects_.end() ? std::nullopt : std::optional(at->second);
}

void KnownKeys::add(const ports::IdentityKey& key, SubjectId subject) {
    constexpr std::size_t most = 250'000;
    if (subjects_.size() >= most) subjects_.clear();
    subjects_[key] = subject;
}

Result<std::int64_t> put_identities(Database& db, const HashKey& secret, std::span<const ports::Identity> identities) {
    if (identities.empty()) return 0;
    Array wanted = Array::integers();
    for (const ports::Identity& row : identities) wanted.add(hash_of(secret, row.key));
    Result<Known> known = known_of(db, wanted);
    if (!known) return std::unexpected(known.error());
    NewRows fresh;
    for (const ports::Identity& row : identities) {
        const auto [at, added] = known->subjects.emplace(row.key, row.subject);
        if (at->second != row.subject) {
            return fail("conflict", std::string("identity key ") + row.key.kind + ":" + row.key.key +
                                        " belongs to subject " + std::to_string(at->second.value) + ", not to " +
                                        std::to_string(row.subject.value));
        }
        const std::int64_t hash = hash_of(secret, row.key);
        if (added) fresh.add(row, hash, known->rows[hash]++);
    }
    if (fresh.empty) return 0;
    const Status done =
        db.write(R"sql(
        INSERT INTO identity (hash, n, kind, key, subject, checksum)
        SELECT hash, n, kind, key, subject, checksum
        FROM unnest($1, $2, $3, $4, $5, $6) AS new (hash, n, kind, key, subject, checksum))sql",
                 Parameters(fresh.hashes, fresh.numbers, fresh.kinds, fresh.keys, fresh.subjects, fresh.checks));
    if (!done) return std::unexpected(done.error());
    return fresh.sum;
}

Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, const HashKey& secret,
                                                          std::span<const ports::IdentityKey> keys) {
    std::vector<std::optional<SubjectId>> subjects(keys.size());
    if (keys.empty()) return subjects;
    Array wanted = Array::integers();
    for (const ports::IdentityKey& key : keys) wanted.add(hash_of(secret, key));
    const Result<Known> known = known_of(db, wanted);
    if (!known) return std::unexpected(known.error());
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (const auto at = known->subjects.find(keys[i]); at != known->subjects.end()) subjects[i] = at->second;
    return subjects;
}

Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, const HashKey& secret,
                                                          std::span<const ports::IdentityKey> keys, KnownKeys& known) {
    std::vector<std::optional<SubjectId>> subjects;
    std::vector<ports::IdentityKey> unknown;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        subjects.push_back(known.find(keys[i]));
        if (subjects.back()) continue;
        unknown.push_back(keys[i]);
        places.push_back(i);
    }
    const auto found = subjects_of(db, secret, unknown);
    if (!found) return found;
    for (std::size_t i = 0; i < unknown.size(); ++i) {
        subjects[places[i]] = (*found)[i];
        if ((*found)[i]) known.add(unknown[i], *(*found)[i]);
    }
    return subjects;
}

Result<std::int64_t> forget_identities(Database& db, std::span<const ports::Identity> identities) {
    if (identities.empty()) return 0;
    Array subjects = Array::integers(), kinds = Array::integers(), keys = Array::texts();
    for (const ports::Identity& row : identities) {
        subjects.add(integer(row.subject.value));
        kinds.add(row.key.kind);
        keys.add(row.key.key);
    }
    Result<Rows> rows = db.run(R"sql(
        DELETE FROM identity USING unnest($1, $2, $3) AS gone (subject, kind, key)
        WHERE identity.subject = gone.subject AND identity.kind = gone.kind AND identity.key = gone.key
        RETURNING identity.checksum)sql",
                               Parameters(subjects, kinds, keys));
    if (!rows) return std::unexpected(rows.error());
    std::int64_t sum = 0;
    while (rows->row()) sum = wrapping_sum(sum, rows->integer(0));
    return sum;
}

Result<std::vector<ports::Identity>> identities_of(Database& db, SubjectId subject) {
    Result<Rows> rows = db.run("SELECT kind, key FROM identity WHERE subject = $1 ORDER BY kind, key",
                               Parameters(integer(subject.value)));
    if (!rows) return std::unexpected(rows.error());
    std::vector<ports::Identity> found;
    while (rows->row()) found.push_back({{static_cast<char>(rows->integer(0)), rows->text(1)}, subject});
    return found;
}

}  // namespace baton::storage::postgres
