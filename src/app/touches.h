// Where a person came from: the touches among its facts, and which of them was the first, made the lead and is the last.
//
// A touch is a visit, or a click that led to one, with the source it came from. It is read from the facts that count (what was undone
// or taken apart again does not), by when they occurred, so that facts that come late and a visitor's past are in their place. Nothing
// of it is stored. docs/TRACKING.md says the rules.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/reads.h"
#include "codec/json_writer.h"

namespace baton::app {

struct Touch {
    /// What says where it came from; the strongest of what the fact holds.
    enum class By : std::uint8_t { campaign, click_id, referrer, direct };

    Instant at;
    By by = By::direct;
    std::string source, medium, campaign, content, term;
    std::string referrer;                          ///< address of the page before
    std::string landing_page;                      ///< address, else path, of the page it led to
    std::map<std::string, std::string> click_ids;  ///< gclid …
    std::string type;                              ///< of the fact that shows it
    FactRef fact;

    /// Direct is the want of a source.
    bool known() const { return by != By::direct; }
};
std::string_view to_string(Touch::By by);
/// "google (organic)", "newsletter (email), campaign spring", "direct"
std::string in_words(const Touch& touch);

/// A cycle of the lead, and the newest touch when it began.
struct LeadTouch {
    std::uint32_t cycle = 1;
    Instant opened_at;
    std::optional<Touch> touch;  ///< whatever it is
    std::optional<Touch> known;  ///< the newest with a source
};

struct Touches {
    std::vector<Touch> all;        ///< ascending by time
    std::vector<LeadTouch> leads;  ///< a cycle each, ascending

    const Touch* first() const { return all.empty() ? nullptr : &all.front(); }
    const Touch* last() const { return all.empty() ? nullptr : &all.back(); }
    const Touch* last_known() const;
    /// The one that the fact shows.
    const Touch* of(FactRef fact) const;
};

/// `facts` in any order, those that count; `own`: domains whose pages are one's own.
std::vector<Touch> touches_of(std::span<const Fact> facts, std::span<const std::string> own);
/// As the playbook that is active names its own sites.
Touches touches_in(const Timeline& timeline, const Reads& reads);

/// Source, medium and campaign of the newest known touch, else of the newest; null where there is none.
const Touch* source_of(const LeadTouch& lead);

/// {"first", "last", "last_known", "leads": [{"cycle", "opened_at", "touch", "known"}], "touches": [..]}
void write(codec::JsonWriter& out, const Touches& touches);

}  // namespace baton::app
