#include "http/crm.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/password.h"
#include "contact/text.h"

namespace baton::http::crm {
namespace {

using codec::JsonKind;
using codec::JsonNode;

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> names{
    {{"firstname", "first_name"}, {"lastname", "last_name"}, {"jobtitle", "title"}}};
constexpr std::array<std::string_view, 3> read_only{"hs_object_id", "createdate", "lastmodifieddate"};
constexpr std::array<std::string_view, 3> shown_by_itself{"email", "firstname", "lastname"};

bool is_one_of(std::string_view name, std::span<const std::string_view> of) {
    return std::ranges::find(of, name) != of.end();
}

std::string_view category_of(int status) {
    switch (status) {
        case 401: return "INVALID_AUTHENTICATION";
        case 403: return "MISSING_SCOPES";
        case 404: return "OBJECT_NOT_FOUND";
        case 409: return "CONFLICT";
        case 429: return "RATE_LIMITS";
        default: return status < 500 ? "VALIDATION_ERROR" : "SERVICE_UNAVAILABLE";
    }
}

std::string key_of(const app::ExportedPerson& person, char kind) {
    const auto at = std::ranges::find(person.keys, kind, &ports::IdentityKey::kind);
    return at == person.keys.end() ? std::string() : at->key;
}

/// The strongest key somebody is known by, so that a fact finds them.
void address(IncomingFact& fact, const app::ExportedPerson& person) {
    const std::array<std::pair<char, std::string*>, 5> keys{{{'u', &fact.user_id},
                                                             {'x', &fact.external_id},
                                                             {'e', &fact.email},
                                                             {'p', &fact.phone},
                                                             {'a', &fact.anonymous_id}}};
    for (const auto& [kind, field] : keys)
        if (field->empty())
            if (*field = key_of(person, kind); !field->empty()) return;
}

std::optional<std::string> value_of(const app::ExportedPerson& person, const std::string& name) {
    const auto known = [&](std::string_view ours) -> std::optional<std::string> {
        const Value* value = find(person.properties, ours);
        return value == nullptr || value->is_null() ? std::nullopt : std::optional(to_text(*value));
    };
    const auto said = [](std::string text) { return text.empty() ? std::nullopt : std::optional(std::move(text)); };
    if (name == "hs_object_id") return std::to_string(person.row.person.value);
    if (name == "createdate") return to_string(person.known_since);
    if (name == "lastmodifieddate") return to_string(person.row.updated_at);
    if (name == "email") return said(person.row.email);
    if (name == "lifecyclestage") return said(person.row.stage);
    if (name == "hubspot_owner_id")
        return person.row.holder.starts_with("owner ") ? said(person.row.holder.substr(6)) : std::nullopt;
    if (name == "phone") return known("phone") ? known("phone") : said(key_of(person, 'p'));
    if (name == "firstname" && !known("first_name") && !known("last_name")) return said(person.row.name);
    return known(our_name(name));
}

}  // namespace

bool is_crm(const Request& request) { return request.path.starts_with("/crm/v3/"); }

std::string our_name(std::string_view theirs) {
    const auto at = std::ranges::find(names, theirs, &std::pair<std::string_view, std::string_view>::first);
    return std::string(at == names.end() ? theirs : at->second);
}

std::string their_name(std::string_view ours) {
    const auto at = std::ranges::find(names, ours, &std::pair<std::string_view, std::string_view>::second);
    return std::string(at == names.end() ? ours : at->first);
}

Response error_of(const Response& problem) {
    const auto document = codec::parse_json(problem.body);
    const auto text = [&](std::string_view name) {
        const auto* node = document ? document->find(name) : nullptr;
        return node == nullptr ? std::string() : node->text;
    };
    codec::JsonWriter out;
    out.begin_object().field("status", "error").field("message", text("detail"));
    out.field("correlationId", random_token().substr(0, 32)).field("category", category_of(problem.status));
    if (problem.status == 429) out.field("policyName", "TEN_SECONDLY_ROLLING");
    out.key("errors").begin_array().begin_object();
    out.field("message", text("detail")).field("code", text("code")).end_object().end_array().end_object();
    Response response = problem;
    response.content_type = "application/json";
    response.body = out.take();
    return response;
}

Result<IncomingFact> fact_of(const JsonNode& input, const app::ExportedPerson* known, const std::string& email) {
    const JsonNode* properties = input.find("properties");
    if (properties == nullptr || properties->kind != JsonKind::object)
        return fail("bad_body", "'properties' must be an object of names and texts");
    IncomingFact fact;
    fact.type = "profile";
    fact.source = "crm";
    fact.message_id = "crm:" + random_token();  // what is sent twice was said twice: A, B, A ends as A
    for (std::size_t i = 0; i < properties->keys.size(); ++i) {
        const std::string& name = properties->keys[i];
        const JsonNode& node = properties->items[i];
        if (is_one_of(name, read_only)) return fail("bad_properties", "'" + name + "' is read-only");
        if (node.kind == JsonKind::array || node.kind == JsonKind::object)
            return fail("bad_properties", "'" + name + "' must be a text");
        std::string text = node.kind == JsonKind::boolean ? (node.truth ? "true" : "false") : node.text;
        if (name == "email") {
            fact.email = text;
            continue;
        }
        if (name == "phone" && fact.email.empty() && known == nullptr) fact.phone = text;
        fact.properties.push_back({our_name(name), text.empty() ? Value() : Value(std::move(text))});
    }
    if (known == nullptr && fact.email.empty()) fact.email = email;
    if (!fact.email.empty()) fact.phone.clear();  // a telephone may be shared; an e-mail address says who it is
    if (known != nullptr) address(fact, *known);
    if (known == nullptr && fact.email.empty() && fact.phone.empty())
        return fail("bad_properties", "a contact needs an email or a phone: nothing else says who it is");
    return fact;
}

Wanted wanted_of(const Request& request) {
    Wanted wanted;
    const std::string all = request.parameter("properties");
    for (std::size_t from = 0; from < all.size();) {
        const std::size_t comma = std::min(all.find(',', from), all.size());
        if (comma > from) wanted.push_back(all.substr(from, comma - from));
        from = comma + 1;
    }
    return wanted;
}

Wanted wanted_of(const JsonNode& body) {
    Wanted wanted;
    if (const auto* list = body.find("properties"); list != nullptr && list->kind == JsonKind::array)
        for (const auto& item : list->items)
            if (!item.text.empty()) wanted.push_back(item.text);
    return wanted;
}

void write(codec::JsonWriter& out, const app::ExportedPerson& person, const Wanted& wanted, Fresh fresh) {
    std::vector<std::string> all(wanted);
    if (wanted.empty()) all.assign(shown_by_itself.begin(), shown_by_itself.end());
    all.insert(all.end(), read_only.begin(), read_only.end());
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    out.begin_object().field("id", std::to_string(person.row.person.value)).key("properties").begin_object();
    for (const std::string& name : all) {
        out.key(name);
        if (const auto value = value_of(person, name))
            out.value(*value);
        else
            out.null();
    }
    out.end_object().field("createdAt", person.known_since).field("updatedAt", person.row.updated_at);
    out.field("archived", false);
    if (fresh != Fresh::unsaid) out.field("new", fresh == Fresh::made);
    out.end_object();
}

}  // namespace baton::http::crm
