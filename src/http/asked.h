// What a caller asked for: the body as an object, its fields, the parameters, and the answer when they are not as they should be.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/versions.h"
#include "base/time.h"
#include "codec/json_tree.h"
#include "http/message.h"

namespace baton::http {

/// The one place where a code becomes a status; what no table knows is the store's trouble (503).
Response failed(const Error& error);
Response bad_parameter(std::string_view name, std::string_view wanted);
/// 204.
Response done();

std::string quoted(std::string_view version);
/// The versions If-Match names; weak ones match nothing (RFC 9110, 13.1.1), so that a list of them alone never fits. No such
/// header = empty. Code bad_if_match.
Result<app::OnlyIf> only_if_of(const Request& request);
/// Whether If-None-Match says the caller has this one ("" = never).
bool is_known(const Request& request, std::string_view tag);
Response not_modified(const std::string& tag);
Response tagged(Response response, const std::string& tag);

bool is_json(const Request& request);
/// The parameters a route knows; a misspelt one is refused rather than silently doing nothing.
std::optional<Response> unknown_parameter(const Request& request, std::initializer_list<std::string_view> known);
std::optional<std::int64_t> whole_number(std::string_view text);
/// A parameter of `least` to `most`; not there = `otherwise`. Code bad_parameter.
Result<std::int64_t> number_asked(const Request& request, std::string_view name, std::int64_t least, std::int64_t most,
                                  std::int64_t otherwise);
/// A parameter that is a moment. Code bad_parameter.
Result<std::optional<Instant>> moment_asked(const Request& request, std::string_view name);

/// The body as an object of which only `known` fields may be there. Codes bad_body, bad_json.
Result<codec::JsonNode> body_of(const Request& request, std::initializer_list<std::string_view> known,
                                const codec::JsonLimits& limits = {.depth = 4, .bytes = 16'384});
// Fields of it; one that is not there, or null, leaves `into` as it is. Code bad_body.
Status read_text(const codec::JsonNode& body, std::string_view name, std::optional<std::string>& into);
Status read_truth(const codec::JsonNode& body, std::string_view name, std::optional<bool>& into);
Status read_texts(const codec::JsonNode& body, std::string_view name, std::optional<std::vector<std::string>>& into);

}  // namespace baton::http
