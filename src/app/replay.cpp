// Folding what is in the journal already: after a crash the tail, in a rebuild everything. The fold is the live one.
#include "app/replay.h"

#include <algorithm>

#include "app/core.h"
#include "app/rebuild.h"

namespace baton::app {

Result<std::size_t> read_chunk(const ports::Reader& store, ports::Position after, std::vector<ports::Record>& into) {
    std::size_t read = 0;
    auto done = store.scan(after, [&](const ports::Record& record) {
        if (read == into.size()) into.emplace_back();
        into[read++] = record;
        return read < chunk_records;
    });
    if (!done) return std::unexpected(done.error());
    return read;
}

Result<std::vector<codec::JournalRecord>> records_of(const ports::Reader& store, SubjectId subject,
                                                     ports::Position last) {
    std::vector<codec::JournalRecord> decoded;
    if (last == ports::no_position) return decoded;
    const auto records = store.records_of(subject, last);
    if (!records) return std::unexpected(records.error());
    decoded.reserve(records->size());
    for (const ports::Record& record : *records) {
        auto one = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at);
        if (!one) return std::unexpected(one.error());
        if (one->redacted || one->fact.kind == FactKind::erased) continue;
        decoded.push_back(std::move(*one));
    }
    return decoded;
}

std::vector<Fact> facts_in(std::vector<codec::JournalRecord> records) {
    std::vector<Fact> facts;
    facts.reserve(records.size());
    for (auto& record : records) facts.push_back(std::move(record.fact));
    return facts;
}

Result<std::vector<Fact>> facts_of(const ports::Reader& store, SubjectId subject, ports::Position last) {
    auto records = records_of(store, subject, last);
    if (!records) return std::unexpected(records.error());
    return facts_in(std::move(*records));
}

Status fold_again(Folder& folder, const ports::Reader& store, Subject& subject,
                  std::span<const codec::LaneActivation> lane, const ports::Record& record,
                  const codec::JournalRecord& decoded, const Erasures& erased, Gathered& gathered) {
    const auto earlier = [&] { return facts_of(store, record.subject, record.previous); };
    subject.last = record.position;
    codec::PersonRow* row = subject.person();
    if (decoded.redacted || erased.covers(record.subject, record.seq)) return {};
    if (row != nullptr && decoded.fact.kind == FactKind::erased) {
        auto left = codec::restated_of(decoded.fact.properties);
        if (!left) return std::unexpected(left.error());
        gathered.restate(subject, record.position, std::move(*left));
        return {};
    }
    if (row == nullptr)
        return folder.fold(*subject.account(), lane, decoded, earlier, [](const engine::StepOutput&) {});
    const auto refolded = [&](const engine::StepOutput& out) {
        subject.said.insert(subject.said.end(), out.history.begin(), out.history.end());
    };
    const auto heard = [&](const engine::StepOutput& out) { gathered.hear(subject, record.position, out.history); };
    auto done = folder.settle(*row, lane, decoded.fact.ref, decoded.fact.engine_at, earlier, refolded);
    if (!done) return done;
    return folder.fold(*row, lane, decoded, earlier, heard);
}

Status Ledger::Core::replay_one(const ports::Record& record, codec::JournalRecord& scratch) {
    if (auto done = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at, scratch);
        !done)
        return done;
    recorded = std::max(recorded, record.recorded_at);
    position = record.position;
    lane_moved.set(record.lane.value);
    if (of_lane(record.subject)) {
        const bool activates = Folder::fold(lanes[record.lane.value], scratch, record.position);
        if (scratch.fact.kind == FactKind::listed) drop_named(scratch);
        if (scratch.fact.kind == FactKind::erased) note(lanes[record.lane.value].erasures.back());
        if (activates && record.lane == Lane{0} && !lanes[0].activations.empty())
            playbooks->set_active(lanes[0].activations.back().version);
        lane_last[record.lane.value] = record.position;
        lane_dirty.set(record.lane.value);
        return {};
    }
    Subject* held = subjects.find(record.subject);
    Subject& subject = held != nullptr ? *held : subjects.add(record.subject, of_account(scratch));
    auto done = fold_again(folder, store, subject, activations(record.lane), record, scratch, erased, gathered);
    mark(subject);
    return done;
}

Status Ledger::Core::replay(ports::Position after, const std::function<void(std::uint64_t)>& progress) {
    std::vector<ports::Record> room;
    std::vector<SubjectId> known;
    codec::JournalRecord scratch;
    for (;;) {
        const auto read = read_chunk(store, after, room);
        if (!read) return std::unexpected(read.error());
        if (*read == 0) return {};
        const auto chunk = std::span(room).first(*read);
        known.clear();
        for (const auto& record : chunk)
            if (record.previous != ports::no_position && record.previous <= derived && !of_lane(record.subject))
                known.push_back(record.subject);
        if (auto done = subjects.fetch(known, store); !done) return done;
        for (const auto& record : chunk)
            if (auto done = replay_one(record, scratch); !done) return done;
        after = chunk.back().position;
        stats.replayed += chunk.size();
        if (much_waits(8))  // nobody waits for these rows: the fewer times a person's is written the better
            if (auto done = write_derived(); !done) return done;
        subjects.shrink();
        if (progress) progress(static_cast<std::uint64_t>(after));
        if (chunk.size() < chunk_records) return {};
    }
}

/// Drops every derived row and makes it anew.
Status Ledger::Core::fold_anew(const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    const auto last = static_cast<std::uint64_t>(position);
    ahead_of_disk = true;
    if (auto done = store.clear_derived(); !done) return done;
    if (auto done = store.set_setting("spread", "0"); !done) return done;
    subjects.clear();
    gathered.clear();
    if (auto done = load_lanes(); !done) return done;
    auto gone = erasures_in(store);
    if (!gone) return std::unexpected(gone.error());
    erased = std::move(*gone);
    derived = position = ports::no_position;
    const auto tell = [&](std::uint64_t done) {
        if (progress) progress(done, last);
    };
    if (auto done = replay(ports::no_position, tell); !done) return done;
    ahead_of_disk = false;
    if (auto done = spread(); !done) return done;
    return write_derived();
}

Result<Rebuilt> Ledger::Core::rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress, Anew anew) {
    if (auto done = ready(); !done) return std::unexpected(done.error());
    if (auto done = write_derived(); !done) return std::unexpected(done.error());
    if (auto done = keep_turn(); !done) return std::unexpected(done.error());
    auto report = compare_with_journal(store, *playbooks, options.cache_bytes, progress);
    if (!report) return report;
    if (report->different == 0 && anew == Anew::if_different) {
        if (auto done = store.rebuild_search(); !done) return std::unexpected(done.error());
        return report;
    }
    if (auto done = fold_anew(progress); !done) return std::unexpected(done.error());
    return report;
}

}  // namespace baton::app
