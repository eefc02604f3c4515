#include "app/touches.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "codec/click_ids.h"
#include "codec/form.h"
#include "contact/referrer.h"
#include "contact/text.h"
#include "domain/engine/step.h"

namespace baton::app {
namespace {

using By = Touch::By;

/// Whoever does nothing for so long and comes again, comes on another visit.
constexpr Duration visit_ends_after = Duration::minutes(30);

/// What one fact shows of where a person comes from.
struct Seen {
    Touch touch;
    bool profile = false;   ///< a property that says it, not a visit
    bool internal = false;  ///< from one page of one's own to another
};

std::string text_of(const Properties& properties, std::string_view name) {
    const Value* value = find(properties, name);
    return value == nullptr ? std::string() : contact::trimmed(to_text(*value));
}

std::string or_else(const std::string& text, const std::string& otherwise) { return text.empty() ? otherwise : text; }

/// The address of the page. `url` is the page's only where a page was viewed: elsewhere it may be a link's.
std::string address_of(const Fact& fact) {
    std::string address = text_of(fact.properties, "page_url");
    return address.empty() && fact.type == "Page Viewed" ? text_of(fact.properties, "url") : address;
}

class Reader {
   public:
    Reader(const Fact& fact, std::span<const std::string> own)
        : fact_(fact), own_(own), address_(address_of(fact)), query_(codec::query_of(address_)) {}

    /// Nothing where the fact says nothing of it: a call, a note, what a server did.
    std::optional<Seen> read() {
        if (fact_.kind != FactKind::behaviour && fact_.kind != FactKind::profile) return std::nullopt;
        Seen seen;
        Touch& touch = seen.touch;
        touch.at = fact_.occurred_at;
        touch.type = fact_.type;
        touch.fact = fact_.ref;
        read_campaign(touch);
        read_click(touch);
        seen.profile = fact_.kind == FactKind::profile;
        if (seen.profile) return touch.known() ? std::optional(seen) : std::nullopt;
        read_page(seen);
        const bool web = touch.known() || seen.internal || !touch.landing_page.empty();
        return web ? std::optional(seen) : std::nullopt;
    }

   private:
    std::string said(std::string_view name) const {
        std::string text = text_of(fact_.properties, name);
        return text.empty() ? contact::trimmed(query_.first(name)) : text;
    }

    void read_campaign(Touch& touch) const {
        touch.source = said("utm_source");
        touch.medium = said("utm_medium");
        touch.campaign = said("utm_campaign");
        touch.term = said("utm_term");
        touch.content = said("utm_content");
        if (!touch.source.empty() || !touch.medium.empty() || !touch.campaign.empty()) touch.by = By::campaign;
    }

    void read_click(Touch& touch) const {
        for (const codec::ClickId& id : codec::click_ids) {
            std::string value = said(id.parameter);
            if (value.empty()) continue;
            if (touch.by == By::direct) touch.by = By::click_id;
            if (touch.click_ids.empty()) {
                touch.source = or_else(touch.source, std::string(id.source));
                touch.medium = or_else(touch.medium, std::string(id.medium));
            }
            touch.click_ids.emplace(id.parameter, std::move(value));
        }
    }

    void read_page(Seen& seen) const {
        Touch& touch = seen.touch;
        touch.landing_page = address_;
        for (const std::string_view name : {"path", "page_path"})
            touch.landing_page = or_else(touch.landing_page, text_of(fact_.properties, name));
        touch.referrer = text_of(fact_.properties, "referrer");
        const contact::Referrer from = contact::referrer_of(touch.referrer);
        if (is_own(contact::host_of(touch.referrer))) {
            seen.internal = !touch.known();
        } else if (!from.source.empty()) {
            if (touch.by == By::direct) touch.by = By::referrer;
            if (touch.source.empty()) {
                touch.source = from.source;
                touch.medium = or_else(touch.medium, from.medium);
            }
        }
        if (touch.by == By::direct && !seen.internal) touch.source = "direct";
    }

    bool is_own(std::string_view host) const {
        if (host.empty()) return false;
        if (contact::same_site(host, contact::host_of(address_))) return true;
        return std::ranges::any_of(own_, [&](const std::string& site) { return contact::within(host, site); });
    }

    const Fact& fact_;
    std::span<const std::string> own_;
    std::string address_;
    codec::FormFields query_;
};

auto source_in_full(const Touch& t) { return std::tie(t.source, t.medium, t.campaign, t.content, t.term); }

/// By time; what occurred at the same moment by what it says, whatever came first.
bool before(const Seen& a, const Seen& b) {
    const auto rank = [](const Seen& s) {
        const Touch& t = s.touch;
        return std::tie(t.at, s.internal, t.by, s.profile, t.source, t.medium, t.campaign, t.content, t.term,
                        t.referrer, t.landing_page, t.click_ids, t.type, t.fact);
    };
    return rank(a) < rank(b);
}

/// Goes through what was seen, in order, and tells visits and repetitions apart.
class Visits {
   public:
    explicit Visits(std::vector<Touch>& into) : into_(into) {}

    void see(Seen& seen) {
        if (seen.profile) return take_profile(seen.touch);
        Touch& touch = seen.touch;
        const bool goes_on = newest_ && touch.at - *newest_ < visit_ends_after;
        newest_ = touch.at;
        if (!goes_on) visit_.clear();
        if (!goes_on) referrers_.clear();
        if (seen.internal || (goes_on && touch.by == By::direct)) return;
        // A page that changes without being loaded again goes on naming the page before the first.
        const bool named_again = !touch.referrer.empty() && !referrers_.insert(touch.referrer).second;
        if (touch.by == By::referrer && named_again) return;
        const auto same = [&](std::size_t i) { return source_in_full(into_[i]) == source_in_full(touch); };
        if (std::ranges::any_of(visit_, same)) return;
        visit_.push_back(into_.size());
        into_.push_back(std::move(touch));
    }

