// What a ledger consists of; shared by the files that are its parts. Private to app.
#pragma once

#include <array>
#include <atomic>
#include <bitset>
#include <condition_variable>
#include <deque>
#include <expected>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "app/derived.h"
#include "app/folder.h"
#include "app/ledger.h"
#include "app/normalise.h"
#include "app/playbooks.h"
#include "app/subjects.h"

namespace baton::app {

/// One caller's facts on their way through the writer.
struct Request {
    std::vector<std::expected<Draft, Error>> drafts;
    Receipt receipt;
    Status status;
    bool done = false;
};

class Batch;

/// Everything below `work` belongs to whoever holds it: the writer thread, or the caller of a direct call.
struct Ledger::Core {
    Core(ports::Store& store, ports::Clock& clock, Options options);

    ports::Store& store;
    ports::Clock& clock;
    const Options options;
    const std::shared_ptr<Playbooks> playbooks;
    const HashKey hash_key;

    mutable std::mutex work;
    Folder folder;
    Subjects subjects;
    Gathered gathered;
    std::array<ports::LaneHead, lane_count> heads;
    std::array<codec::CompanyRow, lane_count> lanes;
    std::array<ports::Position, lane_count> lane_last{};
    std::bitset<lane_count> lane_dirty, lane_moved;
    std::unordered_map<std::string, std::uint16_t> source_numbers;
    std::vector<std::string> source_names;
    Instant recorded = Instant::beginning();        ///< newest recorded_at: never falls
    ports::Position position = ports::no_position;  ///< of the newest durable record, folded too
    ports::Position derived = ports::no_position;
    Instant earliest_waiting = Instant::never();  ///< no dirty subject has an earlier due moment
    std::optional<Instant> earliest_stored;       ///< no row has an earlier one; none = ask the store
    bool history_open = false;   ///< setting "history": facts came in as historical since the last go_live
    bool ahead_of_disk = false;  ///< a failure that could not be mended yet
    bool closed = false;
    Stats stats;

    // writer.cpp: opening, one transaction, derived rows
    Status start();
    Status load_lanes();
    Status ready();    ///< mends after a failure; error when that fails
    Instant moment();  ///< the clock, never before the newest record
    Status commit(Batch& batch);
    Status committed_after_all(const Batch& batch, const Error& error) const;
    Status recover();
    Status write_derived();
    void write_if_much();  ///< a failure is tried again, and told by ready() when too much waits
    bool much_waits(std::size_t times) const;
    Status open_history(bool historical);
    Result<std::uint16_t> source(const std::string& name);
    void mark(Subject& subject);  ///< dirty, its due moment minded
    std::span<const codec::LaneActivation> activations(Lane lane) const { return lanes[lane.value].activations; }

    // intake.cpp
    Status take(std::span<Request* const> requests, bool dry);
    enum class Places : std::uint8_t { assumed_free, looked_up };  ///< message ids of subjects made in the batch
    Status take_once(std::span<Request* const> requests, bool dry, Places places);

    // replay.cpp
    Status replay(ports::Position after, const std::function<void(std::uint64_t)>& progress);
    Status replay_one(const ports::Record& record, codec::JournalRecord& scratch);
    Result<Rebuilt> rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress, Anew anew);
    Status fold_anew(const std::function<void(std::uint64_t, std::uint64_t)>& progress);

    // activation.cpp
    Result<Activated> activate(const Activation& wanted);
    Status enact(const codec::LaneActivation& activation);
    Status enact_announced(Instant now);
    Status spread();
    Result<std::int64_t> open_leads() const;

    // scheduler.cpp
    Result<std::size_t> run_due(Instant until);
    Result<std::size_t> run_due_once(Instant until, std::size_t& looked_at);
    Result<std::optional<Instant>> next_due();
    Result<std::size_t> go_live();

    // threads.cpp
    void run();
    Status submit(Request& request);
    bool work_arrives(std::unique_lock<std::mutex>& lock);
    void serve(std::vector<Request*>& requests);
    void idle();
    std::mutex queue_mutex;
    std::condition_variable queue_changed, served;
    std::deque<Request*> queue;
    std::size_t queued_facts = 0;
    bool stopping = false;
    bool company = false;  ///< the last transaction served several callers: waiting for more pays
    Duration last_derived{};
    std::thread writer;
};

}  // namespace baton::app
