// People with all that is known of them, for files: what the playbook declares and what was only ever kept.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/reads.h"
#include "app/touches.h"

namespace baton::app {

struct ExportedPerson {
    ports::LeadRow row;
    std::vector<ports::IdentityKey> keys;  ///< ascending
    Properties properties;                 ///< ascending by name
    Instant known_since;                   ///< when the first fact was written
    Touches touches;
};
/// One person so; nothing when there is none, or none in the list of leads.
Result<std::optional<ExportedPerson>> exported(const Reads& reads, SubjectId person);

/// Every person whose newest record is at `up_to` or before, ascending by id, as known there; `leads_only`: none from before
/// the process. An error of `take` ends it.
Status export_people(const Reads& reads, ports::Position up_to, bool leads_only,
                     const std::function<Status(const ExportedPerson&)>& take);

}  // namespace baton::app
