// Two records of one human become one by a person's decision, with the whole past of both, and two again if that was wrong.
#include "app/merge.h"

#include <random>

#include "acts.h"
#include "app/lookup.h"
#include "app/members.h"
#include "app/messages.h"
#include "app/registers.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Merge);

std::string merge(World& world, std::string_view into, std::string_view from, const Properties& fields = {}) {
    const auto done = world.ledger->merge(id_of(world, into), id_of(world, from), fields, "olga");
    return done ? "done" : done.error().code;
}

std::string unmerge(World& world, std::string_view from) {
    const auto done = world.ledger->unmerge(id_of(world, from), "olga");
    return done ? "done" : done.error().code;
}

std::string attribute(World& world, std::string_view key, std::string_view property) {
    const auto person = world.person(key);
    const auto index = person.playbook->property(property);
    if (!index) return "no such property";
    for (const auto& a : person.state.features.attributes)
        if (a.property == *index) return to_text(a.value);
    return "";
}

std::int64_t counted(World& world, std::string_view key, std::string_view type) {
    const auto person = world.person(key);
    const auto index = person.playbook->type(type);
    for (const auto& row : person.state.features.types())
        if (index && row.type == *index) return row.total;
    return 0;
}

/// Anna wrote from two addresses and looked around without a name; Ben is another.
void people(World& world) {
    IncomingFact visitor;
    visitor.type = "Page Viewed";
    visitor.anonymous_id = "browser-1";
    world.take({fact("profile", "anna@acme.example", "1",
                     {{"name", Value("Anna Berg")}, {"employees", Value(std::int64_t{100})}}),
                fact("Page Viewed", "anna@acme.example", "2"), visitor});
    world.clock.advance(Duration::hours(1));
    world.take({fact("profile", "anna@home.example", "3", {{"name", Value("A. Berg")}, {"role", Value("user")}}),
                fact("Page Viewed", "anna@home.example", "4"), fact("Page Viewed", "anna@home.example", "5"),
                fact("Page Viewed", "ben@acme.example", "6")});
}

TEST_P(Merge, TheSurvivorHasTheWholePastOfBoth) {
    World world;
    people(world);
    EXPECT_EQ(merge(world, "anna@acme.example", "anna@home.example"), "done");
    EXPECT_EQ(merge(world, "anna@acme.example", "browser-1"), "done");
    EXPECT_EQ(world.person("anna@home.example").id, world.person("anna@acme.example").id);
    EXPECT_EQ(counted(world, "browser-1", "Page Viewed"), 4);
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100");
    EXPECT_EQ(attribute(world, "anna@acme.example", "role"), "user");
    EXPECT_EQ(world.person("anna@acme.example").name, "A. Berg");  // the newer one
    EXPECT_EQ(world.person("anna@acme.example").absorbed.size(), 2U);
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
    EXPECT_TRUE(check_messages(*world.store)->empty()) << "a forwarded fact was never sent";
}

TEST_P(Merge, WhoRestsIsInNoList) {
    World world;
    people(world);
    EXPECT_EQ(world.reads()->leads({}).value().size(), 4U);
    merge(world, "anna@acme.example", "anna@home.example");
    const auto rows = world.reads()->leads({});
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->size(), 3U);
    ports::LeadQuery query;
    query.text = "home";
    EXPECT_EQ(world.reads()->leads(query).value().size(), 0U);
    const auto found = look_up(*world.reads(), "anna@home.example");
    ASSERT_TRUE(found && !found->people.empty());
    EXPECT_EQ(found->people.front().row.person, id_of(world, "anna@acme.example"));
    const auto inside = [&](std::string_view id) {
        const auto funnel = world.reads()->funnel();
        for (const auto& stage : funnel->stages) {
            EXPECT_EQ(stage.inside, stage.in.entered - stage.left);
            if (stage.id == id) return stage.inside;
        }
        return std::int64_t{-1};
    };
    EXPECT_EQ(inside("lead"), 3);
    unmerge(world, "anna@home.example");
    EXPECT_EQ(inside("lead"), 4);
    EXPECT_EQ(world.reads()->leads(query).value().size(), 1U);
}

