// baton import FILE…: rows or JSON lines go in, and what became of them is told.
#include <filesystem>

#include "cli/resources.h"
#include "cli/session.h"
#include "connectors/import/documents.h"
#include "connectors/import/error_file.h"
#include "connectors/import/job.h"
#include "connectors/jsonl/jsonl.h"

namespace baton::cli {
namespace {

constexpr std::size_t problems_in_table = 20;
constexpr std::string_view actor = "command line";

bool is_json_lines(const std::string& file) { return file.ends_with(".jsonl") || file.ends_with(".ndjson"); }

/// Where facts go: into the store, or, in a dry run, nowhere.
struct Target {
    Session session;
    std::uint32_t import = 0;  ///< its number
};

/// A dry run must not write: a store that is not there or has no playbook yet is stood in for by one in memory.
Result<Session> open_for_dry_run(const Context& context, const ImportOptions& options, const std::string& playbook) {
    auto existing = Session::open(context, options.store, Access::existing);
    if (existing && existing->ledger->active() != nullptr) return existing;
    if (!existing && existing.error().code != "not_found") return existing;
    auto stand_in = Session::open(context, "memory:", Access::create);
    if (!stand_in) return stand_in;
    if (const Status ready = ensure_playbook(context, *stand_in, options.playbook, playbook); !ready)
        return std::unexpected(ready.error());
    return stand_in;
}

/// Most rows are of people nobody asks for again: little is kept in memory, and more goes into a transaction, which writes a page
/// of an index once for all rows that fall on it. About 290 MiB at a million people (bench/README.md).
app::Options for_rows() {
    return {.cache_bytes = std::size_t{24} << 20, .batch_facts = 8192, .derive_bytes = std::size_t{28} << 20};
}

Result<Target> open_target(const Context& context, const ImportOptions& options, const std::string& playbook,
                           const Result<app::ImportWanted>& wanted) {
    if (!wanted) return std::unexpected(wanted.error());
    if (const Status usable = can_begin_with(context, options.playbook); !usable)
        return std::unexpected(usable.error());
    auto session = options.dry_run ? open_for_dry_run(context, options, playbook)
                                   : Session::open(context, options.store, Access::create, for_rows());
    if (!session) return std::unexpected(session.error());
    if (!options.dry_run)
        if (const Status ready = ensure_playbook(context, *session, options.playbook, playbook); !ready)
            return std::unexpected(ready.error());
    const auto number = imports::number_of(*session->ledger, *session->reads, *wanted, options.dry_run, actor);
    if (!number) return std::unexpected(number.error());
    return Target{std::move(*session), *number};
}

std::string place(const imports::Located& at) {
    std::string text = at.file + ": row " + std::to_string(at.row);
    if (at.line != at.row) text += " (line " + std::to_string(at.line) + ")";
    if (at.problem.column > 0) text += ", column " + std::to_string(at.problem.column);
    if (!at.problem.column_name.empty()) text += " '" + at.problem.column_name + "'";
    return text;
}

std::string number(std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); }

/// "1 row", "1,204 rows".
std::string counted(std::uint64_t n, const char* what) { return number(n) + " " + what + (n == 1 ? "" : "s"); }

void say_problems(const Context& context, const imports::Report& report) {
    std::size_t said = 0;
    for (const auto& at : report.problems) {
        if (said++ == problems_in_table) break;
        const bool refuses = at.problem.weight == imports::RowProblem::Weight::refuses;
        context.screen.err << place(at) << ": " << (refuses ? "error: " : "warning: ") << at.problem.what << '\n';
    }
    const std::uint64_t all = report.problem_count + report.remark_count;
    if (all > problems_in_table)
        context.screen.err << "… and " << grouped(static_cast<std::int64_t>(all - problems_in_table))
                           << " more (--json tells 100)\n";
    for (const std::string& remark : report.remarks) context.screen.err << "warning: " << remark << '\n';
}

void say_errors(const Context& context, const imports::Report& report, const ImportOptions& options) {
    if (!options.errors.empty() && report.error_rows == 0)
        context.screen.out << options.errors << ": no rows, each was taken whole\n";
    else if (!options.errors.empty())
        context.screen.out << options.errors << ": " << counted(report.error_rows, "row")
                           << " not taken, or only in part; mend them there and import that file\n";
    else if (report.error_rows > 0)
        context.screen.err << counted(report.error_rows, "row")
                           << " not taken, or only in part: --errors FILE writes them with the reason, to mend and "
                              "import again\n";
}

void say(const Context& context, const imports::Report& report, const ImportOptions& options, double seconds) {
    const Screen& screen = context.screen;
    for (const auto& file : report.files)
        screen.out << file.name << ": " << counted(file.rows, "row") << " by mapping " << screen.bold(file.mapping)
                   << (file.refused_rows > 0 ? ", " + screen.red(number(file.refused_rows) + " refused") : "")
                   << (file.rows == 0 ? "; there is nothing below the header" : "") << '\n';
    Table table;
    table.column("fact");
    table.column("number", Table::Align::right);
    for (const auto& [type, n] : report.types) table.row({type.empty() ? "(no type)" : type, number(n)});
    if (!table.empty()) table.print(screen, "  ");
    if (report.first)
        screen.out << "  from " << short_time(*report.first) << " to " << short_time(*report.last) << " (UTC)\n";
    screen.out << (options.dry_run ? "dry run, nothing written: would take " : "took ")
               << counted(report.accepted, "fact") << ", " << number(report.duplicates) << " were known already, "
               << number(report.refused) << " refused";
    if (!options.dry_run && seconds > 0.5)
        screen.out << " (" << number(static_cast<std::uint64_t>(static_cast<double>(report.rows) / seconds))
                   << " rows/s)";
    screen.out << '\n';
    if (report.left_out_rows > 0)
        screen.out << "left out " << counted(report.left_out_rows, "row")
                   << (options.mode == "create" ? " about people who are known already (--mode create)"
                                                : " about people nobody knows yet (--mode update)")
                   << '\n';
    if (report.stopped)
        screen.out << "stopped before the end; run the same command again to go on, nothing is doubled\n";
}

imports::RunOptions run_options(const Context& context, const Target& target, const ImportOptions& options,
                                Progress& progress) {
    imports::RunOptions run;
    imports::take_into(*target.session.ledger, options.dry_run, run);
    run.times.now = context.wiring.clock->now();
    run.times.at = parse_instant(options.at);
    run.playbook = target.session.ledger->active().get();
    run.progress = [&progress](std::uint64_t done_, std::uint64_t of) { progress.show(done_, of); };
    run.stop = context.wiring.interrupted;
    run.import = target.import;
    run.whom = imports::whom_of(options.mode);
    return run;
}

/// Adds what another file gave.
void add(imports::Report& to, imports::Report&& from) {
    to.files.insert(to.files.end(), from.files.begin(), from.files.end());
    to.problems.insert(to.problems.end(), from.problems.begin(), from.problems.end());
    for (const auto& [type, n] : from.types) to.types[type] += n;
    for (const auto member :
         {&imports::Report::rows, &imports::Report::refused_rows, &imports::Report::facts, &imports::Report::left_out,
          &imports::Report::left_out_rows, &imports::Report::accepted, &imports::Report::duplicates,
          &imports::Report::refused, &imports::Report::problem_count, &imports::Report::remark_count})
        to.*member += from.*member;
    if (from.first) to.first = std::min(to.first.value_or(*from.first), *from.first);
    if (from.last) to.last = std::max(to.last.value_or(*from.last), *from.last);
    to.stopped = to.stopped || from.stopped;
}

Result<imports::Report> run_lines(const Context& context, const Target& target, const ImportOptions& options,
                                  std::span<const imports::Input> inputs) {
    imports::Report all;
    for (const imports::Input& input : inputs) {
        Progress progress(context.screen, std::filesystem::path(input.name()).filename().string());
        auto report = jsonl::run(input, options.source.empty() ? "jsonl" : options.source,
                                 run_options(context, target, options, progress));
        if (!report) return report;
        add(all, std::move(*report));
        if (all.stopped) break;
    }
    return all;
}

int finish(const Context& context, Target& target, Result<imports::Report> report, const ImportOptions& options,
           double seconds) {
    if (report && !options.dry_run)
        if (const Status noted =
                app::import_took(*target.session.ledger, target.import, report->rows, report->accepted, actor);
            !noted)
            return refuse(context, noted.error());
    const Status closed = target.session.close();
    if (!report) return refuse(context, report.error());
    if (!closed) return refuse(context, closed.error());
    if (options.format == Format::json)
        context.screen.out << imports::document(*report, options.dry_run) << '\n';
    else
        say(context, *report, options, seconds);
    if (options.format == Format::table) {
        say_problems(context, *report);
        say_errors(context, *report, options);
    }
    return report->refused_rows + report->refused > 0 ? partly_done : done;
}

int import_lines(const Context& context, const ImportOptions& options) {
    std::vector<imports::Input> inputs;
    std::vector<const imports::Input*> all;
    for (const std::string& file : options.files) {
        auto input = imports::Input::open(file);
        if (!input) return refuse(context, input.error());
        inputs.push_back(std::move(*input));
    }
    for (const auto& input : inputs) all.push_back(&input);
    auto target =
        open_target(context, options, "handoff-loop", imports::wanted_of(all, {"jsonl"}, options.mode, options.source));
    if (!target) return refuse(context, target.error());
    return finish(context, *target, run_lines(context, *target, options, inputs), options, 0);
}

int import_rows(const Context& context, const ImportOptions& options) {
    const std::vector<imports::Mapping> known = known_mappings(context);
    std::optional<imports::Mapping> forced;
    if (!options.mapping.empty()) {
        auto found = find_mapping(options.mapping, known);
        if (!found) return refuse(context, found.error());
        forced = std::move(*found);
    }
    auto plan = imports::Import::plan(options.files, forced ? &*forced : nullptr, known, options.sheet);
    if (!plan) return refuse(context, plan.error());
    auto target = open_target(context, options, plan->playbook().empty() ? "handoff-loop" : plan->playbook(),
                              imports::wanted_of(plan->inputs(), plan->mappings(), options.mode, options.source));
    if (!target) return refuse(context, target.error());
    Progress progress(context.screen, options.dry_run ? "looking" : "importing");
    const auto started = context.wiring.clock->elapsed();
    auto errors = imports::ErrorFile::make(options.errors, options.files);
    if (!errors) return refuse(context, errors.error());
    auto run = run_options(context, *target, options, progress);
    run.errors = errors->sink();
    auto report = plan->run(run);
    if (const Status written = errors->finish(report.has_value()); !written && report)
        report = std::unexpected(written.error());
    progress.clear();
    const double seconds = static_cast<double>((context.wiring.clock->elapsed() - started).us) / 1e6;
    return finish(context, *target, std::move(report), options, seconds);
}

}  // namespace

int import_files(const Context& context, const ImportOptions& options) {
    if (options.files.empty()) {
        context.screen.err << "error: name a file to import; baton import --help says more\n";
        return misused;
    }
    if (const auto at = moment(options.at, "--at"); !at) return refuse(context, at.error());
    if (options.preview != "no") return import_preview(context, options);
    std::size_t lines = 0;
    for (const std::string& file : options.files) lines += is_json_lines(file) ? 1 : 0;
    if (lines > 0 && !options.errors.empty())
        return refuse(context,
                      {"bad_parameter", "--errors is for rows; what is wrong with JSON lines is told line by line"});
    if (lines > 0 && lines < options.files.size())
        return refuse(context,
                      {"mixed_files", "rows and JSON lines do not go in one run; import them one after the other"});
    return lines > 0 ? import_lines(context, options) : import_rows(context, options);
}

}  // namespace baton::cli
