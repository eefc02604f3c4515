// The process drawn, and the page.
#include "app/draw_svg.h"
#include "domain/playbook/draw.h"
#include "http/api.h"
#include "http/assets.h"

namespace baton::http {
namespace {

using playbook::Compiled;

std::string_view to_string(playbook::StageKind kind) {
    switch (kind) {
        case playbook::StageKind::marketing: return "marketing";
        case playbook::StageKind::sales: return "sales";
        case playbook::StageKind::customer: return "customer";
        case playbook::StageKind::closed: return "closed";
    }
    return "";
}

std::string document_of(const Compiled& book) {
    codec::JsonWriter out;
    const auto& source = book.source;
    out.begin_object().field("id", source.id).field("name", source.name).field("version", book.version);
    out.field("description", source.description).field("process", source.process).field("signed", false);
    out.key("signers").begin_array();
    for (const auto& signer : source.signers)
        out.begin_object().field("id", signer.id).field("name", signer.name).field("role", signer.role).end_object();
    out.end_array().key("stages").begin_array();
    for (const auto& stage : source.stages) {
        out.begin_object().field("id", stage.id).field("name", stage.name.text).field("definition", stage.definition);
        out.field("kind", to_string(stage.kind)).field("owner", stage.owner.text).field("metric", stage.metric);
        out.field("before_lead", stage.before_lead).end_object();
    }
    out.end_array().key("arrows").begin_array();
    for (const auto& arrow : book.arrows) {
        out.begin_object().field("id", arrow.id).field("from", book.stages[arrow.from.value].id);
        out.field("to", book.stages[arrow.to.value].id)
            .field("label", arrow.label)
            .field("on", arrow.on)
            .field("by", arrow.by);
        out.end_object();
    }
    return out.end_array().end_object().take();
}

playbook::Counts counts_of(const Compiled& book, const app::Funnel& funnel) {
    playbook::Counts counts;
    for (const auto& stage : funnel.stages) counts[stage.id] = stage.inside;
    for (const auto& moved : funnel.arrows) {
        for (const auto& arrow : book.arrows) {
            if (book.stages[arrow.from.value].id != moved.from || book.stages[arrow.to.value].id != moved.to) continue;
            counts[arrow.id] = moved.moves;
            break;
        }
    }
    return counts;
}

bool format_of(const std::string& name, playbook::Format& format, std::string_view& content_type) {
    content_type = "text/plain; charset=utf-8";
    if (name == "mermaid")
        format = playbook::Format::mermaid;
    else if (name == "markdown")
        format = playbook::Format::markdown;
    else if (name == "table")
        format = playbook::Format::table;
    else if (name == "dot" || name == "svg")
        format = playbook::Format::dot;
    else
        return false;
    if (name == "markdown") content_type = "text/markdown; charset=utf-8";
    if (name == "svg") content_type = "image/svg+xml";
    return true;
}

void add_page_policy(Response& response) {
    response.headers.emplace_back(
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
}

}  // namespace

Response Api::get_playbook(const Call& call) {
    for (const auto& [name, value] : call.request.query)
        if (name != "format" && name != "counts" && name != "t")
            return problem(400, "unknown_parameter", "There is no parameter '" + name + "' here.");
    const auto book = ledger_.active();
    if (book == nullptr) return problem(404, "no_playbook", "No playbook is active yet.");
    const std::string name = call.request.parameter("format");
    if (name.empty() || name == "json") return json(document_of(*book));
    playbook::Format format{};
    std::string_view content_type;
    if (!format_of(name, format, content_type))
        return problem(400, "bad_parameter", "'format' must be json, svg, dot, mermaid, markdown or table.");
    return with_reads(false, [&](const app::Reads& reads) {
        playbook::Counts counts;
        if (call.request.parameter("counts") == "true") {
            const auto funnel = reads.funnel();
            if (!funnel) return problem(503, funnel.error().code, funnel.error().detail);
            counts = counts_of(*book, *funnel);
        }
        std::string text = playbook::draw(*book, format, counts);
        if (name != "svg") return Response{200, std::string(content_type), std::move(text), {}};
        return svg_of(text);
    });
}

/// The drawing of a DOT text; the last one is kept, as most questions are the same question.
Response Api::svg_of(const std::string& dot) {
    const std::scoped_lock lock(drawing_mutex_);
    if (dot != drawing_of_) {
        auto drawn = app::svg_of(dot);
        if (!drawn) return problem(503, drawn.error().code, drawn.error().detail);
        drawing_ = std::move(*drawn);
        drawing_of_ = dot;
    }
    Response response{200, "image/svg+xml", drawing_, {}};
    response.headers.emplace_back("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    return response;
}

Response Api::get_page(const Call&) {
    Response response{200, "text/html; charset=utf-8", std::string(asset("src/http/page/index.html")), {}};
    add_page_policy(response);
    return response;
}

Response Api::get_asset(const Call& call) {
    const std::string_view text = asset("src/http/page/" + call.key);
    if (text.empty() || call.key == "index.html") return problem(404, "no_such_asset", "There is no such file.");
    return {200, std::string(content_type_of(call.key)), std::string(text), {}};
}

}  // namespace baton::http
