#include "codec/hook.h"

#include <algorithm>
#include <optional>

#include "base/mac.h"
#include "codec/json_tree.h"
#include "codec/json_walk.h"
#include "codec/json_writer.h"

namespace baton::codec {
namespace {

constexpr std::size_t longest_call = std::size_t{1} << 20;

std::string header_of(const Headers& headers, const std::string& name) {
    const auto at = headers.find(name);
    return name.empty() || at == headers.end() ? std::string() : at->second;
}

std::vector<std::string_view> elements_of(std::string_view header, char separator) {
    std::vector<std::string_view> elements;
    for (;;) {
        const std::size_t end = separator == '\0' ? std::string_view::npos : header.find(separator);
        std::string_view one = header.substr(0, end);
        while (one.starts_with(' ')) one.remove_prefix(1);
        elements.push_back(one);
        if (end == std::string_view::npos) return elements;
        header.remove_prefix(end + 1);
    }
}

/// What is signed, its places filled; the body may hold braces of its own.
std::string signed_text(const SignatureRule& rule, std::string_view body, std::string_view timestamp,
                        std::string_view id) {
    std::string text;
    std::string_view rest = rule.text;
    while (!rest.empty()) {
        const auto take = [&](std::string_view place, std::string_view value) {
            if (!rest.starts_with(place)) return false;
            text += value;
            rest.remove_prefix(place.size());
            return true;
        };
        if (take("{body}", body) || take("{timestamp}", timestamp) || take("{id}", id)) continue;
        text += rest.front();
        rest.remove_prefix(1);
    }
    return text;
}

std::string key_of(const SignatureRule& rule, std::string_view secret) {
    if (!rule.secret_is_base64) return std::string(secret);
    return from_base64(secret.starts_with("whsec_") ? secret.substr(6) : secret).value_or("");
}

}  // namespace

Result<std::string> check_signature(const SignatureRule& rule, std::string_view secret, const Headers& headers,
                                    std::string_view body, Instant now) {
    const std::string header = header_of(headers, rule.header);
    if (header.empty()) return fail("signature_missing", "the call has no header " + rule.header);
    const auto elements = elements_of(header, rule.separator);
    std::string timestamp = header_of(headers, rule.timestamp_header);
    for (const std::string_view element : elements)
        if (!rule.timestamp_prefix.empty() && element.starts_with(rule.timestamp_prefix))
            timestamp = element.substr(rule.timestamp_prefix.size());
    const std::string id = header_of(headers, rule.id_header);
    if (!rule.id_header.empty() && id.empty())
        return fail("signature_missing", "the call has no header " + rule.id_header);
    const Bytes wanted = hmac_sha256(key_of(rule, secret), {signed_text(rule, body, timestamp, id)});
    bool right = false;
    for (const std::string_view element : elements) {
        if (!element.starts_with(rule.prefix)) continue;
        const std::string_view written = element.substr(rule.prefix.size());
        const auto shown = rule.base64 ? from_base64(written) : from_hex(written);
        if (shown && same_bytes(*shown, wanted)) right = true;
    }
    if (!right) return fail("signature_wrong", "the signature in " + rule.header + " is not that of this body");
    if (rule.tolerance == 0) return id;
    const auto at = whole_number(timestamp);
    const std::int64_t seconds = now.us / 1'000'000;
    if (!at || *at > seconds + rule.tolerance || *at < seconds - rule.tolerance)
        return fail("too_old", "the call was signed more than " + std::to_string(rule.tolerance) + " s from now");
    return id;
}

// ---- bodies -----------------------------------------------------------------------------------------------------

namespace {

// ---- Google Ads: one lead, its key in the body

Result<HookCall> google(const Source&, const JsonNode& body) {
    HookCall call;
    call.shown_key = text_in(&body, "google_key");
    Fill fill;
    fill.repeats = text_in(&body, "lead_id");
    if (fill.repeats.empty()) return fail("bad_hook", "the call has no 'lead_id'");
    for (const JsonNode& column : items_in(&body, "user_column_data"))
        add(fill.fields, text_in(&column, "column_id"), text_in(&column, "string_value"));
    for (const auto& [theirs, ours] : {std::pair{"gcl_id", "gclid"}, std::pair{"campaign_id", "campaign_id"},
                                       std::pair{"adgroup_id", "adgroup_id"}, std::pair{"creative_id", "creative_id"},
                                       std::pair{"form_id", "form_id"}, std::pair{"lead_stage", "lead_stage"}})
        add(fill.context, ours, text_in(&body, theirs));
    fill.occurred_at = parse_instant(text_in(&body, "lead_submit_time"));
    if (const JsonNode* test = within(&body, "is_test", JsonKind::boolean); test != nullptr && test->truth)
        call.left_out.emplace_back("test_lead", "a test of Google's form: lead " + fill.repeats);
    else
        call.fills.push_back(std::move(fill));
    return call;
}

// ---- Typeform: answers by the reference of their field

void take_answer(const JsonNode& answer, FormFields& into) {
    const JsonNode* field = within(&answer, "field", JsonKind::object);
    std::string name = text_in(field, "ref");
    if (name.empty()) name = text_in(field, "id");
    const std::string type = text_in(&answer, "type");
    const JsonNode* value = answer.find(type);
    if (value == nullptr) return;
    if (value->kind != JsonKind::object) return add(into, name, scalar(*value));
    add(into, name, text_in(value, "label"));
    for (const JsonNode& label : items_in(value, "labels")) add(into, name, scalar(label));
    add(into, name, text_in(value, "other"));
}

Result<HookCall> typeform(const Source&, const JsonNode& body) {
    HookCall call;
    if (const std::string type = text_in(&body, "event_type"); type != "form_response") {
        call.left_out.emplace_back("not_for_us", "an event '" + type.substr(0, 60) + "' fills in no form");
        return call;
    }
    const JsonNode* response = within(&body, "form_response", JsonKind::object);
    Fill fill;
    fill.repeats = text_in(response, "token");
    if (fill.repeats.empty()) return fail("bad_hook", "the call has no 'form_response.token'");
    for (const JsonNode& answer : items_in(response, "answers")) take_answer(answer, fill.fields);
    if (const JsonNode* hidden = within(response, "hidden", JsonKind::object))
        for (std::size_t i = 0; i < hidden->keys.size(); ++i)
            add(fill.fields, hidden->keys[i], scalar(hidden->items[i]));
    add(fill.context, "form_id", text_in(response, "form_id"));
    fill.occurred_at = parse_instant(text_in(response, "submitted_at"));
    call.fills.push_back(std::move(fill));
    return call;
}

// ---- Calendly: a meeting is made or cancelled; one that is moved comes as both

Result<HookCall> calendly(const Source& source, const JsonNode& body) {
    HookCall call;
    const std::string event = text_in(&body, "event");
    const bool made = event == "invitee.created";
    if (!made && event != "invitee.canceled") {
        call.left_out.emplace_back("not_for_us", "an event '" + event.substr(0, 60) + "' is of no invitee");
        return call;
    }
    const JsonNode* payload = within(&body, "payload", JsonKind::object);
    const std::string invitee = text_in(payload, "uri");
    if (invitee.empty()) return fail("bad_hook", "the call has no 'payload.uri'");
    if (!made && !text_in(payload, "new_invitee").empty()) {
        call.left_out.emplace_back("rescheduled",
                                   "the old half of a meeting that was moved: " + invitee.substr(0, 200));
        return call;
    }
    Fill fill;
    fill.repeats = event + " " + invitee;
    const bool moved = made && !text_in(payload, "old_invitee").empty();
    fill.event = !made ? source.cancelled : moved ? source.rescheduled : source.event;
    for (const char* name : {"email", "name", "first_name", "last_name"})
        add(fill.fields, name, text_in(payload, name));
    for (const JsonNode& asked : items_in(payload, "questions_and_answers"))
        add(fill.fields, text_in(&asked, "question"), text_in(&asked, "answer"));
    const JsonNode* tracking = within(payload, "tracking", JsonKind::object);
    for (const char* name : {"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"})
        add(fill.context, name, text_in(tracking, name));
    const JsonNode* meeting = within(payload, "scheduled_event", JsonKind::object);
    add(fill.context, "meeting", text_in(meeting, "name"));
    add(fill.context, "meeting_at", text_in(meeting, "start_time"));
    fill.occurred_at = parse_instant(text_in(&body, "created_at"));
    call.fills.push_back(std::move(fill));
    return call;
}

// ---- Meta and LinkedIn: ids alone; the answers are fetched

/// The sample that Meta's dashboard sends.
constexpr std::string_view metas_sample = "444444444444";

bool is_lead_id(std::string_view id) {
    return !id.empty() && id.size() <= 200 &&
           std::ranges::all_of(id, [](char c) { return c > ' ' && c < '\x7f' && c != '/' && c != '\\'; });
}

Result<HookCall> meta(const Source&, const JsonNode& body) {
    HookCall call;
    if (const std::string object = text_in(&body, "object"); object != "page") {
        call.left_out.emplace_back("not_for_us", "a change of '" + object.substr(0, 60) + "' is no lead");
        return call;
    }
    for (const JsonNode& entry : items_in(&body, "entry"))
        for (const JsonNode& change : items_in(&entry, "changes")) {
            const std::string id = text_in(within(&change, "value", JsonKind::object), "leadgen_id");
            if (const std::string field = text_in(&change, "field"); field != "leadgen")
                call.left_out.emplace_back("not_for_us", "a change of '" + field.substr(0, 60) + "' is no lead");
            else if (id == metas_sample)
                call.left_out.emplace_back("test_lead", "the sample of Meta's dashboard");
            else if (!is_lead_id(id) || !whole_number(id))
                return fail("bad_hook", "a change has no 'leadgen_id'");
            else
                call.awaited.push_back(id);
        }
    return call;
}

Result<HookCall> linkedin(const Source&, const JsonNode& body) {
    constexpr std::string_view urn = "urn:li:leadGenFormResponse:";
    HookCall call;
    if (const std::string type = text_in(&body, "type"); type != "LEAD_ACTION") {
        call.left_out.emplace_back("not_for_us", "a call of type '" + type.substr(0, 60) + "' is about no lead");
        return call;
    }
    std::string id = text_in(&body, "leadGenFormResponse");
    if (id.starts_with(urn)) id.erase(0, urn.size());
    if (!is_lead_id(id)) return fail("bad_hook", "the call has no 'leadGenFormResponse'");
    const std::string action = text_in(&body, "leadAction");
    if (action == "CREATED")
        call.awaited.push_back(id);
    else if (action == "DELETED")
        call.deleted.push_back(id);
    else
        call.left_out.emplace_back("not_for_us", "nothing follows from '" + action.substr(0, 60) + "'");
    return call;
}

// ---- any other: every value by its path

Status flatten(const JsonNode& node, const std::string& path, FormFields& into, std::size_t& count) {
    if (node.kind != JsonKind::array && node.kind != JsonKind::object) {
        if (++count > most_form_fields) return fail("too_many_fields", "a call has at most 1000 values");
        add(into, path, scalar(node));
        return {};
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const JsonNode& item = node.items[i];
        const bool in_list = node.kind == JsonKind::array;
        const bool value_of_list = in_list && item.kind != JsonKind::array && item.kind != JsonKind::object;
        std::string name = path;
        if (!value_of_list) name += (path.empty() ? "" : ".") + (in_list ? std::to_string(i) : node.keys[i]);
        if (auto done = flatten(item, name, into, count); !done) return done;
    }
    return {};
}

Result<HookCall> of_any(const Source& source, const JsonNode& body) {
    HookCall call;
    Fill fill;
    std::size_t count = 0;
    if (auto done = flatten(body, "", fill.fields, count); !done) return std::unexpected(done.error());
    for (const auto& [path, value] : source.only)
        if (fill.fields.first(path) != value) {
            call.left_out.emplace_back("not_for_us", "'" + path + "' is not " + value);
            return call;
        }
    if (!source.id_field.empty()) fill.repeats = fill.fields.first(source.id_field);
    if (!source.time_path.empty()) fill.occurred_at = moment_of(fill.fields.first(source.time_path));
    call.fills.push_back(std::move(fill));
    return call;
}

}  // namespace

std::optional<Handshake> handshake(const Source& source, std::string_view secret, std::string_view verify,
                                   const std::map<std::string, std::string>& query) {
    const auto asked = [&](const char* name) {
        const auto at = query.find(name);
        return at == query.end() ? std::string() : at->second;
    };
    const auto sound = [](std::string_view text) {
        return !text.empty() && text.size() <= 200 && std::ranges::all_of(text, [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
                   c == '.';
        });
    };
    if (source.kind == SourceKind::meta) {
        const std::string challenge = asked("hub.challenge");
        const bool right = !verify.empty() && same_bytes(asked("hub.verify_token"), verify);
        if (!right || asked("hub.mode") != "subscribe" || !sound(challenge)) return std::nullopt;
        return Handshake{"text/plain; charset=utf-8", challenge};
    }
    const std::string code = asked("challengeCode");
    if (source.kind != SourceKind::linkedin || !sound(code)) return std::nullopt;
    JsonWriter out;
    out.begin_object().field("challengeCode", code);
    out.field("challengeResponse", hex_of(hmac_sha256(secret, {code}))).end_object();
    return Handshake{"application/json", out.take()};
}

Result<HookCall> parse_hook(const Source& source, std::string_view body) {
    const auto tree = parse_json(body, {.depth = 16, .bytes = longest_call, .nodes = 50'000});
    if (!tree) return std::unexpected(tree.error());
    if (tree->kind != JsonKind::object) return fail("bad_hook", "the body must be a JSON object");
    switch (source.kind) {
        case SourceKind::google: return google(source, *tree);
        case SourceKind::typeform: return typeform(source, *tree);
        case SourceKind::calendly: return calendly(source, *tree);
        case SourceKind::meta: return meta(source, *tree);
        case SourceKind::linkedin: return linkedin(source, *tree);
        case SourceKind::signed_hook: return of_any(source, *tree);
        default: return fail("bad_hook", "a source of this kind takes no calls");
    }
}

}  // namespace baton::codec
