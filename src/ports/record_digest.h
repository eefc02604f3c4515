// The link a record adds to its lane's chain. The journal writer makes it, verify makes it again.
#pragma once

#include <span>

#include "base/digest.h"
#include "ports/store.h"

namespace baton::ports {

/// BLAKE2b(previous ‖ 1 ‖ lane ‖ seq ‖ subject ‖ previous position ‖ recorded_at ‖ payload), numbers little-endian.
/// The record's own position is left out: the lane and seq say which record it is. Where the payload begins with 2 (codec/journal.h:
/// it holds a salt), 2 stands for the 1 and BLAKE2b(payload) for the payload. A payload that begins with 3 is what an erasure left of
/// such a one: the 32 bytes after it are BLAKE2b of what stood there. After a 4 they are the link itself.
Digest next_digest(const Digest& previous, const Record& record);

/// What a redacted record keeps of itself: the digest of a payload with a salt, else (`previous` is then the link before it) its link.
Digest left_of(const Digest& previous, const Record& record);

/// One digest over the heads of all lanes, whatever their order; lanes without records count as absent.
Digest digest_of_heads(std::span<const LaneHead> heads);

}  // namespace baton::ports
