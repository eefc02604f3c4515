// Leads that a provider's hook names by id alone, Meta's and LinkedIn's: what to ask the provider for, and what its answer holds.
// Sources: Meta's Graph API, "Retrieving leads" and "Securing requests"; LinkedIn's Lead Sync API, "leadFormResponses".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/fill.h"
#include "codec/source.h"

namespace baton::codec {

/// Whether the answers of such a source are fetched.
bool is_fetched(SourceKind kind);

struct LeadCall {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
};
/// `secret` signs the source's calls, `token` opens the account.
LeadCall call_for_lead(const Source& source, std::string_view lead, std::string_view secret, std::string_view token);

/// What somebody filled in, or why it is nobody's: code test_lead. Codes otherwise: bad_json, bad_answer (with what is missing),
/// too_many_fields.
Result<Fill> parse_lead(const Source& source, std::string_view lead, std::string_view body);

/// The id that all facts of one lead name, so that a later word about the lead finds its person: "meta:123".
std::string id_of_lead(const Source& source, std::string_view lead);

}  // namespace baton::codec
