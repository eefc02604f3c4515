// Whom a list is to show, said in the criteria language: `lead.open && person.employees >= 200`. Everything criteria read, and
// lead.open and lead.owner besides.
//
// What stands in the columns of the list is looked up there; the rest is asked of each person in the order of the list, at most
// for so long and so many: an answer may end early and go on from its cursor, so no request holds a thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/reads.h"

namespace baton::app {

class LeadFilter {
   public:
    /// Under the active version. Codes: bad_filter, each mistake as "line:column: what; how to mend it"; no_playbook.
    static Result<LeadFilter> compile(std::string_view text, const Reads& reads);

    /// Both: whoever fits one and the other. Each must compile by itself.
    static Result<LeadFilter> both(std::string_view one, std::string_view other, const Reads& reads);

    /// Narrows what the list looks up; false when nobody can fit.
    bool narrow(ports::LeadQuery& query) const;
    /// Of these rows those that fit at `now`, in their order.
    Result<std::vector<ports::LeadRow>> fitting(const Reads& reads, std::vector<ports::LeadRow> rows, Instant now);

   private:
    Result<bool> fits(const Reads& reads, const ports::StateRow& row, Instant now);

    std::string text_;
    std::shared_ptr<const playbook::Compiled> playbook_;
    criteria::Expression expression_;
    bool rows_suffice_ = false;                                 ///< it reads nothing that is not in the list
    std::map<std::uint32_t, criteria::Expression> by_version_;  ///< invalid = it cannot be said under that version
};

/// How far one answer looks.
struct Walk {
    std::size_t most = 200'000;       ///< rows
    std::function<bool()> may_go_on;  ///< asked every few hundred rows
};

struct FilteredLeads {
    std::vector<ports::LeadRow> rows;
    std::optional<ports::LeadRow> go_on_after;  ///< none = that was all
    std::size_t looked_at = 0;
};
Result<FilteredLeads> filtered_leads(const Reads& reads, ports::LeadQuery query, LeadFilter& filter, Instant now,
                                     const Walk& walk);

inline constexpr std::size_t most_counted = 10'000;
struct Counted {
    std::size_t count = 0;
    bool capped = false;  ///< there may be more
};
/// `filter` may be null: all the query gives.
Result<Counted> count_leads(const Reads& reads, ports::LeadQuery query, LeadFilter* filter, Instant now,
                            const Walk& walk);

/// "updated", "score", "entered".
std::optional<ports::LeadQuery::Sort> sort_named(std::string_view name);
std::string_view to_string(ports::LeadQuery::Sort sort);

/// The value of a lead that a list sorted so goes by.
std::int64_t sort_value(const ports::LeadRow& row, ports::LeadQuery::Sort sort);

}  // namespace baton::app
