// The list of leads page by page: what is asked for, and the cursor from one page to the next.
#pragma once

#include <optional>
#include <string>

#include "app/lead_filter.h"
#include "app/reads.h"
#include "codec/json_writer.h"
#include "http/message.h"
#include "ports/clock.h"

namespace baton::http {

/// What the pages are of, where it is not simply the list.
struct PagesOf {
    ports::LeadQuery::Sort sort = ports::LeadQuery::Sort::updated;  ///< where the request names none
    std::string print;                                              ///< a cursor of another one is not gone on from
};
/// Sort, limit and cursor as the request names them. Codes bad_parameter, view_changed.
Status read_page(const Request& request, ports::LeadQuery& query, const PagesOf& of = {});
/// "true", "false" or not there. Code bad_parameter.
Status read_choice(const Request& request, std::string_view name, std::optional<bool>& into);

/// Where the page after `row` begins.
std::string cursor_after(const ports::LeadRow& row, ports::LeadQuery::Sort sort);
/// How long a filter may look at people before it answers with what it has.
inline constexpr Duration longest_walk{200'000};
/// From now on.
app::Walk walk_of(ports::Clock& clock);

/// "<name>":[…],"next_cursor":…,"looked_at":… of an object that has begun: whom the filter fits.
Status write_page(codec::JsonWriter& out, std::string_view name, const app::Reads& reads, const ports::LeadQuery& query,
                  app::LeadFilter& filter, ports::Clock& clock, const PagesOf& of = {});
/// "count":{"count":…,"capped":…}
void write_count(codec::JsonWriter& out, const app::Counted& counted);
/// "<name>":[…],"next_cursor":… of an object that has begun.
Status write_page(codec::JsonWriter& out, std::string_view name, const app::Reads& reads, ports::LeadQuery query);

}  // namespace baton::http
