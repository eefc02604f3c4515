#include "connectors/import/served.h"

#include <algorithm>

#include "connectors/import/documents.h"
#include "connectors/import/error_file.h"
#include "connectors/import/guess.h"
#include "connectors/import/job.h"

namespace baton::imports {
namespace {

/// Facts a transaction: few, so that whoever sends meanwhile waits for a few milliseconds only.
constexpr std::size_t facts_at_once = 64;

std::string listed(std::span<const Mapping> known) {
    std::vector<std::string> names;
    for (const Mapping& mapping : known) names.push_back(mapping.id);
    std::ranges::sort(names);
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

Result<Mapping> mapping_of(const std::string& wanted, std::span<const Mapping> known) {
    if (wanted == guess().id) return guess();
    if (!wanted.starts_with('{')) {
        const auto at = std::ranges::find(known, wanted, &Mapping::id);
        if (at == known.end())
            return fail("unknown_mapping", "there is no mapping '" + wanted + "'; there are " + listed(known) +
                                               ", or give a whole one as docs/IMPORT.md describes it");
        return *at;
    }
    ReadMapping read = read_mapping(wanted, "mapping");
    if (read.mapping) return std::move(*read.mapping);
    std::string said;
    for (const auto& diagnostic : read.diagnostics)
        said += (said.empty() ? "" : "\n") + to_string(diagnostic, "mapping");
    return fail("bad_mapping", said);
}

/// An import with the mappings it looks at.
struct Planned {
    std::vector<Mapping> mappings;
    std::optional<Import> import;
};

class Served : public ports::Importer {
   public:
    Served(app::Ledger& ledger, std::vector<Mapping> known) : ledger_(ledger), known_(std::move(known)) {}

    Result<ports::ImportSeen> look(const ports::ImportFile& file, const ports::ImportHow& how, std::size_t rows,
                                   Instant now) override {
        const auto playbook = ledger_.active();
        const auto planned = plan(file, how);
        if (!planned) return std::unexpected(planned.error());
        const auto seen = planned->import->preview(rows, {now, how.at}, playbook.get());
        if (!seen) return std::unexpected(seen.error());
        codec::JsonWriter out;
        write(out, seen->front());
        return ports::ImportSeen{seen->front().mapping, planned->import->historical(), out.take()};
    }

    Result<ports::ImportDone> run(const ports::ImportFile& file, const ports::ImportHow& how,
                                  const ports::ImportRun& wanted) override {
        const auto playbook = ledger_.active();
        if (playbook == nullptr) return fail("no_playbook", "no playbook is active yet");
        auto planned = plan(file, how);
        if (!planned) return std::unexpected(planned.error());
        Import& import = *planned->import;
        const auto number = number_for(import, how, wanted.actor);
        if (!number) return std::unexpected(number.error());
        ports::ImportCounts counts{.number = *number, .of = import.inputs().front()->size()};
        if (wanted.go_on && !wanted.go_on(counts)) return ports::ImportDone{counts, true, ""};
        const std::string read[] = {file.path};
        auto errors = ErrorFile::make(wanted.errors, read);
        if (!errors) return std::unexpected(errors.error());
        RunOptions options;
        options.times = {wanted.now, how.at};
        options.playbook = playbook.get();
        options.import = *number;
        options.whom = whom_of(how.mode);
        options.batch = facts_at_once;
        options.refusal = wanted.refusal;
        options.errors = errors->sink();
        take_into(ledger_, how.dry_run, options);
        options.take = counting(std::move(options.take), counts);
        options.progress = [&](std::uint64_t done, std::uint64_t of) { counts.done = done, counts.of = of; };
        if (wanted.go_on) options.stop = [&] { return !wanted.go_on(counts); };
        auto report = import.run(options);
        const Status written = errors->finish(report.has_value());
        if (!report) return std::unexpected(report.error());
        if (!written) return std::unexpected(written.error());
        if (auto noted = note(how, *number, *report, import.historical(), wanted.actor); !noted)
            return std::unexpected(noted.error());
        counts = {*number,          report->stopped ? counts.done : counts.of,
                  counts.of,        report->rows,
                  report->accepted, report->duplicates,
                  report->refused,  report->error_rows};
        return ports::ImportDone{counts, report->stopped, document(*report, how.dry_run)};
    }

   private:
    Result<Planned> plan(const ports::ImportFile& file, const ports::ImportHow& how) const {
        Planned planned;
        if (how.mapping.empty()) {
            planned.mappings = known_;
        } else {
            auto mapping = mapping_of(how.mapping, known_);
            if (!mapping) return std::unexpected(mapping.error());
            planned.mappings.push_back(std::move(*mapping));
        }
        if (how.historical)
            for (Mapping& mapping : planned.mappings) mapping.historical = *how.historical;
        std::vector<Input> inputs;
        auto input = Input::open(file.path, file.name);
        if (!input) return std::unexpected(input.error());
        inputs.push_back(std::move(*input));
        const Mapping* forced = how.mapping.empty() ? nullptr : planned.mappings.data();
        auto import = Import::plan(std::move(inputs), forced, planned.mappings, how.sheet);
        if (!import) return std::unexpected(import.error());
        planned.import = std::move(*import);
        return planned;
    }

    Result<std::uint32_t> number_for(const Import& import, const ports::ImportHow& how, const std::string& actor) {
        const auto wanted = wanted_of(import.inputs(), import.mappings(), how.mode, "");
        if (!wanted) return std::unexpected(wanted.error());
        const auto reads = ledger_.reads();
        if (!reads) return std::unexpected(reads.error());
        return number_of(ledger_, **reads, *wanted, how.dry_run, actor);
    }

    static Take counting(Take take, ports::ImportCounts& counts) {
        return [take = std::move(take), &counts](std::span<app::Prepared> facts) -> Result<app::Receipt> {
            auto receipt = take(facts);
            if (!receipt) return receipt;
            counts.accepted += receipt->accepted;
            counts.duplicates += receipt->duplicates;
            counts.refused += receipt->refused;
            return receipt;
        };
    }

    Status note(const ports::ImportHow& how, std::uint32_t number, const Report& report, bool historical,
                const std::string& actor) {
        if (how.dry_run) return {};
        // What was opened in the past closes as imported: this server is live.
        if (historical)
            if (const auto live = ledger_.go_live(); !live) return std::unexpected(live.error());
        return app::import_took(ledger_, number, report.rows, report.accepted, actor);
    }

    app::Ledger& ledger_;
    const std::vector<Mapping> known_;
};

}  // namespace

std::unique_ptr<ports::Importer> make_importer(app::Ledger& ledger, std::vector<Mapping> known) {
    return std::make_unique<Served>(ledger, std::move(known));
}

}  // namespace baton::imports
