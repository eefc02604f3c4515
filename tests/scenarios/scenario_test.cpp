// The scenario language itself: what it reads, what it refuses with which line, and that it can fail.
#include <gtest/gtest.h>

#include "codec/playbook_yaml.h"
#include "support/scenario.h"
#include "support/scenario_books.h"

namespace baton::scenario {
namespace {

const char* const small_playbook = R"(playbook: 1
id: small
name: Small
teams: [{id: marketing, name: Marketing, responsible: mia}, {id: sales, name: Sales, responsible: sam}]
properties:
  - {id: employees, label: Employees, type: integer, filled_by: [form]}
  - {id: consent_marketing_email, label: News by e-mail, type: boolean}
facts: [{id: Demo Requested, label: asked for a demo}]
stages:
  - {id: known, name: Known, kind: marketing, before_lead: true, owner: marketing}
  - {id: offered, name: Offered, kind: marketing, owner: marketing,
     enter: {all: [{name: Big, when: 'person.employees >= 100'}, {name: Asked, when: 'count("Demo Requested", days(10)) > 0'}]}}
  - {id: taken, name: Taken, kind: sales, owner: sales}
transitions:
  - {id: ready, from: known, to: offered, when: {none: [{name: Suppressed, when: 'person.scrub_suppressed'},
     {name: Wants no news, when: '!person.consent_marketing_email'}]}}
  - {id: cools, from: offered, to: known, when: {none: [{name: Still fresh, when: 'count("Demo Requested", days(10)) > 0'}]}}
  - {id: take, from: offered, to: taken, on: accept}
hand_offs: [{id: to_sales, at: offered, from: marketing, to: sales}]
)";

std::shared_ptr<const playbook::Compiled> small() {
    const auto source = codec::read_playbook(small_playbook, "small.yaml");
    if (!source) return nullptr;
    return playbook::compile(*source, 1).playbook;
}

/// Runs one scenario's lines; answers the differences joined.
std::string outcome(const std::string& lines) {
    const auto file = parse("playbook: small\nscenario: one\n" + lines);
    if (!file) {
        std::string text;
        for (const Mistake& m : file.error()) text += std::to_string(m.line) + ": " + m.message + "\n";
        return text;
    }
    const auto book = small();
    if (book == nullptr) return "no playbook";
    Covered covered;
    std::string text;
    for (const std::string& d : run(*book, file->scenarios[0], covered)) text += d;
    return text;
}

TEST(ScenarioParse, SaysWhatIsWrongWithItsLine) {
    const auto check = [](const std::string& text, const std::string& wanted) {
        const auto file = parse(text);
        ASSERT_FALSE(file.has_value()) << text;
        EXPECT_EQ(std::to_string(file.error().front().line) + ": " + file.error().front().message, wanted) << text;
    };
    check("scenario: x\n  given 2026-01-05 anna profile a=1\n", "2: the file must begin with 'playbook: <id>'");
    check("playbook: p\n  given 2026-01-05 anna profile a=1\n", "2: a line before the first 'scenario:'");
    check("playbook: p\nscenario: empty\n", "2: the scenario 'empty' says nothing");
    check("playbook: p\nscenario: x\n  given tomorrow anna profile a=1\n",
          "3: a time is missing, such as 2026-01-05T09:00Z or +3d");
    check("playbook: p\nscenario: x\n  given +1d anna profile a=1\n",
          "3: a time is missing, such as 2026-01-05T09:00Z or +3d");
    check("playbook: p\nscenario: x\n  then nothing\n", "3: 'then' needs a 'given' or 'when' before it");
    check("playbook: p\nscenario: x\n  given 2026-01-05 anna\n",
          "3: who does what? For example: anna does \"Demo Requested\"");
    check("playbook: p\nscenario: x\n  given 2026-01-05 anna profile employees\n",
          "3: 'employees' is not of the form name=value");
    check("playbook: p\nscenario: x\n  given 2026-01-05 anna profile a=\"open\n",
          "3: a quote or bracket is not closed");
    check("playbook: p\nscenario: x\n  given 2026-01-05 anna profile occurred=never\n", "3: 'never' is no time");
    check("playbook: p\nscenario: x\n  given 2026-01-05 ben accepts\n", "3: whom, or what, does this mean?");
    check("playbook: p\nscenario: x\n  hope\n",
          "3: unknown word 'hope'; lines begin with scenario:, given, when, then, and, check or #");
}

TEST(Scenario, WhoStandsInARegisterIsKeptBackUntilTakenOut) {
    EXPECT_EQ(outcome("  given 2026-01-05T09:00Z anna scrubbed scrub_suppressed=true\n"
                      "  when +1h anna profile employees=500 scrub_suppressed=false\n"
                      "  then nothing\n"
                      "  when +1h anna does \"Demo Requested\"\n"
                      "  then nothing\n"
                      "  when +1h anna scrubbed scrub_suppressed=false\n"
                      "  then enters offered by ready (rule)\n"
                      "  and lead opened\n"
                      "  and offered to_sales number 1\n"
                      "  and held by queue sales, sam answers\n"),
              "");
}

TEST(Scenario, WhoWithdrewIsKeptBackUntilSomebodyTrustedSaysOtherwise) {
    EXPECT_EQ(outcome("  given 2026-01-05T09:00Z anna profile employees=500 consent_marketing_email=false\n"
                      "  given public +1m anna consent purpose=marketing_email given=false\n"
                      "  when +1h anna does \"Demo Requested\"\n"
                      "  then nothing\n"
                      "  when public +1h anna consent purpose=marketing_email given=true\n"
                      "  then nothing\n"
                      "  when +1h anna consent purpose=marketing_email given=true occurred=2026-01-05T09:01Z\n"
                      "  then nothing\n"
                      "  when +1h anna consent purpose=marketing_email given=true\n"
                      "  then enters offered by ready (rule)\n"
                      "  and lead opened\n"
                      "  and offered to_sales number 1\n"
                      "  and held by queue sales, sam answers\n"),
              "");
}

TEST(ScenarioParse, ReadsValues) {
    const auto file = parse(
        "playbook: p\nscenario: x\n"
        "  given 2026-01-05T09:00Z anna profile n=12 d=1.5 b=true s=\"two words\" l=[a, b c] account=acme.example "
        "occurred=2026-01-04\n");
    ASSERT_TRUE(file.has_value());
    const Event& e = file->scenarios[0].events[0];
    EXPECT_EQ(e.subject, "anna");
    EXPECT_EQ(e.account, "acme.example");
    EXPECT_EQ(to_string(*e.at), "2026-01-05T09:00:00Z");
    EXPECT_EQ(to_string(*e.occurred_at), "2026-01-04T00:00:00Z");
    ASSERT_EQ(e.facts.size(), 1U);
    EXPECT_EQ(*find(e.facts[0], "n"), Value(12));
    EXPECT_EQ(*find(e.facts[0], "d"), Value(*Decimal::parse("1.5")));
    EXPECT_EQ(*find(e.facts[0], "b"), Value(true));
    EXPECT_EQ(*find(e.facts[0], "s"), Value("two words"));
    EXPECT_EQ(*find(e.facts[0], "l"), Value(ValueList{Value("a"), Value("b c")}));
}

TEST(ScenarioParse, SeveralAnswersAreSeveralFacts) {
    const auto file = parse(
        "playbook: p\nscenario: x\n  given 2026-01-05 ivan asks anna budget=approved need=\"less paper\" "
        "words=\"well\"\n");
    ASSERT_TRUE(file.has_value());
    const Event& e = file->scenarios[0].events[0];
    EXPECT_EQ(e.actor, "ivan");
    EXPECT_EQ(e.type, "answer");
    ASSERT_EQ(e.facts.size(), 2U);
    EXPECT_EQ(*find(e.facts[0], "question"), Value("budget"));
    EXPECT_EQ(*find(e.facts[1], "value"), Value("less paper"));
    EXPECT_EQ(*find(e.facts[1], "words"), Value("well"));
}

TEST(ScenarioParse, SurvivesRubbish) {
    const std::string good = read_text("playbooks/handoff-loop.scenario");
    ASSERT_TRUE(parse(good).has_value());
    std::uint64_t seed = 1;
    const auto next = [&](std::size_t below) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(seed >> 33) % below;
    };
    int refused = 0;
    for (int round = 0; round < 300; ++round) {
        std::string text = good.substr(0, next(good.size()) + 1);
        for (int change = 0; change < 4; ++change) text[next(text.size())] = static_cast<char>(next(256));
        const auto file = parse(text);
        if (file.has_value()) continue;
        ++refused;
        ASSERT_FALSE(file.error().empty());
        for (const Mistake& m : file.error()) EXPECT_GT(m.line, 0);
    }
    EXPECT_GT(refused, 50);
}

