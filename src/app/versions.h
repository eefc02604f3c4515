// At which version somebody or something stands: what an answer's ETag says, and what a change may make its condition
// (RFC 9110, 13.1.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/store.h"

namespace baton::app {

/// One of these must be the version of what is changed; "*" = any, if it is there at all; empty = no condition.
using OnlyIf = std::vector<std::string>;

/// Of a person: the newest record, and the playbook in force.
std::string version_of(ports::Position last, std::uint32_t playbook);

/// `what` stands at `version` ("" = it is not there). Code `changed`.
Status fits(const OnlyIf& only_if, std::string_view what, std::string_view version);

}  // namespace baton::app
