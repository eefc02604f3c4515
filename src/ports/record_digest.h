// The link a record adds to its lane's chain. The journal writer makes it, verify makes it again.
#pragma once

#include <span>

#include "base/digest.h"
#include "ports/store.h"

namespace baton::ports {

/// BLAKE2b(previous ‖ 1 ‖ lane ‖ seq ‖ subject ‖ previous position ‖ recorded_at ‖ payload), numbers little-endian.
/// The record's own position is left out: the lane and seq say which record it is.
Digest next_digest(const Digest& previous, const Record& record);

/// One digest over the heads of all lanes, whatever their order; lanes without records count as absent.
Digest digest_of_heads(std::span<const LaneHead> heads);

}  // namespace baton::ports
