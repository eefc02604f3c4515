// Random lives of a small company: facts about few people, versions of the playbook, time passing.
#pragma once

#include <rapidcheck.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fixture.h"
#include "support/faults.h"

namespace baton::app {

/// A hundred times, times BATON_SCALE; on PostgreSQL, where a commit is some twenty round trips, three of every hundred.
template <class Property>
void holds(Property property) {
    const int every = OnEveryStore::kind == "postgres" ? 33 : 1;
    int n = 0;
    const auto some = [&] {
        if (++n % every == 0) property();
    };
    for (auto times = faults::scaled(1); times > 0; --times) EXPECT_TRUE(rc::check(some));
}

/// One move of a random history: a fact about one of few people, or time passing.
struct Act {
    int kind = 0, who = 0, amount = 0;
};

inline Act any_act() { return {*rc::gen::inRange(0, 14), *rc::gen::inRange(0, 5), *rc::gen::inRange(0, 400)}; }

inline std::string mail(int who) { return std::string(1, static_cast<char>('a' + who)) + "@example.com"; }

inline std::optional<IncomingFact> fact_of(const Act& act, std::size_t i) {
    const std::string id = "m" + std::to_string(i);
    const std::string who = mail(act.who);
    switch (act.kind) {
        case 0:
        case 1: return fact("Page Viewed", who, id);
        case 2: return fact("Demo Requested", who, id);
        case 3: return fact("profile", who, id, {{"employees", Value(act.amount)}});
        case 4: return fact("profile", who, id, {{"role", Value(act.amount % 2 == 0 ? "decision maker" : "user")}});
        case 5: return fact("accept", who, id);
        case 6: return fact("reject", who, id, {{"reason", Value("wrong_fit")}});
        case 7: return fact("Deal Won", who, id);
        case 8:
        case 9: {
            auto f = fact("profile", who, id, {{"origin", Value("o" + std::to_string(act.amount % 3))}});
            f.account = act.amount % 2 == 0 ? "acme.example" : "other.example";
            return f;
        }
        case 10: {
            auto f = fact("account", "", id, {{"industry", Value("i" + std::to_string(act.amount % 3))}});
            f.account = "acme.example";
            return f;
        }
        default: return std::nullopt;
    }
}

/// To the other version, at once or in some hours.
inline void change_version(World& world, const Act& act) {
    const bool second = act.amount % 2 == 0;
    const bool now_second = world.ledger->active()->stage("interested").has_value();
    std::map<std::string, std::string> migrate;
    if (second && !now_second) migrate = {{"lead", "interested"}};
    if (!second && now_second) migrate = {{"interested", "lead"}};
    std::optional<Instant> at;
    if (act.amount % 5 == 0) at = world.clock.time + Duration::hours(act.amount / 10);
    world.activate(second ? second_playbook() : first_playbook,
                   act.amount % 3 == 0 ? OpenLeads::wait : OpenLeads::re_evaluate, migrate, at);
}

inline void live(World& world, const std::vector<Act>& acts, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
        if (const auto f = fact_of(acts[i], i)) {
            world.take(*f);
        } else if (acts[i].kind == 11) {
            change_version(world, acts[i]);
        } else {
            world.clock.advance(Duration::hours(acts[i].amount / 4));
            RC_ASSERT(world.ledger->run_due(world.clock.time).has_value());
        }
    }
}

inline std::vector<Act> any_acts(int most) {
    // First a fact that is accepted: the number of a source that was only ever refused is forgotten on closing.
    std::vector<Act> acts = {{0, 0, 0}};
    for (int n = *rc::gen::inRange(1, most); n > 0; --n) acts.push_back(any_act());
    return acts;
}

}  // namespace baton::app
