// The index of message ids, which follows the journal: ids of a day lie in one range, but at random in it, so that a page
// is written once for many ids instead of once for each. What is not in the table yet is held in memory, and read from the
// journal's own columns when the store is opened.
#pragma once

#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ports/store.h"
#include "storage/sqlite/database.h"

namespace baton::storage::sqlite {

/// For each key the position of its record, by the table, and beyond `indexed_up_to` by the journal.
Result<std::vector<ports::Position>> positions_of(Database& db, std::span<const ports::MessageKey> keys,
                                                  ports::Position indexed_up_to);

/// The writer's part of it.
class MessageIndex {
   public:
    /// Ids that may wait in memory: 6 MB of them.
    static constexpr std::size_t most_waiting = 65'536;
    /// Ids found missing that are remembered: what is looked up and never appended (a dry run) must not pile up.
    static constexpr std::size_t most_remembered = 65'536;

    /// Reads what the table lacks.
    Status load(Database& db, ports::Position indexed_up_to);
    Result<std::vector<ports::Position>> positions_of(Database& db, std::span<const ports::MessageKey> keys);
    /// Code conflict: one of them exists.
    Status check_new(Database& db, std::span<const ports::Message> messages);
    /// They are durable in the journal.
    void add(std::span<const ports::Message> messages);

    bool much_waits() const { return waiting_.size() >= most_waiting; }
    /// Whether it is time to write them with other rows: few cost little, and many share pages.
    bool worth_writing() const { return waiting_.size() <= few || waiting_.size() >= most_waiting / 4 * 3; }
    /// Puts all that waits into the table, within the caller's transaction; written() once that is committed.
    Status write(Database& db) const;
    void written() { waiting_.clear(); }
    std::size_t remembered() const { return known_new_.size(); }

   private:
    static constexpr std::size_t few = 4'096;
    struct HashOf {
        std::size_t operator()(const ports::MessageKey& key) const { return static_cast<std::size_t>(key.hash); }
    };
    std::unordered_map<ports::MessageKey, ports::Position, HashOf> waiting_;
    std::unordered_set<ports::MessageKey, HashOf>
        known_new_;  ///< looked up since the last add(), the latest of them: not there
};

}  // namespace baton::storage::sqlite
