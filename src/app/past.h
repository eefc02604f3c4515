// A person's past, folded again from the journal: what `--at`, the funnel by property and score evaluation look at.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "app/folder.h"
#include "app/playbooks.h"
#include "ports/store.h"

namespace baton::app {

/// Hooks into a fold; any may be empty.
struct PastHooks {
    /// Just before a fact, refolds that precede it done.
    std::function<void(const codec::PersonRow&, const codec::JournalRecord&)> before;
    /// Just after a fact, or after a refold (then `record` is null).
    std::function<void(const codec::PersonRow&, const codec::JournalRecord* record,
                       std::span<const engine::HistoryRecord>)>
        after;
};

class Past {
   public:
    Past(const ports::Reader& reader, const Playbooks& playbooks) : reader_(reader), folder_(playbooks) {}

    /// Folds the person's records with engine time ≤ until, oldest first; none = all.
    Result<codec::PersonRow> fold(SubjectId person, ports::Position last, std::optional<Instant> until,
                                  const PastHooks& hooks = {});
    /// The person's records, decoded; of some an erasure left nothing.
    Result<std::vector<codec::JournalRecord>> records(SubjectId person, ports::Position last,
                                                      std::vector<ports::Position>* positions) const;
    Result<codec::CompanyRow> lane(Lane lane);

   private:
    const ports::Reader& reader_;
    Folder folder_;
    std::map<Lane, codec::CompanyRow> lanes_;
};

}  // namespace baton::app
