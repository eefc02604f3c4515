// Facts as sentences: in the words of the playbook, in ids without one.
#include "app/sentences.h"

#include "fixture.h"

namespace baton::app {
namespace {

TEST(Sentence, OfAFactIsInTheWordsOfThePlaybook) {
    World world(true, {}, "memory");
    std::string text = first_playbook;
    text.replace(text.find("facts:"), 0,
                 "questions:\n  - {id: budget, ask: Is there money, label: Money, type: string}\n");
    world.activate(text);
    const auto playbook = world.ledger->active();
    const auto check = [&](std::string type, Properties properties, const std::string& with,
                           const std::string& without) {
        codec::JournalRecord record;
        record.fact.type = type;
        record.fact.kind = kind_of(type);
        record.fact.actor = "ivan";
        record.fact.properties = std::move(properties);
        EXPECT_EQ(sentence(record, playbook.get()), with);
        EXPECT_EQ(sentence(record, nullptr), without);
    };
    check("profile", {{"employees", Value(12)}, {"shoes", Value("red")}}, "profile by ivan (Employees: 12, shoes: red)",
          "profile by ivan (employees: 12, shoes: red)");
    check("account", {{"industry", Value("retail")}}, "account by ivan (Industry: retail)",
          "account by ivan (industry: retail)");
    check("answer", {{"question", Value("budget")}, {"value", Value("approved")}, {"words", Value("it is there")}},
          "answer by ivan (Money: approved, words: it is there)",
          "answer by ivan (question: budget, value: approved, words: it is there)");
    check("answer", {{"question", Value("budget")}}, "answer by ivan (question: budget)",
          "answer by ivan (question: budget)");
    check("reject", {{"clauses", Value(ValueList{Value("big_enough"), Value("hot")})}, {"reason", Value("wrong_fit")}},
          "reject by ivan (clauses: Big enough, Hot, reason: Does not fit)",
          "reject by ivan (clauses: big_enough, hot, reason: wrong fit)");
    check("Page Viewed", {{"path", Value("/a_b")}}, "Page Viewed by ivan (path: /a_b)",
          "Page Viewed by ivan (path: /a_b)");
}

TEST(Sentence, SaysWhatABrowserSaid) {
    codec::JournalRecord record;
    record.fact.trust = Trust::browser;
    record.fact.type = "profile";
    record.fact.kind = FactKind::profile;
    record.fact.properties = {{"employees", Value(12)}};
    EXPECT_EQ(sentence(record, nullptr), "profile (employees: 12), said in a browser");
    record.fact.kind = FactKind::merge;
    record.fact.properties = {{"visitor", Value(true)}};
    EXPECT_EQ(sentence(record, nullptr), "the past of a visitor joined");
    record.fact.properties.insert(record.fact.properties.begin(), {"unverified", Value(true)});
    EXPECT_EQ(sentence(record, nullptr),
              "the past of a visitor joined, because a browser named this person (unverified)");
}

}  // namespace
}  // namespace baton::app
