// A source: a form or a hook that somebody outside sends people's answers to, as its definition says. docs/FORMS.md is the manual.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/incoming.h"
#include "codec/privacy.h"
#include "domain/playbook/compiled.h"

namespace baton::codec {

enum class SourceKind : std::uint8_t {
    form,          ///< an HTML form, or a script's JSON: POST /forms/NAME
    hubspot_form,  ///< POST /submissions/v3/integration/submit/PORTAL/FORM
    web_to_lead,   ///< POST /servlet/servlet.WebToLead
    google,        ///< hooks: POST /hooks/NAME
    typeform,
    calendly,
    meta,  ///< hooks that tell ids; the answers are fetched: codec/lead_answers.h
    linkedin,
    signed_hook,
};
std::string_view to_string(SourceKind kind);  ///< "form", "hubspot-form" …
std::optional<SourceKind> source_kind_of(std::string_view name);
std::vector<std::string> source_kinds();
/// Whether it is one of the hooks: they need the secret that the provider signs with.
bool is_hook(SourceKind kind);

/// Where what came in a field goes. Identity keys are email, phone, user_id, anonymous_id and account; any other name is a
/// property of the person.
struct SourceField {
    std::string name;
    std::vector<std::string> targets;
};

/// A fill that comes sooner than a person types is kept apart.
struct TimeTrap {
    std::string field = "rendered_at";  ///< when the page was made: milliseconds since 1970, or a token
    std::int64_t seconds = 3;
    bool token = false;     ///< only what GET /forms/NAME gave counts
    bool required = false;  ///< a fill without it is kept apart, too
};

/// How a provider signs. The header holds elements, each with its prefix; one right signature is enough.
struct SignatureRule {
    std::string header;             ///< lower case
    std::string prefix;             ///< before the signature: "sha256=", "v1="
    char separator = '\0';          ///< between elements; NUL = the header is one element
    bool base64 = false;            ///< else hex
    std::string text = "{body}";    ///< what is signed; {timestamp} and {id} too
    std::string timestamp_header;   ///< lower case, seconds since 1970; "" = none
    std::string timestamp_prefix;   ///< "t=": an element of the signature's own header; "" = none
    std::string id_header;          ///< lower case; its value is the message id
    std::int64_t tolerance = 0;     ///< seconds the timestamp may differ; 0 = not looked at
    bool secret_is_base64 = false;  ///< behind "whsec_"
};

struct Source {
    SourceKind kind = SourceKind::form;
    std::string event;  ///< what a fill is called: "Demo Requested"
    std::string about, owner;
    std::vector<SourceField> fields;
    std::vector<ConsentField> consents;
    std::string id_field;  ///< whose value tells a repetition; "" = none
    Trust trust = Trust::browser;

    // forms
    std::string form;    ///< hubspot-form: the form's GUID; web-to-lead: the organisation's id
    std::string portal;  ///< hubspot-form; "" = any
    std::string honeypot;
    std::optional<TimeTrap> time_trap;
    std::vector<std::string> returns;  ///< whole addresses; one that ends in / stands for all below it
    std::string return_field = "return_to";
    std::string thanks;
    std::uint32_t fills_per_minute = 30;  ///< of one address

    // hooks
    SignatureRule signature;
    std::string time_path;
    std::vector<std::pair<std::string, std::string>> only;  ///< signed: calls where these paths have these values
    std::string cancelled, rescheduled;                     ///< calendly: names of these events
    std::string deleted;      ///< linkedin: name of the event that a lead is to be forgotten
    std::string base_url;     ///< meta, linkedin: where answers are fetched, without / at the end
    std::string api_version;  ///< linkedin: of its interface, "202509"

    const SourceField* field(std::string_view name) const;
    const ConsentField* consent(std::string_view field) const;  ///< null when it is none
    /// Whether the address is one of `returns`.
    bool may_return_to(std::string_view address) const;
};

/// The definition in YAML, checked; `kind` where the file need not say it. `text` is at most 16 KiB.
std::expected<Source, std::vector<playbook::Diagnostic>> read_source(std::string_view text,
                                                                     std::optional<SourceKind> kind = {});

}  // namespace baton::codec
