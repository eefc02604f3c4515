// History records as bytes. What the row's own columns hold (at, n, kind) is encoded too: one thing to decode.
#pragma once

#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "domain/engine/history.h"

namespace baton::codec {

Bytes encode(const engine::HistoryRecord& record);
/// Code: bad_history.
Result<engine::HistoryRecord> decode_history(std::string_view bytes);

}  // namespace baton::codec
