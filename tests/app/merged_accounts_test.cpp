// What an account told its members, when two of them were one person for a while.
#include <random>

#include "acts.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(MergedAccounts);

IncomingFact member(std::string email, std::string id, std::string account) {
    IncomingFact f = fact("profile", std::move(email), std::move(id), {{"origin", Value("fair")}});
    f.account = std::move(account);
    return f;
}

IncomingFact company(std::string account, std::string id, std::string industry) {
    IncomingFact f = fact("account", "", std::move(id), {{"industry", Value(std::move(industry))}});
    f.account = std::move(account);
    return f;
}

/// "acme.example: industry Steel, 1 decider": of a person, what it was told; of an account, what it says.
std::string told(const PersonView& person) {
    std::string text = person.state.account + ":";
    for (const auto& a : person.state.features.account_attributes)
        text += " " + person.playbook->names.account[a.property.value].id + " " + to_text(a.value);
    for (const auto n : person.state.features.aggregates)
        if (n != 0) text += ", " + std::to_string(n);
    return text;
}
std::string said_by_account_of(World& world, const PersonView& person) {
    if (person.state.account.empty()) return ":";
    const auto account = world.reads()->account(person.state.account);
    EXPECT_TRUE(account);
    std::string text = person.state.account + ":";
    for (const auto& a : account->state.attributes)
        text += " " + account->playbook->names.account[a.property.value].id + " " + to_text(a.value);
    for (const auto n : account->state.told)
        if (n != 0) text += ", " + std::to_string(n);
    return text;
}

/// Two records of Anna; nothing but the one at home says whose she is.
struct Annas {
    explicit Annas(World& in) : world(in) {
        world.take({company("acme.example", "c", "Steel"), fact("profile", "anna@work.example", "1"),
                    member("anna@home.example", "2", "acme.example")});
        join();
    }
    void join() {
        EXPECT_TRUE(
            world.ledger->merge(id_of(world, "anna@work.example"), id_of(world, "anna@home.example"), {}, "olga"));
    }
    void part() { EXPECT_TRUE(world.ledger->unmerge(id_of(world, "anna@home.example"), "olga")); }
    std::string at_work() { return told(world.person("anna@work.example")); }
    std::string at_home() { return told(world.person("anna@home.example")); }

    World& world;
};

TEST_P(MergedAccounts, WhoNamesItselfTheAccountItWasGivenKeepsWhatThatTold) {
    World world;
    Annas anna(world);
    EXPECT_EQ(anna.at_work(), "acme.example: industry Steel");
    world.take(member("anna@work.example", "3", "acme.example"));
    anna.part();
    EXPECT_EQ(anna.at_work(), "acme.example: industry Steel") << "told before it was named by herself";
    EXPECT_EQ(anna.at_home(), "acme.example: industry Steel");
    world.activate(second_playbook(), OpenLeads::re_evaluate, {{"lead", "interested"}});
    world.take(fact("note", "anna@work.example", "4"));
    EXPECT_EQ(anna.at_work(), "acme.example: industry Steel") << "folded anew from what is journaled";
    anna.join();
    anna.part();
    EXPECT_EQ(anna.at_work(), "acme.example: industry Steel");
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

TEST_P(MergedAccounts, WhoIsGivenBackToAnotherForgetsWhatTheFirstTold) {
    World world;
    Annas anna(world);
    anna.part();
    EXPECT_EQ(anna.at_work(), ":");
    world.take(member("anna@work.example", "3", "beta.example"));
    anna.join();
    EXPECT_EQ(anna.at_work(), "beta.example:") << "her own goes before what she was given";
    world.take(member("anna@home.example", "4", "acme.example"));
    EXPECT_EQ(anna.at_work(), "acme.example: industry Steel");
    anna.part();
    EXPECT_EQ(anna.at_work(), "beta.example:");
    world.activate(second_playbook(), OpenLeads::re_evaluate, {{"lead", "interested"}});
    world.take({fact("note", "anna@work.example", "5"), fact("note", "anna@home.example", "6")});
    EXPECT_EQ(anna.at_work(), "beta.example:") << "folded anew from what is journaled";
    EXPECT_EQ(anna.at_home(), "acme.example: industry Steel");
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

TEST_P(MergedAccounts, WhatABrowserNamedInVainMeantNothing) {
    World world;
    Annas anna(world);
    IncomingFact vain = member("anna@home.example", "3", "other.example");
    vain.trust = Trust::browser;
    world.take({member("anna@work.example", "4", "acme.example"), vain});
    EXPECT_EQ(anna.at_work(), "acme.example: industry Steel");
    anna.part();
    EXPECT_EQ(anna.at_work(), "acme.example: industry Steel");
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

/// Whoever was merged, taken apart and moved between accounts, in whatever order: a member knows what its account says.
TEST_P(MergedAccounts, AMemberKnowsWhatItsAccountSays) {
    holds([] {
        auto acts = any_acts(50);
        for (Act& act : acts)
            if (act.kind == 11 && act.amount % 3 == 0) ++act.amount;  // open leads that wait hear of new counts later
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        for (Act& act : acts)
            if (random() % 2 == 0) act.kind = 8 + static_cast<int>(random() % 3);  // whose they are, what an account is
        World world;
        for (std::size_t i = 0; i < acts.size(); ++i) {
            live(world, acts, i, i + 1);
            if (random() % 2 != 0) continue;
            const auto looking = world.reads();
            const auto a = looking->find_key(mail(static_cast<int>(random() % 5)), Reads::Merged::itself);
            const auto b = looking->find_key(mail(static_cast<int>(random() % 5)), Reads::Merged::itself);
            if (!a || !*a || !b || !*b) continue;
            if (random() % 2 == 0)
                static_cast<void>(world.ledger->merge((*a)->subject, (*b)->subject, {}, "olga"));
            else
                static_cast<void>(world.ledger->unmerge((*a)->subject, "olga"));
            if (random() % 8 == 0) world.crash();
        }
        for (int who = 0; who < 5; ++who) {  // whoever has waited for a new version goes through it
            if (const auto known = world.reads()->find(mail(who)); known && *known)
                world.take(fact("note", mail(who), "now"));
        }
        RC_ASSERT(world.ledger->run_due(world.clock.time).has_value());
        for (int who = 0; who < 5; ++who) {
            if (const auto known = world.reads()->find(mail(who)); !known || !*known) continue;
            const auto person = world.person(mail(who));
            RC_ASSERT(told(person) == said_by_account_of(world, person));
        }
        RC_ASSERT(world.ledger->rebuild()->different == 0U);
    });
}

}  // namespace
}  // namespace baton::app
