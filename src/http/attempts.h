// Failed sign-ins, counted by name and by address: after ten within a quarter of an hour the next has to wait.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"

namespace baton::http {

class Attempts {
   public:
    static constexpr int most = 10;
    static constexpr Duration window = Duration::seconds(900);

    /// How long this one has to wait; nothing when it may try. `what`: a name, or an address.
    std::optional<Duration> wait(const std::string& what, Instant now);
    void failed(const std::string& what, Instant now);
    void succeeded(const std::string& what);

   private:
    struct Count {
        Instant since;
        int failures = 0;
    };
    static constexpr std::size_t remembered = 20'000;

    std::mutex mutex_;
    std::map<std::string, Count> counts_;
};

}  // namespace baton::http
