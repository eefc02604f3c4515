#include "codec/fill.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "codec/click_ids.h"
#include "codec/fact_json.h"
#include "codec/json_tree.h"

namespace baton::codec {
namespace {

constexpr auto from_the_address = [] {
    std::array<std::string_view, utm_names.size() + click_ids.size()> names;
    std::ranges::copy(utm_names, names.begin());
    std::ranges::transform(click_ids, names.begin() + utm_names.size(), &ClickId::parameter);
    return names;
}();
constexpr std::array<std::string_view, 4> of_the_page{"page_url", "page_title", "referrer", "hutk"};

/// Repetitions without an id of their own: the same answers within so long are one fill.
constexpr std::int64_t same_within = Duration::minutes(5).us;

constexpr std::size_t longest_context = 2'000;

bool is_context(std::string_view name) {
    return std::ranges::find(from_the_address, name) != from_the_address.end() ||
           std::ranges::find(of_the_page, name) != of_the_page.end();
}

bool has(const Properties& properties, std::string_view name) {
    return std::ranges::find(properties, name, &NamedValue::name) != properties.end();
}

void add(Properties& into, std::string_view name, std::string value) {
    if (!value.empty() && value.size() <= longest_context && !has(into, name))
        into.push_back({std::string(name), Value(std::move(value))});
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Value value_of(const FormField& field) {
    if (field.values.size() == 1) return Value(field.values.front());
    ValueList list;
    for (const std::string& value : field.values) list.emplace_back(value);
    return Value(std::move(list));
}

struct Person {
    IncomingFact keys;
    Properties properties;
};

/// One field to one place. What is blank says nothing.
void put(const FormField& field, std::string_view target, Person& into) {
    const std::string first(trimmed(field.values.front()));
    const auto key = [&](std::string& place) {
        if (place.empty()) place = first;
    };
    if (target == "user_id") return key(into.keys.user_id);
    if (target == "anonymous_id") return key(into.keys.anonymous_id);
    if (target == "account") return key(into.keys.account);
    if (target == "email") key(into.keys.email);
    if (target == "phone") key(into.keys.phone);
    if (!has(into.properties, target)) into.properties.push_back({std::string(target), value_of(field)});
}

/// "Ada Byron", where the form asked for the two apart.
void put_name(Properties& into) {
    if (has(into, "name")) return;
    std::string name;
    for (const std::string_view part : {"first_name", "last_name"}) {
        const auto at = std::ranges::find(into, part, &NamedValue::name);
        const auto* text = at == into.end() ? nullptr : at->value.as<std::string>();
        if (text != nullptr && !text->empty()) name += (name.empty() ? "" : " ") + *text;
    }
    add(into, "name", name);
}

void put_context(const Source& source, const Fill& fill, Properties& into) {
    const auto take = [&](std::string_view name) {
        if (source.field(name) == nullptr) add(into, name, fill.fields.first(name));
    };
    std::ranges::for_each(from_the_address, take);
    std::ranges::for_each(of_the_page, take);
    add(into, "page_url", fill.page);
    const auto page = std::ranges::find(into, "page_url", &NamedValue::name);
    const auto* address = page == into.end() ? nullptr : page->value.as<std::string>();
    if (address == nullptr) return;
    const FormFields asked = query_of(*address);
    for (const std::string_view name : from_the_address) add(into, name, asked.first(name));
}

/// What Salesforce's own forms hold beside the answers.
constexpr std::array<std::string_view, 9> of_web_to_lead{"oid",         "encoding",   "debug",
                                                         "debugEmail",  "recordType", "captcha_settings",
                                                         "Campaign_ID", "submit",     "g-recaptcha-response"};

bool is_own(const Source& source, std::string_view name) {
    if (source.kind == SourceKind::web_to_lead && std::ranges::find(of_web_to_lead, name) != of_web_to_lead.end())
        return true;
    return is_context(name) || source.consent(name) != nullptr || name == source.honeypot || name == source.id_field ||
           name == source.return_field || name == source.time_path ||
           (source.time_trap && name == source.time_trap->field);
}

std::string fingerprint(const Fill& fill, Instant now) {
    std::string all;
    for (const FormField& field : fill.fields.all()) {
        all += std::to_string(field.name.size()) + ":" + field.name;
        for (const std::string& value : field.values) all += "=" + std::to_string(value.size()) + ":" + value;
    }
    return "fill:" + to_hex(blake2b(all)).substr(0, 32) + ":" + std::to_string(now.us / same_within);
}

std::string repeats_of(const Source& source, const Fill& fill, Instant now) {
    if (!fill.repeats.empty()) return fill.repeats;
    const std::string own = source.id_field.empty() ? std::string() : fill.fields.first(source.id_field);
    return own.empty() ? fingerprint(fill, now) : own;
}

/// A box that is ticked says yes. One that is not sends nothing, which says nothing, unless a hidden field before it says no.
std::optional<bool> answer_in(const FormField& field) {
    const std::string_view last = trimmed(field.values.back());
    if (last.empty()) return std::nullopt;
    std::string word(last);
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    constexpr std::array<std::string_view, 6> no{"no", "false", "0", "off", "unchecked", "declined"};
    return std::ranges::find(no, word) == no.end();
}

/// What was agreed to, each a fact of its own behind the event.
void put_consents(const Source& source, const Fill& fill, const IncomingFact& event, std::vector<IncomingFact>& into) {
    for (const ConsentField& declared : source.consents) {
        const FormField* field = fill.fields.find(declared.field);
        const auto given = field == nullptr ? std::nullopt : answer_in(*field);
        if (given) into.push_back(consent_of({declared.field, *given, "", ""}, &declared, event));
    }
    for (const SaidConsent& said : fill.consents) into.push_back(consent_of(said, source.consent(said.field), event));
    if (fill.opts_out) into.push_back(opt_out_of(event));
}

}  // namespace

Result<FillFacts> facts_of(const Source& source, std::string_view name, const Fill& fill, Instant now) {
    FillFacts made;
    Person person;
    for (const SourceField& declared : source.fields) {
        const FormField* field = fill.fields.find(declared.name);
        if (field == nullptr || std::ranges::all_of(field->values, [](auto& v) { return trimmed(v).empty(); }))
            continue;
        for (const std::string& target : declared.targets) put(*field, target, person);
    }
    for (const FormField& field : fill.fields.all())
        if (source.field(field.name) == nullptr && !is_own(source, field.name)) made.undeclared.push_back(field.name);
    for (const std::string& file : fill.fields.files) made.undeclared.push_back(file + " (a file)");
    const IncomingFact& keys = person.keys;
    if (keys.user_id.empty() && keys.email.empty() && keys.phone.empty() && keys.anonymous_id.empty()) {
        std::string wanted;
        for (const SourceField& declared : source.fields)
            for (const std::string& target : declared.targets)
                if (target == "user_id" || target == "email" || target == "phone" || target == "anonymous_id")
                    wanted += (wanted.empty() ? "" : ", ") + declared.name;
        return fail("nobody", "fill in one of these at least: " + wanted);
    }
    put_name(person.properties);
    IncomingFact fact = person.keys;
    if (fact.anonymous_id.empty()) fact.anonymous_id = fill.anonymous_id;
    fact.source = (is_hook(source.kind) ? "hook:" : "form:") + std::string(name);
    fact.trust = source.trust;
    fact.occurred_at = fill.occurred_at;
    const std::string id = repeats_of(source, fill, now);
    fact.type = "profile";
    fact.message_id = id + ":profile";
    fact.properties = std::move(person.properties);
    if (!fact.properties.empty()) made.facts.push_back(fact);
    fact.type = fill.event.empty() ? source.event : fill.event;
    fact.message_id = id;
    fact.properties = fill.context;
    add(fact.properties, "form", std::string(name));
    put_context(source, fill, fact.properties);
    made.facts.push_back(fact);
    put_consents(source, fill, fact, made.facts);
    return made;
}

// ---- HubSpot ----------------------------------------------------------------------------------------------------

namespace {

const JsonNode* within(const JsonNode* node, std::string_view name, JsonKind kind) {
    const JsonNode* found = node == nullptr ? nullptr : node->find(name);
    return found != nullptr && found->kind == kind ? found : nullptr;
}

std::string text_in(const JsonNode* node, std::string_view name) {
    const JsonNode* found = within(node, name, JsonKind::string);
    return found == nullptr ? std::string() : found->text;
}

/// Milliseconds since 1970, as a number or its digits.
std::optional<Instant> moment_in(const JsonNode& node, std::string_view name) {
    const JsonNode* found = node.find(name);
    if (found == nullptr || (found->kind != JsonKind::number && found->kind != JsonKind::string)) return std::nullopt;
    if (found->text.empty() || found->text.size() > 15 ||
        found->text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return Instant{std::stoll(found->text) * 1'000};
}

/// What was agreed to goes into the event word for word, and is a consent each. Source: HubSpot, "Submit data to a form", v3.
void take_consent(const JsonNode* options, Fill& fill) {
    const JsonNode* consent = within(options, "consent", JsonKind::object);
    Properties& into = fill.context;
    if (const JsonNode* interest = within(options, "legitimateInterest", JsonKind::object)) {
        const JsonNode* given = within(interest, "value", JsonKind::boolean);
        const JsonNode* type = interest->find("subscriptionTypeId");
        add(into, "consent_text", text_in(interest, "text"));
        if (given != nullptr && type != nullptr && !type->text.empty())
            fill.consents.push_back({type->text, given->truth, text_in(interest, "text"), "legitimate_interest"});
    }
    if (consent == nullptr) return;
    if (const JsonNode* given = within(consent, "consentToProcess", JsonKind::boolean)) {
        into.push_back({"consent_to_process", Value(given->truth)});
        fill.consents.push_back({"consent_to_process", given->truth, text_in(consent, "text"), "consent"});
    }
    add(into, "consent_text", text_in(consent, "text"));
    const JsonNode* communications = within(consent, "communications", JsonKind::array);
    ValueList agreed;
    for (const JsonNode& one : communications == nullptr ? std::vector<JsonNode>() : communications->items) {
        const JsonNode* given = within(&one, "value", JsonKind::boolean);
        const JsonNode* type = one.find("subscriptionTypeId");
        if (given == nullptr || type == nullptr || type->text.empty()) continue;
        agreed.emplace_back(type->text + (given->truth ? ": yes: " : ": no: ") + text_in(&one, "text"));
        fill.consents.push_back({type->text, given->truth, text_in(&one, "text"), "consent"});
    }
    if (!agreed.empty()) into.push_back({"consent_communications", Value(std::move(agreed))});
}

}  // namespace

Result<Fill> parse_hubspot_fill(std::string_view body) {
    if (body.size() > longest_form) return fail("too_large", "a form has at most 262144 bytes");
    const auto tree = parse_json(body, {.depth = 12, .bytes = longest_form, .nodes = 20'000});
    if (!tree) return std::unexpected(tree.error());
    if (tree->kind != JsonKind::object) return fail("bad_form", "send one object: {\"fields\": […]}");
    const JsonNode* fields = within(&*tree, "fields", JsonKind::array);
    if (fields == nullptr) return fail("bad_form", "'fields' must be a list of {\"name\": …, \"value\": …}");
    if (fields->items.size() > most_form_fields) return fail("too_many_fields", "a form has at most 1000 fields");
    Fill fill;
    for (const JsonNode& field : fields->items) {
        const std::string name = text_in(&field, "name");
        const JsonNode* value = field.find("value");
        if (name.empty() || value == nullptr || value->kind == JsonKind::array || value->kind == JsonKind::object)
            return fail("bad_form", "each of 'fields' is {\"name\": …, \"value\": …}, both of them texts");
        fill.fields.add(name, value->kind == JsonKind::boolean ? (value->truth ? "true" : "false") : value->text);
    }
    const JsonNode* context = within(&*tree, "context", JsonKind::object);
    fill.page = text_in(context, "pageUri");
    add(fill.context, "page_title", text_in(context, "pageName"));
    add(fill.context, "hutk", text_in(context, "hutk"));
    fill.occurred_at = moment_in(*tree, "submittedAt");
    take_consent(within(&*tree, "legalConsentOptions", JsonKind::object), fill);
    return fill;
}

}  // namespace baton::codec
