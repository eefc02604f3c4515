// What the memory store holds, as plain ordered containers. Its owner locks.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ports/store.h"

namespace baton::storage::memory {

using ports::Position;

struct Tables {
    mutable std::mutex mutex;
    HashKey hash_key{};
    std::deque<ports::Record> journal;  ///< at position - 1
    std::map<Lane, ports::LaneHead> heads;
    std::map<ports::IdentityKey, SubjectId> identities;
    std::set<std::pair<SubjectId, ports::IdentityKey>> keys_of;
    std::map<ports::MessageKey, Position> messages;
    std::vector<std::string> sources;

    std::map<SubjectId, ports::StateRow> states;  ///< without lead
    std::set<std::pair<Instant, SubjectId>> due;
    std::map<SubjectId, ports::LeadRow> leads;
    std::map<std::pair<Position, std::uint16_t>, ports::HistoryRow> history;
    std::map<std::string, std::int64_t> counters;
    Position derived_up_to = ports::no_position;

    std::vector<ports::StoredPlaybook> playbooks;
    std::map<std::string, std::string, std::less<>> settings;
    std::map<std::pair<char, std::string>, ports::Secret> secrets;

    Position last_position() const { return static_cast<Position>(journal.size()); }
};

/// Nothing changes unless all of it can.
Status append(Tables& tables, const ports::Append& batch);
Status write_derived(Tables& tables, const ports::Derived& batch);
void clear_derived(Tables& tables);
Result<std::vector<ports::LeadRow>> leads(const Tables& tables, const ports::LeadQuery& query);
std::vector<ports::AccountRow> accounts(const Tables& tables, const ports::AccountQuery& query);
std::vector<ports::LeadRow> people_of(const Tables& tables, const std::string& account, std::size_t limit);
std::vector<ports::Damage> verify(const Tables& tables);

}  // namespace baton::storage::memory
