// Features: what the live facts say, whatever their order. Folding one fact also says which inputs it changed.
#pragma once

#include <vector>

#include "domain/engine/fact.h"
#include "domain/engine/state.h"
#include "domain/engine/workspace.h"
#include "domain/playbook/compiled.h"

namespace baton::engine {

/// Folds `fact` into the features. Reads of the lead only its cycle and the cycle's start.
void fold(const playbook::Compiled& playbook, PersonState& state, const Fact& fact, Touched& touched);

/// Drops what the past cycle counted: entries and this_cycle counts before `start`.
void restart_cycle(Features& features, Instant start);

/// Recomputes the fit scores that read the touched inputs, or all; adds the changed ones to `touched.scores`.
void refresh_fit(const playbook::Compiled& playbook, PersonState& state, Touched& touched, bool all);

/// PLAYBOOK §2: which of two values of one property counts.
bool outranks(const Attribute& a, const Attribute& b);
/// The value as the fact gives it.
Attribute attribute_from(const Fact& fact, PropertyIndex property, Value value, bool answered);
/// Whether the fact says of a person in `current` ("" = in none) that it belongs to another organisation.
bool names_account(const Fact& fact, std::string_view current);

const Attribute* find(const std::vector<Attribute>& attributes, PropertyIndex property);
const TypeCount* find(std::span<const TypeCount> types, TypeIndex type);
const RuleEntries* find(std::span<const RuleEntries> rules, ScoreRuleIndex rule);

}  // namespace baton::engine
