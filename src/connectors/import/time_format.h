// Times as files write them: a small strptime of our own, strict and without locale, UTC where no offset is given.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace baton::imports {

/// %Y %m %d %H %M %S (with optional fraction) %y (2000–2099) %b (Jan …, English) %p (AM, PM after %I) %I %z (+0200, +02:00, Z) %%;
/// %m, %d, %H, %I take one or two digits; `unix` and `unix_ms` are seconds and milliseconds since 1970. A blank
/// matches blanks. Nothing when the text does not fit the whole format or names a day or time that does not exist.
std::optional<Instant> parse_time(std::string_view text, std::string_view format);
/// What is wrong with a format; "" = nothing.
std::string format_problem(std::string_view format);

}  // namespace baton::imports