   private:
    /// Systems that keep the campaign as a property send it again and again.
    void take_profile(Touch& touch) {
        const auto same = [&](const Touch& other) { return source_in_full(other) == source_in_full(touch); };
        if (std::ranges::none_of(into_, same)) into_.push_back(std::move(touch));
    }

    std::vector<Touch>& into_;
    std::optional<Instant> newest_;
    std::vector<std::size_t> visit_;  ///< touches of the visit at hand
    std::set<std::string> referrers_;
};

/// When each cycle became a lead. A cycle that a lead begins while it stands open begins with it.
std::vector<LeadTouch> cycles_in(const Timeline& timeline) {
    std::map<std::uint32_t, Instant> opened;
    bool open = false;
    for (const TimelineEntry& entry : timeline.entries) {
        if (!entry.history) continue;
        const engine::HistoryRecord& record = *entry.history;
        if (record.kind == engine::HistoryKind::lead_closed) open = false;
        if (record.kind == engine::HistoryKind::cycle_started && open)
            opened.emplace(static_cast<std::uint32_t>(record.number), record.at);
        if (record.kind != engine::HistoryKind::lead_opened) continue;
        open = true;
        opened.emplace(record.cycle, record.at);
    }
    std::vector<LeadTouch> leads;
    for (const auto& [cycle, at] : opened) leads.push_back({cycle, at, {}, {}});
    return leads;
}

/// The newest of them at that moment that the condition holds for.
std::optional<Touch> newest_at(const std::vector<Touch>& touches, Instant at, bool known) {
    std::optional<Touch> newest;
    for (const Touch& touch : touches)
        if (touch.at <= at && (!known || touch.known())) newest = touch;
    return newest;
}

void write_touch(codec::JsonWriter& out, const Touch* touch) {
    if (touch == nullptr) {
        out.null();
        return;
    }
    out.begin_object().field("at", touch->at).field("by", to_string(touch->by)).field("source", touch->source);
    out.field("medium", touch->medium).field("campaign", touch->campaign).field("content", touch->content);
    out.field("term", touch->term).field("referrer", touch->referrer).field("landing_page", touch->landing_page);
    out.key("click_ids").begin_object();
    for (const auto& [name, value] : touch->click_ids) out.field(name, value);
    out.end_object().field("type", touch->type).field("text", in_words(*touch));
    out.field("fact", std::to_string(touch->fact.lane.value) + "-" + std::to_string(touch->fact.seq.value));
    out.end_object();
}

const Touch* pointer(const std::optional<Touch>& touch) { return touch ? &*touch : nullptr; }

}  // namespace

std::string_view to_string(Touch::By by) {
    switch (by) {
        case By::campaign: return "campaign";
        case By::click_id: return "click_id";
        case By::referrer: return "referrer";
        case By::direct: return "direct";
    }
    return "";
}

std::string in_words(const Touch& touch) {
    std::string text = touch.source.empty() ? "unnamed source" : touch.source;
    if (!touch.medium.empty()) text += " (" + touch.medium + ")";
    if (!touch.campaign.empty()) text += ", campaign " + touch.campaign;
    return text;
}

const Touch* Touches::last_known() const {
    const auto at = std::find_if(all.rbegin(), all.rend(), [](const Touch& touch) { return touch.known(); });
    return at == all.rend() ? nullptr : &*at;
}

const Touch* Touches::of(FactRef fact) const {
    const auto at = std::ranges::find(all, fact, &Touch::fact);
    return at == all.end() ? nullptr : &*at;
}

const Touch* source_of(const LeadTouch& lead) { return lead.known ? &*lead.known : pointer(lead.touch); }

std::vector<Touch> touches_of(std::span<const Fact> facts, std::span<const std::string> own) {
    std::vector<Seen> seen;
    for (const Fact& fact : facts)
        if (auto one = Reader(fact, own).read()) seen.push_back(std::move(*one));
    std::ranges::sort(seen, before);
    std::vector<Touch> touches;
    Visits visits(touches);
    for (Seen& one : seen) visits.see(one);
    return touches;
}

Touches touches_in(const Timeline& timeline, const Reads& reads) {
    std::vector<Fact> facts;
    for (const TimelineEntry& entry : timeline.entries)
        if (entry.fact) facts.push_back(entry.fact->fact);
    engine::drop_taken_out(facts);
    std::vector<std::string> own;
    if (const auto book = reads.active())
        for (const auto& site : book->source.own_sites) own.push_back(site.text);
    Touches touches{touches_of(facts, own), cycles_in(timeline)};
    for (LeadTouch& lead : touches.leads) {
        lead.touch = newest_at(touches.all, lead.opened_at, false);
        lead.known = newest_at(touches.all, lead.opened_at, true);
    }
    return touches;
}

void write(codec::JsonWriter& out, const Touches& touches) {
    out.begin_object().key("first");
    write_touch(out, touches.first());
    out.key("last");
    write_touch(out, touches.last());
    out.key("last_known");
    write_touch(out, touches.last_known());
    out.key("leads").begin_array();
    for (const LeadTouch& lead : touches.leads) {
        out.begin_object().field("cycle", lead.cycle).field("opened_at", lead.opened_at).key("touch");
        write_touch(out, pointer(lead.touch));
        out.key("known");
        write_touch(out, pointer(lead.known));
        out.end_object();
    }
    out.end_array().key("touches").begin_array();
    for (const Touch& touch : touches.all) write_touch(out, &touch);
    out.end_array().end_object();
}

}  // namespace baton::app
