#include "http/asked.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "contact/text.h"
#include "domain/value.h"

namespace baton::http {
namespace {

struct Meaning {
    std::string_view code;
    int status;
};

constexpr std::array<Meaning, 53> meanings{{
    {"bad_body", 400},         {"bad_cursor", 400},       {"bad_filter", 400},        {"bad_idempotency_key", 400},
    {"bad_if_match", 400},     {"changed", 412},          {"bad_json", 400},          {"bad_member", 400},
    {"bad_parameter", 400},    {"bad_properties", 400},   {"bad_role", 400},          {"bad_scope", 400},
    {"bad_search", 400},       {"bad_view", 400},         {"unknown_parameter", 400}, {"unknown_property", 400},
    {"weak_password", 400},    {"not_allowed", 403},      {"unfinished", 503},        {"not_found", 404},
    {"unknown_account", 404},  {"unknown_key", 404},      {"unknown_member", 404},    {"unknown_person", 404},
    {"unknown_register", 404}, {"unknown_session", 404},  {"unknown_view", 404},      {"contact_exists", 409},
    {"last_admin", 409},       {"member_exists", 409},    {"merged_already", 409},    {"not_merged", 409},
    {"same_person", 409},      {"view_changed", 409},     {"view_exists", 409},       {"view_outdated", 409},
    {"view_shipped", 409},     {"unknown_import", 404},   {"import_running", 409},    {"import_over", 409},
    {"undone_already", 409},   {"too_many_uploads", 409}, {"not_csv", 422},           {"not_utf8", 422},
    {"not_xlsx", 422},         {"no_header", 422},        {"no_mapping", 422},        {"missing_columns", 422},
    {"no_sheet", 422},         {"bad_mapping", 422},      {"unknown_mapping", 422},   {"no_import_folder", 501},
    {"in_use", 501},
}};

Error not_of_a_kind(std::string_view name, std::string_view kind) {
    return {"bad_body", "'" + std::string(name) + "' must be " + std::string(kind)};
}

const codec::JsonNode* field_of(const codec::JsonNode& body, std::string_view name) {
    const auto* node = body.find(name);
    return node == nullptr || node->kind == codec::JsonKind::null ? nullptr : node;
}

}  // namespace

Response failed(const Error& error) {
    const auto at = std::ranges::find(meanings, error.code, &Meaning::code);
    return at == meanings.end() ? unavailable(error) : problem(at->status, error.code, error.detail);
}

Response bad_parameter(std::string_view name, std::string_view wanted) {
    return problem(400, "bad_parameter", "'" + std::string(name) + "' must be " + std::string(wanted) + ".");
}

Response done() { return {204, "application/json", "", {}}; }

std::string quoted(std::string_view version) { return '"' + std::string(version) + '"'; }

namespace {

struct Tag {
    std::string_view text;  ///< without its quotation marks; "*" stands alone, without any
    bool weak = false;
};

/// A list of entity tags (RFC 9110, 8.8.3), or nothing where it is none.
std::optional<std::vector<Tag>> tags_of(std::string_view left) {
    constexpr std::string_view between = " \t,";
    const auto skip = [&] { left.remove_prefix(std::min(left.find_first_not_of(between), left.size())); };
    std::vector<Tag> tags;
    for (skip(); !left.empty(); skip()) {
        const bool weak = left.starts_with("W/");
        if (weak) left.remove_prefix(2);
        const std::size_t end = left.starts_with('"') ? left.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos) return std::nullopt;
        tags.push_back({left.substr(1, end - 1), weak});
        left.remove_prefix(end + 1);
        if (!left.empty() && between.find(left.front()) == std::string_view::npos) return std::nullopt;
    }
    return tags;
}

}  // namespace

Result<app::OnlyIf> only_if_of(const Request& request) {
    app::OnlyIf only_if;
    const auto given = request.headers.find("if-match");
    if (given == request.headers.end()) return only_if;
    if (contact::trimmed(given->second) == "*") return app::OnlyIf{"*"};
    const auto tags = tags_of(given->second);
    if (!tags || tags->empty())
        return fail("bad_if_match", "If-Match is * or a list of what ETag said, each in its quotation marks");
    for (const Tag& tag : *tags) only_if.emplace_back(tag.weak ? "weak" : tag.text);
    return only_if;
}

