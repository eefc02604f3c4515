// Decoded states of people and accounts, held within a bound. One that still has to be written is never dropped.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/result.h"
#include "codec/state.h"
#include "domain/engine/history.h"
#include "ports/store.h"

namespace baton::app {

struct Subject {
    SubjectId id;
    ports::Position last = ports::no_position;  ///< its newest record
    bool dirty = false;                         ///< newer than its derived row
    bool loose = false;                         ///< refolded, and no record yet from which a replay would do the same
    std::vector<engine::HistoryRecord> said;    ///< by that refold; kept with the next record, which brings it about
    std::variant<codec::PersonRow, codec::AccountRow> row;

    codec::PersonRow* person() { return std::get_if<codec::PersonRow>(&row); }
    codec::AccountRow* account() { return std::get_if<codec::AccountRow>(&row); }

    std::size_t bytes = 0;  ///< as last weighed
    Subject* newer = nullptr;
    Subject* older = nullptr;
};

/// Reads a row's bytes. Code bad_state.
Result<Subject> subject_of(const ports::StateRow& row);

class Subjects {
   public:
    explicit Subjects(std::size_t limit) : limit_(limit) {}

    /// Null when not held. Marks it as used.
    Subject* find(SubjectId id);
    /// A subject that no store row holds.
    Subject& add(SubjectId id, bool account);
    /// Brings those not held from the store, in one look-up; an id without a row is left out.
    Status fetch(std::span<const SubjectId> ids, const ports::Reader& store);

    void touch(Subject& subject);  ///< about to change
    const std::vector<Subject*>& dirty() const { return dirty_; }
    void written();  ///< all that was dirty is now in the store
    /// Drops what was used longest ago until within the limit. No pointer may be held over this.
    void shrink();
    void clear();
    /// Forgets it: another process wrote it since. None that is dirty.
    void drop(SubjectId id);

    std::size_t size() const { return held_.size(); }
    std::size_t bytes() const { return bytes_; }

   private:
    Subject& hold(std::unique_ptr<Subject> subject);
    void weigh(Subject& subject);
    void to_front(Subject& subject);
    void unlink(Subject& subject);

    std::size_t limit_;
    std::size_t bytes_ = 0;
    std::unordered_map<std::uint64_t, std::unique_ptr<Subject>> held_;
    std::vector<Subject*> dirty_;
    Subject* newest_ = nullptr;
    Subject* oldest_ = nullptr;
};

}  // namespace baton::app