TEST_P(Merge, WhatArrivesLaterGoesToTheSurvivorAndComesBack) {
    World world;
    people(world);
    merge(world, "anna@acme.example", "anna@home.example");
    EXPECT_EQ(world.take(fact("Demo Requested", "anna@home.example", "7")).verdict, Verdict::accepted);
    EXPECT_EQ(world.take(fact("Demo Requested", "anna@home.example", "7")).verdict, Verdict::duplicate);
    world.take(fact("profile", "anna@home.example", "8", {{"employees", Value(std::int64_t{500})}}));
    EXPECT_EQ(world.stage("anna@acme.example"), "qualified");
    IncomingFact accept = fact("accept", "anna@home.example", "9");
    accept.actor = "sam";
    EXPECT_EQ(world.take(accept).verdict, Verdict::accepted);  // judged by where the survivor stands
    EXPECT_EQ(world.stage("anna@acme.example"), "accepted");
    EXPECT_EQ(unmerge(world, "anna@home.example"), "done");
    EXPECT_EQ(counted(world, "anna@acme.example", "Demo Requested"), 0);
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100");
    EXPECT_EQ(world.stage("anna@acme.example"), "accepted");  // a decision stays
    EXPECT_EQ(counted(world, "anna@home.example", "Demo Requested"), 1);
    EXPECT_EQ(world.stage("anna@home.example"), "qualified");
    EXPECT_EQ(world.person("anna@acme.example").name, "Anna Berg");
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
    EXPECT_TRUE(check_messages(*world.store)->empty());
}

TEST_P(Merge, SomebodyChoosesWhatSurvives) {
    World world;
    people(world);
    world.take(fact("profile", "anna@home.example", "7", {{"employees", Value(std::int64_t{7})}}));
    const auto fields =
        side_by_side(*world.reads(), id_of(world, "anna@acme.example"), id_of(world, "anna@home.example"));
    ASSERT_TRUE(fields);
    const auto employees = std::ranges::find(*fields, "employees", &SideBySide::property);
    ASSERT_NE(employees, fields->end());
    EXPECT_EQ(to_text(employees->of_survivor.value) + " or " + to_text(employees->of_merged.value), "100 or 7");
    merge(world, "anna@acme.example", "anna@home.example", {{"employees", employees->of_survivor.value}});
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100");
    unmerge(world, "anna@home.example");
    EXPECT_EQ(attribute(world, "anna@home.example", "employees"), "7");
    merge(world, "anna@acme.example", "anna@home.example");
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "7");
}

TEST_P(Merge, RefusesWhatMakesNoSense) {
    World world;
    people(world);
    EXPECT_EQ(merge(world, "anna@acme.example", "anna@acme.example"), "same_person");
    EXPECT_EQ(unmerge(world, "anna@acme.example"), "not_merged");
    merge(world, "anna@acme.example", "anna@home.example");
    EXPECT_EQ(merge(world, "ben@acme.example", "anna@home.example"), "merged_already");
    merge(world, "ben@acme.example", "anna@acme.example");
    EXPECT_EQ(unmerge(world, "anna@home.example"), "merged_already");
    EXPECT_EQ(world.ledger->merge(SubjectId{1'000'000}, id_of(world, "ben@acme.example"), {}, "olga").error().code,
              "not_found");
    for (const char* type : {"merge", "merged", "unmerge", "unmerged"})
        EXPECT_EQ(world.take(fact(type, "anna@acme.example")).code, "type_internal") << type;
}

