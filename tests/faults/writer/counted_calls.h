// A process that kills itself at the n-th call SQLite makes to the system, for places where strace may not trace.
#pragma once

namespace baton::faults {

/// From now on calls are counted; SIGKILL at the `nth`. A write counts twice, half of it done in between.
void die_at_call(long nth);

}  // namespace baton::faults
