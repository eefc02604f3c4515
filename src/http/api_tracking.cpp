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

void Api::post_tracking(const Call& call, Answer answer) {
    const std::string agent = browser_of(call);
    const codec::TrackingTerms terms{ledger_.tracking(), is_vouched_for(call.who), opts_out(call.request), agent};
    auto parsed = codec::parse_tracking(call.key, call.request.body, clock_.now(), terms);
    if (!parsed && parsed.error().code == "unknown_call")
        return answer(problem(404, "no_such_route", "There is no such tracking call."));
    if (!parsed) return answer(problem(400, parsed.error().code, parsed.error().detail));
    std::string by = call.who.actor();
    for (auto& fact : parsed->facts) fact.source = by.empty() ? "tracking" : "tracking:" + by;
    codec::ParsedFacts facts(std::move(static_cast<codec::ParsedFacts&>(*parsed)));
    take(call.who, std::move(facts),
         [this, answer = std::move(answer), counted = std::move(parsed->counted), left_out = parsed->left_out,
          by = std::move(by), route = call.key, strict = in_strict_mode(call.request)](Result<Taken> taken) mutable {
             if (!taken) return answer(unavailable(taken.error()));
             passers_by_.count(counted, left_out, clock_.now());
             for (const auto& refused : taken->refused)
                 drops_.add({clock_.now(), by, route, refused.index, refused.code, refused.detail});
             if (strict && !taken->refused.empty()) return answer(strict_refusal(taken->refused));
             answer(json(R"({"success":true})"));
         });
}

Response Api::get_tracking(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    codec::JsonWriter out;
    out.begin_object().field("mode", codec::to_string(ledger_.tracking())).key("days").begin_array();
    for (const PassersBy::Day& day : passers_by_.look()) {
        const std::string date = to_string(Instant{day.number * Duration::days(1).us});
        out.begin_object().field("day", date.substr(0, 10)).key("events").begin_object();
        for (const auto& [event, count] : day.events) out.field(event, count);
        out.end_object().field("left_out", day.left_out).end_object();
    }
    out.end_array().end_object();
    return json(out.take());
}

Response Api::put_tracking(const Call& call) {
    const auto body = body_of(call.request, {"mode"});
    if (!body) return failed(body.error());
    std::optional<std::string> mode;
    if (auto read = read_text(*body, "mode", mode); !read) return failed(read.error());
    const auto named = mode && !mode->empty() ? codec::tracking_mode_of(*mode) : std::nullopt;
    if (!named) return failed({"bad_body", "'mode' must be full, cookieless or none"});
    const auto set = members_.set_tracking(*named, call.who.actor());
    return set ? done() : failed(set.error());
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
