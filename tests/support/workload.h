// A deterministic intake, the same after any interruption: batch n always holds the same records. Its promise can be
// checked from the outside: batches whole, in order, once; message ids and derived rows agree with the records.
#pragma once

#include <cstdint>
#include <string>

#include "ports/store.h"
#include "support/journal_writer.h"

namespace baton::support {

class Workload {
   public:
    /// Goes on after what the store holds; where that cannot be read, append_next answers why.
    explicit Workload(ports::Store& store);

    /// Number of the batch that append_next would write; batches below it are in the store.
    std::uint64_t next() const { return next_; }
    /// Records with identity keys and message ids.
    Status append_next();
    /// Brings states, leads, history and counters up to the newest record.
    Status derive();

   private:
    ports::Store& store_;
    JournalWriter writer_;
    std::uint64_t next_ = 0;
    std::uint64_t records_ = 0;
};

/// "" when the store holds exactly the batches 0 … k - 1 for a k from `at_least` to `at_most`, sound in every respect; else what
/// is wrong.
std::string check_store_holds(const ports::Store& store, std::uint64_t at_least, std::uint64_t at_most);

}  // namespace baton::support
