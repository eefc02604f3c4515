// Calls of providers: whether they are signed as the source says, and what their bodies hold. Sources: the vendors' pages on lead form
// webhooks (Google Ads), Typeform, Calendly, and Standard Webhooks 1.0.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/fill.h"
#include "codec/source.h"

namespace baton::codec {

/// Names in lower case.
using Headers = std::map<std::string, std::string>;

/// Over the raw bytes, in constant time. Answers the message id where the rule has a header for it, else "". Codes:
/// signature_missing, signature_wrong, too_old (a timestamp farther from `now` than the source tolerates).
Result<std::string> check_signature(const SignatureRule& rule, std::string_view secret, const Headers& headers,
                                    std::string_view body, Instant now);

/// What one call brings.
struct HookCall {
    std::vector<Fill> fills;
    std::vector<std::pair<std::string, std::string>> left_out;  ///< code and detail: test_lead, rescheduled, not_for_us
    std::string shown_key;                                      ///< google: what its body shows as the key
    std::vector<std::string> awaited;  ///< meta, linkedin: ids of leads whose answers are to be fetched
    std::vector<std::string> deleted;  ///< linkedin: ids of leads that are to be forgotten
};

/// What a provider asks before it calls at all, and the answer; nothing where it asks nothing, or shows no right `verify` token.
struct Handshake {
    std::string content_type, body;
};
std::optional<Handshake> handshake(const Source& source, std::string_view secret, std::string_view verify,
                                   const std::map<std::string, std::string>& query);

/// Codes: bad_json, bad_hook (with what is missing), too_many_fields.
Result<HookCall> parse_hook(const Source& source, std::string_view body);

}  // namespace baton::codec
