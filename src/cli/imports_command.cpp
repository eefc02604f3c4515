// baton import list, undo: what was imported, and taking it back.
#include "app/imports.h"
#include "cli/session.h"
#include "codec/json_writer.h"

namespace baton::cli {
namespace {

using codec::ImportMade;

std::string state_of(const ImportMade& made) {
    switch (made.undone) {
        case ImportMade::Undone::no: break;
        case ImportMade::Undone::begun: return "being undone: run baton import undo " + std::to_string(made.number);
        case ImportMade::Undone::done: return "undone " + short_time(made.undone_at) + " by " + made.undone_by;
    }
    return "";
}

void show(const Context& context, const std::vector<ImportMade>& all) {
    Table table;
    table.column("import", Table::Align::right);
    for (const char* title : {"at", "by", "files", "mapping", "mode"}) table.column(title);
    for (const char* title : {"rows", "facts"}) table.column(title, Table::Align::right);
    table.column("");
    for (const ImportMade& made : all)
        table.row({std::to_string(made.number), short_time(made.at), made.actor, made.files, made.mapping, made.mode,
                   grouped(static_cast<std::int64_t>(made.rows)), grouped(static_cast<std::int64_t>(made.facts)),
                   state_of(made)});
    table.print(context.screen);
}

std::string as_json(const std::vector<ImportMade>& all) {
    codec::JsonWriter out;
    out.begin_object().key("imports").begin_array();
    for (const ImportMade& made : all) app::write(out, made);
    return out.end_array().end_object().take();
}

}  // namespace

int import_list(const Context& context, const ImportOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto all = app::imports(*session->reads);
    if (!all) return refuse(context, all.error());
    if (options.format == Format::json)
        context.screen.out << as_json(*all) << '\n';
    else if (all->empty())
        context.screen.out << "nothing was imported yet\n";
    else
        show(context, *all);
    return done;
}

int import_undo(const Context& context, const ImportOptions& options) {
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    const auto undone = session->ledger->undo_import(options.number, "command line");
    const Status closed = session->close();
    if (!undone) return refuse(context, undone.error());
    if (!closed) return refuse(context, closed.error());
    if (options.format == Format::json) {
        codec::JsonWriter out;
        context.screen.out << out.begin_object().field("undone", *undone).end_object().take() << '\n';
    } else {
        context.screen.out << "import " << options.number
                           << " is undone: " << grouped(static_cast<std::int64_t>(*undone))
                           << " people and accounts are as if it had never been; what was decided meanwhile stays\n";
    }
    return done;
}

}  // namespace baton::cli
