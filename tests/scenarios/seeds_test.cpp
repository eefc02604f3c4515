// playbooks/SEEDS.md maps every sentence of the source texts to a scenario, a test, or a later capability. No gaps.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "support/scenario_books.h"

namespace baton::scenario {
namespace {

struct Row {
    int line = 0;
    std::string id;        ///< S0-04
    std::string words;     ///< enough of the sentence to find it
    std::string rule;      ///< in our words; "" for a sentence without a rule
    std::string shown_by;  ///< "scenario: A; test: B.C; later: G1"
};

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r");
    return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::stringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);) parts.push_back(trimmed(part));
    return parts;
}

std::vector<Row> rows() {
    std::vector<Row> found;
    std::stringstream text(read_text("playbooks/SEEDS.md"));
    int number = 0;
    for (std::string line; std::getline(text, line);) {
        ++number;
        if (!line.starts_with("| S")) continue;
        auto cells = split(line, '|');
        cells.resize(5);
        found.push_back({number, cells[1], cells[2], cells[3], cells[4]});
    }
    return found;
}

std::set<std::string> scenario_names() {
    std::set<std::string> names;
    for (const Book& book : books())
        for (const auto& [file, scenario] : book.scenarios) names.insert(scenario.name);
    return names;
}

std::set<std::string> test_names() {
    std::set<std::string> names;
    const auto& unit = *testing::UnitTest::GetInstance();
    for (int i = 0; i < unit.total_test_suite_count(); ++i)
        for (int j = 0; j < unit.GetTestSuite(i)->total_test_count(); ++j)
            names.insert(std::string(unit.GetTestSuite(i)->name()) + "." +
                         unit.GetTestSuite(i)->GetTestInfo(j)->name());
    return names;
}

/// Letters and digits only: one of the texts has its words run together.
std::string letters(const std::string& text) {
    std::string out;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

/// Sentences as letters; headings and bullets count, scraps under 16 letters do not.
std::vector<std::string> sentences(std::string text) {
    for (const std::string mark : {"。", "•"})
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
            text.replace(at, mark.size(), "\n");
    for (char& c : text)
        if (c == '.' || c == '!' || c == '?') c = '\n';
    std::vector<std::string> found;
    for (const std::string& part : split(text, '\n'))
        if (const std::string l = letters(part); l.size() >= 16) found.push_back(l);
    return found;
}

TEST(Seeds, EveryRuleIsShown) {
    const auto scenarios = scenario_names();
    const auto tests = test_names();
    const std::regex later("[A-H][0-9]{1,2}");
    int rules = 0;
    for (const Row& row : rows()) {
        if (row.rule.empty()) continue;
        ++rules;
        const std::string where = "playbooks/SEEDS.md:" + std::to_string(row.line) + ": " + row.id + ": ";
        EXPECT_FALSE(row.shown_by.empty()) << where << "nothing shows this rule";
        for (const std::string& proof : split(row.shown_by, ';')) {
            const auto colon = proof.find(": ");
            const std::string kind = proof.substr(0, colon);
            const std::string name = colon == std::string::npos ? "" : proof.substr(colon + 2);
            if (kind == "scenario") {
                EXPECT_TRUE(scenarios.contains(name)) << where << "no scenario is called '" << name << "'";
            } else if (kind == "test") {
                EXPECT_TRUE(tests.contains(name)) << where << "no test is called '" << name << "'";
            } else {
                EXPECT_TRUE(kind == "later" && std::regex_match(name, later))
                    << where << "'" << proof << "' is neither scenario, test nor later capability";
            }
        }
    }
    EXPECT_GE(rules, 100);
}

TEST(Seeds, RowsAreNumberedWithoutGaps) {
    std::map<std::string, int> last;
    for (const Row& row : rows()) {
        ASSERT_TRUE(std::regex_match(row.id, std::regex("S[0-4]-[0-9]{2}"))) << row.line << ": " << row.id;
        EXPECT_EQ(std::stoi(row.id.substr(3)), ++last[row.id.substr(0, 2)]) << row.line << ": " << row.id;
        EXPECT_GE(letters(row.words).size(), 10U) << row.id;
    }
    EXPECT_EQ(last.size(), 5U);
}

TEST(Seeds, EverySentenceOfTheSourceTextsHasARow) {
    const std::filesystem::path folder = std::filesystem::path(BATON_SOURCE_DIR) / "../shared/seeds";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the source texts are not in ../shared/seeds";
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
    std::ranges::sort(files);
    ASSERT_EQ(files.size(), 5U);
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::ifstream file(files[i]);
        std::stringstream text;
        text << file.rdbuf();
        std::vector<std::string> quotes;
        for (const Row& row : rows())
            if (row.id[1] == static_cast<char>('0' + i)) quotes.push_back(letters(row.words));
        for (const std::string& sentence : sentences(text.str())) {
            const bool found = std::ranges::any_of(
                quotes, [&](const auto& q) { return sentence.contains(q) || q.contains(sentence); });
            EXPECT_TRUE(found) << files[i].filename() << ": no row for '" << sentence << "'";
        }
        const std::string whole = letters(text.str());
        for (const std::string& quote : quotes)
            EXPECT_TRUE(whole.contains(quote)) << files[i].filename() << " does not say '" << quote << "'";
    }
}

}  // namespace
}  // namespace baton::scenario
