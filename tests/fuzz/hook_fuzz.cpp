// Any header proves a body only if it is signed; any body of any provider becomes fills with names, or is refused by name.
#include <array>
#include <cstdint>

#include "base/mac.h"
#include "codec/hook.h"
#include "codec/lead_answers.h"

namespace {

using namespace baton;

std::array<codec::Source, 7> definitions() {
    const auto source = [](const char* text) {
        auto read = codec::read_source(text);
        BATON_CHECK(read.has_value());
        return std::move(*read);
    };
    return {
        source("kind: google\nevent: A\n"),
        source("kind: typeform\nevent: A\nfields: {a: email}\n"),
        source("kind: calendly\nevent: A\n"),
        source(
            "kind: signed\nevent: A\nfields: {a: email}\nid_field: a\ntime_field: t\nsignature: standard-webhooks\n"),
        source(
            "kind: signed\nevent: A\nfields: {a: email}\n"
            "signature: {header: s, separator: ',', prefix: v=, timestamp_prefix: t=, text: '{timestamp}.{body}'}\n"),
        source("kind: meta\nevent: A\n"),
        source("kind: linkedin\nevent: A\n")};
}

void sign(const codec::Source& source, std::string_view header, std::string_view body, std::string_view id) {
    const codec::SignatureRule& rule = source.signature;
    const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    codec::Headers headers{{rule.header, std::string(header)}};
    if (!rule.id_header.empty()) headers[rule.id_header] = id;
    if (!rule.timestamp_header.empty()) headers[rule.timestamp_header] = "1700000000";
    const Instant now{1'700'000'000'000'000};
    const auto proved = codec::check_signature(rule, secret, headers, body, now);
    BATON_CHECK(!proved);  // nobody guesses 256 bits
    BATON_CHECK(!proved.error().detail.empty());
}

/// What a provider answers when it is asked for a lead, and what it asks before it calls.
void fetch(const codec::Source& source, std::string_view lead, std::string_view body) {
    if (!codec::is_fetched(source.kind)) return;
    const auto call = codec::call_for_lead(source, lead, "secret", "token");
    const std::size_t path = source.base_url.size();
    BATON_CHECK(call.url.starts_with(source.base_url + "/"));
    BATON_CHECK(call.url.find("..", path) == std::string::npos);
    for (const char c : call.url) BATON_CHECK(c > ' ' && c < '\x7f');
    if (const auto fill = codec::parse_lead(source, lead, body)) {
        BATON_CHECK(fill->repeats == lead);
        for (const auto& field : fill->fields.all()) BATON_CHECK(!field.name.empty() && !field.values.empty());
    }
    const auto answer = codec::handshake(source, "secret", "",
                                         {{"challengeCode", std::string(lead)},
                                          {"hub.challenge", std::string(lead)},
                                          {"hub.mode", "subscribe"},
                                          {"hub.verify_token", ""}});
    if (answer) BATON_CHECK(source.kind == codec::SourceKind::linkedin);  // no token is set: nobody shows it
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::array<codec::Source, 7> sources = definitions();
    if (size == 0) return 0;
    const codec::Source& source = sources[data[0] % sources.size()];
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::string_view first = text.substr(0, text.find('\n'));
    if (!source.signature.header.empty()) sign(source, first, text, first.substr(0, 20));
    if (const auto bytes = from_hex(text)) BATON_CHECK(bytes->size() * 2 == text.size());
    if (const auto bytes = from_base64(text)) BATON_CHECK(base64_of(*bytes).starts_with(text));
    fetch(source, first, text.substr(std::min(first.size() + 1, text.size())));
    const auto call = codec::parse_hook(source, text);
    if (!call) return 0;
    for (const codec::Fill& fill : call->fills)
        for (const auto& field : fill.fields.all()) BATON_CHECK(!field.name.empty() && !field.values.empty());
    for (const auto* ids : {&call->awaited, &call->deleted})
        for (const std::string& id : *ids) BATON_CHECK(!id.empty() && id.size() <= 200);
    for (const auto& [code, detail] : call->left_out) BATON_CHECK(!code.empty() && !detail.empty());
    return 0;
}
