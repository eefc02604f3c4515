// Bodies sent as Content-Encoding: gzip, with an eye on what they become: a few kilobytes may hold gigabytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace baton::http {

struct InflateLimits {
    std::size_t bytes = 16'777'216;   ///< of the text
    std::size_t ratio = 200;          ///< text to gzip; facts as JSON reach 10 to 60
    std::size_t unratioed = 262'144;  ///< so many bytes of text are taken whatever the ratio
};

/// One gzip member (RFC 1952) with its checksum, and nothing behind it. Codes: bad_gzip; body_too_large: the text is more than
/// `bytes`, or more than `unratioed` and `ratio` times what was sent; nothing of such a text is held.
Result<std::string> inflate(std::string_view gzip, const InflateLimits& limits = {});

/// The body as its Content-Encoding says it is meant; an answer instead when it cannot be read.
std::optional<Response> inflate_body(Request& request, const InflateLimits& limits);

}  // namespace baton::http
