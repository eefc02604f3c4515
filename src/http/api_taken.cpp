// Facts go in: who may send them, whose name they carry, what was refused.
#include "http/api_taken.h"

#include <algorithm>

#include "app/normalise.h"

namespace baton::http {
namespace {

/// What the caller may not send is refused like what is malformed; the rest carries the caller's name.
void take_out_refused(const Who& who, codec::ParsedFacts& parsed) {
    if (!who.caller) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parsed.facts.size(); ++i) {
        if (auto refusal = refusal_of(who, parsed.facts[i])) {
            parsed.refused.push_back({parsed.indexes[i], std::move(refusal->code), std::move(refusal->detail)});
            continue;
        }
        const bool system = who.caller->service && !is_decision(kind_of(app::trimmed(parsed.facts[i].type)));
        parsed.facts[i].actor = system ? std::string() : who.caller->id;
        if (who.caller->scope == app::Scope::intake) parsed.facts[i].trust = Trust::browser;
        if (kept != i) {
            parsed.facts[kept] = std::move(parsed.facts[i]);
            parsed.indexes[kept] = parsed.indexes[i];
        }
        ++kept;
    }
    parsed.facts.resize(kept);
    parsed.indexes.resize(kept);
}

}  // namespace

Result<Api::Taken> Api::take(const Who& who, codec::ParsedFacts parsed) {
    take_out_refused(who, parsed);
    const auto receipt = ledger_.intake(parsed.facts);
    if (!receipt) return std::unexpected(receipt.error());
    Taken taken{receipt->accepted, receipt->duplicates, std::move(parsed.refused)};
    for (std::size_t i = 0; i < parsed.facts.size(); ++i) {
        const app::Outcome& outcome = receipt->outcomes[i];
        if (outcome.verdict == app::Verdict::refused)
            taken.refused.push_back({parsed.indexes[i], outcome.code, outcome.detail});
    }
    std::ranges::stable_sort(taken.refused, {}, &codec::FactRefusal::index);
    return taken;
}

}  // namespace baton::http
