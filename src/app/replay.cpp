// Folding what is in the journal already: after a crash the tail, in a rebuild everything. The fold is the live one.
#include <algorithm>
#include <unordered_map>

#include "app/core.h"

namespace baton::app {
namespace {

constexpr std::size_t chunk_records = 8'192;

/// Answers how many were read. What `into` holds is written over: its room for payloads serves again.
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

/// What derived rows say, in 64 bits.
std::uint64_t print_of(const ports::StateRow& row) {
    Bytes bytes = row.state;
    bytes += '/';
    bytes += std::to_string(row.next_at.us) + "/" + std::to_string(row.last);
    return stable_hash(bytes);
}

std::uint64_t print_of(std::uint64_t rows_before, const ports::HistoryRow& row) {
    Bytes bytes = row.record;
    for (const std::int64_t number : {row.position, std::int64_t{row.n}, row.at.us, std::int64_t{row.kind}})
        (bytes += '/') += std::to_string(number);
    return stable_hash(bytes + "/" + std::to_string(rows_before));
}

std::uint64_t print_of(const ports::LeadRow& row) {
    Bytes bytes;
    for (const std::string* text : {&row.stage, &row.holder, &row.classes, &row.name, &row.email, &row.account})
        bytes += std::to_string(text->size()) + ":" + *text;
    for (const std::int64_t number : {row.open ? std::int64_t{1} : 0, row.is_lead ? std::int64_t{1} : 0, row.cycle,
                                      row.score_micros, row.stage_entered_at.us, row.updated_at.us})
        (bytes += '/') += std::to_string(number);
    return stable_hash(bytes);
}

using Prints = std::unordered_map<std::uint64_t, std::uint64_t>;

/// By subject: its state, all its history, its row in the list of leads.
struct Printed {
    Prints states, history, leads;
};

Status print_leads(const ports::Reader& store, Prints& into) {
    ports::LeadQuery page;
    page.limit = chunk_records;
    for (;;) {
        const auto rows = store.leads(page);
        if (!rows) return std::unexpected(rows.error());
        for (const ports::LeadRow& row : *rows) into[row.person.value] = print_of(row);
        if (rows->size() < page.limit) return {};
        page.after_key = rows->back().updated_at.us;
        page.after_person = rows->back().person;
    }
}

Result<Printed> print(const ports::Reader& store) {
    Printed prints;
    auto done = store.scan_states([&](const ports::StateRow& row) {
        prints.states[row.subject.value] = print_of(row);
        return true;
    });
    if (done)
        done = store.scan_history([&](const ports::HistoryRow& row) {
            std::uint64_t& all = prints.history[row.subject.value];
            all = print_of(all, row);
            return true;
        });
    if (done) done = print_leads(store, prints.leads);
    if (!done) return std::unexpected(done.error());
    return prints;
}

void differ(Rebuilt& report, std::string where, std::string what) {
    ++report.different;
    if (report.differences.size() < 100) report.differences.push_back({std::move(where), std::move(what)});
}

void compare(const char* what, const Prints& before, const Prints& after, Rebuilt& report) {
    const auto where = [&](std::uint64_t id) { return std::string(what) + " of subject " + std::to_string(id); };
    for (const auto& [id, print] : before) {
        const auto at = after.find(id);
        if (at == after.end())
            differ(report, where(id), "stood there, but nothing in the journal makes it");
        else if (at->second != print)
            differ(report, where(id), "is not what the journal makes");
    }
    for (const auto& [id, print] : after)
        if (!before.contains(id)) differ(report, where(id), "was missing");
}

using Counts = std::vector<std::pair<std::string, std::int64_t>>;

void compare(const Counts& before, const Counts& after, Rebuilt& report) {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> both;
    for (const auto& [key, n] : before) both[key].first = n;
    for (const auto& [key, n] : after) both[key].second = n;
    for (const auto& [key, n] : both)
        if (n.first != n.second)
            differ(report, "counter " + key,
                   "was " + std::to_string(n.first) + ", the journal makes " + std::to_string(n.second));
}

}  // namespace

Result<std::vector<Fact>> Ledger::Core::facts_of(SubjectId subject, ports::Position last) const {
    std::vector<Fact> facts;
    if (last == ports::no_position) return facts;
    const auto records = store.records_of(subject, last);
    if (!records) return std::unexpected(records.error());
    facts.reserve(records->size());
    for (const ports::Record& record : *records) {
        auto decoded = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at);
        if (!decoded) return std::unexpected(decoded.error());
        facts.push_back(std::move(decoded->fact));
    }
    return facts;
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
        if (activates && record.lane == Lane{0} && !lanes[0].activations.empty())
            playbooks->set_active(lanes[0].activations.back().version);
        lane_last[record.lane.value] = record.position;
        lane_dirty.set(record.lane.value);
        return {};
    }
    Subject* held = subjects.find(record.subject);
    Subject& subject = held != nullptr ? *held : subjects.add(record.subject, of_account(scratch));
    const auto earlier = [&] { return facts_of(record.subject, record.previous); };
    const auto lane = activations(record.lane);
    Status done;
    if (codec::PersonRow* row = subject.person()) {
        const auto refolded = [&](const engine::StepOutput& out) {
            subject.said.insert(subject.said.end(), out.history.begin(), out.history.end());
        };
        const auto heard = [&](const engine::StepOutput& out) { gathered.hear(subject, record.position, out.history); };
        done = folder.settle(*row, lane, scratch.fact.ref, scratch.fact.engine_at, earlier, refolded);
        if (done) done = folder.fold(*row, lane, scratch, heard);
    } else {
        done = folder.fold(*subject.account(), lane, scratch, earlier, [](const engine::StepOutput&) {});
    }
    subject.last = record.position;
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

Result<Rebuilt> Ledger::Core::rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    if (auto done = ready(); !done) return std::unexpected(done.error());
    if (auto done = write_derived(); !done) return std::unexpected(done.error());
    const auto before = print(store);
    if (!before) return std::unexpected(before.error());
    const auto counted = store.counters();
    if (!counted) return std::unexpected(counted.error());
    const auto last = static_cast<std::uint64_t>(position);
    const auto replayed = stats.replayed;
    ahead_of_disk = true;
    if (auto done = store.clear_derived(); !done) return std::unexpected(done.error());
    if (auto done = store.set_setting("spread", "0"); !done) return std::unexpected(done.error());
    subjects.clear();
    gathered.clear();
    if (auto done = load_lanes(); !done) return std::unexpected(done.error());
    derived = position = ports::no_position;
    const auto tell = [&](std::uint64_t done) {
        if (progress) progress(done, last);
    };
    if (auto done = replay(ports::no_position, tell); !done) return std::unexpected(done.error());
    ahead_of_disk = false;
    if (auto done = spread(); !done) return std::unexpected(done.error());
    if (auto done = write_derived(); !done) return std::unexpected(done.error());
    Rebuilt report;
    report.facts = stats.replayed - replayed;
    const auto after = print(store);
    if (!after) return std::unexpected(after.error());
    report.subjects = after->states.size();
    compare("state", before->states, after->states, report);
    compare("history", before->history, after->history, report);
    compare("row in the list of leads", before->leads, after->leads, report);
    const auto recounted = store.counters();
    if (!recounted) return std::unexpected(recounted.error());
    compare(*counted, *recounted, report);
    return report;
}

}  // namespace baton::app
