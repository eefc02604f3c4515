// YAML to JSON, for documents kept as YAML and served as JSON (docs/openapi.yaml).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace baton::codec {

/// Plain scalars that read as null, true, false or a JSON number become such; quoted ones and all else stay text.
/// Code: bad_yaml, with line and column.
Result<std::string> yaml_to_json(std::string_view yaml);

}  // namespace baton::codec
