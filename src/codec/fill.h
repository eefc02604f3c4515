// What somebody filled in, as facts: a profile of what the definition lets through, and the event with where it came from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/form.h"
#include "codec/incoming.h"
#include "codec/source.h"

namespace baton::codec {

/// One fill, whatever kind of source it came through.
struct Fill {
    FormFields fields;
    Properties context;                 ///< goes into the event as it is: form, consent_text …
    std::string page;                   ///< address of the page it was filled in on
    std::string repeats;                ///< tells a repetition from a second fill; "" = content and a few minutes
    std::string event;                  ///< "" = the source's
    std::string anonymous_id;           ///< what the facts name beside the fields' keys; "" = nothing
    std::vector<SaidConsent> consents;  ///< beside those that the definition finds among the fields
    bool opts_out = false;              ///< the browser sent Global Privacy Control
    std::optional<Instant> occurred_at;
};

/// The facts, a profile before its event, and the fields the definition does not know (they are left out).
struct FillFacts {
    std::vector<IncomingFact> facts;
    std::vector<std::string> undeclared;
};

/// Known everywhere, without being declared: utm_source …, gclid and other click ids, page_url, page_title, referrer, hutk. They go into
/// the event; utm_* and click ids are also read from the page's address. `now` only tells repetitions apart.
/// Code nobody: no field with an identity key was filled in.
Result<FillFacts> facts_of(const Source& source, std::string_view name, const Fill& fill, Instant now);

/// HubSpot's form submission, v3: {"fields": [{"name", "value"}], "submittedAt", "context": {…}, "legalConsentOptions": {…}}.
/// Codes: bad_json, bad_form, too_many_fields.
Result<Fill> parse_hubspot_fill(std::string_view body);

}  // namespace baton::codec
