#include "codec/tracking_json.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "codec/bots.h"
#include "codec/json_writer.h"
#include "domain/engine/fact.h"

namespace baton::codec {
namespace {

constexpr std::size_t most_traits = 1'000;  // as properties of any fact

using Names = std::pair<std::string_view, std::string_view>;

constexpr std::array<Names, 18> calls{{{"identify", "identify"},
                                       {"i", "identify"},
                                       {"track", "track"},
                                       {"t", "track"},
                                       {"page", "page"},
                                       {"p", "page"},
                                       {"screen", "screen"},
                                       {"s", "screen"},
                                       {"group", "group"},
                                       {"g", "group"},
                                       {"alias", "alias"},
                                       {"a", "alias"},
                                       {"batch", "batch"},
                                       {"import", "batch"},
                                       {"b", "batch"},
                                       {"event", "track"},
                                       {"pageview", "page"},
                                       {"e", "track"}}};

/// Reserved traits by the names that playbooks use.
constexpr std::array<Names, 12> traits_by_our_names{{{"firstName", "first_name"},
                                                     {"lastName", "last_name"},
                                                     {"createdAt", "created_at"},
                                                     {"jobTitle", "title"},
                                                     {"job_title", "title"},
                                                     {"address.postalCode", "address.postal_code"},
                                                     {"company.name", "company"},
                                                     {"company.industry", "industry"},
                                                     {"company.employee_count", "employees"},
                                                     {"company.employeeCount", "employees"},
                                                     {"employeeCount", "employees"},
                                                     {"employee_count", "employees"}}};

std::string_view renamed(std::span<const Names> names, std::string_view name) {
    const auto at = std::ranges::find(names, name, &Names::first);
    return at == names.end() ? std::string_view() : at->second;
}

const JsonNode* object_in(const JsonNode* node, std::string_view name) {
    const JsonNode* found = node == nullptr ? nullptr : node->find(name);
    return found != nullptr && found->kind == JsonKind::object ? found : nullptr;
}

/// A text, or a whole number's digits.
std::string text_in(const JsonNode* node, std::string_view name) {
    const JsonNode* found = node == nullptr ? nullptr : node->find(name);
    if (found == nullptr) return "";
    const bool digits =
        found->kind == JsonKind::number && found->text.find_first_not_of("0123456789") == std::string::npos;
    return found->kind == JsonKind::string || digits ? found->text : std::string();
}

std::optional<Instant> time_in(const JsonNode* node, std::string_view name) {
    const std::string text = text_in(node, name);
    return text.empty() ? std::nullopt : parse_instant(text);
}

/// Bytes of it as JSON without blanks and escapes.
std::size_t size_of(const JsonNode& node) {
    std::size_t bytes = node.text.size() + 2;
    for (const auto& key : node.keys) bytes += key.size() + 3;
    for (const auto& item : node.items) bytes += size_of(item) + 1;
    return bytes;
}

void write(JsonWriter& out, const JsonNode& node) {
    switch (node.kind) {
        case JsonKind::null: out.null(); return;
        case JsonKind::boolean: out.value(node.truth); return;
        case JsonKind::number: out.raw(node.text); return;
        case JsonKind::string: out.value(node.text); return;
        case JsonKind::array:
            out.begin_array();
            for (const auto& item : node.items) write(out, item);
            out.end_array();
            return;
        case JsonKind::object: break;
    }
    out.begin_object();
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        out.key(node.keys[i]);
        write(out, node.items[i]);
    }
    out.end_object();
}

/// What stands twice counts as it was last written, as in JavaScript.
void keep_last(JsonNode& object) {
    std::map<std::string, JsonNode> last;
    for (std::size_t i = 0; i < object.items.size(); ++i) last[std::move(object.keys[i])] = std::move(object.items[i]);
    object.keys.clear();
    object.items.clear();
    for (auto& [name, item] : last) {
        object.keys.push_back(name);
        object.items.push_back(std::move(item));
    }
}

/// A list with lists or objects in it ("products") is kept as JSON text: a fact's own lists are flat. Numbers beyond what Baton
/// keeps become texts.
void make_flat(JsonNode& node) {
    const auto is_deep = [](const JsonNode& item) {
        return item.kind == JsonKind::array || item.kind == JsonKind::object;
    };
    if (node.kind == JsonKind::array && std::ranges::any_of(node.items, is_deep)) {
        JsonWriter out;
        write(out, node);
        node = {};
        node.kind = JsonKind::string;
        node.text = out.take();
        return;
    }
    if (node.kind == JsonKind::number && !Decimal::parse(node.text)) node.kind = JsonKind::string;
    if (node.kind == JsonKind::object) keep_last(node);
    for (JsonNode& item : node.items) make_flat(item);
}

bool has(const Properties& properties, std::string_view name) {
    return std::ranges::find(properties, name, &NamedValue::name) != properties.end();
}

void add(Properties& properties, std::string name, std::string text) {
    if (!text.empty() && !has(properties, name)) properties.push_back({std::move(name), Value(std::move(text))});
}

/// One event, with what the batch says of all.
struct Event {
    const JsonNode& own;
    const JsonNode* batch = nullptr;
    std::string_view type;

