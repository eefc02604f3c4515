// Opening, one transaction, derived rows, and getting back in step with the disk after a failure.
#include <algorithm>

#include "app/batch.h"

namespace baton::app {

Ledger::Core::Core(ports::Store& given, ports::Clock& time, Options wanted)
    : store(given),
      clock(time),
      options(std::move(wanted)),
      playbooks(std::make_shared<Playbooks>(options.compile)),
      hash_key(given.hash_key()),
      folder(*playbooks),
      subjects(options.cache_bytes) {}

Status Ledger::Core::start() {
    if (auto done = playbooks->load(store); !done) return done;
    const auto history = history_now();
    if (!history) return std::unexpected(history.error());
    history_open = history->open;
    last_derived = last_look = clock.elapsed();
    ahead_of_disk = true;
    if (store.shared()) return turn();
    if (auto done = recover(); !done) return done;
    return spread();
}

void Ledger::Core::publish() {
    seen_position = position;
    seen_derived = derived;
    const std::string& region = lanes[0].phone_region;
    seen_region = region.size() != 2 ? std::uint16_t{0}
                                     : static_cast<std::uint16_t>(static_cast<unsigned char>(region[0]) << 8 |
                                                                  static_cast<unsigned char>(region[1]));
    seen_tracking = codec::tracking_mode_of(lanes[0].tracking).value_or(codec::TrackingMode::none);
}

std::string Ledger::Core::phone_region() const {
    const std::uint16_t region = seen_region;
    if (region == 0) return {};
    return {static_cast<char>(region >> 8), static_cast<char>(region & 0xFF)};
}

Instant Ledger::Core::moment() {
    recorded = std::max(recorded, clock.now());
    return recorded;
}

Status Ledger::Core::ready() {
    if (closed) return fail("closed", "the ledger is closed");
    if (store.shared()) return turn();
    if (ahead_of_disk) {
        auto done = recover();
        if (done) done = spread();
        if (!done)
            return fail("reopen_needed", "an earlier failure could not be mended yet (" + done.error().detail +
                                             "): mend its cause, then try again or restart");
    }
    if (!much_waits(4)) return {};
    return write_derived();
}

// ---- the journal ----------------------------------------------------------------------------------------------

/// The store does not know whether it committed. One writer: if the heads are ours, it did.
Status Ledger::Core::committed_after_all(const Batch& batch, const Error& error) const {
    const auto found = store.heads();
    if (!found) return std::unexpected(error);
    for (const auto& head : *found) {
        const auto& intended = batch.heads()[head.lane.value];
        if (head.seq != intended.seq || head.digest != intended.digest) return std::unexpected(error);
    }
    return {};
}

Status Ledger::Core::commit(Batch& batch) {
    if (auto done = journal(batch); !done) return done;
    return end_turn();
}

Status Ledger::Core::journal(Batch& batch) {
    if (batch.records() == 0) return {};
    const ports::Append& append = batch.finish();
    auto done = store.append(append);
    if (!done && !in_turn && done.error().code == "commit_unknown") done = committed_after_all(batch, done.error());
    if (!done) return done;
    heads = batch.heads();
    position = append.records.back().position;
    for (const auto& head : append.heads) lane_moved.set(head.lane.value);
    if (!in_turn || stats.records == before_turn.records) ++stats.transactions;
    stats.records += append.records.size();
    stats.timers += batch.timers();
    return {};
}

Status Ledger::Core::write_part(Batch& batch) {
    if (auto done = journal(batch); !done) return done;
    batch.written();
    return {};
}

/// Memory ran ahead of a disk that did not follow: drop it and fold again what the derived rows lack; on a shared store
/// when the next turn comes.
Status Ledger::Core::recover() {
    if (!store.shared()) return reload();
    lapse();
    return {};
}

void Ledger::Core::forget() {
    ahead_of_disk = true;
    subjects.clear();
    gathered.clear();
    lane_moved.reset();
    lane_dirty.reset();
    earliest_waiting = Instant::never();
    earliest_stored.reset();
}

Status Ledger::Core::reload() {
    forget();
    if (store.shared())
        if (auto done = playbooks->load(store); !done) return done;
    heads = {};
    for (std::uint16_t i = 0; i < lane_count; ++i) heads[i].lane = Lane{i};
    const auto found = store.heads();
    if (!found) return std::unexpected(found.error());
    for (const auto& head : *found) heads[head.lane.value] = head;
    if (auto done = load_sources(); !done) return done;
    if (auto done = load_lanes(); !done) return done;
    const auto from = store.derived_up_to();
    if (!from) return std::unexpected(from.error());
    const auto last = store.last_position();
    if (!last) return std::unexpected(last.error());
    derived = position = *from;
    if (*last != ports::no_position)
        if (auto done = store.scan(*last - 1,
                                   [&](const ports::Record& r) {
                                       recorded = std::max(recorded, r.recorded_at);
                                       return true;
                                   });
            !done)
            return done;
    if (auto done = replay(*from, {}); !done) return done;
    ahead_of_disk = false;
    return {};
}

Status Ledger::Core::load_sources() {
    auto names = store.sources();
    if (!names) return std::unexpected(names.error());
    source_names = std::move(*names);
    source_numbers.clear();
    for (std::size_t i = 0; i < source_names.size(); ++i)
        source_numbers[source_names[i]] = static_cast<std::uint16_t>(i);
    return {};
}

Status Ledger::Core::load_lanes() {
    lanes = {};
    lane_last = {};
    erased.clear();
    erased_keys.clear();
    lane_dirty.reset();
    std::vector<SubjectId> ids;
    for (std::uint16_t i = 0; i < lane_count; ++i) ids.push_back(SubjectId{i});
    const auto rows = store.states_of(ids);
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows) {
        auto lane = codec::decode_company(row.state);
        if (!lane) return std::unexpected(lane.error());
        lanes[row.subject.value] = std::move(*lane);
        for (const auto& erasure : lanes[row.subject.value].erasures) note(erasure);
        lane_last[row.subject.value] = row.last;
    }
    const auto& activations = lanes[0].activations;
    if (!activations.empty() || store.shared())
        playbooks->set_active(activations.empty() ? 0 : activations.back().version);
    return {};
}

