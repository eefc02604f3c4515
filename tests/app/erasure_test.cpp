// Who asks to be forgotten is: no store holds a word of them, and everything that was counted or promised still stands.
#include "app/erasure.h"

#include <random>

#include "acts.h"
#include "app/lookup.h"
#include "app/registers.h"
#include "erased.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Erase);

/// Words that stand nowhere else.
constexpr std::array<std::string_view, 9> words{"canary-mail",    "Canary Berg", "4930901820",
                                                "canary-visitor", "canary-id",   "canary-role",
                                                "canary-note",    "canary-path", "canary-message"};

std::vector<IncomingFact> life_of_canary() {
    auto known =
        fact("profile", "canary-mail@acme.example", "canary-message-1",
             {{"employees", Value(std::int64_t{500})}, {"name", Value("Canary Berg")}, {"role", Value("canary-role")}});
    known.phone = "+49 30 901820";
    known.user_id = "canary-id";
    known.anonymous_id = "canary-visitor";
    auto page = fact("Page Viewed", "canary-mail@acme.example", "canary-message-2", {{"path", Value("/canary-path")}});
    return {
        known, page, fact("Demo Requested", "canary-mail@acme.example", "canary-message-3"),
        fact("note", "canary-mail@acme.example", "canary-message-4", {{"text", Value("canary-note: likes birds")}})};
}

std::vector<IncomingFact> others() {
    return {fact("profile", "ben@acme.example", "b1",
                 {{"employees", Value(std::int64_t{300})}, {"name", Value("Ben Dahl")}}),
            fact("Page Viewed", "ben@acme.example", "b2"), fact("Demo Requested", "ben@acme.example", "b3"),
            fact("Page Viewed", "eve@else.example", "e1")};
}

Erased erase(World& world, std::string_view key) {
    const auto done = world.ledger->erase(id_of(world, key), "olga");
    EXPECT_TRUE(done) << (done ? "" : done.error().code + ": " + done.error().detail);
    return done.value_or(Erased{});
}

std::string words_in(const std::string& bytes) { return found_in(bytes, words); }

std::map<std::string, std::int64_t> counters(World& world) {
    std::map<std::string, std::int64_t> all;
    EXPECT_TRUE(world.ledger->flush());
    const auto rows = world.store->counters();
    for (const auto& [key, n] : *rows) all[key] = n;
    return all;
}

TEST_P(Erase, NoWordIsLeftAndEverythingCountedStands) {
    World world;
    world.take(others());
    world.take(life_of_canary());
    ASSERT_EQ(world.stage("canary-mail@acme.example"), "qualified");
    EXPECT_NE(words_in(all_bytes(world)), "") << "else the test looks in the wrong place";
    const auto before = counters(world);
    const SubjectId person = id_of(world, "canary-mail@acme.example");
    const Erased done = erase(world, "canary-mail@acme.example");
    EXPECT_EQ(done.people, 1U);
    EXPECT_EQ(done.records, 4U);
    EXPECT_EQ(words_in(all_bytes(world)), "");
    auto after = counters(world);
    EXPECT_EQ(after.at("left\tqualified"), before.contains("left\tqualified") ? before.at("left\tqualified") + 1 : 1)
        << "nobody stands in a stage without being anybody";
    EXPECT_EQ(after.at("offer\tto_sales\twithdrawn"), 1);
    after.erase("offer\tto_sales\twithdrawn");
    after.erase("left\tqualified");
    auto same = before;
    same.erase("left\tqualified");
    EXPECT_EQ(after, same);
    for (const auto key : {"canary-mail@acme.example", "+4930901820", "canary-id", "canary-visitor"})
        EXPECT_FALSE(world.reads()->find(key)->has_value()) << key;
    EXPECT_FALSE(world.reads()->person(person)->has_value());
    EXPECT_EQ(world.reads()->leads({})->size(), 2U);
    expect_sound(world);
    world.crash();
    EXPECT_EQ(words_in(all_bytes(world)), "");
    EXPECT_EQ(world.stage("ben@acme.example"), "qualified");
    EXPECT_EQ(world.ledger->erase(person, "olga").error().code, "not_found");
    const auto anew = world.ledger->rebuild({}, Anew::always);
    ASSERT_TRUE(anew) << anew.error().detail;
    expect_sound(world);
    EXPECT_EQ(words_in(all_bytes(world)), "");
}

