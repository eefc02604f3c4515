// The list of erasures, held against an older copy of the store: whoever was erased since, wholly or in part, is erased again.
#include "app/copy.h"
#include "app/erasure.h"
#include "erased.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(ErasureList);

constexpr const char* ann = "ann@acme.example";
/// What the answer said and nothing else does.
constexpr std::array<std::string_view, 4> words{"secret-role", "4930777777", "secret-visitor", "lead-7"};

std::vector<IncomingFact> lives() {
    return {fact("profile", ann, "a1", {{"employees", Value(std::int64_t{500})}, {"name", Value("Ann Berg")}}),
            fact("Page Viewed", ann, "a2"),
            fact("profile", "ben@acme.example", "b1", {{"employees", Value(std::int64_t{300})}}),
            fact("Demo Requested", "ben@acme.example", "b2")};
}

IncomingFact answer(std::string_view id = "lead-7") {
    auto made =
        fact("profile", ann, std::string(id), {{"employees", Value(std::int64_t{9})}, {"role", Value("secret-role")}});
    made.source = "linkedin";
    made.phone = "+49 30 777777";
    made.anonymous_id = "secret-visitor";
    return made;
}

bool of_answer(const codec::JournalRecord& record) { return record.message_id.ends_with("lead-7"); }

/// As a backup of now would be, put back.
std::unique_ptr<World> copy_of(World& world) {
    EXPECT_TRUE(world.ledger->flush());
    auto older = std::make_unique<World>(false);
    older->clock.time = world.clock.time;
    older->ledger.reset();
    const auto done = copy(*world.store, *older->store, older->clock);
    EXPECT_TRUE(done) << (done ? "" : done.error().code + ": " + done.error().detail);
    older->open();
    return older;
}

std::string words_in(World& world) { return found_in(all_bytes(world), words); }

Erased take_back(World& world, std::string_view key) {
    const auto done = world.ledger->erase(id_of(world, key), "olga", of_answer);
    EXPECT_TRUE(done) << (done ? "" : done.error().code + ": " + done.error().detail);
    return done.value_or(Erased{});
}

std::string list_of(World& world) {
    const auto all = erasures(*world.reads());
    EXPECT_TRUE(all);
    const auto lines = app::list_of(*world.store, *all);
    EXPECT_TRUE(lines) << (lines ? "" : lines.error().detail);
    return lines.value_or("");
}

/// How many people lost something.
std::size_t held_against(World& world, const std::string& lines) {
    const auto done = apply_list(*world.ledger, *world.store, lines, "olga");
    EXPECT_TRUE(done) << (done ? "" : done.error().code + ": " + done.error().detail);
    return done.value_or(99);
}

TEST_P(ErasureList, AnAnswerTakenBackIsGoneFromAnOlderCopyToo) {
    World world;
    world.take(lives());
    world.take(answer());
    const auto older = copy_of(world), direct = copy_of(world);
    ASSERT_EQ(words_in(*older), "secret-role 4930777777 secret-visitor lead-7 ") << "else it looks in the wrong place";
    world.take(fact("Page Viewed", ann, "a3"));
    world.clock.advance(Duration::hours(1));
    EXPECT_EQ(take_back(world, ann).people, 0U) << "she lives on";
    const std::string lines = list_of(world);
    EXPECT_EQ(lines.find("keys"), std::string::npos) << "an earlier version would erase all of her";
    for (const std::string_view word : words) EXPECT_EQ(lines.find(word), std::string::npos) << word;
    EXPECT_EQ(lines.find("acme"), std::string::npos);

    EXPECT_EQ(held_against(*older, lines), 1U);
    EXPECT_EQ(words_in(*older), "");
    take_back(*direct, ann);
    EXPECT_EQ(rows_of(*older), rows_of(*direct)) << "as if it had been taken back there";
    EXPECT_EQ(older->person(ann).name, "Ann Berg");
    EXPECT_EQ(older->take(answer()).verdict, Verdict::duplicate);
    EXPECT_EQ(words_in(*older), "");
    const std::string once = rows_of(*older);
    EXPECT_EQ(held_against(*older, lines), 0U);
    EXPECT_EQ(held_against(world, lines), 0U) << "where it was erased from, there is nothing more";
    EXPECT_EQ(rows_of(*older), once);
    expect_sound(*older);
    older->crash();
    EXPECT_EQ(rows_of(*older), once);
    EXPECT_EQ(list_of(*older).substr(0, 30), lines.substr(0, 30)) << "and the copy has a list of its own";
    EXPECT_EQ(held_against(*copy_of(*direct), list_of(*older)), 0U);
}

TEST_P(ErasureList, ItMeansTheRecordsThatWereErasedAndNoOthersInTheirPlaces) {
    World world;
    world.take(lives());
    const auto before = copy_of(world);
    world.take(answer());
    take_back(world, ann);
    const std::string lines = list_of(world);
    before->take(fact("profile", ann, "other", {{"role", Value("another-role")}}));
    EXPECT_EQ(held_against(*before, lines), 0U);
    EXPECT_NE(rows_of(*before).find("another-role"), std::string::npos);
    expect_sound(*before);
}

