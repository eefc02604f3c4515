// baton playbook check, draw, diff, list, show, activate.
#include <sstream>

#include "app/documents.h"
#include "app/draw_svg.h"
#include "cli/resources.h"
#include "cli/session.h"
#include "codec/playbook_yaml.h"
#include "domain/playbook/diff.h"
#include "domain/playbook/draw.h"

namespace baton::cli {
namespace {

int say_json_check(const Context& context, const PlaybookText& text) {
    std::vector<playbook::Diagnostic> all;
    const auto read = codec::read_playbook(text.text, text.file);
    bool sound = read.has_value();
    if (read) {
        const playbook::CompileResult compiled = playbook::compile(*read);
        all = compiled.diagnostics;
        sound = compiled.playbook != nullptr;
    } else {
        all = read.error();
    }
    codec::JsonWriter out;
    out.begin_object().field("file", text.file).field("sound", sound).key("diagnostics").begin_array();
    for (const auto& one : all) {
        out.begin_object()
            .field("severity", one.severity == playbook::Severity::error ? "error" : "warning")
            .field("line", one.place.line);
        out.field("column", one.place.column).field("message", one.message).field("hint", one.hint).end_object();
    }
    context.screen.out << out.end_array().end_object().take() << '\n';
    return sound ? done : failed;
}

/// The playbook to draw, and live figures when it is the one in force in the store.
struct Drawing {
    std::shared_ptr<const playbook::Compiled> book;
    playbook::Counts counts;
};

playbook::Counts counts_of(const app::Funnel& funnel, const playbook::Compiled& book) {
    playbook::Counts counts;
    for (const app::FunnelStage& stage : funnel.stages) counts[stage.id] = stage.inside;
    for (const app::FunnelArrow& moved : funnel.arrows)
        for (const playbook::CompiledArrow& arrow : book.arrows)
            if (book.stages[arrow.from.value].id == moved.from && book.stages[arrow.to.value].id == moved.to) {
                counts[arrow.id] = moved.moves;
                break;
            }
    return counts;
}

Result<Drawing> drawing_of_store(const Context& context, const PlaybookOptions& options) {
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return std::unexpected(session.error());
    const auto active = session->reads->active();
    if (active == nullptr) return fail("no_playbook", shown(options.store) + " has no playbook in force");
    const auto funnel = session->reads->funnel();
    if (!funnel) return std::unexpected(funnel.error());
    return Drawing{active, counts_of(*funnel, *active)};
}

Result<std::shared_ptr<const playbook::Compiled>> compile_named(const Context& context, const std::string& name) {
    const auto text = find_playbook(name);
    if (!text) return std::unexpected(text.error());
    std::ostringstream said;
    auto book = compile_and_report(context, *text, said);
    if (book == nullptr) return fail("bad_playbook", "the playbook has errors:\n" + said.str());
    return book;
}

Result<Drawing> drawing_of_file(const Context& context, const PlaybookOptions& options) {
    auto book = compile_named(context, options.file);
    if (!book) return std::unexpected(book.error());
    return Drawing{std::move(*book), {}};
}

std::string as_hex(const Digest& digest) { return to_hex(digest).substr(0, 12); }

Result<app::Activation> activation_of(const PlaybookOptions& options) {
    app::Activation activation;
    const auto at = moment(options.at, "--at");
    if (!at) return std::unexpected(at.error());
    activation.at = *at;
    if (options.open_leads != "re-evaluate" && options.open_leads != "wait")
        return fail("bad_option", "--open-leads '" + options.open_leads + "'; say re-evaluate or wait");
    activation.open_leads = options.open_leads == "wait" ? app::OpenLeads::wait : app::OpenLeads::re_evaluate;
    for (const std::string& pair : options.migrate) {
        const std::size_t sign = pair.find('=');
        if (sign == std::string::npos) return fail("bad_option", "--migrate '" + pair + "'; write old_stage=new_stage");
        activation.migrate[pair.substr(0, sign)] = pair.substr(sign + 1);
    }
    return activation;
}

}  // namespace

int playbook_check(const Context& context, const PlaybookOptions& options) {
    const auto text = find_playbook(options.file);
    if (!text) return refuse(context, text.error());
    if (options.format == Format::json) return say_json_check(context, *text);
    const auto book = compile_and_report(context, *text, context.screen.err);
    if (book == nullptr) return failed;
    context.screen.out << text->file << ": " << book->source.name << " has no errors: " << book->stages.size()
                       << " stages, " << book->arrows.size() << " arrows, " << book->clauses.size() << " criteria, "
                       << book->score_rules.size() << " score rules\n";
    return done;
}

int playbook_draw(const Context& context, const PlaybookOptions& options) {
    using playbook::Format;
    const std::map<std::string, Format> formats{{"svg", Format::dot},
                                                {"dot", Format::dot},
                                                {"mermaid", Format::mermaid},
                                                {"markdown", Format::markdown},
                                                {"table", Format::table}};
    const auto format = formats.find(options.draw_format);
    if (format == formats.end())
        return refuse(context, {"bad_format",
                                "--format '" + options.draw_format + "'; draw svg, dot, mermaid, markdown or table"});
    const auto drawing = options.file.empty() ? drawing_of_store(context, options) : drawing_of_file(context, options);
    if (!drawing) return refuse(context, drawing.error());
    std::string drawn = playbook::draw(*drawing->book, format->second, drawing->counts);
    if (options.draw_format == "svg") {
        auto svg = app::svg_of(drawn);
        if (!svg) return refuse(context, svg.error());
        drawn = std::move(*svg);
    }
    context.screen.out << drawn << (drawn.ends_with('\n') ? "" : "\n");
    return done;
}

int playbook_diff(const Context& context, const PlaybookOptions& options) {
    const auto before = compile_named(context, options.file);
    const auto after = before ? compile_named(context, options.other) : before;
    if (!after) return refuse(context, after.error());
    const std::vector<std::string> changes = playbook::diff(**before, **after);
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().field("same", changes.empty()).key("changes").begin_array();
        for (const std::string& change : changes) out.value(change);
        context.screen.out << out.end_array().end_object().take() << '\n';
        return done;
    }
    for (const std::string& change : changes) context.screen.out << "- " << change << '\n';
    if (changes.empty()) context.screen.out << "both say the same\n";
    return done;
}