TEST_P(Erase, WhatWasSentBeforeIsStillADuplicateAndWhoComesBackIsNew) {
    World world;
    world.take(life_of_canary());
    const SubjectId before = id_of(world, "canary-mail@acme.example");
    erase(world, "canary-mail@acme.example");
    world.crash();
    EXPECT_EQ(world.take(life_of_canary()).duplicates, 4U);
    EXPECT_FALSE(world.reads()->find("canary-mail@acme.example")->has_value());
    EXPECT_EQ(world.take(fact("Page Viewed", "canary-mail@acme.example", "new")).verdict, Verdict::accepted);
    const auto again = world.person("canary-mail@acme.example");
    EXPECT_NE(again.id, before);
    EXPECT_EQ(again.state.features.facts, 1);
    EXPECT_EQ(again.name, "");
    EXPECT_EQ(world.take(life_of_canary()).duplicates, 4U) << "also now that somebody new has the key";
    expect_sound(world);
    erase(world, "canary-mail@acme.example");
    EXPECT_EQ(words_in(all_bytes(world)), "") << "a second time";
    EXPECT_EQ(world.take(life_of_canary()).duplicates, 4U);
    EXPECT_EQ(world.take(fact("Page Viewed", "canary-mail@acme.example", "new")).verdict, Verdict::duplicate);
    expect_sound(world);
}

TEST_P(Erase, RegistersHoldOnWithoutTheName) {
    World world;
    std::vector<ListChange> entries{{0, *register_key("canary-mail@acme.example", ""), "asked by canary-mail", false},
                                    {1, *register_key("+49 30 901820", ""), "", false},
                                    {0, *register_key("ben@acme.example", ""), "asked", false}};
    ASSERT_TRUE(Registers(*world.ledger).change(entries, "olga"));
    world.take(others());
    world.take(life_of_canary());
    EXPECT_EQ(erase(world, "canary-mail@acme.example").entries, 2U);
    EXPECT_EQ(words_in(all_bytes(world)), "");
    expect_sound(world);
    world.crash();
    world.take(fact("Page Viewed", "canary-mail@acme.example", "back"));
    const auto back = world.person("canary-mail@acme.example");
    ASSERT_EQ(back.hits.size(), 1U);
    EXPECT_EQ(back.hits.front().list, 0);
    EXPECT_EQ(world.person("ben@acme.example").hits.size(), 1U);
    expect_sound(world);
    // Whoever means it can take the entry out by the same address.
    entries = {{0, *register_key("canary-mail@acme.example", ""), "", true}};
    ASSERT_EQ(Registers(*world.ledger).change(entries, "olga")->changed, 1U);
    EXPECT_TRUE(world.person("canary-mail@acme.example").hits.empty());
}

/// The process ends when the journal has forgotten and the rows that follow from it have not.
TEST_P(Erase, WhatWasBegunIsDoneWhenTheStoreIsOpenedAgain) {
    if (GetParam() == std::string_view("postgres")) GTEST_SKIP() << "there both are one transaction";
    World world;
    std::vector<ListChange> entries{{0, *register_key("canary-mail@acme.example", ""), "asked by canary-mail", false}};
    ASSERT_TRUE(Registers(*world.ledger).change(entries, "olga"));
    world.take(others());
    world.take(life_of_canary());
    const SubjectId person = id_of(world, "canary-mail@acme.example");
    ASSERT_TRUE(world.ledger->flush());
    world.front->crashed = true;
    EXPECT_EQ(world.ledger->erase(person, "olga").error().code, "io");
    world.open();
    EXPECT_EQ(words_in(all_bytes(world)), "");
    EXPECT_FALSE(world.reads()->person(person)->has_value());
    expect_sound(world);
    world.take(fact("Page Viewed", "canary-mail@acme.example", "back"));
    EXPECT_EQ(world.person("canary-mail@acme.example").hits.size(), 1U);
    expect_sound(world);
}