TEST(ScenarioRun, HoldsWhenEverythingIsExpected) {
    EXPECT_EQ(outcome("given 2026-01-05 anna profile employees=250\n"
                      "when +1d anna does \"Demo Requested\"\n"
                      "then enters offered by ready (rule)\n"
                      "and lead opened\n"
                      "and offered to_sales number 1\n"
                      "and held by queue sales, sam answers\n"
                      "when +1h ben accepts anna\n"
                      "then offer 1 accepted\n"
                      "and enters taken by take (decision)\n"
                      "and held by owner ben, sam answers\n"),
              "");
}

TEST(ScenarioRun, AnUnexpectedRecordFails) {
    EXPECT_EQ(outcome("given 2026-01-05 anna profile employees=250\n"
                      "when +1d anna does \"Demo Requested\"\n"
                      "then enters offered by ready (rule)\n"
                      "and lead opened\n"
                      "and held by queue sales, sam answers\n"),
              "line 4: when +1d anna does \"Demo Requested\"   (2026-01-06T00:00Z)\n"
              "      enters offered by ready (rule)\n"
              "      lead opened\n"
              "    + offered to_sales number 1\n"
              "      held by queue sales, sam answers\n");
}

TEST(ScenarioRun, AMissingRecordFails) {
    EXPECT_EQ(outcome("when 2026-01-05 anna profile employees=250\nthen enters known (start)\nand lead opened\n"),
              "line 3: when 2026-01-05 anna profile employees=250   (2026-01-05T00:00Z)\n"
              "      enters known (start)\n"
              "    - lead opened\n");
}

