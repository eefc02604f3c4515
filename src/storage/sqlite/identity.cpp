#include "storage/sqlite/identity.h"

#include <algorithm>

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

Status belongs_to(const ports::Identity& row, SubjectId other) {
    return fail("conflict", std::string("identity key ") + row.key.kind + ":" + row.key.key + " belongs to subject " +
                                std::to_string(other.value) + ", not to " + std::to_string(row.subject.value));
}

/// The keys that `recent` does not know, in the table's order: `each(index, hash, found)`.
template <class Each>
Result<std::vector<std::optional<SubjectId>>> look_up(Database& db, const HashKey& secret, const RecentKeys& recent,
                                                      std::span<const ports::IdentityKey> keys, Each each) {
    std::vector<std::optional<SubjectId>> subjects(keys.size());
    auto order = in_order(keys, [&](const auto& key) { return hash_of(secret, key); });
    // Before the table is seen: what leaves there for it meanwhile is in the table then.
    std::erase_if(order, [&](const auto& at) {
        subjects[at.second] = recent.find(at.first, keys[at.second]).subject;
        return subjects[at.second].has_value();
    });
    const Look look(db);
    for (const auto& [hash, index] : order) {
        const Result<Found> found = find(db, hash, keys[index]);
        if (!found) return std::unexpected(found.error());
        subjects[index] = found->subject;
        each(hash, *found);
    }
    return subjects;
}

}  // namespace

std::int64_t hash_of(const HashKey& secret, const ports::IdentityKey& key) {
    std::string bytes(1, key.kind);
    bytes += key.key;
    return integer(siphash(secret, bytes));
}

Result<std::vector<std::optional<SubjectId>>> subjects_of(Database& db, const HashKey& secret, const RecentKeys& recent,
                                                          std::span<const ports::IdentityKey> keys) {
    return look_up(db, secret, recent, keys, [](std::int64_t, const Found&) {});
}

Result<std::vector<ports::Identity>> identities_of(Database& db, const RecentKeys& recent, SubjectId subject) {
    std::vector<ports::Identity> found = recent.of(subject);
    Query query = db.query("SELECT kind, key FROM identity WHERE subject = ?1");
    query.bind(integer(subject.value));
    while (query.row()) found.push_back({{static_cast<char>(query.integer(0)), query.text(1)}, subject});
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    std::ranges::sort(found, {}, &ports::Identity::key);
    const auto twice = std::ranges::unique(found, {}, &ports::Identity::key);
    found.erase(twice.begin(), twice.end());
    return found;
}

// ---- the writer's part ----------------------------------------------------------------------------------------

Status Identities::load(Database& db) {
    Query query = db.query("SELECT part, id, keys, checksum FROM identity_recent ORDER BY part, id");
    while (query.row()) {
        const auto keys = unpacked(query.bytes(2));
        const bool whole = check_of_recent(query.integer(0), query.integer(1), query.bytes(2)) == query.integer(3);
        if (!keys || !whole)
            return fail("corrupt", db.path() + ": identity keys of commit " + std::to_string(query.integer(1)) +
                                       " are damaged; restore a backup");
        std::vector<HashedKey> hashed;
        for (const ports::Identity& row : *keys) hashed.push_back({hash_of(secret_, row.key), &row});
        recent_->add(hashed);
    }
    return query.status();
}

Result<std::vector<std::optional<SubjectId>>> Identities::subjects_of(Database& db,
                                                                      std::span<const ports::IdentityKey> keys) {
    // One asked for again after this is only looked up again.
    if (known_new_.size() + keys.size() > most_remembered) known_new_.clear();
    return look_up(db, secret_, *recent_, keys, [&](std::int64_t hash, const Found& found) {
        if (found.rows == 0) known_new_.insert(hash);
    });
}

void Identities::begin() {
    coming_.clear();
    moved_.reset();
}

void Identities::committed() {
    for (std::size_t part = 0; part < RecentKeys::parts; ++part)
        if (moved_.test(part)) recent_->clear(part);
    recent_->add(coming_);
    known_new_.clear();
    begin();
}