TEST_P(Erase, AllWhoWereMergedAreOnePerson) {
    World world;
    world.take(life_of_canary());
    world.take({fact("profile", "canary-mail@home.example", "canary-message-5", {{"role", Value("canary-role")}}),
                fact("Page Viewed", "ben@acme.example", "b2")});
    const SubjectId home = id_of(world, "canary-mail@home.example");
    ASSERT_TRUE(world.ledger->merge(id_of(world, "canary-mail@acme.example"), home, {}, "olga"));
    world.take(fact("Page Viewed", "canary-mail@home.example", "canary-message-6", {{"path", Value("/canary-path")}}));
    EXPECT_EQ(erase(world, "canary-mail@home.example").people, 2U);
    EXPECT_EQ(words_in(all_bytes(world)), "");
    EXPECT_FALSE(world.reads()->person(home)->has_value());
    expect_sound(world);
}

TEST_P(Erase, WhatWasForwardedAndTakenBackIsGoneToo) {
    World world;
    world.take(others());
    world.take(life_of_canary());
    const SubjectId canary = id_of(world, "canary-mail@acme.example"), eve = id_of(world, "eve@else.example");
    ASSERT_TRUE(world.ledger->merge(eve, canary, {}, "olga"));
    world.take(fact("note", "eve@else.example", "e2", {{"text", Value("calls back")}}));
    const std::string stage = world.stage("eve@else.example");
    ASSERT_TRUE(world.ledger->unmerge(canary, "olga"));
    const std::string history = world.history("eve@else.example");
    world.clock.advance(Duration::hours(1));
    EXPECT_EQ(erase(world, "canary-mail@acme.example").people, 1U);
    EXPECT_EQ(words_in(all_bytes(world)), "");
    EXPECT_EQ(world.stage("eve@else.example"), stage) << "decisions stay with the survivor";
    EXPECT_TRUE(world.history("eve@else.example").starts_with(history));
    expect_sound(world);
    world.take(fact("Page Viewed", "eve@else.example", "e3"));
    EXPECT_EQ(world.person("eve@else.example").state.features.facts, 3);
    world.activate(second_playbook(), OpenLeads::re_evaluate, {{"lead", "interested"}});
    world.clock.advance(Duration::days(1));
    world.fire();
    expect_sound(world);
    EXPECT_EQ(world.ledger->reads().value()->person(eve, parse_instant("2026-03-01T09:00:00Z")).error().code,
              "erased_since");
}

TEST_P(Erase, SomeFactsAreTakenOutOfALife) {
    World world;
    world.take(life_of_canary());
    auto response = fact("profile", "canary-mail@acme.example", "lead-7",
                         {{"employees", Value(std::int64_t{9})}, {"role", Value("secret-role")}});
    response.source = "linkedin";
    world.clock.advance(Duration::hours(1));
    world.take(response);
    const std::string stage = world.stage("canary-mail@acme.example");
    const auto of_response = [](const codec::JournalRecord& record) { return record.message_id == "lead-7"; };
    const SubjectId person = id_of(world, "canary-mail@acme.example");
    const auto done = world.ledger->erase(person, "olga", of_response);
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(done->records, 1U);
    EXPECT_EQ(done->people, 0U);
    const auto left = world.person("canary-mail@acme.example");
    EXPECT_EQ(left.state.lead.stage, stage);
    EXPECT_EQ(left.email, "canary-mail@acme.example");
    EXPECT_EQ(left.name, "Canary Berg");
    const auto employees = left.playbook->property("employees");
    for (const auto& a : left.state.features.attributes)
        if (a.property == *employees) EXPECT_EQ(to_text(a.value), "500");
    EXPECT_EQ(all_bytes(world).find("secret-role"), std::string::npos);
    EXPECT_NE(world.history("canary-mail@acme.example").find("erased some"), std::string::npos);
    EXPECT_EQ(world.take(response).verdict, Verdict::duplicate);
    EXPECT_EQ(world.ledger->erase(person, "olga", of_response)->records, 0U) << "asked for once more";
    expect_sound(world);
    erase(world, "canary-mail@acme.example");
    EXPECT_EQ(words_in(all_bytes(world)), "");
    expect_sound(world);
}

