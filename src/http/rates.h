// How many requests a caller may send, told in the fields of draft-ietf-httpapi-ratelimit-headers-10. Counted in each process by
// itself, in fixed windows of a minute that begin with the caller's first request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"
#include "http/message.h"

namespace baton::http {

class Rates {
   public:
    explicit Rates(std::uint32_t per_minute) : quota_(per_minute) {}  ///< 0 = no limit

    bool limited() const { return quota_ > 0; }

    struct Standing {
        bool allowed = true;
        std::uint32_t left = 0;
        std::int64_t seconds = 0;  ///< until all of the quota is there again
    };
    /// Counts one request; nothing when there is no limit. `now` never falls (ports::Clock::elapsed).
    std::optional<Standing> take(const std::string& who, Duration now);

    /// RateLimit-Policy and RateLimit, for every answer.
    void tell(const Standing& standing, Response& response) const;
    /// 429 with Retry-After.
    Response refusal(const Standing& standing) const;

   private:
    struct Window {
        Duration since;
        std::uint32_t used = 0;
    };
    static constexpr std::size_t remembered = 20'000;
    static constexpr Duration length = Duration::seconds(60);

    std::uint32_t quota_;
    std::mutex mutex_;
    std::map<std::string, Window> windows_;
};

}  // namespace baton::http
