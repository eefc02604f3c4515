// What an import brought can be taken back: everybody is then as if it had never been, but for what was decided meanwhile.
#include "app/imports.h"

#include <random>

#include "acts.h"
#include "app/messages.h"
#include "codec/canonical.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Imports);

std::uint32_t begin(World& world, const std::string& print) {
    const auto number = begin_import(*world.ledger, {"list.csv", "m", "both", print}, "olga");
    EXPECT_TRUE(number) << (number ? "" : number.error().detail);
    return number.value_or(0);
}

std::string undo(World& world, std::uint32_t number) {
    const auto done = world.ledger->undo_import(number, "olga");
    return done ? std::to_string(*done) : done.error().code;
}

IncomingFact of(std::uint32_t import, IncomingFact f, Whom whom = Whom::anybody) {
    f.import = import;
    f.whom = whom;
    f.source = "list";
    return f;
}

std::string attribute(World& world, std::string_view key, std::string_view property) {
    const auto person = world.person(key);
    const auto index = person.playbook->property(property);
    for (const auto& a : person.state.features.attributes)
        if (index && a.property == *index) return to_text(a.value);
    return "";
}

Properties employees(std::int64_t n) { return {{"employees", Value(n)}}; }

/// Refs and subjects are others in another world.
struct NoNames : codec::CanonicalNames {
    std::uint64_t message(FactRef) const override { return 0; }
    std::string subject(SubjectId) const override { return ""; }
};

/// What features of a person are, but when its account told it what.
std::string features(World& world, std::string_view key) {
    const auto looking = world.reads();
    const auto id = looking->find(key);
    if (!id || !*id) return "";
    const auto view = looking->person(**id);
    codec::PersonRow bare;
    bare.state.version = (*view)->state.version;
    bare.state.account = (*view)->state.account;
    bare.state.features = (*view)->state.features;
    bare.name = (*view)->name;
    bare.state.features.facts = 0;
    for (auto& heard : bare.state.features.account_attributes) heard.occurred_at = heard.recorded_at = Instant{};
    auto& counts = bare.state.features.aggregates;  // none heard of and none there are the same
    if (std::ranges::count(counts, 0) == static_cast<std::ptrdiff_t>(counts.size())) counts.clear();
    return codec::canonical(bare, *(*view)->playbook, NoNames());
}

TEST_P(Imports, TheSameAgainIsTheSameImport) {
    World world;
    EXPECT_EQ(begin(world, "a"), 1U);
    EXPECT_EQ(begin(world, "b"), 2U);
    EXPECT_EQ(begin(world, "a"), 1U);
    ASSERT_TRUE(import_took(*world.ledger, 1, 10, 20, "olga"));
    ASSERT_TRUE(import_took(*world.ledger, 1, 10, 2, "olga"));
    EXPECT_EQ(undo(world, 2), "0");
    EXPECT_EQ(begin(world, "b"), 3U) << "an undone one is not gone on with";
    world.crash();
    const auto all = imports(*world.reads());
    ASSERT_TRUE(all && all->size() == 3);
    EXPECT_EQ(all->back().facts, 22U);
    EXPECT_EQ(all->back().actor, "olga");
    EXPECT_EQ((*all)[1].undone, codec::ImportMade::Undone::done);
}

TEST_P(Imports, CreateLeavesKnownPeopleAlone) {
    World world;
    world.take(fact("profile", "anna@acme.example", "1", employees(100)));
    const std::uint32_t import = begin(world, "a");
    const auto create = [&](const char* mail, const char* id, std::int64_t n) {
        return world.take(of(import, fact("profile", mail, id, employees(n)), Whom::nobody_known));
    };
    EXPECT_EQ(create("anna@acme.example", "2", 7).code, known_already);
    EXPECT_EQ(create("ben@acme.example", "3", 8).verdict, Verdict::accepted);
    EXPECT_EQ(create("ben@acme.example", "4", 9).verdict, Verdict::accepted) << "another row of the same import";
    EXPECT_EQ(create("ben@acme.example", "3", 8).verdict, Verdict::duplicate);
    world.crash();
    EXPECT_EQ(create("ben@acme.example", "5", 10).verdict, Verdict::accepted) << "an interrupted one goes on";
    const std::uint32_t next = begin(world, "b");
    EXPECT_EQ(world.take(of(next, fact("profile", "ben@acme.example", "6"), Whom::nobody_known)).code, known_already);
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100");
    EXPECT_EQ(attribute(world, "ben@acme.example", "employees"), "10");
}

