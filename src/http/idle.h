// Sessions that nobody uses end. When each was last used is known to this process only: after a restart, or in another process, its
// time begins anew, within the session's own end.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "base/time.h"

namespace baton::http {

class Idle {
   public:
    static constexpr Duration longest = Duration::seconds(3'600);

    /// Used now; false when it was not for too long, and then forgotten. `now` never falls.
    bool used(const std::string& session, Duration now);

   private:
    static constexpr std::size_t remembered = 10'000;

    std::mutex mutex_;
    std::map<std::string, Duration> last_;
};

}  // namespace baton::http
