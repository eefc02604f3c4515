// Views on the command line: those that come with Baton, those that are saved, and whom they show.
#include "whole_program.h"

namespace baton::cli {
namespace {

class ViewCommands : public Commands {
   protected:
    void SetUp() override {
        ASSERT_EQ(on_store({"playbook", "activate", "handoff-loop"}).code, done);
        import("facts.jsonl",
               R"({"type": "profile", "email": "anna@acme.example", "properties": {"name": "Anna", "employees": 900}})"
               "\n"
               R"({"type": "Page Viewed", "email": "anna@acme.example", "properties": {"path": "/pricing"}})"
               "\n"
               R"({"type": "profile", "email": "ben@acme.example", "properties": {"name": "Ben", "employees": 3}})"
               "\n");
    }
};

TEST_F(ViewCommands, are_saved_used_and_deleted) {
    const Answer shipped = on_store({"view", "list"});
    expect_in(shipped.out, "awaiting-acceptance");
    expect_in(shipped.out, "comes with Baton");
    ASSERT_EQ(on_store({"view", "save", "large", "--filter", "person.employees >= 200", "--label", "Large"}).code,
              done);
    expect_in(on_store({"view", "list"}).out, "everybody's");
    const Answer large = on_store({"leads", "--view", "large"});
    expect_in(large.out, "Anna");
    EXPECT_EQ(large.out.find("Ben"), std::string::npos);
    ASSERT_EQ(on_store({"view", "save", "large", "--filter", "person.employees < 200", "--sort", "score"}).code, done);
    EXPECT_EQ(on_store({"leads", "--view", "large", "--json"}).out.find("Anna"), std::string::npos);
    expect_in(on_store({"leads", "--view", "large", "--limit", "1"}).out, "Ben");
    expect_in(on_store({"audit"}).out, "view of leads saved, for everybody: person.employees < 200");
    EXPECT_EQ(on_store({"rebuild"}).code, done);
    ASSERT_EQ(on_store({"view", "delete", "large"}).code, done);
    EXPECT_EQ(on_store({"leads", "--view", "large"}).code, failed);
}

TEST_F(ViewCommands, mistakes_are_told) {
    const Answer wrong = on_store({"view", "save", "large", "--filter", "person.employes > 2"});
    EXPECT_EQ(wrong.code, failed);
    expect_in(wrong.err, "1:1: unknown property person.employes; did you mean person.employees?");
    expect_in(on_store({"view", "save", "open", "--filter", "lead.open"}).err, "comes with Baton");
    expect_in(on_store({"view", "delete", "none"}).err, "there is no view 'none'");
    expect_in(on_store({"leads", "--view", "none"}).err, "there is no view 'none'");
    expect_in(on_store({"leads", "--view", "open", "--sort", "name"}).err, "sort by updated, score or entered");
}

}  // namespace
}  // namespace baton::cli