    const JsonNode* context(std::string_view name) const {
        const JsonNode* mine = object_in(object_in(&own, "context"), name);
        return mine != nullptr ? mine : object_in(object_in(batch, "context"), name);
    }
    std::string context_text(std::string_view name) const {
        const std::string mine = text_in(object_in(&own, "context"), name);
        return mine.empty() ? text_in(object_in(batch, "context"), name) : mine;
    }
    const JsonNode* traits() const {
        const JsonNode* mine = object_in(&own, "traits");
        return type == "identify" && mine != nullptr ? mine : context("traits");
    }
};

std::optional<Instant> occurred_at(const Event& event, Instant received) {
    auto original = time_in(&event.own, "originalTimestamp");
    if (!original) original = time_in(&event.own, "timestamp");
    if (!original) return std::nullopt;
    auto sent = time_in(&event.own, "sentAt");
    if (!sent) sent = time_in(event.batch, "sentAt");
    return sent ? received - (*sent - *original) : *original;
}

/// An address that cannot be one stays a trait and identifies nobody.
std::string email_in(const JsonNode* traits) {
    std::string email = text_in(traits, "email");
    const std::size_t at = email.find('@');
    const bool usable = at != std::string::npos && at > 0 && at + 1 < email.size() && email.size() <= 254 &&
                        email.find_first_of(" \t\r\n,;<>") == std::string::npos &&
                        email.find('@', at + 1) == std::string::npos;
    return usable ? email : std::string();
}

std::string account_of(const Event& event) {
    const JsonNode* traits = event.traits();
    if (const JsonNode* company = object_in(traits, "company")) {
        for (const std::string_view name : {"domain", "website", "name", "id"})
            if (std::string text = text_in(company, name); !text.empty()) return text;
    }
    std::string company = text_in(traits, "company");
    return company.empty() ? event.context_text("groupId") : company;
}

Status read_object(const JsonNode* object, Properties& into) {
    if (object == nullptr) return {};
    JsonNode flat = *object;
    make_flat(flat);
    return read_properties(flat, into);
}

void add_campaign(const Event& event, Properties& into) {
    const JsonNode* campaign = event.context("campaign");
    for (const auto& [theirs, ours] :
         {Names{"source", "utm_source"}, Names{"medium", "utm_medium"}, Names{"name", "utm_campaign"},
          Names{"term", "utm_term"}, Names{"content", "utm_content"}})
        add(into, std::string(ours), text_in(campaign, theirs));
}

void add_page(const Event& event, std::string_view prefix, Properties& into) {
    const JsonNode* page = event.context("page");
    for (const std::string_view name : {"path", "url", "title", "referrer"})
        add(into, (name == "referrer" ? std::string() : std::string(prefix)) + std::string(name), text_in(page, name));
}

Status read_traits(const Event& event, Properties& into) {
    Properties given;
    if (auto done = read_object(object_in(&event.own, "traits"), given); !done) return done;
    if (given.size() > most_traits)
        return fail("too_many_properties", "at most " + std::to_string(most_traits) + " traits are taken");
    for (auto& trait : given) {
        const std::string_view ours = renamed(traits_by_our_names, trait.name);
        std::string name = ours.empty() ? trait.name : std::string(ours);
        if (!has(into, name)) into.push_back({std::move(name), std::move(trait.value)});
    }
    const JsonNode* traits = object_in(&event.own, "traits");
    std::string first = text_in(traits, "firstName"), last = text_in(traits, "lastName");
    if (first.empty()) first = text_in(traits, "first_name");
    if (last.empty()) last = text_in(traits, "last_name");
    add(into, "name", first + (first.empty() || last.empty() ? "" : " ") + last);
    return {};
}

IncomingFact person_fact(const Event& event, Instant received) {
    IncomingFact fact;
    fact.message_id = text_in(&event.own, "messageId");
    fact.user_id = text_in(&event.own, "userId");
    fact.anonymous_id = text_in(&event.own, "anonymousId");
    fact.email = email_in(event.traits());
    fact.account = account_of(event);
    fact.occurred_at = occurred_at(event, received);
    return fact;
}

using Facts = Result<std::vector<IncomingFact>>;

Facts facts_of_group(const Event& event, IncomingFact fact) {
    const std::string group = text_in(&event.own, "groupId");
    if (group.empty()) return fail("id_missing", "a group call needs 'groupId'");
    IncomingFact account;
    account.type = "account";
    account.account = group;
    account.message_id = fact.message_id;
    account.occurred_at = fact.occurred_at;
    if (auto done = read_object(object_in(&event.own, "traits"), account.properties); !done)
        return std::unexpected(done.error());
    fact.type = "profile";
    fact.account = group;
    return std::vector{std::move(fact), std::move(account)};
}

Facts facts_of_alias(const Event& event, IncomingFact fact) {
    std::string previous = text_in(&event.own, "previousId");
    if (fact.user_id.empty() || previous.empty())
        return fail("id_missing", "an alias call needs 'userId' and 'previousId'");
    fact.type = "profile";
    fact.anonymous_id = std::move(previous);
    return std::vector{std::move(fact)};
}

Facts facts_of_track(const Event& event, IncomingFact fact) {
    fact.type = text_in(&event.own, "event");
    if (fact.type.empty()) return fail("event_missing", "a track call needs 'event', the name of what happened");
    if (kind_of(fact.type) != FactKind::behaviour)
        return fail("reserved_name",
                    "'" + fact.type + "' is a word of the process and not for clients: name the event otherwise");
    if (auto done = read_object(object_in(&event.own, "properties"), fact.properties); !done)
        return std::unexpected(done.error());
    add_campaign(event, fact.properties);
    add_page(event, "page_", fact.properties);
    return std::vector{std::move(fact)};
}

Facts facts_of_view(const Event& event, IncomingFact fact) {
    fact.type = event.type == "page" ? "Page Viewed" : "Screen Viewed";
    if (auto done = read_object(object_in(&event.own, "properties"), fact.properties); !done)
        return std::unexpected(done.error());
    for (const std::string_view name : {"name", "category"})
        add(fact.properties, std::string(name), text_in(&event.own, name));
    add_campaign(event, fact.properties);
    if (event.type == "page") add_page(event, "", fact.properties);
    return std::vector{std::move(fact)};
}

Facts facts_of(const Event& event, Instant received) {
    IncomingFact fact = person_fact(event, received);
    if (fact.user_id.empty() && fact.anonymous_id.empty())
        return fail("id_missing", "the call names nobody: give 'userId' or 'anonymousId'");
    if (event.type == "track") return facts_of_track(event, std::move(fact));
    if (event.type == "group") return facts_of_group(event, std::move(fact));
    if (event.type == "alias") return facts_of_alias(event, std::move(fact));
    if (event.type == "page" || event.type == "screen") return facts_of_view(event, std::move(fact));
    if (event.type != "identify")
        return fail("type_unknown", "'" + std::string(event.type.substr(0, 40)) + "' is no tracking call");
    fact.type = "profile";
    if (auto done = read_traits(event, fact.properties); !done) return std::unexpected(done.error());
    return std::vector{std::move(fact)};
}

/// What holds for every event of a call.
struct Call {
    Instant received;
    std::size_t most;  ///< bytes of an event
    const TrackingTerms& terms;
};

Facts facts_of(const JsonNode& node, const JsonNode* batch, std::string_view type, const Call& call) {
    if (node.kind != JsonKind::object) return fail("not_an_object", "an event is an object: {\"type\": …}");
    if (size_of(node) > call.most)
        return fail("too_large", "the event is larger than " + std::to_string(call.most) + " bytes");
    const Event event{node, batch, type};
    for (const std::string& agent : {event.context_text("userAgent"), std::string(call.terms.agent)})
        if (const auto family = bot_family(agent); !family.empty()) return fail("bot", std::string(family));
    return facts_of(event, call.received);
}

// ---- privacy ----------------------------------------------------------------------------------------------------

std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

bool is_true(const JsonNode* node, std::string_view name) {
    const JsonNode* found = node == nullptr ? nullptr : node->find(name);
    return found != nullptr && found->kind == JsonKind::boolean && found->truth;
}

/// Segment: context.consent = {"categoryPreferences": {"Advertising": true, "Analytics": false}}.
const JsonNode* preferences_of(const Event& event) {
    return object_in(event.context("consent"), "categoryPreferences");
}

bool denies_analytics(const Event& event) {
    const JsonNode* preferences = preferences_of(event);
    for (std::size_t i = 0; preferences != nullptr && i < preferences->keys.size(); ++i)
        if (lower_case(preferences->keys[i]) == "analytics" && preferences->items[i].kind == JsonKind::boolean &&
            !preferences->items[i].truth)
            return true;
    return false;
}

/// The strictest of what is asked for. A word that is none asks for the strictest.
TrackingMode mode_of(const Event& event, TrackingMode least) {
    if (denies_analytics(event)) least = std::max(least, TrackingMode::cookieless);
    return std::max(least, tracking_mode_of(event.context_text("tracking")).value_or(TrackingMode::none));
}

bool opts_out(const Event& event) {
    const auto says = [](const JsonNode* context) {
        return is_true(context, "gpc") || is_true(context, "globalPrivacyControl");
    };
    return says(object_in(&event.own, "context")) || says(object_in(event.batch, "context"));
}

/// What the site's banner was told. It stands in every call: an identify repeats it once a day at most.
void add_consents(const Event& event, const IncomingFact& about, Instant received, std::vector<IncomingFact>& into) {
    const JsonNode* preferences = preferences_of(event);
    const bool updated = text_in(&event.own, "event") == "Segment Consent Preference Updated";
    if (preferences == nullptr || (event.type != "identify" && !updated)) return;
    for (std::size_t i = 0; i < preferences->keys.size() && i < most_traits; ++i) {
        const JsonNode& preference = preferences->items[i];
        if (preference.kind != JsonKind::boolean) continue;
        IncomingFact base = about;
        if (!updated || base.message_id.empty())
            base.message_id = std::to_string(received.us / Duration::days(1).us) + (preference.truth ? ":yes" : ":no");
        into.push_back(consent_of({preferences->keys[i], preference.truth, "", "consent"}, nullptr, base));
    }
}

/// What of an event's facts may be kept.
void keep(const Event& event, std::vector<IncomingFact> facts, const Call& call, std::size_t index, Tracked& into) {
    const TrackingTerms& terms = call.terms;
    add_consents(event, IncomingFact(facts.front()), call.received, facts);
    if (terms.opts_out || opts_out(event)) facts.push_back(opt_out_of(facts.front()));
    const TrackingMode mode = mode_of(event, terms.mode);
    const std::string name = facts.front().type;
    if (mode != TrackingMode::full && event.type == "alias") facts.front().anonymous_id.clear();
    switch (keep_under(mode, terms.vouched, facts.front())) {
        case Kept::no: ++into.left_out; return;
        case Kept::counted: into.counted.push_back(name); return;
        case Kept::whole: break;
    }
    for (IncomingFact& fact : facts) {
        static_cast<void>(keep_under(mode, terms.vouched, fact));
        into.facts.push_back(std::move(fact));
        into.indexes.push_back(index);
    }
}

void take(const JsonNode& node, const JsonNode* batch, std::string_view type, const Call& call, std::size_t index,
          Tracked& into) {
    auto made = facts_of(node, batch, type, call);
    if (!made)
        into.refused.push_back({index, made.error().code, made.error().detail});
    else
        keep({node, batch, type}, std::move(*made), call, index, into);
}

}  // namespace

