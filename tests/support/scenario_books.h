// The playbooks and scenario files that this repository ships, read once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/scenario.h"

namespace baton::scenario {

/// A playbook file with all its scenario files.
struct Book {
    std::string path;                                    ///< relative to the repository
    std::shared_ptr<const playbook::Compiled> playbook;  ///< null when it has errors
    std::vector<std::string> errors;                     ///< of the playbook and of its scenario files
    std::vector<std::string> warnings;
    std::vector<std::pair<std::string, Scenario>> scenarios;  ///< file, scenario
};
const std::vector<Book>& books();
std::string read_text(const std::string& path_in_repository);

}  // namespace baton::scenario
