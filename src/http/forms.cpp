#include "http/forms.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "app/normalise.h"
#include "base/mac.h"
#include "codec/bots.h"
#include "codec/json_writer.h"
#include "http/passers_by.h"

namespace baton::http {
namespace {

using codec::SourceKind;

/// A page may lie open so long before its form is sent.
constexpr std::int64_t longest_open_ms = 24LL * 3'600 * 1'000;

Response failed(const Error& error) {
    if (error.code == "too_large") return problem(413, error.code, error.detail);
    if (error.code == "unknown_form_type") return problem(415, error.code, error.detail);
    return is_of_the_sender(error) ? problem(400, error.code, error.detail) : unavailable(error);
}

Response unknown_source() {
    return problem(404, "unknown_source", "There is no such form; baton source list names those there are.");
}

std::int64_t milliseconds(Instant t) { return t.us / 1'000; }

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string token_for(const KnownSource& source, std::string_view made_at) {
    return std::string(made_at) + "." +
           hex_of(hmac_sha256(source.secrets.signing, {"form token ", source.listed.name, " ", made_at})).substr(0, 32);
}

bool wants_json(const Request& request) {
    return request.header("content-type").starts_with("application/json") ||
           request.header("accept").find("application/json") != std::string::npos;
}

Response redirect(int status, const std::string& to) { return {status, "text/plain", "", {{"location", to}}}; }

Response thanks(const codec::Source& source) {
    return {200, "text/plain; charset=utf-8", (source.thanks.empty() ? "Thank you." : source.thanks) + "\n", {}};
}

/// The one address that a form leads to where it does not say.
std::string usual_return(const codec::Source& source) {
    for (const std::string& address : source.returns)
        if (!address.ends_with('/')) return address;
    return "";
}

}  // namespace

bool is_form(const Request& request) {
    return request.path.starts_with("/forms/") || request.path.starts_with("/submissions/v3/integration/submit/");
}

bool is_of_the_sender(const Error& error) {
    static constexpr std::array<std::string_view, 18> codes{"nobody",
                                                            "bad_consent",
                                                            "too_many_fields",
                                                            "bad_form",
                                                            "bad_json",
                                                            "bad_number",
                                                            "bad_text",
                                                            "bad_hook",
                                                            "too_long",
                                                            "bad_phone",
                                                            "bad_email",
                                                            "duplicate_key",
                                                            "nested_list",
                                                            "wrong_type",
                                                            "key_missing",
                                                            "too_many_properties",
                                                            "duplicate_property",
                                                            "time_out_of_range"};
    return std::ranges::find(codes, error.code) != codes.end();
}

// ---- sources ----------------------------------------------------------------------------------------------------

Status KnownSources::refresh(const app::Reads& reads) {
    const auto row = reads.reader().state_of(SubjectId{0});
    if (!row) return std::unexpected(row.error());
    const ports::Position newest = *row ? (*row)->last : ports::no_position;
    const std::scoped_lock lock(mutex_);
    if (newest == as_of_) return {};
    const auto listed = app::Sources::list(reads);
    if (!listed) return std::unexpected(listed.error());
    All all;
    for (const auto& one : *listed) {
        if (!one.problem.empty()) continue;  // the others go on
        const auto secrets = app::Sources::secrets(reads, one.name);
        if (!secrets) return std::unexpected(secrets.error());
        all.push_back(std::make_shared<const KnownSource>(one, *secrets));
    }
    all_ = std::move(all);
    as_of_ = newest;
    return {};
}

Result<std::shared_ptr<const KnownSource>> KnownSources::find(const Match& match) {
    if (auto fresh = look_([&](const app::Reads& reads) { return refresh(reads); }); !fresh)
        return std::unexpected(fresh.error());
    const std::scoped_lock lock(mutex_);
    for (const auto& source : all_)
        if (match(*source)) return source;
    return std::shared_ptr<const KnownSource>();
}

void KnownSources::arrived(const std::string& name, Instant now) {
    const std::scoped_lock lock(mutex_);
    app::Arrivals& of = arrivals_[name];
    ++of.taken;
    of.newest = now;
}

app::ArrivalsBySource KnownSources::arrivals() const {
    const std::scoped_lock lock(mutex_);
    return arrivals_;
}

// ---- fills ------------------------------------------------------------------------------------------------------

void Fills::drop(const KnownSource& source, std::string_view code, std::string detail) {
    drops_.add({clock_.now(), source.listed.name, std::string(to_string(source.listed.source.kind)), 0,
                std::string(code), std::move(detail)});
}

namespace {

/// A number or address that is none is left out where another key says who the person is; a lead is not lost for a slip of typing.
bool mend(std::vector<IncomingFact>& facts, const app::Receipt& receipt, std::string& mended) {
    for (const app::Outcome& outcome : receipt.outcomes)
        if (outcome.verdict == app::Verdict::refused) mended = outcome.code;
    if (mended != "bad_phone" && mended != "bad_email") return false;
    for (IncomingFact& fact : facts) {
        (mended == "bad_phone" ? fact.phone : fact.email).clear();
        if (fact.user_id.empty() && fact.email.empty() && fact.phone.empty() && fact.anonymous_id.empty()) return false;
    }
    return true;
}

/// Nothing that a browser keeps: neither a visitor's id nor HubSpot's cookie. False where nobody is named then. `lead`: a provider's
/// own number of the lead, which is no browser's.
bool forget_browser(std::vector<IncomingFact>& facts, codec::TrackingMode mode, const std::string& lead) {
    if (mode == codec::TrackingMode::full) return true;
    for (IncomingFact& fact : facts) {
        const bool of_lead = !lead.empty() && fact.anonymous_id == lead;
        // Whoever fills in a form says so.
        if (!of_lead && codec::keep_under(mode, true, fact) != codec::Kept::whole) return false;
        std::erase_if(fact.properties,
                      [](const NamedValue& p) { return p.name == "hutk" || p.name == "anonymous_id"; });
    }
    return true;
}

}  // namespace

Result<app::Receipt> Fills::offer(const KnownSource& source, std::vector<IncomingFact>& facts, Trap trap) {
    const std::vector<IncomingFact> given = facts;
    auto seen = ledger_.preview(facts);
    for (int slips = 0; seen && seen->refused > 0 && slips < 2; ++slips) {
        std::string code;
        if (!mend(facts, *seen, code)) break;
        drop(source, code, "left out: the person is known by another key");
        seen = ledger_.preview(facts);
    }
    if (!seen || seen->refused > 0 || trap != Trap::none) return seen;
    return ledger_.intake(facts);
}

Status Fills::take(const KnownSource& source, const codec::Fill& fill, Trap trap, std::string_view agent) {
    const std::string_view bot = codec::bot_family(agent);
    if (trap == Trap::none && !bot.empty()) trap = Trap::bot;
    auto made = codec::facts_of(source.listed.source, source.listed.name, fill, clock_.now());
    if (!made) return std::unexpected(made.error());
    if (!forget_browser(made->facts, ledger_.tracking(), fill.anonymous_id)) {
        drop(source, "visitors_not_kept", "no name was given, and visitors are not kept here");
        return {};
    }
    const auto receipt = offer(source, made->facts, trap);
    if (!receipt) return std::unexpected(receipt.error());
    for (const app::Outcome& outcome : receipt->outcomes)
        if (outcome.verdict == app::Verdict::refused) return fail(outcome.code, outcome.detail);
    switch (trap) {
        case Trap::honeypot: drop(source, "honeypot", "the field that no person sees was filled in"); return {};
        case Trap::too_fast: drop(source, "too_fast", "sent sooner than a person types"); return {};
        case Trap::no_token:
            drop(source, "no_token", "without the time the page was made, or with a wrong one");
            return {};
        case Trap::bot: drop(source, "bot", std::string(bot)); return {};
        case Trap::none: sources_.arrived(source.listed.name, clock_.now());
    }
    if (made->undeclared.empty()) return {};
    std::string names;
    for (const std::string& name : made->undeclared) {
        if (names.size() > 300) break;
        names += (names.empty() ? "" : ", ") + name.substr(0, 60);
    }
    drop(source, "undeclared_field", "the definition does not know: " + names);
    return {};
}

// ---- traps ------------------------------------------------------------------------------------------------------

bool Forms::is_token(const KnownSource& source, std::string_view token, std::int64_t& made_at) const {
    const std::size_t point = token.find('.');
    if (point == std::string_view::npos) return false;
    const auto at = whole_number(token.substr(0, point));
    if (!at || !same_bytes(token_for(source, token.substr(0, point)), token)) return false;
    made_at = *at;
    return true;
}

/// A moment that the page's own clock told may lie in the future by a clock that is wrong: nothing follows from that. A token's is ours.
Fills::Trap Forms::trap_of(const KnownSource& source, const codec::FormFields& fields) const {
    using Trap = Fills::Trap;
    const codec::Source& definition = source.listed.source;
    if (!definition.honeypot.empty())
        if (const auto* field = fields.find(definition.honeypot))
            for (const std::string& value : field->values)
                if (!value.empty()) return Trap::honeypot;
    if (!definition.time_trap) return Trap::none;
    const codec::TimeTrap& trap = *definition.time_trap;
    const std::string shown = fields.first(trap.field);
    std::int64_t made_at = 0;
    const bool token = is_token(source, shown, made_at);
    if (!token) {
        const auto told = trap.token ? std::nullopt : whole_number(shown);
        if (!told) return trap.required ? Trap::no_token : Trap::none;
        made_at = *told;
    }
    const std::int64_t now = milliseconds(clock_.now());
    if (made_at > now || made_at < 0) return token ? Trap::no_token : Trap::none;
    if (token && now - made_at > longest_open_ms) return Trap::no_token;
    return now - made_at < trap.seconds * 1'000 ? Trap::too_fast : Trap::none;
}

std::optional<Response> Forms::over_the_rate(const Request& request, const KnownSource& source) {
    const std::uint32_t quota = source.listed.source.fills_per_minute;
    Rates* rates = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        auto& place = rates_[{source.listed.name, quota}];
        if (!place) place = std::make_unique<Rates>(quota);
        rates = place.get();
    }
    const auto standing = rates->take("address " + request.remote, clock_.elapsed());
    if (!standing || standing->allowed) return std::nullopt;
    return rates->refusal(*standing);
}

std::string Forms::return_of(const KnownSource& source, const codec::FormFields& fields) {
    const codec::Source& definition = source.listed.source;
    const std::string wanted = fields.first(definition.return_field);
    if (wanted.empty()) return usual_return(definition);
    if (definition.may_return_to(wanted)) return wanted;
    fills_.drop(source, "return_not_listed", "the form asks to go where 'returns' does not lead");
    return usual_return(definition);
}

// ---- routes -----------------------------------------------------------------------------------------------------

Response Forms::post_form(const Request& request, std::string_view name) {
    const auto source = sources_.find(
        [&](const KnownSource& one) { return one.listed.name == name && one.listed.source.kind == SourceKind::form; });
    if (!source) return unavailable(source.error());
    if (*source == nullptr) return unknown_source();
    if (auto refusal = over_the_rate(request, **source)) return *refusal;
    auto fields = codec::parse_form(request.header("content-type"), request.body);
    if (!fields) return failed(fields.error());
    const std::string to = return_of(**source, *fields);
    const Fills::Trap trap = trap_of(**source, *fields);
    codec::Fill fill;
    fill.page = fields->first("page_url").empty() ? request.header("referer") : "";
    fill.fields = std::move(*fields);
    fill.opts_out = opts_out(request);
    if (const auto taken = fills_.take(**source, fill, trap, request.header("user-agent")); !taken)
        return failed(taken.error());
    if (wants_json(request)) {
        codec::JsonWriter out;
        out.begin_object().field("accepted", true);
        if (!to.empty()) out.field("return_to", to);
        return json(out.end_object().take());
    }
    return to.empty() ? thanks((*source)->listed.source) : redirect(303, to);
}

Response Forms::get_token(std::string_view name) {
    const auto source = sources_.find(
        [&](const KnownSource& one) { return one.listed.name == name && one.listed.source.kind == SourceKind::form; });
    if (!source) return unavailable(source.error());
    if (*source == nullptr) return unknown_source();
    codec::JsonWriter out;
    out.begin_object().field("token", token_for(**source, std::to_string(milliseconds(clock_.now())))).end_object();
    Response response = json(out.take());
    response.headers.emplace_back("cache-control", "no-store");
    return response;
}

namespace {

/// As HubSpot tells it.
Response hubspot_refusal(const Response& refused, const Error& error) {
    codec::JsonWriter out;
    out.begin_object().field("status", "error").field("message", "The request is not valid");
    out.key("errors").begin_array().begin_object();
    out.field("message", error.detail).field("errorType", error.code).end_object().end_array().end_object();
    Response response = json(out.take(), refused.status);
    response.headers = refused.headers;
    return response;
}

}  // namespace

Response Forms::post_hubspot(const Request& request, std::string_view form) {
    const std::string_view path = request.path;
    const std::string_view before = path.substr(0, path.size() - std::min(path.size(), form.size() + 1));
    const std::string portal(before.substr(before.rfind('/') + 1));
    const auto source = sources_.find([&](const KnownSource& one) {
        const codec::Source& known = one.listed.source;
        return known.kind == SourceKind::hubspot_form && app::lower(known.form) == app::lower(form) &&
               (known.portal.empty() || known.portal == portal);
    });
    if (!source) return unavailable(source.error());
    if (*source == nullptr) return hubspot_refusal(unknown_source(), {"unknown_source", "There is no such form."});
    if (auto refusal = over_the_rate(request, **source)) return *refusal;
    auto fill = codec::parse_hubspot_fill(request.body);
    if (!fill) return hubspot_refusal(failed(fill.error()), fill.error());
    fill->opts_out = opts_out(request);
    const Fills::Trap trap = trap_of(**source, fill->fields);
    if (const auto taken = fills_.take(**source, *fill, trap, request.header("user-agent")); !taken)
        return hubspot_refusal(failed(taken.error()), taken.error());
    const codec::Source& known = (*source)->listed.source;
    const std::string to = usual_return(known);
    codec::JsonWriter out;
    out.begin_object();
    if (to.empty())
        out.field("inlineMessage", known.thanks.empty() ? "Thank you." : known.thanks);
    else
        out.field("redirectUri", to);
    return json(out.end_object().take());
}

Response Forms::post_web_to_lead(const Request& request) {
    auto fields = codec::parse_form(request.header("content-type"), request.body);
    if (!fields) return failed(fields.error());
    const std::string organisation = fields->first("oid");
    const auto source = sources_.find([&](const KnownSource& one) {
        return one.listed.source.kind == SourceKind::web_to_lead && one.listed.source.form == organisation;
    });
    if (!source) return unavailable(source.error());
    if (*source == nullptr) return unknown_source();
    if (auto refusal = over_the_rate(request, **source)) return *refusal;
    const std::string to = return_of(**source, *fields);
    const Fills::Trap trap = trap_of(**source, *fields);
    codec::Fill fill;
    fill.page = request.header("referer");
    fill.fields = std::move(*fields);
    fill.opts_out = opts_out(request);
    if (const auto taken = fills_.take(**source, fill, trap, request.header("user-agent")); !taken)
        return failed(taken.error());
    return to.empty() ? thanks((*source)->listed.source) : redirect(302, to);
}

}  // namespace baton::http
