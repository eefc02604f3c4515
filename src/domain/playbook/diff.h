// The difference of two playbooks in plain words, for somebody who never saw the YAML.
#pragma once

#include <string>
#include <vector>

#include "domain/playbook/compiled.h"

namespace baton::playbook {

/// One sentence a change, in the order of the sections; empty when both say the same. Things are matched by id; a clause
/// whose name changed but not its meaning counts as renamed.
std::vector<std::string> diff(const Compiled& a, const Compiled& b);

}  // namespace baton::playbook
