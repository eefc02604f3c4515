// Playbooks and mappings that come inside the program (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace baton::cli {

struct Embedded {
    std::string_view path;  ///< from the repository's root: "playbooks/abc.yaml", "examples/olist/olist-mql.yaml"
    std::string_view text;
};
std::span<const Embedded> embedded();

}  // namespace baton::cli
