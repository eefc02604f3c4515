// Any bytes either are no form, or become named fields that a definition turns into observations of a browser, with no field undeclared.
#include <cstdint>

#include "base/result.h"
#include "codec/fill.h"
#include "domain/engine/fact.h"

namespace {

using namespace baton;

codec::Source definition() {
    auto source = codec::read_source(
        "kind: form\nevent: Demo Requested\nfields: {email: email, a: [account, a], p: phone}\nhoneypot: h\n");
    BATON_CHECK(source.has_value());
    return std::move(*source);
}

void check(const Result<codec::FormFields>& fields) {
    static const codec::Source source = definition();
    if (!fields) {
        BATON_CHECK(!fields.error().detail.empty());
        return;
    }
    BATON_CHECK(fields->all().size() + fields->files.size() <= codec::most_form_fields);
    for (const auto& field : fields->all()) BATON_CHECK(!field.values.empty() && fields->find(field.name) == &field);
    codec::Fill fill;
    fill.fields = *fields;
    fill.page = fields->first("page");
    const auto made = codec::facts_of(source, "f", fill, Instant{});
    if (!made) return;
    BATON_CHECK(!made->facts.empty() && made->undeclared.size() <= codec::most_form_fields);
    for (const IncomingFact& fact : made->facts) {
        const FactKind kind = kind_of(fact.type);
        BATON_CHECK(kind == FactKind::behaviour || kind == FactKind::profile);
        BATON_CHECK(fact.trust == Trust::browser && fact.user_id.empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    switch (data[0] % 4) {
        case 0: check(codec::parse_urlencoded(text)); break;
        case 1: check(codec::parse_multipart("multipart/form-data; boundary=b", text)); break;
        case 2: check(codec::parse_multipart(text.substr(0, text.find('\n')), text)); break;
        default: check(codec::parse_form("application/json", text)); break;
    }
    static_cast<void>(codec::parse_hubspot_fill(text));
    static_cast<void>(codec::read_source(text));
    return 0;
}
