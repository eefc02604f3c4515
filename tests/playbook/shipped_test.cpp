// The playbooks that ship load without a mistake and without a warning.
#include "playbook/load.h"

namespace baton::test {
namespace {

std::vector<std::string> shipped() {
    std::vector<std::string> files;
    for (const char* folder : {"playbooks", "examples"}) {
        if (!std::filesystem::exists(source_path(folder))) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(source_path(folder)))
            if (entry.path().extension() == ".yaml" && ("\n" + file_text(entry.path())).find("\nplaybook: 1") != std::string::npos) files.push_back(entry.path());
    }
    return files;
}

TEST(Shipped, AreThere) { EXPECT_GE(shipped().size(), 5U); }

TEST(Shipped, LoadWithoutMistakesOrWarnings) {
    for (const std::string& file : shipped()) {
        const Loaded loaded = load(file_text(file));
        EXPECT_TRUE(loaded.book != nullptr) << file;
        EXPECT_EQ("", loaded.said) << file;
    }
}

}  // namespace
}  // namespace baton::test
