// Calls of tracking clients as facts: Segment's HTTP tracking API, which RudderStack's and Jitsu's clients speak too.
// Source: segment-docs, "HTTP Tracking API source" and "Spec: Common Fields"; the published clients.
//
//   identify   profile: the traits, reserved ones under our names (firstName → first_name, company.name → company)
//   track      a behaviour of the event's name: the properties
//   page       "Page Viewed"; screen: "Screen Viewed"
//   group      the account's traits, and the person's membership
//   alias      one person known by both ids
//
// From the context: groupId and company → account; traits.email → the person's e-mail; campaign → utm_*; page → path, url, title,
// referrer (track: page_path …, beside the event's own). Address, user agent and what else the context holds are
// not kept; the user agent tells programs from people (codec/bots.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/fact_json.h"
#include "codec/privacy.h"

namespace baton::codec {

/// On what terms the calls are taken; a call may be stricter by itself.
struct TrackingTerms {
    TrackingMode mode = TrackingMode::full;
    bool vouched = false;         ///< a server's: by a key of scope write
    bool opts_out = false;        ///< the browser sent Global Privacy Control
    std::string_view agent = {};  ///< the browser's own name of itself; "" = a server's call
};

/// Beside the facts: what was left out by the mode, not one of it kept.
struct Tracked : ParsedFacts {
    std::vector<std::string> counted;  ///< names of events of whom nobody knows, one each
    std::size_t left_out = 0;
};

struct TrackingLimits {
    std::size_t batch_bytes = 512'000;
    std::size_t event_bytes = 32'768;
    JsonLimits json{.depth = 32, .bytes = 512'000, .nodes = 100'000};
};

/// `call`: identify, track, page, screen, group, alias, a letter of these (i t p s g a), or batch, import, b. Indexes are places in
/// the batch; a group call may be two facts of one place. What cannot become a fact is refused by name: type_unknown,
/// id_missing, event_missing, reserved_name, too_large, bot (the detail is its family), and the codes of fact_json.h. Errors, of the
/// whole: unknown_call, bad_json, too_large. `agent`: the user agent of the call, where a browser makes it; the context's counts as well.
///
/// Times: the source's clock is put right by `received`: occurred_at = received − (sentAt − originalTimestamp), of which timestamp
/// is the older name; without sentAt as told; without any the fact has no time.
///
/// Privacy: context.tracking ("cookieless", "none") and a consent banner's "no" to analytics make a call stricter; context.gpc or
/// globalPrivacyControl is a withdrawal of sale and sharing, as the header is; context.consent.categoryPreferences of an identify,
/// or of the event "Segment Consent Preference Updated", are consents to purposes of these names.
Result<Tracked> parse_tracking(std::string_view call, std::string_view text, Instant received,
                               const TrackingTerms& terms = {}, const TrackingLimits& limits = {});

/// What stands in the field writeKey of the body; "" = nothing, or no JSON.
std::string write_key_of(std::string_view text, const TrackingLimits& limits = {});

}  // namespace baton::codec