TEST(ScenarioRun, DueMomentsComeBeforeTheFactWithTheirTime) {
    EXPECT_EQ(outcome("given 2026-01-05 anna profile employees=250\n"
                      "given +1d anna does \"Demo Requested\"\n"
                      "when +20d passes\n"
                      "then at 2026-01-16T00:00Z offer 1 withdrawn because left\n"
                      "and at 2026-01-16T00:00Z goes back to known by cools (time)\n"
                      "and at 2026-01-16T00:00Z held by nobody\n"
                      "check stage = known\n"
                      "check next = never\n"),
              "");
}

TEST(ScenarioRun, RefusedDecisionsLeaveNoTrace) {
    EXPECT_EQ(outcome("given 2026-01-05 anna profile employees=250\n"
                      "when +1h ben accepts anna\n"
                      "then refused no_open_offer\n"
                      "when +1h ben moves anna to=nowhere reason=why\n"
                      "then refused stage_unknown\n"),
              "");
}

TEST(ScenarioRun, ChecksFailWithWhatIs) {
    EXPECT_EQ(outcome("given 2026-01-05 anna profile employees=50\ncheck stage = offered\ncheck furthest = "
                      "offered\ncheck moon = full\n"),
              "line 4: check stage = offered\n    is: known\n"
              "line 5: check furthest = offered\n    is: \n"
              "line 6: check moon = full\n    there is no 'moon' to check\n");
}

TEST(ScenarioDiff, ShowsBothSides) {
    EXPECT_EQ(diff({"a", "b", "c"}, {"a", "c", "d"}), "      a\n    - b\n      c\n    + d\n");
    EXPECT_EQ(diff({}, {"x"}), "    + x\n");
    EXPECT_EQ(diff({"x"}, {}), "    - x\n");
    EXPECT_EQ(diff({}, {}), "");
}

TEST(ScenarioCover, ListsWhatThereIsToShow) {
    const auto book = small();
    ASSERT_NE(book, nullptr);
    EXPECT_EQ(coverable(*book),
              (Covered{"stage known", "stage offered", "stage taken", "arrow ready", "arrow cools", "arrow take",
                       "clause big holds", "clause big does not hold", "clause asked holds",
                       "clause asked does not hold", "clause still_fresh holds", "clause still_fresh does not hold",
                       "clause suppressed holds", "clause suppressed does not hold", "clause wants_no_news holds",
                       "clause wants_no_news does not hold", "ending to_sales accepted", "ending to_sales withdrawn"}));
}

}  // namespace
}  // namespace baton::scenario
