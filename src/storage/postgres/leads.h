// The list of leads, read in three orders. What changes with every fact of a person (score, last change) stands in the row of the
// state, which is written with every fact anyway; everything else in a row of `lead`, written when it changes.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "ports/store.h"
#include "storage/postgres/database.h"

namespace baton::storage::postgres {

/// From all columns but the checksum, in the order of the table.
ports::LeadRow read_lead(const Rows& row);

/// What this process knows to stand in `lead` and `lead_text`, because it wrote it and nobody has written since. To be forgotten
/// when somebody may have, or when what was written is rolled back.
class Listed {
   public:
    struct Checks {
        std::int64_t row = 0, text = 0;
    };
    /// Whether a row and its text need writing; they count as written then.
    struct Wanted {
        bool row = true, text = true;
    };
    Wanted note(const ports::LeadRow& row);
    void forget() { known_.clear(); }

   private:
    std::unordered_map<std::uint64_t, Checks> known_;  ///< by person; bounded
};

/// Rows of states that carry a lead: the part that `lead` and `lead_text` hold.
Status put_leads(Database& db, std::span<const ports::StateRow> rows, Listed& listed);
Result<std::vector<ports::LeadRow>> leads(Database& db, const ports::LeadQuery& query);
Result<std::optional<ports::LeadRow>> lead(Database& db, SubjectId person);

}  // namespace baton::storage::postgres
