// Looks for damage in a store's file, in every table of it, and against the head kept outside.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ports/store.h"

namespace baton::storage::sqlite {

/// Over one snapshot, beside a writer. What cannot be read is damage too, so an error is rare: no connection at all.
Result<std::vector<ports::Damage>> verify(const std::string& path, const std::string& vfs);

}  // namespace baton::storage::sqlite