TEST_P(Imports, UpdateLeavesUnknownPeopleOut) {
    World world;
    world.take(fact("profile", "anna@acme.example", "1", employees(100)));
    const std::uint32_t import = begin(world, "a");
    IncomingFact company = of(import, fact("account", "", "2", {{"industry", Value("Steel")}}), Whom::somebody_known);
    company.account = "acme.example";
    const auto receipt =
        world.take({company, of(import, fact("profile", "ben@acme.example", "3"), Whom::somebody_known),
                    of(import, fact("profile", "anna@acme.example", "4", employees(7)), Whom::somebody_known)});
    EXPECT_EQ(receipt.outcomes[0].code, not_known);
    EXPECT_EQ(receipt.outcomes[1].code, not_known);
    EXPECT_EQ(receipt.outcomes[2].verdict, Verdict::accepted);
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "7");
    EXPECT_EQ(world.reads()->leads({}).value().size(), 1U);
}

TEST_P(Imports, AnUndoneOneCountsNoMore) {
    World world;
    world.take(fact("profile", "anna@acme.example", "1", employees(100)));
    const std::uint32_t import = begin(world, "a");
    IncomingFact anna = fact("profile", "anna@acme.example", "2", employees(500));
    anna.account = "acme.example";
    world.take({of(import, fact("Page Viewed", "anna@acme.example", "0")), of(import, anna),
                of(import, fact("Demo Requested", "anna@acme.example", "3")),
                of(import, fact("Page Viewed", "ben@acme.example", "4"))});
    EXPECT_EQ(world.stage("anna@acme.example"), "qualified");
    EXPECT_EQ(world.reads()->leads({}).value().size(), 2U);
    EXPECT_EQ(undo(world, import), "2");
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100");
    EXPECT_EQ(world.person("anna@acme.example").account, "");
    EXPECT_EQ(world.stage("anna@acme.example"), "qualified") << "a decision stays";
    EXPECT_EQ(world.reads()->leads({}).value().size(), 1U) << "of Ben nothing is known";
    const auto funnel = world.reads()->funnel();
    for (const auto& stage : funnel->stages) EXPECT_EQ(stage.inside, stage.in.entered - stage.left) << stage.id;
    EXPECT_EQ(undo(world, import), "undone_already");
    EXPECT_EQ(undo(world, 17), "not_found");
    EXPECT_EQ(world.take(of(import, fact("note", "anna@acme.example", "5"))).code, "import_undone");
    EXPECT_EQ(world.take(fact("import_undone", "anna@acme.example")).code, "type_internal");
    world.crash();
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
    EXPECT_TRUE(check_messages(*world.store)->empty());
}

