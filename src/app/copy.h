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
Result<Copied> copy(ports::Store& from, ports::Store& to, ports::Clock& clock,
                    const std::function<void(std::uint64_t, std::uint64_t)>& progress = {});

}  // namespace baton::app
