#include "http/lead_pages.h"

#include <algorithm>

#include "app/documents.h"
#include "http/asked.h"

namespace baton::http {
namespace {

using Sort = ports::LeadQuery::Sort;

/// What stands behind a cursor of such pages.
std::string mark_of(const PagesOf& of, Sort sort) {
    return of.print.empty() ? "" : "_" + of.print + "-" + std::string(app::to_string(sort));
}

/// "value_person" as cursor_after gave it.
bool parse_cursor(const std::string& text, ports::LeadQuery& query) {
    const std::size_t line = text.find('_');
    if (line == std::string::npos) return text.empty();
    const auto value = whole_number(text.substr(0, line));
    const auto person = whole_number(text.substr(line + 1));
    if (!value || !person || *person < 0) return false;
    query.after_key = *value;
    query.after_person = SubjectId{static_cast<std::uint64_t>(*person)};
    return true;
}

Error no_such(std::string_view name, std::string_view wanted) {
    return {"bad_parameter", "'" + std::string(name) + "' must be " + std::string(wanted) + "."};
}

}  // namespace

Status read_page(const Request& request, ports::LeadQuery& query, const PagesOf& of) {
    const std::string by = request.parameter("sort");
    const auto sort = by.empty() ? std::optional(of.sort) : app::sort_named(by);
    if (!sort) return std::unexpected(no_such("sort", "updated, score or entered"));
    query.sort = *sort;
    std::string cursor = request.parameter("cursor");
    const std::string mark = mark_of(of, *sort);
    if (!mark.empty() && cursor.ends_with(mark))
        cursor.resize(cursor.size() - mark.size());
    else if (!mark.empty() && std::ranges::count(cursor, '_') == 2)
        return fail("view_changed",
                    "The view or its order is not the one this cursor was given for: begin again without a cursor.");
    else if (!mark.empty() && !cursor.empty())
        cursor = "of another list";
    if (!parse_cursor(cursor, query)) return std::unexpected(no_such("cursor", "a next_cursor of an earlier answer"));
    const auto rows = number_asked(request, "limit", 1, 500, 50);
    if (!rows) return std::unexpected(rows.error());
    query.limit = static_cast<std::size_t>(*rows);
    return {};
}

Status read_choice(const Request& request, std::string_view name, std::optional<bool>& into) {
    const std::string text = request.parameter(name);
    if (text.empty()) return {};
    if (text != "true" && text != "false") return std::unexpected(no_such(name, "true or false"));
    into = text == "true";
    return {};
}

std::string cursor_after(const ports::LeadRow& row, Sort sort) {
    return std::to_string(app::sort_value(row, sort)) + "_" + std::to_string(row.person.value);
}

namespace {

void write_rows(codec::JsonWriter& out, std::string_view name, const std::vector<ports::LeadRow>& rows,
                const ports::LeadRow* go_on_after, Sort sort, const PagesOf& of = {}) {
    out.key(name).begin_array();
    for (const auto& row : rows) app::write(out, row);
    out.end_array().key("next_cursor");
    if (go_on_after != nullptr)
        out.value(cursor_after(*go_on_after, sort) + mark_of(of, sort));
    else
        out.null();
}

}  // namespace

Status write_page(codec::JsonWriter& out, std::string_view name, const app::Reads& reads, ports::LeadQuery query) {
    const std::size_t limit = query.limit;
    query.limit = limit + 1;
    auto rows = reads.leads(query);
    if (!rows) return std::unexpected(rows.error());
    const bool more = rows->size() > limit;
    if (more) rows->pop_back();
    write_rows(out, name, *rows, more ? &rows->back() : nullptr, query.sort);
    return {};
}

Status write_page(codec::JsonWriter& out, std::string_view name, const app::Reads& reads, const ports::LeadQuery& query,
                  app::LeadFilter& filter, ports::Clock& clock, const PagesOf& of) {
    const auto found = app::filtered_leads(reads, query, filter, clock.now(), walk_of(clock));
    if (!found) return std::unexpected(found.error());
    write_rows(out, name, found->rows, found->go_on_after ? &*found->go_on_after : nullptr, query.sort, of);
    out.field("looked_at", found->looked_at);
    return {};
}

app::Walk walk_of(ports::Clock& clock) {
    const Duration began = clock.elapsed();
    app::Walk walk;
    walk.may_go_on = [&clock, began] { return clock.elapsed() - began < longest_walk; };
    return walk;
}

void write_count(codec::JsonWriter& out, const app::Counted& counted) {
    out.key("count").begin_object().field("count", counted.count).field("capped", counted.capped).end_object();
}

}  // namespace baton::http