Result<std::int64_t> Identities::put(Database& db, const ports::Append& batch, std::int64_t commit) {
    const auto& rows = batch.identities;
    // What is taken away must not stand in a row with others.
    const bool later = rows.size() >= large_append && batch.forgotten.empty();
    std::int64_t sum = 0;
    // In the table's own order: what many rows of a large batch touch is a run of pages then, each once.
    for (const auto& [hash, index] :
         in_order(std::span(rows), [&](const auto& row) { return hash_of(secret_, row.key); })) {
        const ports::Identity& row = rows[index];
        const bool again = !coming_.empty() && coming_.back().hash == hash;
        if (later && !again && known_new_.contains(hash) && !recent_->find(hash, row.key).taken &&
            row.key.key.size() <= RecentKeys::longest) {
            coming_.push_back({hash, &row});
            sum = wrapping_sum(sum, check_of(row, hash, 0));
            continue;
        }
        const Result<std::int64_t> added = put_now(db, row, hash);
        if (!added) return added;
        sum = wrapping_sum(sum, *added);
    }
    if (Status status = put_later(db, commit); !status) return std::unexpected(status.error());
    return sum;
}

/// Into the table. The hash may be taken: by this key, or by another one that happens to share it; by one that waits, too.
Result<std::int64_t> Identities::put_now(Database& db, const ports::Identity& row, std::int64_t hash) {
    RecentKeys::Found waiting = recent_->find(hash, row.key);
    if (!coming_.empty() && coming_.back().hash == hash) {
        const ports::Identity& before = *coming_.back().identity;
        waiting = {before.key == row.key ? std::optional(before.subject) : std::nullopt, true};
    }
    if (waiting.subject && *waiting.subject != row.subject)
        return std::unexpected(belongs_to(row, *waiting.subject).error());
    if (waiting.subject) return 0;
    Query query = db.query(insert_identity);
    if (!waiting.taken) {
        if (Status status = insert(query, row, hash, 0); !status) return std::unexpected(status.error());
        if (db.touched() != 0) return check_of(row, hash, 0);
    }
    const Result<Found> found = find(db, hash, row.key);
    if (!found) return std::unexpected(found.error());
    if (found->subject == row.subject) return 0;
    if (found->subject) return std::unexpected(belongs_to(row, *found->subject).error());
    const std::int64_t n = found->rows + (waiting.taken ? 1 : 0);
    if (Status status = insert(query, row, hash, n); !status) return std::unexpected(status.error());
    return check_of(row, hash, n);
}

Status Identities::put_later(Database& db, std::int64_t commit) {
    Query query = db.query("INSERT INTO identity_recent (part, id, keys, checksum) VALUES (?1, ?2, ?3, ?4)");
    for (auto from = coming_.begin(); from != coming_.end();) {
        const std::size_t part = RecentKeys::part_of(from->hash);
        const auto to = std::find_if(from, coming_.end(),
                                     [&](const HashedKey& key) { return RecentKeys::part_of(key.hash) != part; });
        const std::string keys = packed(std::span(from, to));
        const auto number = static_cast<std::int64_t>(part);
        query.bind(number, commit, Blob{keys}, check_of_recent(number, commit, keys));
        if (Status status = query.run(); !status) return status;
        from = to;
    }
    return {};
}

Status Identities::move_part(Database& db, std::size_t part) {
    Query query = db.query(insert_identity);
    Status status;
    recent_->each(part, [&](std::int64_t hash, const ports::Identity& row) {
        status = insert(query, row, hash, 0);
        return status.has_value();
    });
    if (!status) return status;
    Query rest = db.query("DELETE FROM identity_recent WHERE part = ?1");
    moved_.set(part);
    return rest.bind(static_cast<std::int64_t>(part)).run();
}

Status Identities::move(Database& db, std::size_t most) {
    for (std::size_t left = recent_->size(); left > most;) {
        std::size_t largest = 0, size = 0;
        for (std::size_t part = 0; part < RecentKeys::parts; ++part)
            if (!moved_.test(part) && recent_->size(part) > size) size = recent_->size(largest = part);
        if (Status status = move_part(db, largest); !status) return status;
        left -= size;
    }
    return {};
}

Result<std::int64_t> Identities::forget(Database& db, std::span<const ports::Identity> identities) {
    if (identities.empty()) return 0;
    if (Status status = move(db, 0); !status) return std::unexpected(status.error());
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

}  // namespace baton::storage::sqlite
