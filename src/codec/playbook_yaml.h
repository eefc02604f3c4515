// A playbook's YAML (docs/PLAYBOOK.md, docs/playbook.schema.json) → the model. Only form is checked here; names and
// criteria are domain/playbook/compile's.
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "codec/yaml_map.h"
#include "domain/playbook/compiled.h"

namespace baton::codec {

/// All mistakes, in the order of the file; never a partial playbook. `file` is only remembered, for messages.
std::expected<playbook::Playbook, std::vector<playbook::Diagnostic>> read_playbook(std::string_view yaml,
                                                                                   std::string_view file);

/// The identity of a version: BLAKE2b-256 of the YAML's bytes as given, so a changed comment is another version.
Digest playbook_hash(std::string_view yaml);

/// Every map the reader knows, by its definition's name in the schema.
const std::vector<const Keys*>& playbook_keys();

}  // namespace baton::codec
