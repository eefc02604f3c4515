// Time from outside. Production reads the system clock; tests and the simulator inject theirs.
#pragma once

#include "base/time.h"

namespace baton::ports {

class Clock {
   public:
    virtual ~Clock() = default;
    /// Wall clock, may jump either way. Callers keep `recorded_at` monotone themselves.
    virtual Instant now() = 0;
    /// Monotonic, from an arbitrary origin; for waiting and measuring only.
    virtual Duration elapsed() = 0;
};

}  // namespace baton::ports
