// fault_writer STORE BATCHES [N]: appends batches to a store and prints each one's number once it is acknowledged.
// With N it kills itself at the N-th call that SQLite makes to the system, for places where strace may not.
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "storage/open.h"
#include "support/faults.h"
#include "support/workload.h"
#include "writer/counted_calls.h"

namespace {

int write_batches(const std::string& path, long batches) {
    auto store = baton::storage::open_store(path);
    if (!store) return 2;
    baton::support::Workload work(**store);
    for (long i = 0; i < batches; ++i) {
        if (!work.append_next()) return 3;
        baton::faults::acknowledge(STDOUT_FILENO, std::to_string(work.next()));
        if (i % 4 == 3 && !work.derive()) return 4;
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) return 64;
    if (count > 3) baton::faults::die_at_call(std::atol(words[3]));
    return write_batches(words[1], std::atol(words[2]));
}