TEST_P(Imports, WhoWasLeftOfItComesBackWithSomethingNew) {
    World world;
    const std::uint32_t import = begin(world, "a");
    world.take({of(import, fact("profile", "ben@acme.example", "1", employees(300))),
                of(import, fact("Demo Requested", "ben@acme.example", "2"))});
    undo(world, import);
    world.clock.advance(Duration::hours(24 * 5));
    EXPECT_EQ(world.fire(), 0U) << "it rests: no deadline runs";
    EXPECT_EQ(world.take(of(begin(world, "b"), fact("note", "ben@acme.example"), Whom::somebody_known)).code,
              not_known);
    EXPECT_EQ(world.take(fact("Page Viewed", "ben@acme.example", "3")).verdict, Verdict::accepted);
    EXPECT_EQ(world.reads()->leads({}).value().size(), 1U);
    EXPECT_EQ(attribute(world, "ben@acme.example", "employees"), "");
    const auto funnel = world.reads()->funnel();
    for (const auto& stage : funnel->stages) EXPECT_EQ(stage.inside, stage.in.entered - stage.left) << stage.id;
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

TEST_P(Imports, AfterAnUndoTheSameCanBeImportedAgain) {
    World world;
    const auto once = [&] {
        const std::uint32_t import = begin(world, "a");
        return world.take({of(import, fact("profile", "ben@acme.example", "1", employees(300))),
                           of(import, fact("Page Viewed", "ben@acme.example", "2"))});
    };
    EXPECT_EQ(once().accepted, 2U);
    EXPECT_EQ(once().duplicates, 2U);
    undo(world, 1);
    EXPECT_EQ(once().accepted, 2U);
    EXPECT_EQ(once().duplicates, 2U);
    undo(world, 2);
    world.crash();
    EXPECT_EQ(once().accepted, 2U);
    EXPECT_EQ(attribute(world, "ben@acme.example", "employees"), "300");
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
    EXPECT_TRUE(check_messages(*world.store)->empty());
}

TEST_P(Imports, WhatWasForwardedInAMergeIsTakenBackToo) {
    World world;
    world.take(
        {fact("profile", "anna@acme.example", "1", employees(100)), fact("Page Viewed", "anna@home.example", "2")});
    const std::uint32_t import = begin(world, "a");
    world.take(of(import, fact("profile", "anna@home.example", "3", employees(900))));
    const auto id = [&](std::string_view key) {
        return (*world.reads()->find_key(key, Reads::Merged::itself))->subject;
    };
    ASSERT_TRUE(world.ledger->merge(id("anna@acme.example"), id("anna@home.example"), {}, "olga"));
    world.take(of(import, fact("profile", "anna@home.example", "4", employees(901))));
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "901");
    EXPECT_EQ(undo(world, import), "2");
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100");
    ASSERT_TRUE(world.ledger->unmerge(id("anna@home.example"), "olga"));
    EXPECT_EQ(attribute(world, "anna@home.example", "employees"), "");
    ASSERT_TRUE(world.ledger->merge(id("anna@acme.example"), id("anna@home.example"), {}, "olga"));
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100");
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

TEST_P(Imports, ACompanyIsAsBeforeAndItsPeopleHearOfIt) {
    World world;
    IncomingFact anna = fact("profile", "anna@acme.example", "1");
    anna.account = "acme.example";
    IncomingFact before = fact("account", "", "2", {{"industry", Value("Steel")}});
    before.account = "acme.example";
    world.take({anna, before});
    const std::string as_it_was = features(world, "anna@acme.example");
    const std::uint32_t import = begin(world, "a");
    IncomingFact company = of(import, fact("account", "", "3", {{"industry", Value("Bakery")}}));
    company.account = "acme.example";
    world.take(company);
    EXPECT_NE(features(world, "anna@acme.example"), as_it_was);
    EXPECT_EQ(undo(world, import), "1");
    EXPECT_EQ(features(world, "anna@acme.example"), as_it_was);
    const std::uint32_t other = begin(world, "b");
    IncomingFact ben = of(other, fact("profile", "ben@beta.example", "4"));
    ben.account = company.account = "beta.example";
    company.import = other;
    IncomingFact known = fact("profile", "ben@beta.example", "5");
    known.account = "beta.example";
    world.take({known});
    const std::string of_ben = features(world, "ben@beta.example");
    world.take({ben, company});
    EXPECT_NE(features(world, "ben@beta.example"), of_ben);
    undo(world, other);
    EXPECT_EQ(features(world, "ben@beta.example"), of_ben) << "of no industry again";
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

/// Facts that are no decisions: a score begins anew with a cycle, and cycles are decided.
IncomingFact any_fact(std::mt19937_64& random, const World& world, int number) {
    const char* const types[] = {"profile", "profile", "Page Viewed", "Demo Requested", "answer", "note", "account"};
    IncomingFact f = fact(types[random() % 7], mail(static_cast<int>(random() % 5)), std::to_string(number));
    if (f.type == "profile") f.properties = employees(static_cast<std::int64_t>(random() % 400));
    if (f.type == "profile" && random() % 2 == 0) f.properties.push_back({"role", Value("decision maker")});
    if (f.type == "answer") f.properties = {{"question", Value("employees")}, {"value", Value(std::int64_t{250})}};
    if (f.type == "account") f.properties = {{"industry", Value(random() % 2 == 0 ? "Steel" : "Bakery")}};
    if (f.type == "account" || random() % 4 == 0) f.account = random() % 3 == 0 ? "acme.example" : "beta.example";
    if (random() % 2 == 0)
        f.occurred_at = world.clock.time - Duration::hours(static_cast<std::int64_t>(random() % 400));
    return f;
}

TEST_P(Imports, UndoneTheFeaturesAreAsIfItHadNeverBeen) {
    holds([] {
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        World world, without;
        const std::uint32_t import = begin(world, "a");
        begin(without, "a");
        const int facts = static_cast<int>(5 + random() % 40);
        for (int i = 0; i < facts; ++i) {
            const Duration pause = Duration::hours(static_cast<std::int64_t>(random() % 30));
            IncomingFact f = any_fact(random, world, i);
            if (random() % 2 == 0) {
                world.take(of(import, f));
            } else {
                world.take(f);
                without.take(f);
            }
            world.clock.advance(pause);
            without.clock.advance(pause);
            if (random() % 10 == 0) world.crash();
        }
        RC_ASSERT(world.ledger->undo_import(import, "olga").has_value());
        if (random() % 2 == 0) world.crash();
        for (int i = 0; i < 5; ++i)
            if (const std::string never = features(without, mail(i)); !never.empty())
                RC_ASSERT(features(world, mail(i)) == never);
        RC_ASSERT(world.ledger->rebuild()->different == 0U);
        RC_ASSERT(check_messages(*world.store)->empty());
    });
}

}  // namespace
}  // namespace baton::app
