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

/// The go_live fact stands at the person's own engine time: before every moment that came due since.
Result<std::size_t> Ledger::Core::go_live() {
    if (auto done = ready(); !done) return std::unexpected(done.error());
    const auto still_open = history_is_open();
    if (!still_open) return std::unexpected(still_open.error());
    history_open = *still_open;
    if (!history_open) return std::size_t{0};
    if (auto done = write_derived(); !done) return std::unexpected(done.error());
    std::vector<SubjectId> open;
    const auto scanned = store.scan_states([&](const ports::StateRow& row) {
        if (codec::kind_of_row(row.state) != codec::RowKind::person) return true;
        const auto person = codec::decode_person(row.state);
        if (person && person->state.lead.offer.open() && person->state.lead.offer.historical)
            open.push_back(row.subject);
        return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    const auto number = source("baton");
    if (!number) return std::unexpected(number.error());
    moment();
    for (std::size_t from = 0; from < open.size(); from += due_at_once) {
        const auto some = std::span(open).subspan(from, std::min(due_at_once, open.size() - from));
        const auto done = [&]() -> Status {
            if (auto fetched = subjects.fetch(some, store); !fetched) return fetched;
            Batch batch(*this, recorded);
            for (const SubjectId id : some) {
                const auto subject = batch.load(id);
                if (!subject) return std::unexpected(subject.error());
                codec::JournalRecord record;
                record.fact.kind = FactKind::go_live;
                record.fact.type = type_name(FactKind::go_live);
                record.fact.occurred_at = record.fact.engine_at = (*subject)->person()->state.engine_at;
                record.fact.historical = true;
                record.source = *number;
                record.trust = Trust::baton;
                record.home = {'s', ""};
                record.message_id = "go_live:" + std::to_string(record.fact.engine_at.us);
                if (auto emitted = batch.emit(**subject, record, std::nullopt); !emitted) return emitted;
                if (auto drained = batch.drain(); !drained) return drained;
            }
            return journal(batch);
        }();
        if (!done) {
            static_cast<void>(recover());
            return std::unexpected(done.error());
        }
        write_if_much();
    }
    if (auto done = store.set_setting("history", "closed"); !done) return std::unexpected(done.error());
    history_open = false;
    return open.size();
}

}  // namespace baton::app
