// baton funnel: how many came to each stage, how many are there, and, by a property, where they came from.
#include "app/documents.h"
#include "app/sentences.h"
#include "cli/session.h"

namespace baton::cli {
namespace {

/// Stages that end without a customer are no step on the way.
bool on_the_way(const playbook::Compiled* playbook, const std::string& id) {
    const auto index = playbook == nullptr ? std::nullopt : playbook->stage(id);
    return !index || !playbook->stages[index->value].lost;
}

void print_stages(const Screen& screen, const app::Funnel& funnel, const playbook::Compiled* playbook) {
    Table table;
    table.column("stage");
    for (const char* title : {"entered", "leads", "of stage before", "inside", "left"})
        table.column(title, Table::Align::right);
    const app::FunnelStage* before = nullptr;
    for (const app::FunnelStage& stage : funnel.stages) {
        const bool share = before != nullptr && on_the_way(playbook, stage.id);
        table.row({stage.name, grouped(stage.in.entered), grouped(stage.in.leads),
                   !share ? "" : percent(stage.in.leads, before->in.leads), grouped(stage.inside),
                   grouped(stage.left)});
        before = &stage;
    }
    table.print(screen);
}

void print_moves(const Screen& screen, const app::Funnel& funnel, const playbook::Compiled* playbook) {
    if (funnel.arrows.empty()) return;
    Table table;
    table.column("from");
    table.column("to");
    table.column("moves", Table::Align::right);
    for (const app::FunnelArrow& arrow : funnel.arrows)
        table.row({app::stage_name(playbook, arrow.from), app::stage_name(playbook, arrow.to), grouped(arrow.moves)});
    screen.out << '\n';
    table.print(screen);
}

/// "hand-off Marketing to sales: 4,171 offered", and below it how they ended.
void print_offers(const Screen& screen, const app::Funnel& funnel, const playbook::Compiled* playbook) {
    for (const app::FunnelOffer& offer : funnel.offers) {
        const auto offered = offer.ends.find("offered");
        screen.out << "\nhand-off " << screen.bold(app::hand_off_name(playbook, offer.hand_off)) << ": "
                   << grouped(offered == offer.ends.end() ? 0 : offered->second) << " offered\n";
        for (const auto& [end, n] : offer.ends)
            if (end != "offered") screen.out << "  " << grouped(n) << ' ' << app::offer_end_in_words(end) << '\n';
    }
}

/// Leads per value and stage, and the share of the first stage that came to the last.
void print_by(const Screen& screen, const app::Funnel& funnel, const std::string& property) {
    Table table;
    table.column(property);
    std::vector<std::string> stages;
    for (const app::FunnelStage& stage : funnel.stages)
        if (stage.in.leads > 0) {
            stages.push_back(stage.id);
            table.column(stage.name, Table::Align::right);
        }
    for (const auto& [value, cells] : funnel.by) {
        std::vector<std::string> row{value.empty() ? "(missing)" : value};
        for (const std::string& stage : stages) {
            const auto cell = cells.find(stage);
            row.push_back(grouped(cell == cells.end() ? 0 : cell->second.leads));
        }
        table.row(std::move(row));
    }
    screen.out << '\n';
    table.print(screen);
}

}  // namespace

int funnel(const Context& context, const FunnelOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto funnel = options.by.empty() ? session->reads->funnel() : session->reads->funnel_by(options.by);
    if (!funnel) return refuse(context, funnel.error());
    const Screen& screen = context.screen;
    if (options.format == Format::json) {
        screen.out << app::document(*funnel) << '\n';
        return done;
    }
    screen.out << "playbook " << screen.bold(funnel->playbook) << ", version " << funnel->version << '\n';
    const auto playbook = session->reads->active();
    print_stages(screen, *funnel, playbook.get());
    print_moves(screen, *funnel, playbook.get());
    print_offers(screen, *funnel, playbook.get());
    if (!options.by.empty()) print_by(screen, *funnel, options.by);
    return done;
}

}  // namespace baton::cli
