// baton funnel: how many came to each stage, how many are there, and, by a property, where they came from.
#include "app/documents.h"
#include "cli/session.h"

namespace baton::cli {
namespace {

void print_stages(const Screen& screen, const app::Funnel& funnel) {
    Table table;
    table.column("stage");
    for (const char* title : {"entered", "leads", "of stage before", "inside", "left"})
        table.column(title, Table::Align::right);
    const app::FunnelStage* before = nullptr;
    for (const app::FunnelStage& stage : funnel.stages) {
        table.row({stage.name, grouped(stage.in.entered), grouped(stage.in.leads),
                   before == nullptr ? "" : percent(stage.in.leads, before->in.leads), grouped(stage.inside),
                   grouped(stage.left)});
        before = &stage;
    }
    table.print(screen);
}

void print_moves(const Screen& screen, const app::Funnel& funnel) {
    if (funnel.arrows.empty()) return;
    Table table;
    table.column("from");
    table.column("to");
    table.column("moves", Table::Align::right);
    for (const app::FunnelArrow& arrow : funnel.arrows) table.row({arrow.from, arrow.to, grouped(arrow.moves)});
    screen.out << '\n';
    table.print(screen);
}

void print_offers(const Screen& screen, const app::Funnel& funnel) {
    for (const app::FunnelOffer& offer : funnel.offers) {
        screen.out << "\nhand-off " << screen.bold(offer.hand_off) << ":";
        const char* comma = " ";
        for (const auto& [end, n] : offer.ends) {
            screen.out << comma << end << ' ' << grouped(n);
            comma = ", ";
        }
        screen.out << '\n';
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
            table.column(stage.id, Table::Align::right);
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
    print_stages(screen, *funnel);
    print_moves(screen, *funnel);
    print_offers(screen, *funnel);
    if (!options.by.empty()) print_by(screen, *funnel, options.by);
    return done;
}

}  // namespace baton::cli
