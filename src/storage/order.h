// Whether a batch goes on where the journal ends: what every store on a disk checks before it writes anything.
#pragma once

#include <array>
#include <vector>

#include "ports/store.h"

namespace baton::storage {

using Heads = std::array<ports::LaneHead, lane_count>;

/// Code conflict: positions or seqs leave a gap, a head is not that of its lane's last record, or a message id belongs to no
/// record of the batch or to one that has its own. `heads` and `last`: as they stand before it.
Status check_order(const ports::Append& batch, const Heads& heads, ports::Position last);
std::vector<ports::LaneHead> heads_after(const ports::Append& batch, const Heads& heads);

}  // namespace baton::storage
