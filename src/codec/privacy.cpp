#include "codec/privacy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/yaml_map.h"

namespace baton::codec {
namespace {

constexpr std::array<std::pair<TrackingMode, std::string_view>, 3> modes{
    {{TrackingMode::full, "full"}, {TrackingMode::cookieless, "cookieless"}, {TrackingMode::none, "none"}}};

bool is_named(const IncomingFact& fact) {
    return !fact.user_id.empty() || !fact.external_id.empty() || !fact.email.empty() || !fact.phone.empty();
}

/// The same person's, of the same source and trust.
IncomingFact word_about(const IncomingFact& about) {
    IncomingFact fact = about;
    fact.type = type_name(FactKind::consent);
    fact.account.clear();
    fact.properties.clear();
    return fact;
}

}  // namespace

bool is_about_a_person(const IncomingFact& fact) {
    const FactKind kind = kind_of(fact.type);
    if (kind == FactKind::user || kind == FactKind::account_profile) return false;
    return is_named(fact) || !fact.anonymous_id.empty();
}

std::string_view to_string(TrackingMode mode) { return modes.at(static_cast<std::size_t>(mode)).second; }

std::optional<TrackingMode> tracking_mode_of(std::string_view name) {
    if (name.empty()) return TrackingMode::full;
    const auto at = std::ranges::find(modes, name, &std::pair<TrackingMode, std::string_view>::second);
    return at == modes.end() ? std::nullopt : std::optional(at->first);
}

Kept keep_under(TrackingMode mode, bool vouched, IncomingFact& fact) {
    if (mode == TrackingMode::full || !is_about_a_person(fact)) return Kept::whole;
    if (mode == TrackingMode::none && (!vouched || !is_named(fact))) return Kept::no;
    if (!is_named(fact)) return Kept::counted;
    fact.anonymous_id.clear();
    return Kept::whole;
}

bool is_opt_out(const IncomingFact& fact) {
    return fact.message_id == opt_out_id && kind_of(fact.type) == FactKind::consent;
}

IncomingFact opt_out_of(const IncomingFact& fact) {
    IncomingFact opt_out = word_about(fact);
    opt_out.message_id = opt_out_id;
    opt_out.actor.clear();
    opt_out.properties = {
        {"given", Value(false)}, {"purpose", Value(opt_out_purpose)}, {"signal", Value("Global Privacy Control")}};
    return opt_out;
}

// ---- consent in a form -------------------------------------------------------------------------------------------

std::vector<ConsentField> read_consents(const Map& map) {
    const YamlNode* node = map.find("consents");
    if (node == nullptr) return {};
    if (node->kind != YamlKind::map) {
        map.problems().error(node->place, "'consents' must be a map of fields to purposes",
                             "write {newsletter: marketing_email}");
        return {};
    }
    static const Keys keys{"consent", {"purpose"}, {"text", "text_version", "channel", "basis"}};
    static const std::vector<std::string> bases{"consent", "legitimate_interest", "contract"};
    std::vector<ConsentField> consents;
    for (std::size_t i = 0; i < node->keys.size(); ++i) {
        ConsentField consent;
        consent.field = node->keys[i].text;
        const YamlNode& item = node->items[i];
        playbook::Place place = item.place;
        if (item.kind == YamlKind::map) {
            const Map own(map.problems(), item, keys);
            consent.purpose = own.text("purpose");
            consent.text = own.text("text");
            consent.text_version = own.text("text_version");
            consent.channel = own.text("channel");
            consent.basis = bases[own.choice("basis", bases, 0)];
        } else if (const auto text = read_text(map.problems(), item, "consents")) {
            consent.purpose = text->text;
            place = text->place;
        }
        if (!is_identifier(consent.purpose) || consent.purpose.size() > 60)
            map.problems().error(place, "'" + consent.purpose + "' cannot be the name of a purpose",
                                 "use letters, digits and _: marketing_email");
        if (std::ranges::find(consents, consent.field, &ConsentField::field) != consents.end())
            map.problems().error(node->keys[i].place, "the field '" + consent.field + "' stands twice");
        consents.push_back(std::move(consent));
    }
    return consents;
}

namespace {

/// What HubSpot calls by number, or by the name of its field.
std::string usual_purpose(const std::string& field) {
    if (field == "consent_to_process") return "processing";
    const bool number = !field.empty() && field.find_first_not_of("0123456789") == std::string::npos;
    return number ? "subscription_" + field : field;
}

}  // namespace

IncomingFact consent_of(const SaidConsent& said, const ConsentField* declared, const IncomingFact& about) {
    IncomingFact fact = word_about(about);
    const std::string purpose = declared == nullptr ? usual_purpose(said.field) : declared->purpose;
    fact.message_id += ":consent:" + purpose;
    const auto put = [&](std::string_view name, const std::string& text) {
        if (!text.empty()) fact.properties.push_back({std::string(name), Value(text)});
    };
    const bool own_words = declared != nullptr && !declared->text.empty();
    put("basis", said.basis.empty() && declared != nullptr ? declared->basis : said.basis);
    if (declared != nullptr) put("channel", declared->channel);
    put("field", said.field);
    fact.properties.push_back({"given", Value(said.given)});
    put("purpose", purpose);
    put("text", own_words ? declared->text : said.text);
    if (declared != nullptr) put("text_version", declared->text_version);
    return fact;
}

}  // namespace baton::codec