int playbook_list(const Context& context, const PlaybookOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto stored = session->reads->playbooks();
    if (!stored) return refuse(context, stored.error());
    const auto active = session->reads->active();
    const std::uint32_t in_force = active == nullptr ? 0 : active->version;
    const Screen& screen = context.screen;
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().field("active", in_force).key("playbooks").begin_array();
        for (const auto& one : *stored) {
            out.begin_object().field("version", one.version).field("id", one.id).field("file", one.file);
            out.field("hash", to_hex(one.hash)).field("stored_at", one.stored_at).field("signed", false).end_object();
        }
        screen.out << out.end_array().end_object().take() << '\n';
        return done;
    }
    Table table;
    table.column("version", Table::Align::right);
    for (const char* title : {"playbook", "stored", "hash", "file", ""}) table.column(title);
    for (const auto& one : *stored)
        table.row({std::to_string(one.version), one.id, short_time(one.stored_at), as_hex(one.hash), one.file,
                   one.version == in_force ? "in force, unsigned" : ""});
    table.print(screen);
    return done;
}

int playbook_show(const Context& context, const PlaybookOptions& options) {
    if (!options.file.empty()) {
        const auto text = find_playbook(options.file);
        if (!text) return refuse(context, text.error());
        context.screen.out << text->text;
        return done;
    }
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto stored = session->reads->playbooks();
    if (!stored) return refuse(context, stored.error());
    const auto active = session->reads->active();
    for (const auto& one : *stored)
        if (active != nullptr && one.version == active->version) {
            context.screen.out << one.text;
            return done;
        }
    return refuse(context, {"no_playbook", shown(options.store) + " has no playbook in force"});
}

int playbook_activate(const Context& context, const PlaybookOptions& options) {
    const auto text = find_playbook(options.file);
    if (!text) return refuse(context, text.error());
    auto activation = activation_of(options);
    if (!activation) return refuse(context, activation.error());
    if (compile_and_report(context, *text, context.screen.err) == nullptr) return failed;
    auto session = Session::open(context, options.store, Access::create);
    if (!session) return refuse(context, session.error());
    const auto version = session->ledger->store_playbook(text->text, text->file);
    if (!version) return refuse(context, version.error());
    activation->version = *version;
    const auto activated = session->ledger->activate(*activation);
    if (!activated) return refuse(context, activated.error());
    if (const Status closed = session->close(); !closed) return refuse(context, closed.error());
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object()
            .field("version", activated->version)
            .field("at", activated->at)
            .field("open_leads", activated->open_leads);
        context.screen.out << out.field("already", activated->already).field("signed", false).end_object().take()
                           << '\n';
        return done;
    }
    if (activated->already)
        context.screen.out << "version " << activated->version << " is in force already\n";
    else
        context.screen.out << "version " << activated->version << " takes effect at " << short_time(activated->at)
                           << " UTC, unsigned; it concerns " << grouped(activated->open_leads) << " open leads ("
                           << options.open_leads << ")\n";
    return done;
}

}  // namespace baton::cli
