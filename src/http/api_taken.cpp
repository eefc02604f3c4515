// Facts go in: who may send them, whose name they carry, what was refused.
#include "http/api_taken.h"

#include <algorithm>
#include <cstdio>

#include "app/normalise.h"
#include "codec/privacy.h"
#include "http/asked.h"
#include "http/passers_by.h"
#include "http/replays.h"

namespace baton::http {
namespace {

constexpr std::size_t most_values = 400'000;  // of a batch: some 36 MB as a tree

/// Those of which `keeps(fact, index in the call)` says so, in order.
template <class Keeps>
void keep_only(codec::ParsedFacts& parsed, Keeps keeps) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parsed.facts.size(); ++i) {
        if (!keeps(parsed.facts[i], parsed.indexes[i])) continue;
        if (kept != i) {
            parsed.facts[kept] = std::move(parsed.facts[i]);
            parsed.indexes[kept] = parsed.indexes[i];
        }
        ++kept;
    }
    parsed.facts.resize(kept);
    parsed.indexes.resize(kept);
}

/// What the caller may not send is refused like what is malformed; the rest carries the caller's name.
void take_out_refused(const Who& who, codec::ParsedFacts& parsed) {
    if (!who.caller) return;
    keep_only(parsed, [&](IncomingFact& fact, std::size_t index) {
        if (auto refusal = refusal_of(who, fact)) {
            parsed.refused.push_back({index, std::move(refusal->code), std::move(refusal->detail)});
            return false;
        }
        const bool system = who.caller->service && !is_decision(kind_of(app::trimmed(fact.type)));
        fact.actor = system ? std::string() : who.caller->id;
        if (who.caller->scope == app::Scope::intake) fact.trust = Trust::browser;
        return true;
    });
}

/// An opt-out that was journaled already, or stands twice in the call.
void take_out_known(const OptOuts& known, codec::ParsedFacts& parsed) {
    OptOuts here;
    keep_only(parsed, [&](const IncomingFact& fact, std::size_t) {
        if (!codec::is_opt_out(fact)) return true;
        if (known.is_known(fact) || here.is_known(fact)) return false;
        here.remember(fact);
        return true;
    });
}

}  // namespace

bool is_vouched_for(const Who& who) { return !who.caller || who.caller->scope != app::Scope::intake; }

/// What the installation keeps of visitors, and what their browsers ask for, with facts as they come.
void Api::respect_privacy(const Call& call, codec::ParsedFacts& parsed) {
    const codec::TrackingMode mode = ledger_.tracking();
    const bool opt_out = opts_out(call.request);
    if (mode == codec::TrackingMode::full && !opt_out) return;
    codec::ParsedFacts kept;
    kept.refused = std::move(parsed.refused);
    for (std::size_t i = 0; i < parsed.facts.size(); ++i) {
        IncomingFact& fact = parsed.facts[i];
        const std::size_t index = parsed.indexes[i];
        const auto how = codec::keep_under(mode, is_vouched_for(call.who), fact);
        if (how == codec::Kept::counted) passers_by_.count({fact.type}, 0, clock_.now());
        if (how == codec::Kept::no) passers_by_.count({}, 1, clock_.now());
        if (how != codec::Kept::whole) {
            kept.refused.push_back({index, "visitors_not_kept", "facts of visitors without a name are not kept here"});
            continue;
        }
        std::vector<IncomingFact> both;
        if (opt_out && codec::is_about_a_person(fact)) both.push_back(codec::opt_out_of(fact));
        both.push_back(std::move(fact));
        // What comes before it would change the person whose version was asked for.
        if (!both.back().only_if.empty()) std::ranges::reverse(both);
        for (IncomingFact& one : both) {
            kept.facts.push_back(std::move(one));
            kept.indexes.push_back(index);
        }
    }
    parsed = std::move(kept);
}

Result<Api::Taken> Api::take(const Who& who, codec::ParsedFacts parsed) {
    take_out_refused(who, parsed);
    take_out_known(opt_outs_, parsed);
    const auto receipt = ledger_.intake(parsed.facts);
    if (!receipt) return std::unexpected(receipt.error());
    return taken_of(std::move(parsed), *receipt);
}