TEST_P(ErasureList, WhatWasForwardedToSomebodyElseGoesToo) {
    World world;
    world.take(lives());
    world.take(answer());
    const SubjectId her = id_of(world, ann), ben = id_of(world, "ben@acme.example");
    ASSERT_TRUE(world.ledger->merge(ben, her, {}, "olga"));
    ASSERT_TRUE(world.ledger->unmerge(her, "olga"));
    const auto older = copy_of(world);
    take_back(world, ann);
    ASSERT_EQ(words_in(world), "");
    const std::string lines = list_of(world);
    EXPECT_EQ(std::ranges::count(lines, '\n'), 2) << "his copies are said by a line of his";
    EXPECT_GE(held_against(*older, lines), 1U);
    EXPECT_EQ(words_in(*older), "");
    EXPECT_EQ(held_against(*older, lines), 0U);
    expect_sound(*older);
}

/// The copy knows her by a key only that went before the rest of her did.
TEST_P(ErasureList, WhoWasErasedInPartAndThenWhollyIsGone) {
    World world;
    auto first = answer();
    first.email.clear();
    world.take(first);
    const auto older = copy_of(world);
    world.take(fact("profile", "ben@acme.example", "b1", {{"employees", Value(std::int64_t{300})}}));
    auto known = fact("profile", ann, "a1", {{"name", Value("Ann Berg")}});
    known.anonymous_id = "secret-visitor";
    world.take(known);
    world.take(fact("Page Viewed", ann, "a2"));
    take_back(world, ann);
    ASSERT_TRUE(world.ledger->erase(id_of(world, ann), "olga"));
    EXPECT_EQ(held_against(*older, list_of(world)), 1U);
    EXPECT_EQ(words_in(*older), "");
    EXPECT_EQ(older->reads()->leads({})->size(), 0U) << "nothing else was known";
    expect_sound(*older);
}

std::string employees_of(World& world) {
    const PersonView view = world.person(ann);
    const auto employees = view.playbook->property("employees");
    for (const auto& known : view.state.features.attributes)
        if (known.property == *employees) return to_text(known.value);
    return "";
}

/// In the copy nothing else was known yet of the one who answered, but of the one it was merged into.
TEST_P(ErasureList, WhoeverItWasMergedIntoLivesOn) {
    World world;
    world.take(lives());
    auto alone = answer();
    alone.email.clear();
    alone.anonymous_id = "form:7";
    world.take(alone);
    ASSERT_TRUE(world.ledger->merge(id_of(world, ann), id_of(world, "form:7"), {}, "olga"));
    const auto older = copy_of(world);
    ASSERT_EQ(older->person("form:7").name, "Ann Berg");
    ASSERT_EQ(employees_of(*older), "9");
    auto deleted = fact("deleted", "", "d1");
    deleted.anonymous_id = "form:7";
    world.take(deleted);
    EXPECT_EQ(take_back(world, "form:7").people, 0U);
    EXPECT_EQ(words_in(world), "") << "neither of who rests nor of who goes on with what it knew";
    EXPECT_EQ(employees_of(world), "500");
    expect_sound(world);
    EXPECT_GE(held_against(*older, list_of(world)), 1U);
    EXPECT_EQ(words_in(*older), "");
    EXPECT_EQ(employees_of(*older), "500");
    EXPECT_EQ(older->person(ann).name, "Ann Berg");
    EXPECT_EQ(older->person(ann).state.lead.stage, "lead");
    expect_sound(*older);
    older->crash();
    EXPECT_EQ(older->person(ann).name, "Ann Berg");
    EXPECT_EQ(held_against(*older, list_of(world)), 0U);
    ASSERT_TRUE(older->ledger->rebuild({}, Anew::always));
    expect_sound(*older);
    ASSERT_TRUE(world.ledger->unmerge(id_of(world, "form:7"), "olga"));
    EXPECT_EQ(words_in(world), "");
    EXPECT_EQ(employees_of(world), "500");
    expect_sound(world);
}

TEST_P(ErasureList, AnOldListIsStillReadAndWhatIsNoneIsRefused) {
    World world;
    world.take(lives());
    world.take(answer());
    const auto older = copy_of(world);
    ASSERT_TRUE(world.ledger->erase(id_of(world, ann), "olga"));
    const std::string lines = list_of(world);
    ASSERT_NE(lines.find("\"keys\":[\""), std::string::npos) << lines;
    ASSERT_EQ(lines.find("records"), std::string::npos) << "so it was always written";
    for (const char* wrong : {R"({"subject":"0000000000000001","records":"all"})", R"({"subject":"0000000000000001"})",
                              R"({"subject":"0000000000000001","records":["x"]})",
                              R"({"subject":"0000000000000001","keys":[],"records":[]})"}) {
        const auto done = apply_list(*older->ledger, *older->store, lines + wrong + "\n", "olga");
        ASSERT_FALSE(done) << wrong;
        EXPECT_EQ(done.error().code, "bad_list");
        EXPECT_NE(done.error().detail.find("line 2 "), std::string::npos) << done.error().detail;
    }
    EXPECT_NE(words_in(*older), "") << "nothing was erased";
    EXPECT_EQ(held_against(*older, lines), 1U);
    EXPECT_EQ(words_in(*older), "");
    EXPECT_EQ(held_against(*older, lines), 0U);
    expect_sound(*older);
}

}  // namespace
}  // namespace baton::app
