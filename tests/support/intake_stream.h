// A long stream of facts about few thousand people: the same seed makes the same batches at the same moments, so that a
// client may send it again after any interruption and the outcome can be compared with an undisturbed one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/ledger.h"
#include "codec/incoming.h"
#include "ports/clock.h"

namespace baton::support {

class IntakeStream {
   public:
    /// `largest`: facts in the largest batch.
    IntakeStream(std::uint64_t seed, std::size_t facts, std::size_t largest = 200);

    std::size_t batches() const { return first_.size() - 1; }
    std::size_t facts() const { return first_.back(); }
    std::size_t largest() const { return largest_; }
    /// Number of the batch's first fact; that of batch `batches()` is the number of facts.
    std::size_t first(std::size_t batch) const { return first_[batch]; }
    /// When the batch is sent. Rises.
    Instant moment(std::size_t batch) const { return moments_[batch]; }
    /// Observations, then decisions: at most one a person, so that what was refused is refused again when sent again.
    std::vector<IncomingFact> batch(std::size_t number) const;

    /// Number in the message id, which is that of an earlier fact for the few that are sent twice.
    static std::size_t number_in(const std::string& message_id);

   private:
    IncomingFact fact(std::size_t number, Instant now) const;

    std::uint64_t seed_;
    std::size_t largest_;
    std::vector<std::size_t> first_;
    std::vector<Instant> moments_;
};

/// Stands still until it is told.
class StillClock : public ports::Clock {
   public:
    Instant time;
    Instant now() override { return time; }
    Duration elapsed() override { return time - Instant{}; }
};

/// A ledger over a store, its playbook (playbooks/handoff-loop.yaml) activated at the stream's first moment.
class StreamTaker {
   public:
    StreamTaker(ports::Store& store, const IntakeStream& stream, app::Options options);

    /// Error: what opening or activating answered.
    const Status& ready() const { return ready_; }
    /// Fires what is due at the batch's moment, then takes its facts.
    Result<app::Receipt> take(std::size_t batch);
    app::Ledger& ledger() { return *ledger_; }

   private:
    const IntakeStream& stream_;
    StillClock clock_;
    std::unique_ptr<app::Ledger> ledger_;
    Status ready_;
};

/// The options under which the stream is taken: a cache that is too small and derived rows that are written often.
app::Options tight_options();

}  // namespace baton::support
