// intake_writer STORE SEED FACTS LARGEST FROM TO THREADS [N]: the application takes in batches FROM … TO - 1 of a stream and
// prints each one's number and verdicts (a, d, r) once it is acknowledged; then it goes on with its last batch until it is
// killed, or ends when TO is the stream's end. THREADS is `direct` or `threads`. With N it kills itself at the N-th call
// that SQLite makes to the system.
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "storage/open.h"
#include "support/faults.h"
#include "support/intake_stream.h"
#include "writer/counted_calls.h"

namespace {

using baton::app::Verdict;

std::string said(std::size_t batch, const baton::app::Receipt& receipt) {
    std::string line = std::to_string(batch) + " ";
    for (const auto& outcome : receipt.outcomes)
        line += outcome.verdict == Verdict::accepted ? 'a' : outcome.verdict == Verdict::duplicate ? 'd' : 'r';
    return line;
}

/// Answers the exit code.
int take(baton::support::StreamTaker& taker, std::size_t batch) {
    const auto receipt = taker.take(batch);
    if (!receipt) return 4;
    baton::faults::acknowledge(STDOUT_FILENO, said(batch, *receipt));
    // Derived rows are written when much waits, by the writer thread, and now and then because somebody asks for his own.
    if (batch % 3 == 1 && !taker.ledger().wait_for(receipt->position)) return 5;
    if (batch % 11 == 0 && !taker.ledger().flush()) return 6;
    return 0;
}

int write_stream(char** words) {
    const baton::support::IntakeStream stream(std::strtoull(words[2], nullptr, 10),
                                              std::strtoull(words[3], nullptr, 10),
                                              std::strtoull(words[4], nullptr, 10));
    const std::size_t from = std::strtoull(words[5], nullptr, 10);
    const std::size_t to = std::strtoull(words[6], nullptr, 10);
    auto options = baton::support::tight_options();
    options.threads = std::string_view(words[7]) == "threads";
    options.schedule = false;  // the stream's clock stands still: due moments are fired before each batch
    options.derive_within = baton::Duration{1'000};
    auto store = baton::storage::open_store(words[1]);
    if (!store) return 2;
    baton::support::StreamTaker taker(**store, stream, options);
    if (!taker.ready()) return 3;
    for (std::size_t batch = from; batch < to; ++batch)
        if (const int failed = take(taker, batch); failed != 0) return failed;
    while (to < stream.batches() && to > 0)
        if (const int failed = take(taker, to - 1); failed != 0) return failed;
    return taker.ledger().close() ? 0 : 7;
}

}  // namespace

int main(int count, char** words) {
    if (count < 8) return 64;
    if (count > 8) baton::faults::die_at_call(std::atol(words[8]));
    return write_stream(words);
}
