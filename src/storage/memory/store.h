// The store in memory, for tests and dry runs: the contract without a disk. Readers see it through a lock.
#pragma once

#include <memory>

#include "ports/store.h"
#include "storage/open.h"

namespace baton::storage::memory {

Result<std::unique_ptr<ports::Store>> open(const OpenOptions& options);

}  // namespace baton::storage::memory
