// What an erasure leaves of a person, as the properties of its `erased` fact: a rebuild takes it instead of the facts that are gone.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/state.h"
#include "domain/engine/history.h"
#include "domain/value.h"

namespace baton::codec {

/// A row of history as it stands from then on: moves and times, without words of the person's.
struct KeptRow {
    std::int64_t position = 0;  ///< of the record that caused it
    std::uint16_t n = 0;
    engine::HistoryRecord record;
};

struct Restated {
    bool all = true;  ///< false: the person lives on, without some of its facts
    PersonRow row;
    std::vector<KeptRow> before;             ///< in order
    std::vector<engine::HistoryRecord> now;  ///< what the erasure itself brought about
};

Properties properties_of(const Restated& restated);
/// Code: bad_record.
Result<Restated> restated_of(const Properties& properties);

/// The same of the lane's own `erased` fact, which says about whom it was.
Properties properties_of(const Erasure& erasure);
Result<Erasure> erasure_of(const Properties& properties, Instant at);

}  // namespace baton::codec
