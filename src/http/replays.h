// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a call repeated with its key is answered as the first time.
//
// Kept in memory, for a day and within a bound. What outlives the process is the facts: those of a call with a key take their message
// ids from it, so a repetition after a restart writes nothing twice either (it says "duplicates").
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"
#include "http/message.h"

namespace baton::http {

class Replays {
   public:
    static constexpr std::size_t most = 10'000, most_bytes = std::size_t{32} << 20;
    static constexpr Duration kept_for = Duration::hours(24);

    /// Nothing: go ahead, and say done(). Else the answer: the first one again, 409 while it is under way, 422 for another body.
    std::optional<Response> begin(const std::string& key, const std::string& body, Duration now);
    /// What the call was answered; a failure of ours (5xx, 429) is forgotten, so that it can be tried again.
    void done(const std::string& key, const Response& response, Duration now);

   private:
    struct Answer {
        std::string body_hash;
        std::optional<Response> response;  ///< none: under way
        Duration since;
        std::size_t bytes = 0;
    };
    void make_room(Duration now);

    std::mutex mutex_;
    std::map<std::string, Answer> answers_;
    std::deque<std::pair<Duration, std::string>> order_;  ///< of those answered, oldest first
    std::size_t bytes_ = 0;
};

/// The header's value, quoted or bare; "" = not given. Code bad_idempotency_key.
Result<std::string> idempotency_key_of(const Request& request);

}  // namespace baton::http
