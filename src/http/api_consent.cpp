// What a person allowed: read as a ledger, given and withdrawn by one and the same call.
#include "app/consent.h"
#include "http/api.h"
#include "http/asked.h"

namespace baton::http {
namespace {

Response ledger_page(const app::Reads& reads, SubjectId id, int status) {
    const auto ledger = app::consents(reads, id);
    if (!ledger) return failed(ledger.error());
    codec::JsonWriter out;
    app::write(out, *ledger);
    return json(out.take(), status);
}

}  // namespace

Response Api::get_consent(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    return with_person(call, [](const app::Reads& reads, SubjectId id) { return ledger_page(reads, id, 200); });
}

Response Api::post_consent(const Call& call) {
    const auto body =
        body_of(call.request, {"purpose", "given", "channel", "basis", "text", "text_version", "occurred_at"});
    if (!body) return failed(body.error());
    std::optional<bool> given;
    if (auto read = read_truth(*body, "given", given); !read) return failed(read.error());
    if (!given) return failed({"bad_body", "'given' must be true, or false for a withdrawal"});
    Properties said{{"given", Value(*given)}};
    for (const std::string_view name : {"purpose", "channel", "basis", "text", "text_version"}) {
        std::optional<std::string> text;
        if (auto read = read_text(*body, name, text); !read) return failed(read.error());
        if (text) said.push_back({std::string(name), Value(*text)});
    }
    std::optional<std::string> when;
    if (auto read = read_text(*body, "occurred_at", when); !read) return failed(read.error());
    const Instant at = when ? parse_instant(*when).value_or(Instant::never()) : clock_.now();
    if (at == Instant::never()) return failed({"bad_body", "'occurred_at' is written like 2026-11-21T10:00:00Z"});
    std::optional<SubjectId> person;
    std::optional<IncomingFact> fact;
    const auto found = with_person(call, [&](const app::Reads& reads, SubjectId id) {
        auto about = app::consent_fact(reads, id);
        if (!about) return failed(about.error());
        person = id;
        fact = std::move(*about);
        return done();
    });
    if (!person) return found;
    fact->properties = std::move(said);
    fact->occurred_at = at;
    fact->actor = call.who.actor();
    const auto receipt = ledger_.intake(std::span(&*fact, 1));
    if (!receipt) return failed(receipt.error());
    if (const app::Outcome& outcome = receipt->outcomes[0]; outcome.verdict == app::Verdict::refused)
        return problem(422, outcome.code, outcome.detail);
    return with_reads(true, [&](const app::Reads& reads) { return ledger_page(reads, *person, 201); });
}

}  // namespace baton::http
