// Events of tracking clients that became no fact, and why: clients are told 200 and never ask again, so people have to be able to see
// it. The newest of this process since it began; what was sent is not kept, only the reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"

namespace baton::http {

struct Drop {
    Instant at;
    std::string by;    ///< member whose key it came with; "" = none
    std::string call;  ///< "track", "batch"
    std::size_t index = 0;
    std::string code, detail;
};

class Drops {
   public:
    static constexpr std::size_t remembered = 1'000;

    void add(Drop drop);
    static constexpr std::size_t remembered_bots = 100;  ///< of these: crawlers come in thousands

    struct Seen {
        std::vector<Drop> newest;                     ///< newest first
        std::map<std::string, std::uint64_t> counts;  ///< by code, since the process began
        std::map<std::string, std::uint64_t> bots;    ///< those of code "bot" by their family, which is their detail
    };
    Seen look(std::size_t limit) const;

   private:
    mutable std::mutex mutex_;
    std::deque<Drop> drops_;
    std::map<std::string, std::uint64_t> counts_, bots_;
    std::size_t bots_remembered_ = 0;
};

}  // namespace baton::http
