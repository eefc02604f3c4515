// Accounts fold in their own lane: members tell them which counts they belong to, they tell members the sums.
#include <algorithm>

#include "domain/engine/stepper.h"

namespace baton::engine {

using playbook::Compiled;

// ---- the person's side ----------------------------------------------------------------------------------------

/// Tells the account when this person's part in a count changed.
void Stepper::tell_account() {
    if (playbook_.aggregates.empty() || state_.account.empty()) return;
    if (!all_dirty_ && !touched_.person()) return;
    std::vector<bool> part(playbook_.aggregates.size());
    for (std::size_t i = 0; i < part.size(); ++i)
        part[i] = criteria::judge(playbook_.aggregates[i], view_, now()).truth == Truth::yes;
    if (part == state_.member_of) return;
    const bool nothing_to_tell = state_.member_of.empty() && std::ranges::find(part, true) == part.end();
    Effect effect;
    effect.kind = EffectKind::tell_account;
    effect.target = state_.account;
    for (std::size_t i = 0; i < part.size(); ++i)
        effect.payload.push_back({"count." + playbook_.names.aggregates[i], Value(part[i])});
    std::ranges::sort(effect.payload, {}, &NamedValue::name);
    state_.member_of = std::move(part);
    if (nothing_to_tell) return;
    effect.n = static_cast<std::uint16_t>(out_.effects.size());
    out_.effects.push_back(std::move(effect));
}

// ---- the account's side ---------------------------------------------------------------------------------------

namespace {

AccountMember& member_row(AccountState& state, SubjectId person) {
    auto at = std::ranges::lower_bound(state.members, person, {}, &AccountMember::person);
    if (at == state.members.end() || at->person != person) at = state.members.insert(at, {person, {}});
    return *at;
}

std::vector<std::int64_t> sums(const Compiled& playbook, const AccountState& state) {
    std::vector<std::int64_t> totals(playbook.aggregates.size());
    for (const AccountMember& member : state.members)
        for (std::size_t i = 0; i < totals.size() && i < member.counts.size(); ++i)
            totals[i] += member.counts[i] ? 1 : 0;
    return totals;
}

void add_counts(const Compiled& playbook, const std::vector<std::int64_t>& totals, Properties& payload) {
    for (std::size_t i = 0; i < totals.size(); ++i)
        payload.push_back({"count." + playbook.names.aggregates[i], Value(totals[i])});
}

void add_properties(const Compiled& playbook, const AccountState& state, Properties& payload) {
    for (const Attribute& a : state.attributes)
        payload.push_back({"property." + playbook.names.account[a.property.value].id, a.value});
}

void tell(SubjectId member, Properties payload, StepOutput& out) {
    if (payload.empty()) return;
    std::ranges::sort(payload, {}, &NamedValue::name);
    Effect& effect = out.effects.emplace_back();
    effect.kind = EffectKind::tell_member;
    effect.n = static_cast<std::uint16_t>(out.effects.size() - 1);
    effect.member = member;
    effect.payload = std::move(payload);
}

void tell_all(const AccountState& state, const Properties& payload, std::optional<SubjectId> but, StepOutput& out) {
    for (const AccountMember& member : state.members)
        if (member.person != but) tell(member.person, payload, out);
}

void member_changed(const Compiled& playbook, AccountState& state, const Fact& fact, StepOutput& out) {
    const Value* number = find(fact.properties, "member");
    if (number == nullptr || number->as<std::int64_t>() == nullptr) return;
    const SubjectId person{static_cast<std::uint64_t>(*number->as<std::int64_t>())};
    const bool newcomer = std::ranges::find(state.members, person, &AccountMember::person) == state.members.end();
    if (find(fact.properties, "left") != nullptr) {
        std::erase_if(state.members, [&](const AccountMember& m) { return m.person == person; });
    } else {
        AccountMember& row = member_row(state, person);
        row.counts.resize(playbook.aggregates.size());
        for (std::size_t i = 0; i < row.counts.size(); ++i) {
            const Value* part = find(fact.properties, "count." + playbook.names.aggregates[i]);
            if (part != nullptr && part->as<bool>() != nullptr) row.counts[i] = *part->as<bool>();
        }
    }
    const auto totals = sums(playbook, state);
    const bool changed = totals != state.told;
    state.told = totals;
    const bool still_member = std::ranges::find(state.members, person, &AccountMember::person) != state.members.end();
    if (changed) {
        Properties payload;
        add_counts(playbook, totals, payload);
        tell_all(state, payload, newcomer ? std::optional(person) : std::nullopt, out);
    }
    if (!newcomer || !still_member) return;
    Properties everything;
    add_counts(playbook, totals, everything);
    add_properties(playbook, state, everything);
    tell(person, std::move(everything), out);
}

void profile(const Compiled& playbook, AccountState& state, const Fact& fact, StepOutput& out) {
    Properties changed;
    for (const NamedValue& given : fact.properties) {
        const auto property = playbook.account_property(given.name);
        if (!property) continue;
        const auto& declared = playbook.names.account[property->value];
        if (fact.trust == Trust::browser && !declared.public_fills) continue;
        auto value = convert(given.value, declared.type);
        if (!value || value->is_null()) continue;
        Attribute next = attribute_from(fact, *property, std::move(*value), false);
        auto at = std::ranges::lower_bound(state.attributes, *property, {}, &Attribute::property);
        const bool present = at != state.attributes.end() && at->property == *property;
        if (present && !outranks(next, *at)) continue;
        if (!present || !(at->value == next.value)) changed.push_back({"property." + given.name, next.value});
        if (present)
            *at = std::move(next);
        else
            state.attributes.insert(at, std::move(next));
    }
    if (!changed.empty()) tell_all(state, changed, std::nullopt, out);
}

}  // namespace

void take_back_account(const Compiled& playbook, AccountState& state, std::span<const Fact> facts, StepOutput& out) {
    const auto before = std::exchange(state.attributes, {});
    StepOutput unheard;
    for (const Fact& fact : facts)
        if (fact.kind == FactKind::account_profile) profile(playbook, state, fact, unheard);
    const auto value_in = [](const std::vector<Attribute>& all, const Attribute& sought) {
        const auto at = std::ranges::find(all, sought.property, &Attribute::property);
        return at == all.end() ? Value() : at->value;
    };
    Properties changed;
    for (const Attribute& a : before)
        if (Value now = value_in(state.attributes, a); !(now == a.value))
            changed.push_back({"property." + playbook.names.account[a.property.value].id, std::move(now)});
    if (!changed.empty()) tell_all(state, changed, std::nullopt, out);
}

void step_account(const Compiled& playbook, AccountState& state, const Fact& fact, StepOutput& out) {
    state.version = playbook.version;
    switch (fact.kind) {
        case FactKind::member_changed: member_changed(playbook, state, fact, out); break;
        case FactKind::account_profile: profile(playbook, state, fact, out); break;
        default: break;
    }
}

}  // namespace baton::engine
