// From one store to another, of whatever kind: the journal record by record, everything else folded anew from it.
#pragma once

#include <cstdint>
#include <functional>

#include "app/reads.h"
#include "ports/clock.h"
#include "ports/store.h"

namespace baton::app {

struct Copied {
    std::uint64_t records = 0;  ///< written by this run
    std::uint64_t already = 0;  ///< were there, of a run before that did not end
    Digests digests;            ///< of both stores
};

/// Copies playbooks, sources, journal, keys and message ids; then both are folded and compared. Nobody else writes to either.
/// `to` is new, made with the hash key of `from`, or what an earlier run left: the copy goes on where that stopped.
/// Codes: not_a_copy (`to` holds something else), copy_differs, those of the stores. `progress(done, of)` in records.
/// Until it has ended, `to` opens for nothing else (`half_a_copy`).
Result<Copied> copy(ports::Store& from, ports::Store& to, ports::Clock& clock,
                    const std::function<void(std::uint64_t, std::uint64_t)>& progress = {});

/// The same as of the moment of the call, while others may write to `from`, which stays as it is: what was read is held against
/// the journal that was written, and that is folded. A `to` that is whole is not overwritten (`exists`).
Result<Copied> copy_as_of_now(ports::Store& from, ports::Store& to, ports::Clock& clock,
                              const std::function<void(std::uint64_t, std::uint64_t)>& progress = {});

/// Code half_a_copy for a store that a copy did not finish.
Status expect_whole(const ports::Reader& store);

}  // namespace baton::app
