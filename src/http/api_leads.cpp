// The list of leads, and its views: filters that have a name.
#include "app/views.h"
#include "http/api.h"
#include "http/asked.h"
#include "http/lead_pages.h"

namespace baton::http {
namespace {

using app::Views;

Status parse_query(const Request& request, ports::LeadQuery& query, const PagesOf& of) {
    query.stage = request.parameter("stage");
    query.text = request.parameter("q");
    if (auto read = read_choice(request, "open", query.open); !read) return read;
    if (auto read = read_choice(request, "is_lead", query.is_lead); !read) return read;
    return read_page(request, query, of);
}

/// The one that the request names, and what its pages are of.
Result<std::optional<app::ListedView>> view_asked(const Request& request, const app::Reads& reads, const Who& who,
                                                  PagesOf& of) {
    const std::string name = request.parameter("view");
    if (name.empty()) return std::optional<app::ListedView>();
    auto found = Views::find(reads, name, viewer_of(who));
    if (!found) return std::unexpected(found.error());
    of.sort = app::sort_named(found->view.sort).value_or(of.sort);
    of.print = app::print_of(found->view);
    return std::optional(std::move(*found));
}

/// What both ask for; none = everybody.
Result<std::optional<app::LeadFilter>> filter_asked(const Request& request, const app::Reads& reads,
                                                    const std::optional<app::ListedView>& view) {
    using Filter = std::optional<app::LeadFilter>;
    const std::string text = request.parameter("filter");
    if (!view && text.empty()) return Filter();
    auto compiled = app::LeadFilter::compile(view ? view->view.filter : text, reads);
    if (!compiled && view && compiled.error().code == "bad_filter")
        return fail("view_outdated", "the active playbook does not understand the filter of view '" + view->view.name +
                                         "' any more; save it anew:\n" + compiled.error().detail);
    if (compiled && view && !text.empty()) compiled = app::LeadFilter::both(view->view.filter, text, reads);
    if (!compiled) return std::unexpected(compiled.error());
    return Filter(std::move(*compiled));
}

Result<app::ViewWanted> wanted_of(const Request& request, const std::string& name) {
    const auto body = name.empty() ? body_of(request, {"name", "label", "filter", "sort", "shared"})
                                   : body_of(request, {"label", "filter", "sort", "shared"});
    if (!body) return std::unexpected(body.error());
    std::optional<std::string> given = name.empty() ? std::nullopt : std::optional(name), label, filter, sort;
    std::optional<bool> shared;
    for (const auto& [field, into] : {std::pair("name", &given), std::pair("label", &label),
                                      std::pair("filter", &filter), std::pair("sort", &sort)})
        if (auto read = read_text(*body, field, *into); !read) return std::unexpected(read.error());
    if (auto read = read_truth(*body, "shared", shared); !read) return std::unexpected(read.error());
    if (!given || !filter) return fail("bad_body", "a view needs 'name' and 'filter'");
    return app::ViewWanted{*given, label.value_or(""), *filter, sort.value_or("updated"), shared.value_or(false)};
}

}  // namespace

Response Api::get_leads(const Call& call) {
    if (auto refusal = unknown_parameter(
            call.request, {"stage", "open", "is_lead", "q", "view", "filter", "count", "sort", "limit", "cursor"}))
        return *refusal;
    return with_reads(true, [&](const app::Reads& reads) {
        ports::LeadQuery query;
        PagesOf of;
        std::optional<bool> count;
        const auto view = view_asked(call.request, reads, call.who, of);
        if (!view) return failed(view.error());
        if (const auto read = parse_query(call.request, query, of); !read) return failed(read.error());
        if (const auto read = read_choice(call.request, "count", count); !read) return failed(read.error());
        auto filter = filter_asked(call.request, reads, *view);
        if (!filter) return failed(filter.error());
        codec::JsonWriter out;
        out.begin_object();
        const auto written = *filter ? write_page(out, "leads", reads, query, **filter, clock_, of)
                                     : write_page(out, "leads", reads, query);
        if (!written) return failed(written.error());
        if (count == true) {
            const auto counted =
                app::count_leads(reads, query, *filter ? &**filter : nullptr, clock_.now(), walk_of(clock_));
            if (!counted) return failed(counted.error());
            write_count(out, *counted);
        }
        return json(out.end_object().take());
    });
}

// ---- views ----------------------------------------------------------------------------------------------------

Response Api::get_views(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    return with_reads(true, [&](const app::Reads& reads) {
        const auto views = Views::list(reads, viewer_of(call.who));
        return views ? json(app::document(*views)) : failed(views.error());
    });
}

Response Api::get_view(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    return with_reads(true, [&](const app::Reads& reads) {
        const auto view = Views::find(reads, call.key, viewer_of(call.who));
        if (!view) return failed(view.error());
        const std::string tag = view->shipped ? "" : quoted(app::version_of(view->view));
        if (is_known(call.request, tag)) return not_modified(tag);
        codec::JsonWriter out;
        app::write(out, *view);
        return tagged(json(out.take()), tag);
    });
}

Response Api::post_view(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    const auto wanted = wanted_of(call.request, "");
    if (!wanted) return failed(wanted.error());
    const auto saved = views_.save(*wanted, Views::How::create, viewer_of(call.who), call.who.actor());
    if (!saved) return failed(saved.error());
    return {201, "application/json", "", {{"location", "/api/v1/views/" + wanted->name}}};
}

Response Api::put_view(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    const auto wanted = wanted_of(call.request, call.key);
    if (!wanted) return failed(wanted.error());
    const auto only_if = only_if_of(call.request);
    if (!only_if) return failed(only_if.error());
    const auto saved = views_.save(*wanted, Views::How::change, viewer_of(call.who), call.who.actor(), *only_if);
    return saved ? done() : failed(saved.error());
}

Response Api::delete_view(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    const auto only_if = only_if_of(call.request);
    if (!only_if) return failed(only_if.error());
    const auto removed = views_.remove(call.key, viewer_of(call.who), call.who.actor(), *only_if);
    return removed ? done() : failed(removed.error());
}

}  // namespace baton::http
