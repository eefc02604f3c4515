#include "support/scenario_world.h"

#include <algorithm>

#include "base/result.h"

namespace baton::scenario {

using engine::EffectKind;

const Person* World::person(const std::string& name) const {
    const auto at = people_.find(name);
    return at == people_.end() ? nullptr : &at->second;
}

Person& World::known_person(const std::string& name) {
    const auto [at, is_new] = people_.try_emplace(name);
    if (is_new) {
        at->second.name = name;
        at->second.id = SubjectId{++subjects_};
    }
    return at->second;
}

Account& World::known_account(const std::string& key) {
    const auto [at, is_new] = accounts_.try_emplace(key);
    if (is_new) at->second.id = SubjectId{++subjects_};
    return at->second;
}

// ---- time -----------------------------------------------------------------------------------------------------

Person* World::earliest_due(Instant until) {
    Person* earliest = nullptr;
    for (auto& [name, person] : people_) {
        if (person.state.next_at > until) continue;
        if (earliest == nullptr || person.state.next_at < earliest->state.next_at) earliest = &person;
    }
    return earliest;
}

void World::pass(Instant until) {
    while (Person* person = earliest_due(until)) {
        Fact timer;
        timer.kind = FactKind::timer;
        timer.type = "timer";
        timer.occurred_at = timer.engine_at = timer.recorded_at = person->state.next_at;
        step(*person, timer);
        BATON_CHECK(person->state.next_at > timer.engine_at);
        deliver();
    }
}

// ---- facts ----------------------------------------------------------------------------------------------------

Fact World::fact_of(const Event& event, const Properties& properties, Instant at) const {
    Fact fact;
    fact.type = event.type;
    fact.kind = kind_of(event.type);
    fact.occurred_at = event.occurred_at.value_or(at);
    fact.engine_at = fact.recorded_at = at;
    fact.properties = properties;
    fact.account = event.account;
    fact.actor = event.actor;
    fact.historical = event.historical;
    fact.trust = event.trust;
    return fact;
}

/// As the ledger does: at each person's own time, before anything that came due since.
void World::go_live() {
    for (auto& [name, person] : people_) {
        if (!person.state.lead.offer.open() || !person.state.lead.offer.historical) continue;
        Event live;
        live.type = "go_live";
        live.historical = true;
        step(person, fact_of(live, {}, person.state.engine_at));
    }
    deliver();
}

std::optional<engine::Refusal> World::happen(const Event& event, Instant at) {
    if (event.kind == EventKind::go_live) go_live();
    pass(at);
    for (const Properties& properties : event.facts) {
        const Fact fact = fact_of(event, properties, at);
        if (event.of_account) {
            step_account(known_account(event.subject), fact);
        } else {
            Person& person = known_person(event.subject);
            if (is_decision(fact.kind))
                if (const auto refusal = engine::refusal_of(playbook_, person.state, fact)) return refusal;
            step(person, fact);
        }
        deliver();
    }
    return std::nullopt;
}

void World::step(Person& person, Fact fact) {
    fact.ref = {lane_of(person.id), Seq{++person.seq}};
    fact.engine_at = std::max(fact.engine_at, person.state.engine_at);
    engine::StepOutput out;
    engine::step(playbook_, person.state, fact, out);
    for (auto& record : out.history) history_.push_back({person.name, std::move(record)});
    queue(out.effects, person.id, fact);
}

void World::step_account(Account& account, Fact fact) {
    fact.ref = {lane_of(account.id), Seq{++account.seq}};
    engine::StepOutput out;
    engine::step_account(playbook_, account.state, fact, out);
    queue(out.effects, account.id, fact);
}

// ---- between subjects -----------------------------------------------------------------------------------------

void World::queue(const std::vector<engine::Effect>& effects, SubjectId from, const Fact& cause) {
    for (const engine::Effect& e : effects) {
        if (e.kind == EffectKind::tell_account) {
            Message m{true, e.target, {}, e.payload, cause.engine_at, cause.historical};
            m.payload.push_back({"member", Value(static_cast<std::int64_t>(from.value))});
            std::ranges::sort(m.payload, {}, &NamedValue::name);
            messages_.push_back(std::move(m));
        } else if (e.kind == EffectKind::tell_member) {
            messages_.push_back({false, "", e.member, e.payload, cause.engine_at, cause.historical});
        } else {
            effects_.push_back(e);
        }
    }
}

void World::deliver() {
    while (!messages_.empty()) {
        Message m = std::move(messages_.front());
        messages_.pop_front();
        Fact fact;
        fact.kind = m.to_account ? FactKind::member_changed : FactKind::account_changed;
        fact.type = type_name(fact.kind);
        fact.occurred_at = fact.engine_at = fact.recorded_at = m.at;
        fact.historical = m.historical;
        fact.properties = std::move(m.payload);
        if (m.to_account) {
            step_account(known_account(m.account), fact);
            continue;
        }
        for (auto& [name, person] : people_)
            if (person.id == m.member) step(person, fact);
    }
}

}  // namespace baton::scenario