Result<Tracked> parse_tracking(std::string_view call, std::string_view text, Instant received,
                               const TrackingTerms& terms, const TrackingLimits& limits) {
    const std::string_view type = renamed(calls, call);
    if (type.empty()) return fail("unknown_call", "'" + std::string(call.substr(0, 40)) + "' is no tracking call");
    const bool is_batch = type == "batch";
    if (const std::size_t most = is_batch ? limits.batch_bytes : limits.event_bytes; text.size() > most)
        return fail("too_large", "at most " + std::to_string(most) + " bytes are taken in one call");
    auto root = parse_json(text, limits.json);
    if (!root) return std::unexpected(root.error());
    if (root->kind != JsonKind::object) return fail("bad_json", "a call is a JSON object");
    Tracked parsed;
    const Call every{received, limits.event_bytes, terms};
    const JsonNode* batch = root->find("batch");
    if (!is_batch) {
        parsed.total = 1;
        take(*root, nullptr, type, every, 0, parsed);
        return parsed;
    }
    if (batch == nullptr || batch->kind != JsonKind::array) return fail("bad_json", "a batch has a list 'batch'");
    parsed.total = batch->items.size();
    for (std::size_t i = 0; i < batch->items.size(); ++i) {
        const std::string of_item = text_in(&batch->items[i], "type");
        take(batch->items[i], &*root, of_item, every, i, parsed);
    }
    return parsed;
}

std::string write_key_of(std::string_view text, const TrackingLimits& limits) {
    const auto root = parse_json(text, limits.json);
    if (!root || root->kind != JsonKind::object) return "";
    std::string key = text_in(&*root, "writeKey");
    const JsonNode* batch = root->find("batch");
    if (key.empty() && batch != nullptr && !batch->items.empty()) key = text_in(&batch->items.front(), "writeKey");
    return key;
}

}  // namespace baton::codec
