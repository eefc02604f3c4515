// Everything derived, made once more from the journal and compared with what stands: lanes side by side on all processors, in as
// many rounds as memory asks for. Writes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "app/ledger.h"
#include "app/playbooks.h"
#include "ports/store.h"

namespace baton::app {

/// `memory` bounds the decoded states of all lanes at work, roughly. `progress(done, of)` in records; never from two threads at
/// once. The store must not be written to meanwhile, and its derived rows say they are up to its last record.
Result<Rebuilt> compare_with_journal(const ports::Store& store, const Playbooks& playbooks, std::size_t memory,
                                     const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace baton::app
