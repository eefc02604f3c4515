// Where one request ends and the next begins is said by its header; a header that can be read in two ways is refused, so that
// no proxy before the server reads another request than the server does (request smuggling, RFC 9112 §6 and §11.2).
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace baton::http {

/// A request's header as it came: every field by itself.
struct Header {
    std::string_view method, target;
    unsigned version = 11;  ///< 10 or 11
    std::vector<std::pair<std::string_view, std::string_view>> fields;
};

inline constexpr std::size_t most_fields = 100;
inline constexpr std::size_t longest_target = 8'192;

/// What to answer instead; nothing when the header has one meaning only.
std::optional<Response> refuse_header(const Header& header);

}  // namespace baton::http
