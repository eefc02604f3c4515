// baton person: all that is kept of one person, handed out.
#include <fstream>

#include "app/personal_data.h"
#include "cli/session.h"

namespace baton::cli {
namespace {

constexpr std::string_view actor = "command line";

Status put(const Context& context, const std::string& file, const std::string& text) {
    if (file.empty()) {
        context.screen.out << text << '\n';
        return {};
    }
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text << '\n';
    out.close();
    return out ? Status{} : fail("cannot_write", "'" + file + "' cannot be written: name another file with --out");
}

}  // namespace

int person_export(const Context& context, const PersonDataOptions& options) {
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    const auto person = session->reads->find(options.key);
    if (!person) return refuse(context, person.error());
    if (!*person) return refuse(context, {"not_found", "nobody is known as '" + options.key + "'"});
    const auto data = app::personal_data(*session->reads, **person, context.wiring.clock->now());
    if (!data) return refuse(context, data.error());
    const std::string text =
        options.as == "html" ? app::page(*data, *session->reads) : app::document(*data, *session->reads);
    if (auto noted = app::note_disclosure(*session->ledger, **person, actor); !noted)
        return refuse(context, noted.error());
    if (auto closed = session->close(); !closed) return refuse(context, closed.error());
    if (auto written = put(context, options.out, text); !written) return refuse(context, written.error());
    return done;
}

}  // namespace baton::cli
