// Consent: whether a person's data may serve a purpose, as a function of the facts that say so, in whatever order they came.
//
// The newest word counts, and of two of one moment the withdrawal. A withdrawal counts whoever brought it, since the strict side
// is safe. What a browser grants stands only where nobody else said anything and nothing was withdrawn: anybody can send it about
// anybody. A merge takes the strictest of both, named in the fact of the merge; a later grant lifts it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/engine/fact.h"
#include "domain/engine/state.h"

namespace baton::engine {

/// Views into the fact.
struct ConsentSaid {
    std::string_view purpose;
    bool given = false;
};

/// What a fact says: one purpose of a `consent` fact; of a `merge` those it takes back, "field.consent_<purpose>": false.
std::vector<ConsentSaid> consents_in(const Fact& fact);

/// As a value of the property; `outranks` is the rule above.
Attribute attribute_of(const ConsentSaid& said, const Fact& fact, PropertyIndex property);

/// Where one purpose stands.
struct Consent {
    std::string purpose;
    bool given = false;
    Attribute said;  ///< by what; its property means nothing
};

/// By purpose, ascending. `facts`: those that count, of one person.
std::vector<Consent> consents_of(std::span<const Fact> facts);

}  // namespace baton::engine
