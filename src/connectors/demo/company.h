// The demonstration company: two years of a software firm's marketing and sales, lived through the intake port alone.
// People act by themselves; colleagues act on what the ledger says of the leads, so the loop leaks as real ones do:
// offers nobody takes up, late calls, returns that nurture never reaches. Same seed and end, same facts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/ledger.h"
#include "base/result.h"
#include "connectors/demo/behaviour.h"
#include "ports/clock.h"

namespace baton::demo {

/// The clock of the simulation; stands where it was put.
class SimulatedClock : public ports::Clock {
   public:
    explicit SimulatedClock(Instant now) : now_(now) {}
    Instant now() override { return now_; }
    Duration elapsed() override { return now_ - Instant{}; }
    void put(Instant t) { now_ = std::max(now_, t); }

   private:
    Instant now_;
};

struct Options {
    std::uint64_t seed = 1;
    Instant until;
    std::int64_t people = 5'000;
    Duration length = Duration::days(730);
    /// The end of the time is lived fact by fact rather than imported, so that its offers stay open.
    Duration lived = Duration::hours(48);
};

struct Summary {
    std::uint64_t facts = 0, refused = 0, people = 0;
    std::vector<std::string> refusals;  ///< the first few, in words; refusals are part of the game (an offer was gone)
};

/// Lives the two years. The ledger stands over `clock`, has a playbook in force and no threads. `progress(done, of)` in
/// days, may be empty.
Result<Summary> live(app::Ledger& ledger, SimulatedClock& clock, const Options& options,
                     const std::function<void(std::uint64_t, std::uint64_t)>& progress = {});

/// When the two years begin.
Instant start_of(const Options& options);

/// Keeps a company living under a running server: each tick lets a few people and colleagues act at that moment.
class Living {
   public:
    /// `people` as the company was made with; the ledger outlives it.
    Living(app::Ledger& ledger, std::uint64_t seed, std::int64_t people);
    ~Living();
    /// What happens now; called every second or so. Errors of the store are answered, refusals are not.
    Status tick(Instant now);

   private:
    Status colleagues(Instant now);
    Status give(const Event& event);

    app::Ledger& ledger_;
    std::uint64_t seed_;
    Cast cast_;
    Random random_;
    std::map<std::string, std::uint32_t> by_email_;
    std::vector<Event> waiting_;                ///< of colleagues, ascending
    std::map<std::uint32_t, Instant> handled_;  ///< person → stage entry already answered
    std::uint32_t next_number_ = 0;
    std::uint64_t ticks_ = 0;
};

}  // namespace baton::demo
