#include "storage/sqlite/message_index.h"

#include <algorithm>
#include <functional>
#include <map>

#include "storage/sqlite/in_order.h"
#include "storage/sqlite/rows.h"

namespace baton::storage::sqlite {
namespace {

using Key = ports::MessageKey;
using ports::Position;

/// Ids of the journal after a position. `each(key, position)`.
template <class Each>
Status tail(Database& db, Position after, Each each) {
    Query query = db.query(R"sql(
        SELECT message_day, lane, message_source, message_hash, position FROM journal
        WHERE position > ?1 AND message_hash IS NOT NULL -- scan: the index covers all lanes)sql");
    query.bind(after);
    while (query.row()) {
        const Key key{static_cast<std::int32_t>(query.integer(0)),
                      {static_cast<std::uint16_t>(query.integer(1))},
                      static_cast<std::uint16_t>(query.integer(2)),
                      bits(query.integer(3))};
        each(key, query.integer(4));
    }
    return query.status();
}

Result<std::vector<Position>> indexed(Database& db, std::span<const Key> keys) {
    const Look look(db);
    Query query = db.query(R"sql(
        SELECT position FROM message WHERE day = ?1 AND lane = ?2 AND source = ?3 AND hash = ?4)sql");
    std::vector<Position> found(keys.size(), ports::no_position);
    for (const auto& [key, at] : in_order(keys, std::identity())) {
        query.bind(key.day, key.lane.value, key.source, integer(key.hash));
        if (query.row()) found[at] = query.integer(0);
        if (Status status = query.status(); !status) return std::unexpected(status.error());
        query.reset();
    }
    return found;
}

}  // namespace

Result<std::vector<Position>> positions_of(Database& db, std::span<const Key> keys, Position indexed_up_to) {
    auto found = indexed(db, keys);
    if (!found) return found;
    std::map<Key, Position> fresh;
    Status status = tail(db, indexed_up_to, [&](const Key& key, Position position) { fresh.emplace(key, position); });
    if (!status) return std::unexpected(status.error());
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (const auto at = fresh.find(keys[i]); at != fresh.end()) (*found)[i] = at->second;
    return found;
}

Status MessageIndex::load(Database& db, Position indexed_up_to) {
    waiting_.clear();
    return tail(db, indexed_up_to, [&](const Key& key, Position position) { waiting_.emplace(key, position); });
}

Result<std::vector<Position>> MessageIndex::positions_of(Database& db, std::span<const Key> keys) {
    auto found = indexed(db, keys);
    if (!found) return found;
    // One asked for again after this is only looked up again.
    if (known_new_.size() + keys.size() > most_remembered) known_new_.clear();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (const auto at = waiting_.find(keys[i]); at != waiting_.end()) (*found)[i] = at->second;
        if ((*found)[i] == ports::no_position) known_new_.insert(keys[i]);
    }
    return found;
}

Status MessageIndex::check_new(Database& db, std::span<const ports::Message> messages) {
    std::vector<Key> unsure, all;
    for (const ports::Message& row : messages) {
        all.push_back(row.key);
        if (!known_new_.contains(row.key)) unsure.push_back(row.key);
    }
    std::ranges::sort(all);
    if (std::ranges::adjacent_find(all) != all.end())
        return fail("conflict", "two records of the batch have the same message id");
    const auto found = positions_of(db, unsure);
    if (!found) return std::unexpected(found.error());
    for (const Position position : *found)
        if (position != ports::no_position)
            return fail("conflict", "a message id is that of the record at position " + std::to_string(position));
    return {};
}

void MessageIndex::add(std::span<const ports::Message> messages) {
    for (const ports::Message& row : messages) waiting_.emplace(row.key, row.position);
    known_new_.clear();
}

Status MessageIndex::write(Database& db) const {
    Query query = db.query("INSERT INTO message (day, lane, source, hash, position) VALUES (?1, ?2, ?3, ?4, ?5)");
    std::vector<std::pair<Key, Position>> rows(waiting_.begin(), waiting_.end());
    std::ranges::sort(rows);
    for (const auto& [key, position] : rows) {
        query.bind(key.day, key.lane.value, key.source, integer(key.hash), position);
        if (Status status = query.run(); !status) return status;
    }
    return {};
}

}  // namespace baton::storage::sqlite
