// An import of texts into a list of facts, for tests to look at.
#pragma once

#include <gtest/gtest.h>

#include <set>

#include "connectors/import/importer.h"

namespace baton::imports {

/// Takes facts as a ledger does: each message id once.
struct Book {
    std::vector<IncomingFact> facts;
    std::set<std::string> ids;

    Result<app::Receipt> take(std::span<const app::Prepared> batch) {
        app::Receipt receipt;
        for (const auto& [fact, draft] : batch) {
            app::Outcome outcome;
            outcome.verdict = app::Verdict::duplicate;
            if (fact.type == "Refused") {
                outcome = {app::Verdict::refused, {}, {}, "too_long", "shorten it"};
                ++receipt.refused;
            } else if (ids.insert(fact.source + fact.message_id + fact.external_id + fact.email).second) {
                outcome.verdict = app::Verdict::accepted;
                facts.push_back(fact);
                ++receipt.accepted;
            } else {
                ++receipt.duplicates;
            }
            receipt.outcomes.push_back(outcome);
        }
        return receipt;
    }
    /// "type who time {a=b}" a line.
    std::string seen() const {
        std::string out;
        for (const IncomingFact& fact : facts) {
            out += fact.type + " " + fact.external_id + fact.email;
            if (fact.occurred_at) out += (fact.time_known ? " " : " ?") + to_string(*fact.occurred_at).substr(0, 10);
            for (const NamedValue& p : fact.properties) out += " " + p.name + "=" + to_text(p.value);
            if (!fact.actor.empty()) out += " by " + fact.actor;
            if (!fact.account.empty()) out += " at " + fact.account;
            out += "\n";
        }
        return out;
    }
};

inline Mapping mapping_of(const std::string& rest) {
    const ReadMapping read =
        read_mapping("mapping: 1\nid: m\nheader: [id]\nidentity: {external_id: id}\n" + rest, "m.yaml");
    for (const auto& diagnostic : read.diagnostics) ADD_FAILURE() << to_string(diagnostic, "m.yaml");
    return read.mapping.value_or(Mapping{});
}

struct Ran {
    Book book;
    Result<Report> report = Report{};
    std::string errors;  ///< the error file
    std::string problems() const {
        std::string out;
        if (!report) return "error " + report.error().code + ": " + report.error().detail;
        for (const Located& at : report->problems)
            out += at.file + ":" + std::to_string(at.row) + "/" + std::to_string(at.line) + ":" +
                   std::to_string(at.problem.column) + " " + at.problem.column_name + ": " + at.problem.what + "\n";
        return out;
    }
};

inline Ran run(const Mapping& mapping, const std::vector<std::string>& texts, Book book = {},
               std::size_t stop_after = 1'000'000, std::size_t batch = 4096) {
    Ran ran{std::move(book), Report{}, {}};
    std::vector<Input> inputs;
    for (std::size_t i = 0; i < texts.size(); ++i) inputs.push_back(Input::of_text("f" + std::to_string(i), texts[i]));
    auto plan = Import::plan(std::move(inputs), mapping.guess ? &mapping : nullptr, std::span(&mapping, 1));
    if (!plan) {
        ran.report = std::unexpected(plan.error());
        return ran;
    }
    RunOptions options;
    options.take = [&](std::span<app::Prepared> facts) { return ran.book.take(facts); };
    options.times = {*parse_instant("2026-01-01"), {}};
    options.batch = batch;
    options.errors = [&ran](std::string_view text) {
        ran.errors += text;
        return Status{};
    };
    std::size_t batches = 0;
    options.stop = [&] { return ++batches >= stop_after; };
    ran.report = plan->run(options);
    return ran;
}

}  // namespace baton::imports
