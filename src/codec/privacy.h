// What a visitor's browser and the installation say about being followed: tracking modes, Global Privacy Control, and what people agreed
// to in a form or a consent banner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/incoming.h"

namespace baton::codec {

class Map;

// ---- tracking modes ----------------------------------------------------------------------------------------------

/// The stricter, the greater.
enum class TrackingMode : std::uint8_t {
    full,        ///< visitors are known again by the id their browser keeps
    cookieless,  ///< no such id is kept: who gives no name is counted, by event and day, and forgotten
    none,        ///< only what a server says of somebody by name
};
std::string_view to_string(TrackingMode mode);
std::optional<TrackingMode> tracking_mode_of(std::string_view name);  ///< "" = full

/// Whether it names somebody, or a visitor.
bool is_about_a_person(const IncomingFact& fact);

/// What becomes of a fact under a mode.
enum class Kept : std::uint8_t {
    whole,    ///< as it stands, but for a visitor's id, which is taken off where the mode keeps none
    counted,  ///< cookieless, and nobody is named
    no,       ///< none, and no server vouches for somebody by name
};
/// `vouched`: by a key of scope write, or somebody signed in.
Kept keep_under(TrackingMode mode, bool vouched, IncomingFact& fact);

// ---- Global Privacy Control --------------------------------------------------------------------------------------

inline constexpr std::string_view opt_out_purpose = "sale_or_sharing";
/// Its message id: one for each person and source, for ever, however many pages are seen.
inline constexpr std::string_view opt_out_id = "gpc";

bool is_opt_out(const IncomingFact& fact);
/// The withdrawal of whoever `fact` is about.
IncomingFact opt_out_of(const IncomingFact& fact);

// ---- consent in a form -------------------------------------------------------------------------------------------

/// A field of a form, or a subscription that HubSpot's form names by its number, as consent to a purpose.
struct ConsentField {
    std::string field, purpose, text, text_version, channel, basis;
};
/// What the provider of a form says of itself: {"999", true, "Send me news"}.
struct SaidConsent {
    std::string field;
    bool given = false;
    std::string text, basis;
};

/// The section `consents` of a source: {newsletter: marketing_email, terms: {purpose: profiling, text_version: '2026-03'}}.
std::vector<ConsentField> read_consents(const Map& map);

/// A fact of what was said: `declared` names purpose and text, null = the field's own name is the purpose.
IncomingFact consent_of(const SaidConsent& said, const ConsentField* declared, const IncomingFact& about);

}  // namespace baton::codec
