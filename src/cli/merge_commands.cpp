// baton merge, unmerge: two records of one person become one, and two again.
#include "app/merge.h"
#include "cli/session.h"
#include "codec/json_writer.h"

namespace baton::cli {
namespace {

constexpr std::string_view actor = "command line";

Result<SubjectId> find(const app::Reads& reads, const std::string& key, app::Reads::Merged merged) {
    const auto found = reads.find_key(key, merged);
    if (!found) return std::unexpected(found.error());
    if (*found) return (*found)->subject;
    return fail("not_found", "nobody is known as '" + key + "'");
}

/// property=A keeps that of the survivor, property=B that of the other.
Result<Properties> chosen(const std::vector<app::SideBySide>& fields, const std::vector<std::string>& keep) {
    Properties properties;
    for (const std::string& choice : keep) {
        const auto equals = choice.rfind('=');
        const std::string side = equals == std::string::npos ? "" : choice.substr(equals + 1);
        if (side != "A" && side != "B")
            return fail("bad_parameter", "--keep '" + choice + "': say property=A or property=B");
        const std::string property = choice.substr(0, equals);
        const auto* value = app::value_of(fields, property, side == "A" ? app::Side::survivor : app::Side::merged);
        if (value == nullptr) return fail("bad_parameter", side + " has no '" + property + "'");
        properties.push_back({property, *value});
    }
    return properties;
}

void show(const Context& context, const MergeOptions& options, const std::vector<app::SideBySide>& fields) {
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().key("fields").begin_array();
        for (const auto& field : fields) {
            out.begin_object().field("property", field.property).field("label", field.label);
            out.field("a", to_text(field.of_survivor.value)).field("b", to_text(field.of_merged.value)).end_object();
        }
        context.screen.out << out.end_array().end_object().take() << '\n';
        return;
    }
    Table table;
    for (const char* title : {"property", "A", "since", "B", "since"}) table.column(title);
    const auto since = [](const app::FieldSeen& seen) { return seen.value.is_null() ? "" : short_time(seen.since); };
    for (const auto& field : fields)
        table.row({field.property, to_text(field.of_survivor.value), since(field.of_survivor),
                   to_text(field.of_merged.value), since(field.of_merged)});
    table.print(context.screen);
}

void answer(const Context& context, const MergeOptions& options, std::string_view what, SubjectId from) {
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().field(what, static_cast<std::int64_t>(from.value)).end_object();
        context.screen.out << out.take() << '\n';
        return;
    }
    context.screen.out << "person " << from.value << ' ' << what
                       << (what == "merged" ? "; baton unmerge " + std::to_string(from.value) + " undoes it" : "")
                       << '\n';
}

}  // namespace

int merge(const Context& context, const MergeOptions& options) {
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    const auto into = find(*session->reads, options.into, app::Reads::Merged::survivor);
    if (!into) return refuse(context, into.error());
    const auto from = find(*session->reads, options.from, app::Reads::Merged::survivor);
    if (!from) return refuse(context, from.error());
    const auto fields = app::side_by_side(*session->reads, *into, *from);
    if (!fields) return refuse(context, fields.error());
    const auto keep = chosen(*fields, options.keep);
    if (!keep) return refuse(context, keep.error());
    if (options.dry_run) {
        show(context, options, *fields);
        return done;
    }
    const Status merged = session->ledger->merge(*into, *from, *keep, actor);
    const Status closed = session->close();
    if (!merged) return refuse(context, merged.error());
    if (!closed) return refuse(context, closed.error());
    answer(context, options, "merged", *from);
    return done;
}

int unmerge(const Context& context, const MergeOptions& options) {
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    const auto from = find(*session->reads, options.from, app::Reads::Merged::itself);
    if (!from) return refuse(context, from.error());
    const Status apart = session->ledger->unmerge(*from, actor);
    const Status closed = session->close();
    if (!apart) return refuse(context, apart.error());
    if (!closed) return refuse(context, closed.error());
    answer(context, options, "unmerged", *from);
    return done;
}

}  // namespace baton::cli