TEST_P(Erase, WhoeverIsNothingElseIsErasedWithTheResponse) {
    World world;
    world.take(others());
    world.take(fact("profile", "canary-mail@acme.example", "lead-7", {{"role", Value("canary-role")}}));
    const SubjectId person = id_of(world, "canary-mail@acme.example");
    const auto done =
        world.ledger->erase(person, "olga", [](const auto& record) { return record.message_id == "lead-7"; });
    ASSERT_TRUE(done);
    EXPECT_EQ(done->people, 1U);
    EXPECT_EQ(words_in(all_bytes(world)), "");
    expect_sound(world);
}

/// Pages that were split and filled again while they held the words.
TEST(EraseAmongMany, NoByteOfTheFileIsLeft) {
    World world(true, {}, "sqlite");
    std::mt19937 random(7);
    const int people = 1'500;
    std::vector<IncomingFact> facts;
    const auto name = [](int n) { return "person" + std::to_string(n * 7919 % 100'003) + "x"; };
    for (int round = 0; round < 4; ++round) {
        for (int n = 0; n < people; ++n) {
            const std::string who = name(n) + "@firm" + std::to_string(n % 50) + ".example";
            auto f = fact(round == 0 ? "profile" : "Page Viewed", who, name(n) + std::to_string(round),
                          {{round == 0 ? "name" : "path", Value(name(n) + std::string(random() % 300, 'y'))}});
            if (round == 0) f.anonymous_id = name(n) + "visitor";
            facts.push_back(std::move(f));
        }
        std::ranges::shuffle(facts, random);
        world.take(std::exchange(facts, {}));
        ASSERT_TRUE(world.ledger->flush());
    }
    std::vector<std::string> gone;
    for (int n = 3; n < people; n += 50) {
        erase(world, name(n) + "@firm" + std::to_string(n % 50) + ".example");
        gone.push_back(name(n));
    }
    const std::string bytes = all_bytes(world);
    for (const auto& who : gone) EXPECT_EQ(bytes.find(who), std::string::npos) << who;
    expect_sound(world);
}

/// Invariant 18, over random lives: nothing of the erased is left, the others are as they were, a rebuild finds no difference.
TEST_P(Erase, OthersAreAsTheyWere) {
    holds([] {
        auto acts = any_acts(60);
        for (Act& act : acts)
            if (act.kind == 11) act.kind = 12;
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        World world;
        live(world, acts, 0, acts.size() / 2);
        const auto who = mail(static_cast<int>(random() % 5)), other = mail(static_cast<int>(random() % 5));
        const auto a = world.reads()->find(who), b = world.reads()->find(other);
        if (random() % 3 == 0 && a && *a && b && *b && **a != **b) {
            RC_ASSERT(world.ledger->merge(**b, **a, {}, "olga").has_value());
            if (random() % 2 == 0) RC_ASSERT(world.ledger->unmerge(**a, "olga").has_value());
        }
        live(world, acts, acts.size() / 2, acts.size());
        const auto found = world.reads()->find_key(who, Reads::Merged::itself);
        if (!found || !*found) return;
        if (random() % 2 == 0) world.crash();
        const auto before = counters(world);
        const auto done = world.ledger->erase((*found)->subject, "olga");
        RC_ASSERT(done.has_value());
        if (random() % 2 == 0) world.crash();
        for (const auto& [key, n] : counters(world)) {
            const bool may_grow = key.starts_with("left\t") || key.starts_with("offer\t");
            const auto at = before.find(key);
            const std::int64_t was = at == before.end() ? 0 : at->second;
            // What was due is done first, and others may move when their account loses a member.
            if (!may_grow && !key.starts_with("entered") && !key.starts_with("move") && !key.starts_with("leads"))
                RC_ASSERT(n == was);
            RC_ASSERT(n >= was);
        }
        RC_ASSERT(all_bytes(world).find(who) == std::string::npos);
        RC_ASSERT(world.ledger->rebuild()->different == 0U);
        RC_ASSERT(world.store->verify()->empty());
        live(world, acts, 0, acts.size());  // all of it was sent before
        RC_ASSERT(!world.reads()->find(who)->has_value());
        world.take(fact("Page Viewed", who, "again"));
        RC_ASSERT(world.ledger->rebuild()->different == 0U);
    });
}

}  // namespace
}  // namespace baton::app
