// What compile() makes of a playbook: positions, who reads what, transitions spread out.
#include <set>

#include "domain/playbook/words.h"
#include "playbook/edits.h"

namespace baton::test {
namespace {

using namespace playbook;

std::shared_ptr<const Compiled> agreed() {
    static const Loaded loaded = load(file_text(source_path("tests/playbook/agreed.yaml")));
    EXPECT_TRUE(loaded.book) << loaded.said;
    return loaded.book;
}

std::string names(const Compiled& book, const std::vector<ClauseIndex>& clauses) {
    std::string text;
    for (const ClauseIndex c : clauses) text += (text.empty() ? "" : ", ") + book.clauses[c.value].id;
    return text;
}

TEST(Compile, PropertiesStandAsDeclaredThenQuestionsThenBuiltIn) {
    std::vector<std::string> ids;
    for (const auto& p : agreed()->names.person) ids.push_back(p.id);
    EXPECT_EQ(
        (std::vector<std::string>{"employees", "industry", "phone", "budget", "email", "name", "first_name",
                                  "last_name", "title", "company", "domain", "scrub_suppressed", "scrub_do_not_call",
                                  "scrub_customer", "scrub_competitor", "scrub_disqualified"}),
        ids);
    EXPECT_EQ("Phone", agreed()->names.person[agreed()->property("phone")->value].label);
    EXPECT_EQ("Budget", agreed()->names.person[agreed()->property("budget")->value].label);
    EXPECT_TRUE(agreed()->account_property("domain"));
    EXPECT_FALSE(agreed()->property("budgets"));
}

TEST(Compile, AnAnswerIsCalledByItsLabelThatOfItsPropertyOrItsId) {
    const auto called = [](const std::string& property, const std::string& question) {
        const std::string base = file_text(source_path("tests/playbook/base.yaml"));
        const std::string with =
            edited(base, {"", "- {id: employees, label: Employees,", property + "- {id: employees, label: Employees,"});
        const Loaded loaded = load(edited(with, {"", "ask: \"Is money set aside?\"", question}));
        EXPECT_TRUE(loaded.book) << loaded.said;
        if (!loaded.book) return std::string();
        const auto& name = loaded.book->names.person[loaded.book->property("budget")->value].label;
        EXPECT_EQ(name, answer_name(loaded.book->source, loaded.book->source.questions[0]));
        return name;
    };
    const std::string ask = "ask: \"Money?\"";
    const std::string labelled = "- {id: budget, label: Money aside, type: boolean}\n  ";
    const std::string unlabelled = "- {id: budget, type: boolean}\n  ";
    EXPECT_EQ("Budget", called("", ask));
    EXPECT_EQ("Money", called("", ask + ", label: Money"));
    EXPECT_EQ("Money aside", called(labelled, ask));
    EXPECT_EQ("Money aside", called(labelled, ask + ", label: Money aside"));
    EXPECT_EQ("Budget", called(unlabelled, ask));
    EXPECT_EQ("Money", called(unlabelled, ask + ", label: Money"));
}

TEST(Compile, TypesAreDeclaredOnesCallNoteAndThoseUsed) {
    EXPECT_EQ((std::vector<std::string>{"Demo Requested", "Page Viewed", "Asset Downloaded", "Deal Won",
                                        "Contract Signed", "call", "note"}),
              agreed()->names.types);
}

TEST(Compile, ReadersAreExact) {
    const Compiled& book = *agreed();
    const auto property = [&](const char* id) -> const Compiled::Readers& {
        return book.readers_of_property[book.property(id)->value];
    };
    EXPECT_EQ("large_enough", names(book, property("employees").clauses));
    EXPECT_EQ(1U, property("employees").fit_rules.size());
    EXPECT_EQ("competitor", names(book, property("domain").clauses));
    EXPECT_EQ(1U, property("title").aggregates.size());
    EXPECT_TRUE(property("email").clauses.empty() && property("email").fit_rules.empty() &&
                property("email").aggregates.empty());
    EXPECT_EQ("asked_for_a_demo", names(book, book.readers_of_type[book.type("Demo Requested")->value].clauses));
    EXPECT_EQ("talked_lately", names(book, book.readers_of_type[book.type("call")->value].clauses));
    EXPECT_EQ("high_interest", names(book, book.readers_of_score[book.score("interest")->value].clauses));
    EXPECT_EQ("two_deciders", names(book, book.readers_of_aggregate[0].clauses));
    EXPECT_EQ("", names(book, book.readers_of_lead));
    EXPECT_EQ(Duration::days(14), book.longest_window[book.type("Demo Requested")->value]);
    EXPECT_EQ(Duration{}, book.longest_window[book.type("Page Viewed")->value]);
    EXPECT_EQ(1U, book.rules_of_type[book.type("Page Viewed")->value].size());
    EXPECT_EQ("won", book.stages[book.observed_by[book.type("Deal Won")->value].front().value].id);
}

TEST(Compile, ClausesOfTheLeadItselfAreReadOnEveryMove) {
    for (const char* when :
         {"lead.cycle > 1", "days_in_stage() > 3", "days_in_cycle() > 3", "count_this_cycle(\"Demo Requested\") > 0"}) {
        const Loaded loaded = load(edited(file_text(source_path("tests/playbook/agreed.yaml")),
                                          {"", "'person.employees >= 200'}\n", "'" + std::string(when) + "'}\n"}));
        ASSERT_TRUE(loaded.book) << when << "\n" << loaded.said;
        EXPECT_EQ("large_enough", names(*loaded.book, loaded.book->readers_of_lead)) << when;
    }
}

TEST(Compile, TransitionsFromSeveralStagesBecomeSeveral) {
    std::vector<std::string> ids;
    for (const CompiledArrow& a : agreed()->arrows) ids.push_back(a.id);
    EXPECT_EQ((std::vector<std::string>{"lead→qualified", "qualified→accepted", "qualified→lead", "accepted→won",
                                        "qualified→lost", "accepted→lost", "accepted→lead"}),
              ids);
    const Compiled& book = *agreed();
    EXPECT_EQ(4U, book.stages[book.stage("qualified")->value].leaving.size() + 1);
    EXPECT_EQ(book.arrows[4].source, book.arrows[5].source);
}

TEST(Compile, TransitionIdsStayApart) {
    const Loaded loaded =
        load(edited(file_text(source_path("tests/playbook/agreed.yaml")),
                    {"", "  - {from: [qualified, accepted], to: lost, on: disqualify, by: sales}",
                     "  - {id: out, from: [qualified, accepted], to: lost, on: disqualify, by: sales}\n  - {from: "
                     "accepted, to: won, on: Contract Signed}\n  - {from: accepted, to: won, on: Contract Signed, "
                     "when: {all: [{name: Budget, when: 'person.budget'}]}}"}));
    ASSERT_TRUE(loaded.book) << loaded.said;
    std::set<std::string> ids;
    for (const CompiledArrow& a : loaded.book->arrows) EXPECT_TRUE(ids.insert(a.id).second) << a.id;
    for (const char* id : {"out@qualified", "out@accepted", "accepted→won", "accepted→won on Contract Signed",
                           "accepted→won on Contract Signed 2"})
        EXPECT_TRUE(ids.contains(id)) << id;
}

TEST(Compile, RejectAndReturnBeginACycleUnlessSaid) {
    const Compiled& book = *agreed();
    EXPECT_TRUE(book.arrows[2].new_cycle);
    EXPECT_FALSE(book.arrows[1].new_cycle);
    EXPECT_FALSE(book.arrows[6].new_cycle);
    EXPECT_TRUE(book.arrows[2].backward);
    EXPECT_FALSE(book.arrows[0].backward);
}

TEST(Compile, TheSameClauseTwiceIsOne) {
    const Loaded loaded = load(edited(file_text(source_path("tests/playbook/agreed.yaml")),
                                      {"", "name: Accepted lead, kind: sales, owner: sales",
                                       "name: Accepted lead, kind: sales, owner: sales, enter: {all: [{name: Large "
                                       "enough, when: 'person.employees >= 200'}]}"}));
    ASSERT_TRUE(loaded.book) << loaded.said;
    EXPECT_EQ(agreed()->clauses.size(), loaded.book->clauses.size());
}

TEST(Compile, TotalIsTheScoreOfThatKindElseTheOnlyOne) {
    EXPECT_EQ("total", agreed()->scores[agreed()->total->value].id);
    EXPECT_FALSE(load(file_text(source_path("tests/playbook/base.yaml"))).book->total);
}

TEST(Compile, WhatIsMissingIsSaid) {
    Playbook empty;
    const CompileResult result = compile(empty);
    ASSERT_EQ(1U, result.diagnostics.size());
    EXPECT_EQ("x.yaml:1:1: error: the playbook has no stages; declare at least one under 'stages'",
              to_string(result.diagnostics[0], "x.yaml"));
}

TEST(Compile, MoreThanPositionsCanHoldIsRefused) {
    Playbook large;
    for (int i = 0; i < 300; ++i)
        large.stages.push_back({.id = "s" + std::to_string(i), .name = {}, .place = {i + 1, 1}});
    const CompileResult result = compile(large);
    ASSERT_EQ(nullptr, result.playbook);
    EXPECT_EQ("the playbook has 300 stages; at most 200 can be held", result.diagnostics.front().message);
}

}  // namespace
}  // namespace baton::test
