// baton import FILE --preview: the first rows as they would be understood. No store is opened.
#include <charconv>

#include "cli/resources.h"
#include "connectors/import/documents.h"

namespace baton::cli {
namespace {

std::string place(const imports::RowProblem& problem) {
    std::string text;
    if (problem.column > 0) text += ", column " + std::to_string(problem.column);
    if (!problem.column_name.empty()) text += " '" + problem.column_name + "'";
    return text;
}

void show(const Context& context, const imports::Preview& preview) {
    const Screen& screen = context.screen;
    screen.out << preview.file << ": by mapping " << screen.bold(preview.mapping)
               << (preview.rows.empty() ? "; there is nothing below the header" : "") << '\n';
    for (const auto& row : preview.rows) {
        screen.out << "row " << row.row << '\n';
        for (const IncomingFact& fact : row.facts) {
            screen.out << "  " << screen.bold(fact.type) << "  " << imports::who(fact);
            if (fact.occurred_at && fact.time_known) screen.out << "  at " << short_time(*fact.occurred_at);
            screen.out << (fact.actor.empty() ? "" : "  by " + fact.actor) << '\n';
            for (const NamedValue& p : fact.properties)
                screen.out << "    " << p.name << " = " << to_text(p.value) << '\n';
        }
        for (const auto& problem : row.problems)
            screen.out << "  " << (problem.weight == imports::RowProblem::Weight::refuses ? "not taken" : "in part")
                       << place(problem) << ": " << problem.what << '\n';
    }
    for (const std::string& remark : preview.remarks) screen.err << "warning: " << remark << '\n';
}

}  // namespace

int import_preview(const Context& context, const ImportOptions& options) {
    std::size_t rows = 5;
    const std::string& wanted = options.preview;
    const char* const end = wanted.data() + wanted.size();
    const bool counted = !wanted.empty() && wanted != "true";
    if (counted && std::from_chars(wanted.data(), end, rows).ptr != end)
        return refuse(context,
                      {"bad_parameter", "--preview '" + wanted + "': say how many rows, or name FILE before it"});
    const std::vector<imports::Mapping> known = known_mappings(context);
    std::optional<imports::Mapping> forced;
    if (!options.mapping.empty()) {
        auto found = find_mapping(options.mapping, known);
        if (!found) return refuse(context, found.error());
        forced = std::move(*found);
    }
    const auto plan = imports::Import::plan(options.files, forced ? &*forced : nullptr, known, options.sheet);
    if (!plan) return refuse(context, plan.error());
    std::string book = options.playbook.empty() ? plan->playbook() : options.playbook;
    const auto text = find_playbook(book.empty() ? "handoff-loop" : book);
    if (!text) return refuse(context, text.error());
    const auto playbook = compile_and_report(context, *text, context.screen.err);
    if (playbook == nullptr) return failed;
    const auto at = moment(options.at, "--at");
    const auto all = plan->preview(rows, {context.wiring.clock->now(), *at}, playbook.get());
    if (!all) return refuse(context, all.error());
    codec::JsonWriter out;
    if (options.format == Format::json) out.begin_array();
    for (const imports::Preview& preview : *all) {
        if (options.format == Format::json)
            imports::write(out, preview);
        else
            show(context, preview);
    }
    if (options.format == Format::json) context.screen.out << out.end_array().take() << '\n';
    return done;
}

}  // namespace baton::cli
