// Due moments become timer facts: once, never early, in due order.
#include <algorithm>
#include <queue>

#include "app/batch.h"

namespace baton::app {
namespace {

constexpr std::size_t due_at_once = 4'096;
constexpr std::size_t due_in_a_turn =
    256;  ///< a person may have to be folded anew from a long past: others wait for it

using Due = std::pair<Instant, SubjectId>;
using Earliest = std::priority_queue<Due, std::vector<Due>, std::greater<>>;

}  // namespace

Result<std::optional<Instant>> Ledger::Core::next_due() {
    if (!earliest_stored || (store.shared() && !in_turn)) {
        const auto stored = store.next_due();
        if (!stored) return stored;
        earliest_stored = stored->value_or(Instant::never());
    }
    Instant next = std::min(*earliest_stored, earliest_waiting);
    for (const auto& announced : lanes[0].announced) next = std::min(next, announced.at);
    if (next == Instant::never()) return std::optional<Instant>();
    return std::optional(next);
}

Result<std::size_t> Ledger::Core::run_due(Instant until, Handfuls handfuls) {
    if (auto done = ready(); !done) return std::unexpected(done.error());
    until = std::min(until, clock.now());
    moment();
    std::size_t fired = 0;
    for (;;) {
        if (auto done = turn(); !done) return std::unexpected(done.error());
        if (auto done = enact_announced(until); !done) return std::unexpected(done.error());
        if (playbooks->active() == nullptr) return fired;
        const auto next = next_due();
        if (!next) return std::unexpected(next.error());
        if (!*next || **next > until) return fired;
        std::size_t looked_at = 0;
        const auto some = run_due_once(until, looked_at);
        if (!some) {
            static_cast<void>(recover());
            return some;
        }
        fired += *some;
        if (looked_at == 0 || handfuls == Handfuls::one) return fired;
    }
}

/// One handful from the store, fired in due order; what comes due again within it has its turn in that order too.
Result<std::size_t> Ledger::Core::run_due_once(Instant until, std::size_t& looked_at) {
    if (auto done = write_derived(); !done) return std::unexpected(done.error());
    const std::size_t most = store.shared() ? due_in_a_turn : due_at_once;
    const auto rows = store.due(until, most);
    if (!rows) return std::unexpected(rows.error());
    looked_at = rows->size();
    if (rows->empty()) return std::size_t{0};
    const Instant bound = rows->size() < most ? until : rows->back().first;
    std::vector<SubjectId> ids;
    for (const Due& due : *rows) ids.push_back(due.second);
    if (auto done = subjects.fetch(ids, store); !done) return std::unexpected(done.error());
    Earliest waiting(std::greater<>(), std::vector<Due>(rows->begin(), rows->end()));
    Batch batch(*this, recorded);
    while (!waiting.empty()) {
        const auto [at, id] = waiting.top();
        waiting.pop();
        const auto loaded = batch.load(id);
        if (!loaded) return std::unexpected(loaded.error());
        Subject& subject = **loaded;
        mark(subject);  // its row is written anew whatever becomes of it: a stale due moment must not come again
        codec::PersonRow* person = subject.person();
        if (person == nullptr) continue;
        const Instant due = next_moment(id, *person, activations(lane_of(id)));
        if (due > at) {
            if (due <= bound) waiting.emplace(due, id);
            continue;
        }
        if (auto done = batch.advance(subject, at, false); !done) return std::unexpected(done.error());
        if (subject.loose)
            if (auto done = batch.emit_timer(subject, at, false); !done) return std::unexpected(done.error());
        if (auto done = batch.drain(); !done) return std::unexpected(done.error());
        const Instant again = next_moment(id, *person, activations(lane_of(id)));
        if (again <= bound) waiting.emplace(again, id);
    }
    const std::size_t fired = batch.timers();
    if (auto done = commit(batch); !done) return std::unexpected(done.error());
    subjects.shrink();
    return fired;
}

}  // namespace baton::app
