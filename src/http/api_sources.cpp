// The register of sources, and the doors of those that are forms.
#include "codec/json_tree.h"
#include "http/api.h"

namespace baton::http {
namespace {

using app::Sources;

Response failed(const Error& error) {
    if (error.code == "unknown_source") return problem(404, error.code, error.detail);
    if (error.code == "source_exists") return problem(409, error.code, error.detail);
    for (const std::string_view code : {"bad_source", "secret_missing", "bad_body", "bad_json"})
        if (error.code == code) return problem(400, error.code, error.detail);
    return unavailable(error);
}

/// {"name", "kind"?, "definition", "secret"?, "access_token"?, "verify_token"?}, all of them texts.
struct Wanted {
    std::string name, kind, definition;
    app::SourceSecrets secrets;
};

Result<Wanted> wanted_of(const Request& request) {
    if (!request.header("content-type").starts_with("application/json"))
        return fail("bad_body", "send the body as Content-Type: application/json");
    const auto body = codec::parse_json(request.body, {.depth = 4, .bytes = 65'536});
    if (!body) return std::unexpected(body.error());
    if (body->kind != codec::JsonKind::object) return fail("bad_body", "the body must be a JSON object");
    Wanted wanted;
    for (std::size_t i = 0; i < body->keys.size(); ++i) {
        const std::string& name = body->keys[i];
        std::string* place = name == "name"           ? &wanted.name
                             : name == "kind"         ? &wanted.kind
                             : name == "definition"   ? &wanted.definition
                             : name == "secret"       ? &wanted.secrets.signing
                             : name == "access_token" ? &wanted.secrets.token
                             : name == "verify_token" ? &wanted.secrets.verify
                                                      : nullptr;
        if (place == nullptr || !place->empty())
            return fail("bad_body", "there is no field '" + name + "' here, or it stands twice");
        if (body->items[i].kind != codec::JsonKind::string) return fail("bad_body", "'" + name + "' must be text");
        *place = body->items[i].text;
    }
    return wanted;
}

}  // namespace

KnownSources::Look Api::looker() {
    return [this](const std::function<Status(const app::Reads&)>& ask) -> Status {
        return looking([&](const app::Reads& reads) { return ask(reads); });
    };
}

Response Api::get_sources(const Call&) {
    return with_reads(true, [&](const app::Reads& reads) {
        const auto all = Sources::list(reads);
        if (!all) return failed(all.error());
        const auto awaited = app::Awaited::list(reads);
        if (!awaited) return failed(awaited.error());
        return json(app::document(*all, known_.arrivals(), app::by_source(*awaited)));
    });
}

Response Api::get_source(const Call& call) {
    return with_reads(true, [&](const app::Reads& reads) {
        const auto all = Sources::list(reads);
        if (!all) return failed(all.error());
        const auto awaited = app::Awaited::list(reads);
        if (!awaited) return failed(awaited.error());
        for (const auto& one : *all)
            if (one.name == call.key) return json(app::document(one, known_.arrivals(), app::by_source(*awaited)));
        return failed({"unknown_source", "there is no source '" + call.key + "'"});
    });
}

Response Api::post_source(const Call& call) {
    const auto wanted = wanted_of(call.request);
    if (!wanted) return failed(wanted.error());
    std::optional<codec::SourceKind> kind;
    if (!wanted->kind.empty()) {
        kind = codec::source_kind_of(wanted->kind);
        if (!kind) return failed({"bad_source", "there is no kind '" + wanted->kind + "'"});
    }
    const auto added = sources_.add(wanted->name, kind, wanted->definition, wanted->secrets, call.who.actor());
    if (!added) return failed(added.error());
    return {201, "application/json", "", {{"location", "/api/v1/sources/" + wanted->name}}};
}

Response Api::delete_source(const Call& call) {
    const auto removed = sources_.remove(call.key, call.who.actor());
    return removed ? Response{204, "application/json", "", {}} : failed(removed.error());
}

Response Api::post_form(const Call& call) { return forms_.post_form(call.request, call.key); }
Response Api::get_form_token(const Call& call) { return forms_.get_token(call.key); }
Response Api::post_hubspot_form(const Call& call) { return forms_.post_hubspot(call.request, call.key); }
Response Api::post_web_to_lead(const Call& call) { return forms_.post_web_to_lead(call.request); }
Response Api::get_hook(const Call& call) { return hooks_.get(call.request, call.key); }
Response Api::post_hook(const Call& call) { return hooks_.post(call.request, call.key); }

}  // namespace baton::http
