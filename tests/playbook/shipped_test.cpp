// The playbooks that ship load without a mistake and without a warning.
#include "playbook/load.h"

namespace baton::test {
namespace {

TEST(Shipped, AreThere) { EXPECT_GE(shipped_playbooks().size(), 5U); }

TEST(Shipped, LoadWithoutMistakesOrWarnings) {
    for (const std::string& file : shipped_playbooks()) {
        const Loaded loaded = load(file_text(file));
        EXPECT_TRUE(loaded.book != nullptr) << file;
        EXPECT_EQ("", loaded.said) << file;
    }
}

}  // namespace
}  // namespace baton::test
