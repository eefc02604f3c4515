// Playbooks for tests: read from text or file; mistakes come back as the lines a person would see.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "codec/playbook_yaml.h"
#include "domain/playbook/compiled.h"

namespace baton::test {

inline std::string source_path(const std::string& relative) { return std::string(BATON_SOURCE_DIR) + "/" + relative; }

inline std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

struct Loaded {
    std::shared_ptr<const playbook::Compiled> book;
    std::string said;  ///< one line a diagnostic, file name "p.yaml"
};

inline Loaded load(std::string_view yaml) {
    Loaded loaded;
    const auto print = [&](const std::vector<playbook::Diagnostic>& all) {
        for (const auto& d : all) loaded.said += to_string(d, "p.yaml") + "\n";
    };
    const auto source = codec::read_playbook(yaml, "p.yaml");
    if (!source) {
        print(source.error());
        return loaded;
    }
    auto result = playbook::compile(*source);
    print(result.diagnostics);
    loaded.book = std::move(result.playbook);
    return loaded;
}

/// Every playbook in playbooks/ and examples/.
inline std::vector<std::string> shipped_playbooks() {
    std::vector<std::string> files;
    for (const char* folder : {"playbooks", "examples"}) {
        if (!std::filesystem::exists(source_path(folder))) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(source_path(folder)))
            if (entry.path().extension() == ".yaml" &&
                ("\n" + file_text(entry.path())).find("\nplaybook: 1") != std::string::npos)
                files.push_back(entry.path());
    }
    return files;
}

/// Compares with the file, or writes it when BATON_UPDATE_GOLDENS is set.
inline void expect_golden(const std::string& relative, const std::string& actual) {
    const std::string path = source_path(relative);
    if (std::getenv("BATON_UPDATE_GOLDENS") != nullptr) {
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary) << actual;
        return;
    }
    ASSERT_TRUE(std::filesystem::exists(path)) << path << " is missing; run once with BATON_UPDATE_GOLDENS=1";
    EXPECT_EQ(file_text(path), actual) << path << " differs; if this is meant, run with BATON_UPDATE_GOLDENS=1";
}

}  // namespace baton::test
