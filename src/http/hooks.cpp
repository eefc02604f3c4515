#include "http/hooks.h"

#include "app/erasure.h"
#include "base/mac.h"
#include "codec/lead_answers.h"

namespace baton::http {
namespace {

constexpr std::size_t longest_call = std::size_t{1} << 20;

Response unknown_source() {
    return problem(404, "unknown_source", "There is no such hook; baton source list names those there are.");
}

}  // namespace

Hooks::Found Hooks::find(std::string_view name) {
    return sources_.find(
        [&](const KnownSource& one) { return one.listed.name == name && codec::is_hook(one.listed.source.kind); });
}

Response Hooks::get(const Request& request, std::string_view name) {
    const auto found = find(name);
    if (!found) return unavailable(found.error());
    if (*found == nullptr) return unknown_source();
    const app::SourceSecrets& secrets = (*found)->secrets;
    const auto answer = codec::handshake((*found)->listed.source, secrets.signing, secrets.verify, request.query);
    if (answer) return {200, answer->content_type, answer->body, {}};
    fills_.drop(**found, "handshake_wrong",
                "somebody asked whether this is the address, and did not show what Meta or "
                "LinkedIn shows");
    return problem(403, "handshake_wrong",
                   "Meta shows hub.mode, hub.challenge and the source's verify token; LinkedIn shows challengeCode. "
                   "Other hooks are only called with POST.");
}

Response Hooks::post(const Request& request, std::string_view name) {
    const auto found = find(name);
    if (!found) return unavailable(found.error());
    if (*found == nullptr) return unknown_source();
    const KnownSource& known = **found;
    const codec::Source& source = known.listed.source;
    const std::string& secret = known.secrets.signing;
    if (request.body.size() > longest_call) return problem(413, "too_large", "A call has at most 1 MiB.");
    std::string id;
    if (!source.signature.header.empty()) {
        auto proved = codec::check_signature(source.signature, secret, request.headers, request.body, clock_.now());
        if (!proved) {
            fills_.drop(known, proved.error().code, proved.error().detail);
            return problem(401, proved.error().code, proved.error().detail);
        }
        id = std::move(*proved);
    }
    auto call = codec::parse_hook(source, request.body);
    if (!call) return problem(400, call.error().code, call.error().detail);
    if (source.signature.header.empty() && !same_bytes(call->shown_key, secret)) {
        fills_.drop(known, "signature_wrong", "the key in the body is not the source's secret");
        return problem(403, "signature_wrong", "The key in the body is not the source's secret.");
    }
    if (auto taken = take(known, *call, id); !taken) return unavailable(taken.error());
    return json("{}");
}

Status Hooks::take(const KnownSource& known, codec::HookCall& call, const std::string& id) {
    for (auto& [code, detail] : call.left_out) fills_.drop(known, code, std::move(detail));
    for (codec::Fill& fill : call.fills) {
        if (fill.repeats.empty()) fill.repeats = id;
        const auto taken = fills_.take(known, fill, Fills::Trap::none);
        if (taken) continue;
        if (!is_of_the_sender(taken.error())) return taken;
        fills_.drop(known, taken.error().code, taken.error().detail + "; message " + fill.repeats.substr(0, 200));
    }
    return take_ids(known, call);
}

Status Hooks::take_ids(const KnownSource& known, const codec::HookCall& call) {
    if (!call.awaited.empty()) {
        app::Awaited awaited(ledger_);
        if (auto told = awaited.tell(known.listed.name, call.awaited); !told) return told;
        fetches_.wake();
    }
    for (const std::string& lead : call.deleted)
        if (auto done = forget(known, lead); !done) return done;
    return {};
}

/// The provider's member took the answers back: they are fetched no more, and the person's timeline says so.
Status Hooks::forget(const KnownSource& known, const std::string& lead) {
    app::Awaited awaited(ledger_);
    codec::AwaitedLead waiting;
    waiting.key = known.listed.name + "/" + lead;
    if (auto done = awaited.done(waiting); !done) return done;
    const codec::Source& source = known.listed.source;
    IncomingFact fact;
    fact.type = source.deleted;
    fact.source = "hook:" + known.listed.name;
    fact.message_id = "deleted:" + lead;
    fact.anonymous_id = codec::id_of_lead(source, lead);
    fact.trust = source.trust;
    fact.whom = Whom::somebody_known;
    fact.properties = {{"form", Value(known.listed.name)}, {"lead", Value(lead)}};
    const auto receipt = ledger_.intake(std::span(&fact, 1));
    if (!receipt) return std::unexpected(receipt.error());
    const app::Outcome& outcome = receipt->outcomes.front();
    if (outcome.verdict == app::Verdict::refused)
        fills_.drop(known, outcome.code, "to be forgotten, and nobody is known by it: lead " + lead);
    if (outcome.verdict == app::Verdict::refused || outcome.subject.value == 0) return {};
    const auto erased = ledger_.erase(outcome.subject, fact.source, [&](const codec::JournalRecord& record) {
        return record.message_id == lead || record.message_id == lead + ":profile";
    });
    if (!erased) return std::unexpected(erased.error());
    return {};
}

}  // namespace baton::http
