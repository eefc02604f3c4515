#include "domain/engine/consent.h"

#include <algorithm>

#include "domain/engine/features.h"

namespace baton::engine {

std::vector<ConsentSaid> consents_in(const Fact& fact) {
    std::vector<ConsentSaid> said;
    if (fact.kind == FactKind::consent) {
        const Value* purpose = find(fact.properties, "purpose");
        const Value* given = find(fact.properties, "given");
        const auto* name = purpose == nullptr ? nullptr : purpose->as<std::string>();
        const auto* truth = given == nullptr ? nullptr : given->as<bool>();
        if (name != nullptr && truth != nullptr) said.push_back({*name, *truth});
    } else if (fact.kind == FactKind::merge) {
        constexpr std::string_view taken_back = "field.consent_";
        for (const NamedValue& p : fact.properties) {
            const auto* truth = p.value.as<bool>();
            if (p.name.starts_with(taken_back) && truth != nullptr && !*truth)
                said.push_back({std::string_view(p.name).substr(taken_back.size()), false});
        }
    }
    return said;
}

Attribute attribute_of(const ConsentSaid& said, const Fact& fact, PropertyIndex property) {
    Attribute attribute = attribute_from(fact, property, Value(said.given), !said.given);
    attribute.unverified = said.given && fact.trust == Trust::browser;
    return attribute;
}

std::vector<Consent> consents_of(std::span<const Fact> facts) {
    std::vector<Consent> all;
    for (const Fact& fact : facts) {
        for (const ConsentSaid& said : consents_in(fact)) {
            Attribute next = attribute_of(said, fact, PropertyIndex{0});
            auto at = std::ranges::lower_bound(all, said.purpose, {}, &Consent::purpose);
            if (at == all.end() || at->purpose != said.purpose)
                at = all.insert(at, {std::string(said.purpose), said.given, std::move(next)});
            else if (outranks(next, at->said))
                *at = {std::string(said.purpose), said.given, std::move(next)};
        }
    }
    return all;
}

}  // namespace baton::engine
