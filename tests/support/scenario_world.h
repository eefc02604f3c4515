// The people and accounts of one scenario, in memory: steps facts, makes due moments, carries what they tell each other.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/engine/step.h"
#include "support/scenario.h"

namespace baton::scenario {

struct Person {
    std::string name;
    SubjectId id;
    engine::PersonState state;
    std::uint64_t seq = 0;
};
struct Account {
    SubjectId id;
    engine::AccountState state;
    std::uint64_t seq = 0;
};

/// A record and whose it is.
struct Happening {
    std::string who;
    engine::HistoryRecord record;
};

class World {
   public:
    explicit World(const playbook::Compiled& playbook) : playbook_(playbook) {}

    /// Makes every due moment ≤ `until`, earliest first.
    void pass(Instant until);
    /// Makes the due moments (after going live, where that is the event), then steps the event's facts; a refused decision is
    /// not stepped and answers its code.
    std::optional<engine::Refusal> happen(const Event& event, Instant at);

    /// What followed since the last call.
    std::vector<Happening> take_history() { return std::exchange(history_, {}); }
    std::vector<engine::Effect> take_effects() { return std::exchange(effects_, {}); }
    const Person* person(const std::string& name) const;
    std::size_t people() const { return people_.size(); }
    const playbook::Compiled& playbook() const { return playbook_; }

   private:
    struct Message {
        bool to_account = false;
        std::string account;
        SubjectId member;
        Properties payload;
        Instant at;
        bool historical = false;
    };

    Person& known_person(const std::string& name);
    Account& known_account(const std::string& key);
    Person* earliest_due(Instant until);
    void go_live();
    void step(Person& person, Fact fact);
    void step_account(Account& account, Fact fact);
    void queue(const std::vector<engine::Effect>& effects, SubjectId from, const Fact& cause);
    void deliver();
    Fact fact_of(const Event& event, const Properties& properties, Instant at) const;

    const playbook::Compiled& playbook_;
    std::map<std::string, Person> people_;
    std::map<std::string, Account> accounts_;
    std::uint64_t subjects_ = 0;
    std::deque<Message> messages_;
    std::vector<Happening> history_;
    std::vector<engine::Effect> effects_;
};

}  // namespace baton::scenario
