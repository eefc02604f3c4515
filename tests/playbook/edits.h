// Goldens made of small edits of a playbook beside them. A block of such a file:
//     ## what is edited
//     - the text that is replaced (several lines are possible)
//     + what stands there instead (none = it is taken out)
//     what is said, line by line
#pragma once

#include "playbook/load.h"

namespace baton::test {

struct Edit {
    std::string name, before, after;
};

inline std::string edited(std::string yaml, const Edit& edit) {
    const std::size_t at = yaml.find(edit.before);
    EXPECT_NE(std::string::npos, at) << "'" << edit.name << "': the base has no '" << edit.before << "'";
    if (at != std::string::npos) yaml.replace(at, edit.before.size(), edit.after);
    return yaml;
}

/// The edits of a golden; what is said is left out.
inline std::vector<Edit> edits_of(const std::string& text) {
    std::vector<Edit> edits;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto add = [&](std::string& to) {
            to += (to.empty() ? "" : "\n") + line.substr(std::min<std::size_t>(2, line.size()));
        };
        if (line.starts_with("## ")) {
            edits.push_back({line.substr(3), "", ""});
        } else if (!edits.empty() && line.starts_with("- ")) {
            add(edits.back().before);
        } else if (!edits.empty() && line.starts_with("+ ")) {
            add(edits.back().after);
        }
    }
    return edits;
}

/// The block again, with what is said now.
inline std::string block(const Edit& edit, const std::string& said) {
    const auto prefixed = [](char mark, const std::string& text) {
        std::string out;
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) out += std::string(1, mark) + " " + line + "\n";
        return out;
    };
    return "## " + edit.name + "\n" + prefixed('-', edit.before) + prefixed('+', edit.after) + said;
}

}  // namespace baton::test