Result<std::uint16_t> Ledger::Core::source(const std::string& name) {
    if (const auto at = source_numbers.find(name); at != source_numbers.end()) return at->second;
    const auto number = store.source_number(name);
    if (!number) return number;
    source_numbers[name] = *number;
    if (source_names.size() <= *number) source_names.resize(*number + std::size_t{1});
    source_names[*number] = name;
    return number;
}

// ---- derived rows ---------------------------------------------------------------------------------------------

void Ledger::Core::mark(Subject& subject) {
    subjects.touch(subject);
    if (const auto* person = subject.person())
        earliest_waiting =
            std::min(earliest_waiting, next_moment(subject.id, *person, activations(lane_of(subject.id))));
}

Status Ledger::Core::write_derived() {
    if (derived == position && subjects.dirty().empty() && gathered.empty() && lane_dirty.none()) return {};
    BATON_CHECK(in_turn || !store.shared());  // derived rows follow in the transaction of what they follow from
    ports::Derived batch;
    batch.states.reserve(subjects.dirty().size());
    for (const Subject* subject : subjects.dirty())
        batch.states.push_back(row_of(*subject, *playbooks, activations(lane_of(subject->id))));
    for (std::uint16_t i = 0; i < lane_count; ++i) {
        if (lane_dirty.test(i)) batch.states.push_back(row_of(Lane{i}, lanes[i], lane_last[i]));
        if (lane_moved.test(i)) batch.watermark.emplace_back(Lane{i}, heads[i].seq);
    }
    gathered.into(batch);
    batch.up_to = position;
    if (auto done = store.write_derived(batch); !done) {
        gathered.take_back(batch);
        return done;
    }
    subjects.written();
    gathered.clear();
    lane_dirty.reset();
    lane_moved.reset();
    derived = position;
    earliest_waiting = Instant::never();
    earliest_stored.reset();
    last_derived = clock.elapsed();
    return {};
}

bool Ledger::Core::much_waits(std::size_t times) const {
    constexpr std::size_t about_a_state = 1'500;
    return gathered.bytes() + subjects.dirty().size() * about_a_state > options.derive_bytes * times;
}

void Ledger::Core::write_if_much() {
    if (much_waits(1) && !write_derived()) return;
    subjects.shrink();
}

}  // namespace baton::app
