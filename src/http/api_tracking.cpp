// Segment's tracking API: what its clients, RudderStack's and Jitsu's send, and what became of it.
#include "codec/tracking_json.h"
#include "http/api.h"
#include "http/api_taken.h"
#include "http/asked.h"

namespace baton::http {

bool is_tracking(const Request& request) {
    return request.path.starts_with("/v1/") || request.path.starts_with("/api/s/");
}

std::string tracking_key_of(const Request& request) {
    if (!request.header("authorization").empty()) return "";
    const std::string given = request.header("x-write-key");  // Jitsu: "key" or "key:secret"
    return given.empty() ? codec::write_key_of(request.body) : given;
}

namespace {

/// Customer.io's word for: say what is wrong instead of dropping it.
bool in_strict_mode(const Request& request) { return request.header("x-strict-mode") == "1"; }

Response strict_refusal(const std::vector<codec::FactRefusal>& refused) {
    const auto& first = refused.front();
    return problem(400, first.code, "event " + std::to_string(first.index) + ": " + first.detail);
}

}  // namespace

std::string Api::browser_of(const Call& call) {
    const bool server = call.who.caller && call.who.caller->scope != app::Scope::intake;
    return server ? std::string() : call.request.header("user-agent");
}

Response Api::post_tracking(const Call& call) {
    auto parsed = codec::parse_tracking(call.key, call.request.body, clock_.now(), {}, browser_of(call));
    if (!parsed && parsed.error().code == "unknown_call")
        return problem(404, "no_such_route", "There is no such tracking call.");
    if (!parsed) return problem(400, parsed.error().code, parsed.error().detail);
    const std::string by = call.who.actor();
    for (auto& fact : parsed->facts) fact.source = by.empty() ? "tracking" : "tracking:" + by;
    const auto taken = take(call.who, std::move(*parsed));
    if (!taken) return unavailable(taken.error());
    for (const auto& refused : taken->refused)
        drops_.add({clock_.now(), by, call.key, refused.index, refused.code, refused.detail});
    if (in_strict_mode(call.request) && !taken->refused.empty()) return strict_refusal(taken->refused);
    return json(R"({"success":true})");
}

Response Api::get_tracking_settings(const Call& call) {
    codec::JsonWriter out;
    out.begin_object().key("integrations").begin_object().key("Segment.io").begin_object();
    out.field("apiKey", call.key).field("apiHost", call.request.header("host") + "/v1");
    out.field("protocol", call.request.secure ? "https" : "http");
    out.end_object().end_object().end_object();
    return json(out.take());
}

Response Api::get_drops(const Call& call) {
    const auto limit = number_asked(call.request, "limit", 1, 1'000, 100);
    if (!limit) return failed(limit.error());
    const Drops::Seen seen = drops_.look(static_cast<std::size_t>(*limit));
    codec::JsonWriter out;
    out.begin_object().key("counts").begin_object();
    for (const auto& [code, count] : seen.counts) out.field(code, count);
    out.end_object().key("bots").begin_object();
    for (const auto& [family, count] : seen.bots) out.field(family, count);
    out.end_object().key("drops").begin_array();
    for (const Drop& drop : seen.newest) {
        out.begin_object().field("at", drop.at).field("by", drop.by).field("call", drop.call);
        out.field("index", drop.index).field("code", drop.code).field("detail", drop.detail).end_object();
    }
    out.end_array().end_object();
    return json(out.take());
}

}  // namespace baton::http
