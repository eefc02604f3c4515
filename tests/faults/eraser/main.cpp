// eraser STORE FACTS TASK THREADS [N]: opens the application on a store that tests/faults/eraser/life.h filled. TASK `erase`
// erases the person, if it is still there; `open` only opens and closes, which brings a broken off erasure to its end. Prints
// "opened" and, when that is so, "erased". THREADS is `direct` or `threads`. With N it kills itself at the N-th call that
// SQLite makes to the system.
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "eraser/life.h"
#include "storage/open.h"
#include "support/faults.h"
#include "writer/counted_calls.h"

namespace {

/// Answers the exit code.
int erase(char** words) {
    const auto stream = baton::faults::others(std::strtoull(words[2], nullptr, 10));
    baton::app::Options options;
    options.threads = std::string_view(words[4]) == "threads";
    options.schedule = false;  // the stream's clock stands still
    baton::storage::OpenOptions how;
    how.mode = baton::storage::OpenOptions::Mode::existing;
    auto store = baton::storage::open_store(words[1], how);
    if (!store) return 2;
    baton::support::StreamTaker taker(**store, stream, options);
    if (!taker.ready()) return 3;
    baton::faults::acknowledge(STDOUT_FILENO, "opened");
    if (std::string_view(words[3]) == "erase") {
        const auto erased = baton::faults::erase_person(taker.ledger());
        if (!erased) return 4;
        baton::faults::acknowledge(STDOUT_FILENO, "erased");
    }
    return taker.ledger().close() ? 0 : 5;
}

}  // namespace

int main(int count, char** words) {
    if (count < 5) return 64;
    if (count > 5) baton::faults::die_at_call(std::atol(words[5]));
    return erase(words);
}