TEST_P(Merge, AChainIsTakenApartFromItsEnd) {
    World world;
    people(world);
    merge(world, "anna@acme.example", "anna@home.example");
    merge(world, "ben@acme.example", "anna@acme.example");
    EXPECT_EQ(counted(world, "ben@acme.example", "Page Viewed"), 4);
    world.take(fact("Page Viewed", "anna@home.example", "late"));
    EXPECT_EQ(counted(world, "ben@acme.example", "Page Viewed"), 5);
    world.crash();
    EXPECT_EQ(unmerge(world, "anna@acme.example"), "done");
    EXPECT_EQ(counted(world, "ben@acme.example", "Page Viewed"), 1);
    EXPECT_EQ(counted(world, "anna@acme.example", "Page Viewed"), 4);
    EXPECT_EQ(unmerge(world, "anna@home.example"), "done");
    EXPECT_EQ(counted(world, "anna@acme.example", "Page Viewed"), 1);
    EXPECT_EQ(counted(world, "anna@home.example", "Page Viewed"), 3);
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

TEST_P(Merge, TheStrictestOfBothRegistersCounts) {
    World world;
    people(world);
    const std::vector<ListChange> changes{{0, "e:anna@home.example", "asked for it", false}};
    ASSERT_TRUE(Registers(*world.ledger).change(changes, "olga"));
    merge(world, "anna@acme.example", "anna@home.example");
    EXPECT_EQ(world.person("anna@acme.example").hits.size(), 1U);
    unmerge(world, "anna@home.example");
    EXPECT_EQ(world.person("anna@acme.example").hits.size(), 0U);
    EXPECT_EQ(world.person("anna@home.example").hits.size(), 1U);
}

TEST_P(Merge, TheAuditTrailSaysWho) {
    World world;
    people(world);
    merge(world, "anna@acme.example", "anna@home.example");
    const auto trail = Members::audit(*world.reads(), ports::no_position, 1);
    ASSERT_TRUE(trail && trail->size() == 1);
    EXPECT_EQ(trail->front().actor, "olga");
    EXPECT_NE(trail->front().what.find("merged into person"), std::string::npos);
}

TEST_P(Merge, ANewPlaybookFindsBothAsTheyAre) {
    World world;
    people(world);
    merge(world, "anna@acme.example", "anna@home.example");
    unmerge(world, "anna@home.example");
    merge(world, "anna@acme.example", "browser-1");
    world.clock.advance(Duration::hours(1));
    world.activate(second_playbook(), OpenLeads::re_evaluate, {{"lead", "interested"}});
    world.clock.advance(Duration::hours(1));
    world.fire(world.clock.time);
    world.take({fact("note", "anna@acme.example", "n1"), fact("note", "anna@home.example", "n2")});
    EXPECT_EQ(counted(world, "anna@acme.example", "Page Viewed"), 2);
    EXPECT_EQ(counted(world, "anna@home.example", "Page Viewed"), 2);
    unmerge(world, "browser-1");
    world.take(fact("note", "anna@acme.example", "n3"));
    EXPECT_EQ(counted(world, "anna@acme.example", "Page Viewed"), 1);
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

/// What a person is, without the two facts about the merge itself: not when its newest fact was, nor when it is looked at next,
/// nor the mark that it was taken apart.
/// Nor how often its account, which one of the two left and joined again, has told it the same.
std::string whole(World& world, SubjectId id) {
    const auto row = world.reads()->reader().state_of(id);
    if (!row || !*row) return "nobody";
    auto person = codec::decode_person((*row)->state);
    if (!person) return person.error().detail;
    person->state.engine_at = person->state.next_at = Instant{};
    person->state.last = {};
    person->state.features.facts = 0;
    person->taken_apart = false;
    for (auto& heard : person->state.features.account_attributes) {
        heard.from = {};
        heard.occurred_at = heard.recorded_at = Instant{};
    }
    auto& told = person->state.member_of;  // nothing told and told of no part are the same
    if (std::ranges::find(told, true) == told.end()) told.clear();
    return codec::encode(*person);
}

TEST_P(Merge, ThenUnmergeLeavesBothAsTheyWere) {
    holds([] {
        auto acts = any_acts(60);
        for (Act& act : acts)
            if (act.kind == 11) act.kind = 12;  // open leads that wait for a new version tell their account only later
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        World world;
        live(world, acts, 0, acts.size());
        const auto looking = world.reads();
        const auto a = looking->find(mail(0)), b = looking->find(mail(static_cast<int>(1 + random() % 4)));
        if (!a || !*a || !b || !*b) return;
        // Whoever has waited for a new version goes through it first.
        world.take({fact("note", mail(0), "now"), fact("note", mail(1), "now"), fact("note", mail(2), "now"),
                    fact("note", mail(3), "now"), fact("note", mail(4), "now")});
        RC_ASSERT(world.ledger->run_due(world.clock.time).has_value());
        const std::string before_a = whole(world, **a), before_b = whole(world, **b);
        RC_ASSERT(world.ledger->merge(**a, **b, {}, "olga").has_value());
        if (random() % 2 == 0) world.crash();
        const bool moved = world.history(mail(0)).find("took_in\n") + 8 != world.history(mail(0)).size();
        RC_ASSERT(world.ledger->unmerge(**b, "olga").has_value());
        if (random() % 2 == 0) world.crash();
        RC_ASSERT(whole(world, **b) == before_b);
        if (!moved && world.history(mail(0)).ends_with("gave_back\n")) RC_ASSERT(whole(world, **a) == before_a);
        RC_ASSERT(world.ledger->rebuild()->different == 0U);
    });
}

}  // namespace
}  // namespace baton::app
