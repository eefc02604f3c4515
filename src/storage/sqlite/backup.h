// A copy of the store as of one moment, with its heads beside it, while writing goes on.
#pragma once

#include <string>

#include "base/result.h"

namespace baton::storage::sqlite {

/// `exists` when something stands at `to`. Durable when it answers; a copy that failed is removed.
Status backup(const std::string& from, const std::string& to, const std::string& vfs);
/// Removes a store's files.
void remove_store(const std::string& path, const std::string& vfs);

}  // namespace baton::storage::sqlite