void Api::take(const Who& who, codec::ParsedFacts parsed, std::move_only_function<void(Result<Taken>)> then) {
    take_out_refused(who, parsed);
    take_out_known(opt_outs_, parsed);
    auto kept = std::make_unique<codec::ParsedFacts>(std::move(parsed));
    const std::span<const IncomingFact> facts = kept->facts;
    ledger_.intake(facts, [this, kept = std::move(kept), then = std::move(then)](Result<app::Receipt> receipt) mutable {
        try {
            then(receipt ? Result<Taken>(taken_of(std::move(*kept), *receipt)) : std::unexpected(receipt.error()));
        } catch (const std::exception& error) {  // no memory: the answer, dropped, says 500, and the writer goes on
            std::fprintf(stderr, "an answer failed: %s\n", error.what());
        }
    });
}

Api::Taken Api::taken_of(codec::ParsedFacts parsed, const app::Receipt& receipt) {
    Taken taken{receipt.accepted, receipt.duplicates, std::move(parsed.refused)};
    for (std::size_t i = 0; i < parsed.facts.size(); ++i) {
        const app::Outcome& outcome = receipt.outcomes[i];
        if (codec::is_opt_out(parsed.facts[i])) {  // nobody asked to hear of it
            if (outcome.verdict != app::Verdict::refused) opt_outs_.remember(parsed.facts[i]);
            if (outcome.verdict == app::Verdict::accepted) --taken.accepted;
            if (outcome.verdict == app::Verdict::duplicate) --taken.duplicates;
            continue;
        }
        if (outcome.verdict == app::Verdict::refused)
            taken.refused.push_back({parsed.indexes[i], outcome.code, outcome.detail});
    }
    std::ranges::stable_sort(taken.refused, {}, &codec::FactRefusal::index);
    return taken;
}

namespace {

Response answer_of(std::size_t accepted, std::size_t duplicates, const std::vector<codec::FactRefusal>& all) {
    codec::JsonWriter out;
    out.begin_object().field("accepted", accepted).field("duplicates", duplicates);
    out.key("refused").begin_array();
    for (const auto& refused : all)
        out.begin_object()
            .field("index", refused.index)
            .field("code", refused.code)
            .field("detail", refused.detail)
            .end_object();
    out.end_array().end_object();
    return json(out.take());
}

}  // namespace

std::expected<codec::ParsedFacts, Response> Api::asked_facts(const Call& call) {
    const auto refuse = [](Response response) { return std::unexpected(std::move(response)); };
    if (!is_json(call.request))
        return refuse(problem(415, "json_needed", "Send the facts as Content-Type: application/json."));
    auto parsed = codec::parse_facts(call.request.body, {.nodes = most_values});
    if (!parsed) return refuse(problem(400, parsed.error().code, parsed.error().detail));
    if (const auto key = idempotency_key_of(call.request); key && !key->empty())
        for (std::size_t i = 0; i < parsed->facts.size(); ++i)  // the same after a restart, too
            if (std::string& id = parsed->facts[i].message_id; id.empty())
                id = "idem:" + call.who.actor() + ":" + *key + ":" + std::to_string(parsed->indexes[i]);
    const auto only_if = only_if_of(call.request);
    if (!only_if) return refuse(failed(only_if.error()));
    if (only_if->empty()) return std::move(*parsed);
    if (!is_vouched_for(call.who))
        return refuse(
            problem(403, "not_allowed", "A key that only brings facts in learns nothing of people: no If-Match."));
    if (parsed->facts.size() != 1 || !parsed->refused.empty())
        return refuse(problem(400, "bad_if_match", "If-Match goes with one fact; send others apart from it."));
    parsed->facts.front().only_if = *only_if;
    return std::move(*parsed);
}

void Api::post_facts(const Call& call, Answer answer) {
    auto asked = asked_facts(call);
    if (!asked) return answer(std::move(asked.error()));
    const bool conditional = !asked->facts.empty() && !asked->facts.front().only_if.empty();
    respect_privacy(call, *asked);
    take(call.who, std::move(*asked), [answer = std::move(answer), conditional](Result<Taken> taken) mutable {
        if (!taken) return answer(failed(taken.error()));
        for (const auto& refused : taken->refused)
            if (conditional && refused.code == "changed") return answer(problem(412, refused.code, refused.detail));
        answer(answer_of(taken->accepted, taken->duplicates, taken->refused));
    });
}

}  // namespace baton::http
