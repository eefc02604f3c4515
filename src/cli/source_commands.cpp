// baton source: forms and hooks that answers of people come in by, on a store that no server has open.
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/sources.h"
#include "cli/session.h"

namespace baton::cli {
namespace {

constexpr std::string_view actor = "command line";

Result<std::string> text_of(const std::string& file) {
    if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail("not_found", "cannot read " + file);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

/// As given, or the first line of the file.
Result<std::string> secret_of(const std::string& given, const std::string& file) {
    if (file.empty()) return given;
    auto text = text_of(file);
    if (text) text->resize(std::min(text->find_first_of("\r\n"), text->size()));
    return text;
}

Result<app::SourceSecrets> secrets_of(const SourceOptions& o) {
    auto signing = secret_of(o.secret, o.secret_file);
    if (!signing) return std::unexpected(signing.error());
    auto token = secret_of(o.token, o.token_file);
    if (!token) return std::unexpected(token.error());
    auto verify = secret_of(o.verify_token, o.verify_token_file);
    if (!verify) return std::unexpected(verify.error());
    return app::SourceSecrets{std::move(*signing), std::move(*token), std::move(*verify)};
}

template <class Change>
int changing(const Context& context, const SourceOptions& options, Access access, Change change) {
    auto session = Session::open(context, options.store, access);
    if (!session) return refuse(context, session.error());
    app::Sources sources(*session->ledger);
    const Status changed = change(sources);
    const Status closed = session->close();
    if (!changed) return refuse(context, changed.error());
    return closed ? done : refuse(context, closed.error());
}

/// Where its calls go.
std::string address_of(const app::ListedSource& one) {
    const codec::Source& source = one.source;
    switch (source.kind) {
        case codec::SourceKind::form: return "/forms/" + one.name;
        case codec::SourceKind::hubspot_form:
            return "/submissions/v3/integration/submit/" + (source.portal.empty() ? "PORTAL" : source.portal) + "/" +
                   source.form;
        case codec::SourceKind::web_to_lead: return "/servlet/servlet.WebToLead";
        default: return "/hooks/" + one.name;
    }
}

struct Register {
    std::vector<app::ListedSource> sources;
    app::WaitingBySource waiting;
};

Result<Register> all_of(const Context& context, const SourceOptions& options, bool& opened) {
    const auto session = open_for_reading(context, options);
    opened = session.has_value();
    if (!opened) return fail("", "");
    auto listed = app::Sources::list(*session->reads);
    if (!listed) return std::unexpected(listed.error());
    const auto awaited = app::Awaited::list(*session->reads);
    if (!awaited) return std::unexpected(awaited.error());
    return Register{std::move(*listed), app::by_source(*awaited)};
}

std::string waiting_of(const Register& all, const std::string& name) {
    const auto at = all.waiting.find(name);
    if (at == all.waiting.end()) return "";
    return std::to_string(at->second.leads) + (at->second.problem.empty() ? "" : ": " + at->second.problem);
}

/// Below the definition, as comments: it stays one.
void show_waiting(const Context& context, const app::Waiting& waiting) {
    context.screen.out << "# " << waiting.leads << " leads told of whose answers did not come yet, the oldest since "
                       << short_time(waiting.oldest) << "; asked for again " << short_time(waiting.next_at) << '\n';
    if (!waiting.problem.empty())
        context.screen.out << "# after " << waiting.attempts << " attempts: " << waiting.problem << ": "
                           << waiting.detail << '\n';
}

}  // namespace

int source_add(const Context& context, const SourceOptions& options) {
    const auto kind = codec::source_kind_of(options.kind);
    if (!options.kind.empty() && !kind) {
        std::string names;
        for (const auto& name : codec::source_kinds()) names += (names.empty() ? "" : ", ") + name;
        return refuse(context, {"bad_source", "there is no kind '" + options.kind + "'; there are " + names});
    }
    const auto definition = text_of(options.file);
    if (!definition) return refuse(context, definition.error());
    const auto secrets = secrets_of(options);
    if (!secrets) return refuse(context, secrets.error());
    return changing(context, options, Access::create, [&](app::Sources& sources) {
        return sources.add(options.name, kind, *definition, *secrets, actor);
    });
}

int source_remove(const Context& context, const SourceOptions& options) {
    return changing(context, options, Access::existing,
                    [&](app::Sources& sources) { return sources.remove(options.name, actor); });
}

int source_list(const Context& context, const SourceOptions& options) {
    bool opened = false;
    const auto all = all_of(context, options, opened);
    if (!opened) return failed;
    if (!all) return refuse(context, all.error());
    if (options.format == Format::json) {
        context.screen.out << app::document(all->sources, {}, all->waiting) << '\n';
        return done;
    }
    Table table;
    for (const char* title : {"source", "kind", "event", "takes calls at", "owner", "since", "waiting"})
        table.column(title);
    for (const auto& one : all->sources)
        table.row({one.name, std::string(to_string(one.source.kind)),
                   one.problem.empty() ? one.source.event : "(cannot be read)", address_of(one), one.source.owner,
                   short_time(one.since), waiting_of(*all, one.name)});
    table.print(context.screen);
    return done;
}

int source_show(const Context& context, const SourceOptions& options) {
    bool opened = false;
    const auto all = all_of(context, options, opened);
    if (!opened) return failed;
    if (!all) return refuse(context, all.error());
    for (const auto& one : all->sources) {
        if (one.name != options.name) continue;
        if (options.format == Format::json)
            context.screen.out << app::document(one, {}, all->waiting) << '\n';
        else
            context.screen.out << one.definition << (one.definition.ends_with('\n') ? "" : "\n");
        if (const auto at = all->waiting.find(one.name); at != all->waiting.end() && options.format != Format::json)
            show_waiting(context, at->second);
        return done;
    }
    return refuse(context,
                  {"unknown_source", "there is no source '" + options.name + "'; baton source list names them"});
}

}  // namespace baton::cli
