// Visitors of whom nothing is kept: how many events of each name there were on a day. Counts and nothing else; each process's own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "codec/incoming.h"
#include "http/message.h"

namespace baton::http {

/// Whether the browser sent Global Privacy Control (https://w3c.github.io/gpc/).
bool opts_out(const Request& request);

class PassersBy {
   public:
    static constexpr std::size_t days_kept = 31;
    static constexpr std::size_t names_a_day = 500;  ///< names beyond these are counted as "(others)"

    struct Day {
        std::int64_t number = 0;  ///< days since 1970, UTC
        std::map<std::string, std::uint64_t> events;
        std::uint64_t left_out = 0;  ///< where nothing at all is taken of visitors
    };

    void count(const std::vector<std::string>& events, std::size_t left_out, Instant now);
    std::vector<Day> look() const;  ///< newest first

   private:
    mutable std::mutex mutex_;
    std::deque<Day> days_;
};

/// Whose opt-out was journaled already: it is one fact, and comes with every page. Forgetting costs a look-up, no second fact.
class OptOuts {
   public:
    static constexpr std::size_t most = 50'000;

    bool is_known(const IncomingFact& opt_out) const;
    void remember(const IncomingFact& opt_out);

   private:
    mutable std::mutex mutex_;
    std::set<std::string> newer_, older_;
};

}  // namespace baton::http
