// One process among several on a store: its turn, what the others wrote before it, and what becomes of a turn that was lost.
#include <algorithm>
#include <array>
#include <chrono>

#include "app/core.h"

namespace baton::app {

bool passes(const Error& error) {
    constexpr std::array codes = {"unavailable", "timeout", "retry", "commit_unknown"};
    return std::ranges::find(codes, error.code) != codes.end();
}

/// False: the ledger is being closed.
bool Ledger::Core::pause(Duration d) {
    std::unique_lock lock(queue_mutex);
    pause_ended.wait_for(lock, std::chrono::microseconds(d.us), [&] { return stopping; });
    return !stopping;
}

Status Ledger::Core::turn() {
    if (in_turn || !store.shared()) return {};
    const auto found = store.begin_turn(position);
    if (!found) return std::unexpected(found.error());
    in_turn = true;
    before_turn = stats;
    last_look = clock.elapsed();
    Status done;
    if (ahead_of_disk) {
        done = reload();
        if (done) done = spread();
    } else if (found->others_wrote) {
        done = catch_up(*found);
    }
    sources_before_turn = source_names.size();
    return done;
}

Status Ledger::Core::end_turn() {
    if (!in_turn) return {};
    if (auto done = write_derived(); !done) return done;
    if (auto done = store.end_turn(); !done) return done;
    in_turn = false;
    // A source that was only ever refused has no number.
    return source_names.size() == sources_before_turn ? Status() : load_sources();
}

/// For work that takes long, part of it on connections of its own, which see what was committed before.
Status Ledger::Core::keep_turn() {
    if (!in_turn) return {};
    if (auto done = end_turn(); !done) return done;
    if (auto done = turn(); !done) return done;
    return store.keep_turn();
}

void Ledger::Core::lapse() {
    if (!in_turn) return;
    store.drop_turn();
    in_turn = false;
    stats = before_turn;
    forget();
}

/// Everything this process knows and the others have not touched is as true as it was.
Status Ledger::Core::catch_up(const ports::Turn& found) {
    if (found.all_is_new || found.derived_up_to != found.last_position) return reload();
    for (const auto& head : found.heads) heads[head.lane.value] = head;
    position = derived = found.last_position;
    recorded = std::max(recorded, found.recorded_at);
    earliest_stored.reset();
    if (auto done = load_sources(); !done) return done;
    bool lanes_moved = false;
    for (const SubjectId id : found.touched) {
        if (of_lane(id)) lanes_moved = true;
        if (!of_lane(id)) subjects.drop(id);
    }
    if (!lanes_moved) return {};
    if (auto done = playbooks->load(store); !done) return done;
    return load_lanes();
}

/// An activation that another process announced must act here too, and whoever asks whether the store is there is told.
Status Ledger::Core::look() {
    if (!store.shared()) return {};
    return door([&] { return turn(); });
}

}  // namespace baton::app
