// All that is kept of one person, handed out: one entry of the audit trail before anything is answered.
#include "app/erasure.h"
#include "app/personal_data.h"
#include "codec/json_writer.h"
#include "http/api.h"
#include "http/asked.h"

namespace baton::http {

Response Api::get_personal_data(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"format"})) return *refusal;
    const std::string format = call.request.parameter("format");
    if (!format.empty() && format != "json" && format != "html") return bad_parameter("format", "json or html");
    std::optional<SubjectId> person;
    Response page = with_person(call, [&](const app::Reads& reads, SubjectId id) {
        const auto data = app::personal_data(reads, id, clock_.now());
        if (!data) return failed(data.error());
        person = id;
        if (format == "html") return Response{200, "text/html; charset=utf-8", app::page(*data, reads), {}};
        return json(app::document(*data, reads));
    });
    if (!person) return page;
    if (auto noted = app::note_disclosure(ledger_, *person, call.who.actor()); !noted) return failed(noted.error());
    page.headers.emplace_back("cache-control", "no-store");
    if (format == "html")  // it holds what others wrote: nothing in it may run or be loaded
        page.headers.emplace_back("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    return page;
}

Response Api::delete_person(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    const auto only_if = only_if_of(call.request);
    if (!only_if) return failed(only_if.error());
    std::optional<SubjectId> person;
    Response nobody = with_person(call, [&](const app::Reads&, SubjectId id) {
        person = id;
        return done();
    });
    if (!person) return nobody;
    const auto erased = ledger_.erase(*person, call.who.actor(), {}, *only_if);
    if (!erased) return failed(erased.error());
    codec::JsonWriter out;
    out.begin_object().field("person", static_cast<std::int64_t>(person->value)).field("people", erased->people);
    out.field("records", erased->records).field("entries", erased->entries).end_object();
    return json(out.take());
}

}  // namespace baton::http
