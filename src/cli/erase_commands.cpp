// baton person erase, erased: a person's data go for good, and the list of those whose did.
#include "app/erasure.h"
#include "cli/session.h"
#include "codec/json_writer.h"

namespace baton::cli {
namespace {

constexpr std::string_view actor = "command line";

std::string counted(std::size_t n, const char* one, const char* many) {
    return grouped(static_cast<std::int64_t>(n)) + (n == 1 ? one : many);
}

}  // namespace

int person_erase(const Context& context, const PersonEraseOptions& options) {
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    const auto person = session->reads->find(options.key);
    if (!person) return refuse(context, person.error());
    if (!*person) return refuse(context, {"not_found", "nobody is known as '" + options.key + "'"});
    session->reads.reset();  // a look from before would keep the old pages alive
    const auto erased = session->ledger->erase(**person, actor);
    const Status closed = session->close();
    if (!erased) return refuse(context, erased.error());
    if (!closed) return refuse(context, closed.error());
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().field("person", static_cast<std::int64_t>((*person)->value));
        out.field("people", erased->people).field("records", erased->records).field("entries", erased->entries);
        context.screen.out << out.end_object().take() << '\n';
        return done;
    }
    context.screen.out << "erased person " << (*person)->value << ": "
                       << counted(erased->records, " record of the journal", " records of the journal")
                       << (erased->people > 1 ? ", " + std::to_string(erased->people) + " people merged into one" : "")
                       << (erased->entries > 0 ? "; " +
                                                     counted(erased->entries, " entry of a register holds",
                                                             " entries of registers hold") +
                                                     " on without the name"
                                               : "")
                       << "\nbackups made before hold the data until they are gone; baton restore erases it again\n";
    return done;
}

int person_erased(const Context& context, const PersonEraseOptions& options) {
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    const auto all = app::erasures(*session->reads);
    if (!all) return refuse(context, all.error());
    const auto lines = app::list_of(*session->store, *all);
    if (!lines) return refuse(context, lines.error());
    context.screen.out << *lines;
    return done;
}

}  // namespace baton::cli
