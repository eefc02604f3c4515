// The page and the API's description, carried inside the program (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace baton::http {

struct Embedded {
    std::string_view path;  ///< from the repository's root: "docs/openapi.yaml", "src/http/page/page.js"
    std::string_view text;
};
std::span<const Embedded> embedded();

}  // namespace baton::http
