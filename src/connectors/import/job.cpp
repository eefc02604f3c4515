#include "connectors/import/job.h"

#include <filesystem>

#include "app/reads.h"
#include "base/digest.h"

namespace baton::imports {

Whom whom_of(std::string_view mode) {
    if (mode == "create") return Whom::nobody_known;
    return mode == "update" ? Whom::somebody_known : Whom::anybody;
}

Result<app::ImportWanted> wanted_of(std::span<const Input* const> inputs, const std::vector<std::string>& mappings,
                                    const std::string& mode, const std::string& source) {
    app::ImportWanted wanted{"", "", mode, ""};
    Bytes bytes = mode + '\n' + source;
    for (const Input* input : inputs) {
        const auto digest = input->digest();
        if (!digest) return std::unexpected(digest.error());
        bytes += '\n' + to_hex(*digest);
        wanted.files += (wanted.files.empty() ? "" : ", ") + std::filesystem::path(input->name()).filename().string();
    }
    for (const std::string& mapping : mappings) {
        bytes += '\n' + mapping;
        if (wanted.mapping.find(mapping) == std::string::npos)
            wanted.mapping += (wanted.mapping.empty() ? "" : ", ") + mapping;
    }
    wanted.print = to_hex(blake2b(bytes)).substr(0, 32);
    return wanted;
}

Result<std::uint32_t> number_of(app::Ledger& ledger, const app::Reads& reads, const app::ImportWanted& wanted,
                                bool dry_run, std::string_view actor) {
    if (!dry_run) return app::begin_import(ledger, wanted, actor);
    const auto known = app::imports(reads);
    if (!known) return std::unexpected(known.error());
    for (const auto& made : *known)
        if (made.print == wanted.print && made.undone == codec::ImportMade::Undone::no) return made.number;
    return known->empty() ? std::uint32_t{1} : known->front().number + 1;
}

void take_into(app::Ledger& ledger, bool dry_run, RunOptions& options) {
    options.prepare = [&ledger](app::Prepared& fact) { ledger.prepare(fact); };
    if (dry_run)
        options.take = [&ledger](std::span<app::Prepared> facts) { return ledger.preview_prepared(facts); };
    else
        options.take = [&ledger](std::span<app::Prepared> facts) { return ledger.intake_prepared(facts); };
}

}  // namespace baton::imports