bool is_known(const Request& request, std::string_view tag) {
    const std::string given = request.header("if-none-match");
    if (tag.empty() || given.empty()) return false;
    if (contact::trimmed(given) == "*") return true;
    const auto tags = tags_of(given);
    return tags && std::ranges::any_of(*tags, [&](const Tag& one) { return quoted(one.text) == tag; });
}

Response not_modified(const std::string& tag) { return tagged({304, "application/json", "", {}}, tag); }

Response tagged(Response response, const std::string& tag) {
    if (!tag.empty()) response.headers.emplace_back("etag", tag);
    return response;
}

bool is_json(const Request& request) {
    const std::string type = request.header("content-type");
    return type.starts_with("application/json") && (type.size() == 16 || type[16] == ';' || type[16] == ' ');
}

std::optional<Response> unknown_parameter(const Request& request, std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : request.query)
        if (std::ranges::find(known, name) == known.end())
            return problem(400, "unknown_parameter", "There is no parameter '" + name + "' here.");
    return std::nullopt;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Result<std::int64_t> number_asked(const Request& request, std::string_view name, std::int64_t least, std::int64_t most,
                                  std::int64_t otherwise) {
    const std::string text = request.parameter(name);
    if (text.empty()) return otherwise;
    const auto value = whole_number(text);
    if (value && *value >= least && *value <= most) return *value;
    return fail("bad_parameter", "'" + std::string(name) + "' must be a whole number from " + std::to_string(least) +
                                     " to " + std::to_string(most) + ".");
}

Result<std::optional<Instant>> moment_asked(const Request& request, std::string_view name) {
    const std::string text = request.parameter(name);
    if (text.empty()) return std::optional<Instant>();
    const auto at = parse_instant(text);
    if (at) return at;
    return fail("bad_parameter", "'" + std::string(name) + "' must be a time such as 2026-01-31T12:00:00Z.");
}

Result<codec::JsonNode> body_of(const Request& request, std::initializer_list<std::string_view> known,
                                const codec::JsonLimits& limits) {
    if (!is_json(request)) return fail("bad_body", "send the body as Content-Type: application/json");
    auto body = codec::parse_json(request.body, limits);
    if (!body) return body;
    if (body->kind != codec::JsonKind::object) return fail("bad_body", "the body must be a JSON object");
    for (const auto& key : body->keys)
        if (std::ranges::find(known, key) == known.end() || std::ranges::count(body->keys, key) > 1)
            return fail("bad_body", "there is no field '" + key + "' here, or it stands twice");
    return body;
}

Status read_text(const codec::JsonNode& body, std::string_view name, std::optional<std::string>& into) {
    const auto* node = field_of(body, name);
    if (node == nullptr) return {};
    if (node->kind != codec::JsonKind::string) return std::unexpected(not_of_a_kind(name, "text"));
    into = node->text;
    return {};
}

Status read_truth(const codec::JsonNode& body, std::string_view name, std::optional<bool>& into) {
    const auto* node = field_of(body, name);
    if (node == nullptr) return {};
    if (node->kind != codec::JsonKind::boolean) return std::unexpected(not_of_a_kind(name, "true or false"));
    into = node->truth;
    return {};
}

Status read_texts(const codec::JsonNode& body, std::string_view name, std::optional<std::vector<std::string>>& into) {
    const auto* node = field_of(body, name);
    if (node == nullptr) return {};
    const auto is_text = [](const codec::JsonNode& item) { return item.kind == codec::JsonKind::string; };
    if (node->kind != codec::JsonKind::array || !std::ranges::all_of(node->items, is_text))
        return std::unexpected(not_of_a_kind(name, "a list of texts"));
    into.emplace();
    for (const auto& item : node->items) into->push_back(item.text);
    return {};
}

}  // namespace baton::http
