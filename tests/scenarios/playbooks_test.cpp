// Every scenario of every playbook we ship is a test; what no scenario shows is a failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "register.h"
#include "support/scenario_books.h"

namespace baton::scenario {
namespace {

class ScenarioTest : public testing::Test {
   public:
    ScenarioTest(const Book& book, const std::string& file, const Scenario& scenario)
        : book_(book), file_(file), scenario_(scenario) {}

    void TestBody() override {
        Covered covered;
        const auto differences = run(*book_.playbook, scenario_, covered);
        std::string text;
        for (const std::string& d : differences) text += d;
        EXPECT_TRUE(differences.empty()) << file_ << ":" << scenario_.line << ": " << scenario_.name << "\n" << text;
    }

   private:
    const Book& book_;
    const std::string& file_;
    const Scenario& scenario_;
};

std::string test_name(const std::string& name) {
    std::string text;
    for (const char c : name) text += (std::isalnum(static_cast<unsigned char>(c)) != 0) ? c : '_';
    return text;
}

TEST(Playbooks, HaveNoErrorsAndNoWarnings) {
    EXPECT_GE(books().size(), 5U);
    for (const Book& book : books()) {
        for (const std::string& error : book.errors) ADD_FAILURE() << error;
        for (const std::string& warning : book.warnings) ADD_FAILURE() << warning;
    }
}

TEST(Playbooks, EveryScenarioFileBelongsToOne) {
    for (const Book& book : books()) EXPECT_FALSE(book.scenarios.empty()) << book.path << " has no scenarios";
}

TEST(Playbooks, ScenarioNamesAreUnique) {
    std::map<std::string, int> times;
    for (const Book& book : books())
        for (const auto& [file, scenario] : book.scenarios)
            EXPECT_EQ(++times[scenario.name], 1) << file << ": " << scenario.name;
}

TEST(Playbooks, ScenariosShowEverything) {
    for (const Book& book : books()) {
        if (book.playbook == nullptr) continue;
        Covered covered;
        for (const auto& [file, scenario] : book.scenarios) run(*book.playbook, scenario, covered);
        std::string missing;
        for (const std::string& item : coverable(*book.playbook))
            if (!covered.contains(item)) missing += "\n  " + item;
        EXPECT_TRUE(missing.empty()) << book.path << ": no scenario shows" << missing;
    }
}

}  // namespace

void register_scenarios() {
    for (const Book& book : books())
        for (const auto& [file, scenario] : book.scenarios)
            testing::RegisterTest(("Scenario_" + test_name(book.playbook->source.id)).c_str(),
                                  test_name(scenario.name).c_str(), nullptr, nullptr, file.c_str(), scenario.line,
                                  [&book, &file, &scenario]() -> testing::Test* {
                                      return new ScenarioTest(book, file, scenario);  // the framework deletes it
                                  });
}

}  // namespace baton::scenario
