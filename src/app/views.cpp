#include "app/views.h"

#include <algorithm>

#include "app/lead_filter.h"
#include "app/normalise.h"

namespace baton::app {
namespace {

struct Shipped {
    std::string_view name, label, filter, sort;
};
/// In words that every playbook has (docs/PLAYBOOK.md, rules 13 to 15).
constexpr Shipped shipped[] = {
    {"open", "Open leads", "lead.open", "updated"},
    {"awaiting-acceptance", "Handed over, not answered yet", "lead.open && lead.hand_off == \"open\"", "entered"},
    {"overdue", "Handed over, nobody answered in time", "lead.open && lead.hand_off == \"expired\"", "entered"},
    {"unassigned", "Open, and nobody's yet", "lead.open && lead.holder in [\"\", \"queue\"]", "score"},
    {"nurture", "In nurture", "lead.open && lead.holder == \"nurture\"", "score"},
    {"recycled-due", "Came back, may be handed over again",
     "lead.open && lead.cycle > 1 && !lead.on_hold && lead.hand_off != \"open\" && lead.holder != \"owner\"", "score"},
    {"square-pegs", "Fit no rule: to be decided by a person", "lead.open && lead.square_peg", "entered"},
};

const Shipped* shipped_as(std::string_view name) {
    const auto* const at = std::ranges::find(shipped, name, &Shipped::name);
    return at == std::end(shipped) ? nullptr : at;
}

const codec::SavedView* find_in(const codec::CompanyRow& company, std::string_view name) {
    const auto at = std::ranges::lower_bound(company.views, name, {}, &codec::SavedView::name);
    return at == company.views.end() || at->name != name ? nullptr : &*at;
}

bool sees(const Viewer& viewer, const codec::SavedView& view) {
    return view.owner.empty() || viewer.sees_all || view.owner == viewer.id;
}

Error unknown(std::string_view name) {
    return {"unknown_view", "there is no view '" + std::string(name) + "'; the list of views names them"};
}

Error is_shipped(std::string_view name) {
    return {"view_shipped", "'" + std::string(name) +
                                "' comes with Baton and stays as it is; save a view of your own under another name"};
}

/// What everybody sees is changed by few; what is somebody's own, by that one.
Status may_change(const Viewer& viewer, const std::string& owner) {
    if (!owner.empty() || viewer.may_share) return {};
    return fail("not_allowed", "a view that everybody sees needs one of the roles marketing, sales_manager, admin");
}

Status stands_at(const codec::SavedView& view, const OnlyIf& only_if) {
    return fits(only_if, "view '" + view.name + "'", version_of(view));
}

Status check(const ViewWanted& wanted, const Viewer& viewer) {
    if (!is_plain_name(wanted.name))
        return fail("bad_view", "a view's name is 1 to 60 letters, digits, - and _, a letter or digit first; '" +
                                    wanted.name + "' is not");
    if (shipped_as(wanted.name) != nullptr) return std::unexpected(is_shipped(wanted.name));
    if (wanted.label.size() > 200 || !sound_text(wanted.label))
        return fail("bad_view", "a label is at most 200 bytes of UTF-8 without NUL");
    if (!sound_text(wanted.filter)) return fail("bad_filter", "1:1: a filter is UTF-8 without NUL");
    if (wanted.filter.size() > longest_filter)
        return fail("bad_filter", "1:1: a view's filter has at most 8192 bytes; this one has " +
                                      std::to_string(wanted.filter.size()));
    if (!sort_named(wanted.sort)) return fail("bad_view", "'sort' must be updated, score or entered");
    if (!wanted.shared && viewer.id.empty())
        return fail("bad_view", "nobody has signed in whose own it could be: save it as shared");
    return may_change(viewer, wanted.shared ? std::string() : viewer.id);
}

ListedView listed(const codec::SavedView& view, bool is_shipped, const Reads& reads) {
    ListedView one{view, is_shipped, {}};
    if (auto compiled = LeadFilter::compile(view.filter, reads); !compiled) one.problem = compiled.error().detail;
    return one;
}

codec::SavedView view_of(const Shipped& from) {
    codec::SavedView view;
    view.name = from.name;
    view.label = from.label;
    view.filter = from.filter;
    view.sort = from.sort;
    view.since = Instant::never();
    return view;
}

}  // namespace

Status Views::save(const ViewWanted& wanted, How how, const Viewer& viewer, std::string_view actor,
                   const OnlyIf& only_if) {
    if (auto fine = check(wanted, viewer); !fine) return fine;
    const auto reads = ledger_.reads();
    if (!reads) return std::unexpected(reads.error());
    if (const auto compiled = LeadFilter::compile(wanted.filter, **reads); !compiled)
        return std::unexpected(compiled.error());
    return ledger_.act([&](const codec::CompanyRow& company, const ports::Reader&, Instant) -> Result<CompanyAct> {
        const codec::SavedView* before = find_in(company, wanted.name);
        if (before == nullptr && how == How::change) return std::unexpected(unknown(wanted.name));
        if (before == nullptr && company.views.size() >= most_views)
            return fail("bad_view", "there are 1000 views; delete one that is not needed any more");
        if (before != nullptr && !sees(viewer, *before))
            return how == How::change ? std::unexpected(unknown(wanted.name))
                                      : fail("view_exists", "the name '" + wanted.name + "' is taken; choose another");
        if (before != nullptr && how == How::create)
            return fail("view_exists",
                        "there is a view '" + wanted.name + "' already; change it, or choose another name");
        if (before != nullptr)
            if (auto may = may_change(viewer, before->owner); !may) return std::unexpected(may.error());
        if (before != nullptr)
            if (auto same = stands_at(*before, only_if); !same) return std::unexpected(same.error());
        // What was somebody's own stays that one's, whoever mends it.
        std::string owner = wanted.shared ? std::string() : viewer.id;
        if (!wanted.shared && before != nullptr && !before->owner.empty()) owner = before->owner;
        CompanyAct act;
        act.about = wanted.name;
        act.actor = actor;
        act.properties = {{"act", Value("view")},
                          {"filter", Value(wanted.filter)},
                          {"label", Value(wanted.label)},
                          {"owner", Value(std::move(owner))},
                          {"sort", Value(wanted.sort)}};
        return act;
    });
}

Status Views::remove(std::string_view name, const Viewer& viewer, std::string_view actor, const OnlyIf& only_if) {
    if (shipped_as(name) != nullptr) return std::unexpected(is_shipped(name));
    return ledger_.act([&](const codec::CompanyRow& company, const ports::Reader&, Instant) -> Result<CompanyAct> {
        const codec::SavedView* view = find_in(company, name);
        if (view == nullptr || !sees(viewer, *view)) return std::unexpected(unknown(name));
        if (auto may = may_change(viewer, view->owner); !may) return std::unexpected(may.error());
        if (auto same = stands_at(*view, only_if); !same) return std::unexpected(same.error());
        CompanyAct act;
        act.about = name;
        act.actor = actor;
        act.properties = {{"act", Value("view removed")}};
        return act;
    });
}

Result<std::vector<ListedView>> Views::list(const Reads& reads, const Viewer& viewer) {
    const auto company = reads.company();
    if (!company) return std::unexpected(company.error());
    std::vector<ListedView> all;
    for (const Shipped& one : shipped) all.push_back(listed(view_of(one), true, reads));
    for (const codec::SavedView& view : company->views)
        if (sees(viewer, view)) all.push_back(listed(view, false, reads));
    return all;
}

Result<ListedView> Views::find(const Reads& reads, std::string_view name, const Viewer& viewer) {
    if (const Shipped* one = shipped_as(name)) return listed(view_of(*one), true, reads);
    const auto company = reads.company();
    if (!company) return std::unexpected(company.error());
    const codec::SavedView* view = find_in(*company, name);
    if (view == nullptr || !sees(viewer, *view)) return std::unexpected(unknown(name));
    return listed(*view, false, reads);
}

std::string version_of(const codec::SavedView& view) { return std::to_string(view.revision.value); }

std::string print_of(const codec::SavedView& view) {
    const std::string all = view.name + '\n' + view.sort + '\n' + view.filter;
    return to_hex(blake2b(all)).substr(0, 16);
}

// ---- as JSON ----------------------------------------------------------------------------------------------------

void write(codec::JsonWriter& out, const ListedView& listed) {
    const codec::SavedView& view = listed.view;
    out.begin_object().field("name", view.name).field("label", view.label).field("filter", view.filter);
    out.field("sort", view.sort).field("shared", view.owner.empty()).field("owner", view.owner);
    out.field("shipped", listed.shipped).field("actor", view.actor).field("since", view.since);
    out.field("revision", view.revision.value).field("problem", listed.problem).end_object();
}

std::string document(const std::vector<ListedView>& views) {
    codec::JsonWriter out;
    out.begin_object().key("views").begin_array();
    for (const ListedView& view : views) write(out, view);
    return out.end_array().end_object().take();
}

}  // namespace baton::app
