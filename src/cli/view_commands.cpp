// baton view: filters of the list of leads that have a name. Who works on the store itself sees all and changes all but what ships.
#include "app/views.h"
#include "cli/session.h"

namespace baton::cli {
namespace {

constexpr std::string_view actor = "command line";

template <class Change>
int changing(const Context& context, const ViewOptions& options, Change change) {
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    app::Views views(*session->ledger);
    const Status changed = change(views);
    const Status closed = session->close();
    if (!changed) return refuse(context, changed.error());
    return closed ? done : refuse(context, closed.error());
}

}  // namespace

int view_list(const Context& context, const ViewOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto views = app::Views::list(*session->reads, {});
    if (!views) return refuse(context, views.error());
    if (options.format == Format::json) {
        context.screen.out << app::document(*views) << '\n';
        return done;
    }
    Table table;
    for (const char* title : {"view", "label", "filter", "sort", "whose", "since"}) table.column(title);
    for (const auto& [view, shipped, problem] : *views)
        table.row({view.name, view.label, problem.empty() ? view.filter : "(no longer understood) " + view.filter,
                   view.sort,
                   shipped              ? "comes with Baton"
                   : view.owner.empty() ? "everybody's"
                                        : view.owner,
                   shipped ? "" : short_time(view.since)});
    table.print(context.screen);
    return done;
}

int view_save(const Context& context, const ViewOptions& options) {
    return changing(context, options, [&](app::Views& views) {
        return views.save({options.name, options.label, options.filter, options.sort, true}, app::Views::How::either,
                          {}, actor);
    });
}

int view_delete(const Context& context, const ViewOptions& options) {
    return changing(context, options, [&](app::Views& views) { return views.remove(options.name, {}, actor); });
}

}  // namespace baton::cli
