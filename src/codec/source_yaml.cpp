// Reading the definition of a source, and what is understood where it says nothing.
#include <algorithm>
#include <array>
#include <utility>

#include "codec/lead_answers.h"
#include "codec/source.h"
#include "codec/yaml_map.h"
#include "domain/engine/fact.h"
#include "domain/playbook/suggest.h"

namespace baton::codec {
namespace {

constexpr std::size_t longest_definition = 16'384;
constexpr std::size_t longest_name = 200;

constexpr std::array<std::pair<SourceKind, std::string_view>, 9> kinds{{{SourceKind::form, "form"},
                                                                        {SourceKind::hubspot_form, "hubspot-form"},
                                                                        {SourceKind::web_to_lead, "web-to-lead"},
                                                                        {SourceKind::google, "google"},
                                                                        {SourceKind::typeform, "typeform"},
                                                                        {SourceKind::calendly, "calendly"},
                                                                        {SourceKind::meta, "meta"},
                                                                        {SourceKind::linkedin, "linkedin"},
                                                                        {SourceKind::signed_hook, "signed"}}};

using Given = std::vector<SourceField>;

/// Of advertisements with a form.
Given usual_fields_of_ads(SourceKind kind) {
    switch (kind) {
        case SourceKind::google:
            return {{"EMAIL", {"email"}},         {"WORK_EMAIL", {"email"}},
                    {"PHONE_NUMBER", {"phone"}},  {"WORK_PHONE", {"phone"}},
                    {"FULL_NAME", {"name"}},      {"FIRST_NAME", {"first_name"}},
                    {"LAST_NAME", {"last_name"}}, {"COMPANY_NAME", {"account", "company"}},
                    {"JOB_TITLE", {"title"}},     {"CITY", {"city"}},
                    {"REGION", {"state"}},        {"POSTAL_CODE", {"postal_code"}},
                    {"COUNTRY", {"country"}}};
        case SourceKind::meta:
            return {{"email", {"email"}},
                    {"work_email", {"email"}},
                    {"phone_number", {"phone"}},
                    {"work_phone_number", {"phone"}},
                    {"full_name", {"name"}},
                    {"first_name", {"first_name"}},
                    {"last_name", {"last_name"}},
                    {"company_name", {"account", "company"}},
                    {"job_title", {"title"}},
                    {"street_address", {"street"}},
                    {"city", {"city"}},
                    {"state", {"state"}},
                    {"province", {"state"}},
                    {"post_code", {"postal_code"}},
                    {"zip_code", {"postal_code"}},
                    {"country", {"country"}},
                    {"website", {"website"}}};
        case SourceKind::linkedin:
            return {{"EMAIL", {"email"}},
                    {"WORK_EMAIL", {"email"}},
                    {"PHONE_NUMBER", {"phone"}},
                    {"WORK_PHONE_NUMBER", {"phone"}},
                    {"FIRST_NAME", {"first_name"}},
                    {"LAST_NAME", {"last_name"}},
                    {"COMPANY_NAME", {"account", "company"}},
                    {"JOB_TITLE", {"title"}},
                    {"JOB_FUNCTION", {"job_function"}},
                    {"SENIORITY", {"seniority"}},
                    {"COMPANY_SIZE", {"company_size"}},
                    {"INDUSTRY", {"industry"}},
                    {"CITY", {"city"}},
                    {"STATE", {"state"}},
                    {"ZIP_CODE", {"postal_code"}},
                    {"COUNTRY", {"country"}},
                    {"LINKEDIN_PROFILE_LINK", {"linkedin"}}};
        default: return {};
    }
}

/// What a kind's well-known fields mean, where the definition names none.
Given usual_fields(SourceKind kind) {
    switch (kind) {
        case SourceKind::hubspot_form:
            return {{"email", {"email"}},
                    {"firstname", {"first_name"}},
                    {"lastname", {"last_name"}},
                    {"phone", {"phone"}},
                    {"company", {"account", "company"}},
                    {"jobtitle", {"title"}},
                    {"website", {"website"}},
                    {"message", {"message"}}};
        case SourceKind::web_to_lead:
            return {{"email", {"email"}},         {"first_name", {"first_name"}},   {"last_name", {"last_name"}},
                    {"phone", {"phone"}},         {"mobile", {"mobile"}},           {"company", {"account", "company"}},
                    {"title", {"title"}},         {"lead_source", {"lead_source"}}, {"URL", {"website"}},
                    {"industry", {"industry"}},   {"street", {"street"}},           {"city", {"city"}},
                    {"state", {"state"}},         {"zip", {"postal_code"}},         {"country", {"country"}},
                    {"employees", {"employees"}}, {"revenue", {"revenue"}},         {"description", {"description"}}};
        case SourceKind::google:
        case SourceKind::meta:
        case SourceKind::linkedin: return usual_fields_of_ads(kind);
        case SourceKind::calendly:
            return {
                {"email", {"email"}}, {"name", {"name"}}, {"first_name", {"first_name"}}, {"last_name", {"last_name"}}};
        case SourceKind::form:
        case SourceKind::typeform:
        case SourceKind::signed_hook: break;
    }
    return {};
}

SignatureRule usual_signature(SourceKind kind) {
    SignatureRule rule;
    switch (kind) {
        case SourceKind::typeform:
            rule.header = "typeform-signature";
            rule.prefix = "sha256=";
            rule.base64 = true;
            break;
        case SourceKind::calendly:
            rule.header = "calendly-webhook-signature";
            rule.prefix = "v1=";
            rule.separator = ',';
            rule.timestamp_prefix = "t=";
            rule.text = "{timestamp}.{body}";
            rule.tolerance = 180;
            break;
        case SourceKind::meta:
            rule.header = "x-hub-signature-256";
            rule.prefix = "sha256=";
            break;
        case SourceKind::linkedin:
            rule.header = "x-li-signature";
            rule.text = "hmacsha256={body}";
            break;
        default: break;
    }
    return rule;
}

/// Standard Webhooks 1.0.
SignatureRule standard_webhooks() {
    return {.header = "webhook-signature",
            .prefix = "v1,",
            .separator = ' ',
            .base64 = true,
            .text = "{id}.{timestamp}.{body}",
            .timestamp_header = "webhook-timestamp",
            .timestamp_prefix = {},
            .id_header = "webhook-id",
            .tolerance = 300,
            .secret_is_base64 = true};
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

Keys keys_of(SourceKind kind) {
    Keys keys{"source", {"event"}, {"kind", "about", "owner", "trust", "consents"}};
    const auto add = [&](std::initializer_list<const char*> names) {
        keys.optional.insert(keys.optional.end(), names.begin(), names.end());
    };
    if (!is_hook(kind)) {
        add({"id_field", "honeypot", "time_trap", "returns", "thanks", "fills_per_minute"});
        std::erase(keys.optional, "trust");
    }
    (usual_fields(kind).empty() ? keys.required : keys.optional).emplace_back("fields");
    switch (kind) {
        case SourceKind::form: add({"return_field"}); break;
        case SourceKind::hubspot_form:
            keys.required.emplace_back("form");
            add({"portal"});
            break;
        case SourceKind::web_to_lead: keys.required.emplace_back("form"); break;
        case SourceKind::calendly: add({"cancelled", "rescheduled"}); break;
        case SourceKind::meta: add({"base_url"}); break;
        case SourceKind::linkedin: add({"base_url", "api_version", "deleted"}); break;
        case SourceKind::signed_hook:
            keys.required.emplace_back("signature");
            add({"id_field", "time_field", "only"});
            break;
        default: break;
    }
    return keys;
}

void check_target(Problems& problems, const YamlNode& node, std::vector<std::string>& into) {
    const auto text = read_text(problems, node, "fields");
    if (!text) return;
    if (!is_id(text->text))
        problems.error(text->place, "'" + text->text + "' cannot be the name of a property",
                       "use letters, digits, _ and -, with a letter first; or email, phone, user_id, anonymous_id, "
                       "account");
    into.push_back(text->text);
}

Given read_fields(const Map& map, SourceKind kind) {
    const YamlNode* node = map.find("fields");
    if (node == nullptr) return usual_fields(kind);
    if (node->kind != YamlKind::map || node->keys.empty()) {
        map.problems().error(node->place, "'fields' must be a map of fields to where they go",
                             "write {email: email, company: [account, company]}");
        return {};
    }
    Given fields;
    for (std::size_t i = 0; i < node->keys.size(); ++i) {
        SourceField field{node->keys[i].text, {}};
        if (field.name.empty() || field.name.size() > longest_name)
            map.problems().error(node->keys[i].place, "a field's name has 1 to 200 bytes");
        if (std::ranges::find(fields, field.name, &SourceField::name) != fields.end())
            map.problems().error(node->keys[i].place, "the field '" + field.name + "' stands twice",
                                 "one field may go to several places: [account, company]");
        if (node->items[i].kind == YamlKind::list)
            for (const YamlNode& item : node->items[i].items) check_target(map.problems(), item, field.targets);
        else
            check_target(map.problems(), node->items[i], field.targets);
        fields.push_back(std::move(field));
    }
    return fields;
}

/// Without one of them nobody could be told apart.
void check_identity(const Map& map, const Source& source) {
    for (const SourceField& field : source.fields)
        for (const std::string& target : field.targets)
            if (target == "email" || target == "phone" || target == "user_id" || target == "anonymous_id") return;
    const YamlNode* node = map.find("fields");
    map.problems().error(node == nullptr ? map.place() : node->place, "no field says who the person is",
                         "let one of them go to email, phone, user_id or anonymous_id");
}

std::string event_name(const Map& map, std::string_view key, std::string otherwise = {}) {
    const auto name = map.maybe(key);
    if (!name) return otherwise;
    if (kind_of(name->text) != FactKind::behaviour)
        map.problems().error(name->place, "'" + name->text + "' is a word of the process and no event",
                             "name it as a person would: Demo Requested");
    if (name->text.size() > longest_name) map.problems().error(name->place, "an event's name has at most 200 bytes");
    return name->text;
}

std::optional<TimeTrap> read_time_trap(const Map& map) {
    const YamlNode* node = map.find("time_trap");
    if (node == nullptr) return std::nullopt;
    static const Keys keys{"time trap", {}, {"field", "seconds", "token", "required"}};
    const Map trap(map.problems(), *node, keys);
    TimeTrap read;
    if (trap.has("field")) read.field = trap.text("field");
    read.seconds = trap.whole("seconds").value_or(read.seconds);
    if (read.seconds < 1 || read.seconds > 60)
        map.problems().error(trap.place(), "'seconds' must be from 1 to 60", "3 is usual");
    read.token = trap.flag("token", false);
    read.required = trap.flag("required", read.token);
    return read;
}

/// "https://www.acme.example/": scheme, host and a path, nothing else before the path.
bool is_return(std::string_view address) {
    const std::size_t scheme = address.starts_with("https://") ? 8 : address.starts_with("http://") ? 7 : 0;
    if (scheme == 0) return false;
    const std::string_view rest = address.substr(scheme);
    const std::size_t path = rest.find('/');
    const auto plain = [](char c) { return c > ' ' && c < '\x7f' && c != '\\' && c != '"' && c != '<' && c != '>'; };
    return path != std::string_view::npos && path > 0 && rest.substr(0, path).find('@') == std::string_view::npos &&
           rest.find_first_of("?#") == std::string_view::npos && std::ranges::all_of(address, plain);
}

void read_form(const Map& map, Source& source) {
    source.id_field = map.text("id_field");
    source.honeypot = map.text("honeypot");
    source.time_trap = read_time_trap(map);
    source.thanks = map.text("thanks");
    for (const YamlNode& node : map.list("returns")) {
        const auto text = read_text(map.problems(), node, "returns");
        if (!text) continue;
        if (!is_return(text->text))
            map.problems().error(text->place, "'" + text->text + "' is no address to return to",
                                 "write it whole: https://www.acme.example/thanks, or with / at the end for all below");
        source.returns.push_back(text->text);
    }
    if (source.kind == SourceKind::web_to_lead) source.return_field = "retURL";
    if (map.has("return_field")) source.return_field = map.text("return_field");
    source.form = map.text("form");
    source.portal = map.text("portal");
    const std::int64_t rate = map.whole("fills_per_minute").value_or(source.fills_per_minute);
    if (rate < 1 || rate > 100'000)
        map.problems().error(map.place(), "'fills_per_minute' must be from 1 to 100000", "30 is usual");
    else
        source.fills_per_minute = static_cast<std::uint32_t>(rate);
    for (const std::string& own : {source.honeypot, source.time_trap ? source.time_trap->field : std::string()})
        if (!own.empty() && source.field(own) != nullptr)
            map.problems().error(map.place(), "'" + own + "' is a trap and stands among the fields",
                                 "take it out of 'fields', or name the trap otherwise");
}

SignatureRule read_signature(const Map& map) {
    const YamlNode* node = map.find("signature");
    if (node == nullptr) return {};
    if (node->kind == YamlKind::text && node->text == "standard-webhooks") return standard_webhooks();
    if (node->kind != YamlKind::map) {
        map.problems().error(node->place, "'signature' must be standard-webhooks or a map", "write {header: …}");
        return {};
    }
    static const Keys keys{"signature",
                           {"header"},
                           {"algorithm", "encoding", "prefix", "separator", "text", "timestamp_header",
                            "timestamp_prefix", "id_header", "tolerance"}};
    static const std::vector<std::string> algorithms{"sha256"}, encodings{"hex", "base64"};
    const Map own(map.problems(), *node, keys);
    SignatureRule rule;
    static_cast<void>(own.choice("algorithm", algorithms, 0));
    rule.header = lower_case(own.text("header"));
    rule.base64 = own.choice("encoding", encodings, 0) == 1;
    rule.prefix = own.text("prefix");
    if (own.has("text")) rule.text = own.text("text");
    rule.timestamp_header = lower_case(own.text("timestamp_header"));
    rule.timestamp_prefix = own.text("timestamp_prefix");
    rule.id_header = lower_case(own.text("id_header"));
    if (const YamlNode* separator = own.find("separator")) {
        if (separator->text.size() != 1)
            map.problems().error(separator->place, "'separator' is one character", R"(write "," or " ")");
        else
            rule.separator = separator->text[0];
    }
    if (const auto tolerance = own.duration("tolerance")) rule.tolerance = tolerance->us / 1'000'000;
    if (rule.text.find("{body}") == std::string::npos)
        map.problems().error(own.place(), "what is signed must hold {body}", "write text: '{timestamp}.{body}'");
    const bool stamped = !rule.timestamp_header.empty() || !rule.timestamp_prefix.empty();
    if (!stamped && (rule.tolerance != 0 || rule.text.find("{timestamp}") != std::string::npos))
        map.problems().error(own.place(), "nothing says where the timestamp stands",
                             "add timestamp_header, or timestamp_prefix with a separator");
    if (stamped && rule.text.find("{timestamp}") == std::string::npos)
        map.problems().error(own.place(), "the timestamp is not among what is signed, so anybody could change it",
                             "add {timestamp} to 'text', or leave the timestamp out");
    if (stamped && rule.tolerance == 0) rule.tolerance = 300;
    return rule;
}

void read_only(const Map& map, Source& source) {
    const YamlNode* node = map.find("only");
    if (node == nullptr) return;
    if (node->kind != YamlKind::map)
        map.problems().error(node->place, "'only' must be a map of paths to values", "write {type: lead.created}");
    else
        for (std::size_t i = 0; i < node->keys.size(); ++i)
            source.only.emplace_back(node->keys[i].text, node->items[i].text);
}

/// Where the answers of leads are fetched.
void read_fetched(const Map& map, Source& source) {
    const bool meta = source.kind == SourceKind::meta;
    source.base_url = meta ? "https://graph.facebook.com/v23.0" : "https://api.linkedin.com/rest";
    if (const auto base = map.maybe("base_url")) {
        std::string address = base->text;
        while (address.ends_with('/')) address.pop_back();
        if (!is_return(address + "/") || address.size() > 300)
            map.problems().error(base->place, "'" + base->text + "' is no address to fetch answers from",
                                 "write it whole, without a query: https://graph.facebook.com/v23.0");
        source.base_url = std::move(address);
    }
    source.api_version = "202509";
    if (const auto version = map.maybe("api_version")) {
        if (version->text.size() != 6 || version->text.find_first_not_of("0123456789") != std::string::npos)
            map.problems().error(version->place, "'" + version->text + "' is no version of LinkedIn's interface",
                                 "write its year and month: '202509'");
        source.api_version = version->text;
    }
    source.deleted = event_name(map, "deleted", "Lead Form Response Deleted");
}

void read_hook(const Map& map, Source& source) {
    static const std::vector<std::string> trusts{"browser", "server"};
    source.trust = map.choice("trust", trusts, 0) == 1 ? Trust::server : Trust::browser;
    source.signature = source.kind == SourceKind::signed_hook ? read_signature(map) : usual_signature(source.kind);
    source.id_field = map.text("id_field");
    read_only(map, source);
    source.time_path = map.text("time_field");
    if (is_fetched(source.kind)) read_fetched(map, source);
    source.cancelled = event_name(map, "cancelled", "Meeting Cancelled");
    source.rescheduled = event_name(map, "rescheduled", "Meeting Rescheduled");
}

}  // namespace

std::string_view to_string(SourceKind kind) {
    return std::ranges::find(kinds, kind, &std::pair<SourceKind, std::string_view>::first)->second;
}

std::optional<SourceKind> source_kind_of(std::string_view name) {
    const auto at = std::ranges::find(kinds, name, &std::pair<SourceKind, std::string_view>::second);
    return at == kinds.end() ? std::nullopt : std::optional(at->first);
}

std::vector<std::string> source_kinds() {
    std::vector<std::string> names;
    for (const auto& [kind, name] : kinds) names.emplace_back(name);
    return names;
}

bool is_hook(SourceKind kind) {
    return kind != SourceKind::form && kind != SourceKind::hubspot_form && kind != SourceKind::web_to_lead;
}

const SourceField* Source::field(std::string_view name) const {
    const auto at = std::ranges::find(fields, name, &SourceField::name);
    return at == fields.end() ? nullptr : &*at;
}

const ConsentField* Source::consent(std::string_view field) const {
    const auto at = std::ranges::find(consents, field, &ConsentField::field);
    return at == consents.end() ? nullptr : &*at;
}

bool Source::may_return_to(std::string_view address) const {
    const auto plain = [](char c) { return c > ' ' && c < '\x7f' && c != '\\' && c != '"' && c != '<' && c != '>'; };
    if (address.size() > 2'000 || !std::ranges::all_of(address, plain)) return false;
    return std::ranges::any_of(returns, [&](const std::string& listed) {
        if (!address.starts_with(listed)) return false;
        if (address.size() == listed.size()) return true;
        if (!listed.ends_with('/')) return address[listed.size()] == '?' || address[listed.size()] == '#';
        return address.find("/.") == std::string_view::npos;
    });
}

std::expected<Source, std::vector<playbook::Diagnostic>> read_source(std::string_view text,
                                                                     std::optional<SourceKind> kind) {
    Problems problems;
    if (text.size() > longest_definition) {
        problems.error({1, 1}, "the definition is longer than 16384 bytes", "one source a file");
        return std::unexpected(problems.take());
    }
    const auto tree = parse_yaml(text);
    if (!tree) return std::unexpected(std::vector{tree.error()});
    for (std::size_t i = 0; i < tree->keys.size() && i < tree->items.size(); ++i) {
        if (tree->keys[i].text != "kind") continue;
        const auto said = source_kind_of(tree->items[i].text);
        if (!said)
            problems.error(tree->items[i].place, "there is no kind '" + tree->items[i].text + "'",
                           playbook::did_you_mean(tree->items[i].text, source_kinds()));
        else if (kind && *said != *kind)
            problems.error(tree->items[i].place, "the file says it is of kind '" + tree->items[i].text + "'",
                           "give --kind " + tree->items[i].text);
        kind = said ? said : kind;
    }
    if (!kind && problems.all().empty())
        problems.error({1, 1}, "nothing says which kind of source this is",
                       "add 'kind: …'; " + playbook::did_you_mean("", source_kinds()));
    if (!kind) return std::unexpected(problems.take());
    Source source;
    source.kind = *kind;
    const Map map(problems, *tree, keys_of(*kind));
    source.event = event_name(map, "event");
    source.about = map.text("about");
    source.owner = map.text("owner");
    source.fields = read_fields(map, *kind);
    source.consents = read_consents(map);
    if (is_hook(*kind))
        read_hook(map, source);
    else
        read_form(map, source);
    check_identity(map, source);
    if (!problems.all().empty()) return std::unexpected(problems.take());
    return source;
}

}  // namespace baton::codec
