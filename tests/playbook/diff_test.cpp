// Differences in plain words: each golden in diff/ is one small edit of agreed.yaml and the sentences it makes.
#include "domain/playbook/diff.h"
#include "playbook/edits.h"

namespace baton::test {
namespace {

std::string agreed() { return file_text(source_path("tests/playbook/agreed.yaml")); }

std::vector<std::string> goldens() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(source_path("tests/playbook/diff")))
        files.push_back("tests/playbook/diff/" + entry.path().filename().string());
    std::sort(files.begin(), files.end());
    return files;
}

std::string sentences(const playbook::Compiled& a, const playbook::Compiled& b) {
    std::string text;
    for (const std::string& line : playbook::diff(a, b)) text += line + "\n";
    return text.empty() ? "No difference.\n" : text;
}

TEST(Diff, ThereAreEnoughEdits) { EXPECT_GE(goldens().size(), 30U); }

TEST(Diff, SaysEachEditInPlainWords) {
    const Loaded before = load(agreed());
    ASSERT_TRUE(before.book) << before.said;
    EXPECT_EQ("", before.said);
    for (const std::string& golden : goldens()) {
        const std::vector<Edit> edits = edits_of(file_text(source_path(golden)));
        ASSERT_EQ(1U, edits.size()) << golden;
        const Loaded after = load(edited(agreed(), edits.front()));
        ASSERT_TRUE(after.book) << golden << "\n" << after.said;
        expect_golden(golden, block(edits.front(), sentences(*before.book, *after.book)));
    }
}

TEST(Diff, NothingChangedSaysNothing) {
    const Loaded a = load(agreed());
    const Loaded b = load("# another comment\n" + agreed());
    EXPECT_TRUE(playbook::diff(*a.book, *b.book).empty());
}

/// What an edit adds, its contrary takes away: both ways something is said.
TEST(Diff, EveryEditIsNoticedBothWays) {
    const Loaded before = load(agreed());
    for (const std::string& golden : goldens()) {
        const Loaded after = load(edited(agreed(), edits_of(file_text(source_path(golden))).front()));
        const bool comment = golden.find("comment_only") != std::string::npos;
        EXPECT_EQ(comment, playbook::diff(*before.book, *after.book).empty()) << golden;
        EXPECT_EQ(comment, playbook::diff(*after.book, *before.book).empty()) << golden;
    }
}

}  // namespace
}  // namespace baton::test
