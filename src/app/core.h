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
#include "app/erasure.h"
#include "app/folder.h"
#include "app/ledger.h"
#include "app/normalise.h"
#include "app/playbooks.h"
#include "app/registers.h"
#include "app/subjects.h"

namespace baton::app {

/// One caller's facts on their way through the writer.
struct Request {
    std::vector<std::expected<Draft, Error>> drafts;
    Receipt receipt;
    Status status;
    bool done = false;
    Duration since;  ///< when it came, by Clock::elapsed
    /// Who is told instead of waiting; such a request belongs to the queue.
    Ledger::Told told;
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
    Salts salts;
    std::uint64_t salt() { return options.salt != 0 ? options.salt : salts.next(); }
    std::array<codec::CompanyRow, lane_count> lanes;
    std::array<ports::Position, lane_count> lane_last{};
    Erasures erased;
    std::unordered_multimap<std::uint64_t, SubjectId> erased_keys;  ///< by erased_hash
    std::bitset<lane_count> lane_dirty, lane_moved;
    std::unordered_map<std::string, std::uint16_t> source_numbers;
    std::vector<std::string> source_names;
    Instant recorded = Instant::beginning();        ///< newest recorded_at: never falls
    ports::Position position = ports::no_position;  ///< of the newest durable record, folded too
    ports::Position derived = ports::no_position;
    Instant earliest_waiting = Instant::never();  ///< no dirty subject has an earlier due moment
    std::optional<Instant> earliest_stored;       ///< no row has an earlier one; none = ask the store
    bool history_open = false;             ///< setting "history": facts came in as historical since the last go_live
    std::optional<Instant> history_noted;  ///< shared store: when this process last said that it imports
    bool ahead_of_disk = false;            ///< a failure that could not be mended yet
    bool in_turn = false;                  ///< only ever on a shared store
    Stats before_turn;
    std::size_t sources_before_turn = 0;
    bool closed = false;
    Stats stats;
    std::atomic<ports::Position> seen_position = ports::no_position, seen_derived = ports::no_position;
    std::atomic<std::uint16_t> seen_region = 0;  ///< two letters: normalising goes on beside the writer
    std::atomic<bool> available = true;          ///< the store answered when it was last asked

    // turn.cpp: a store that other processes write too
    /// Does what one door is for, in one turn, under the lock. What was lost to the store's own trouble is begun anew until
    /// `options.patience` is over; `waited` so long already.
    template <class Work>
    auto door(Work what, Duration waited = {}) -> decltype(what());
    Status turn();       ///< begins it unless it has begun; learns what others wrote
    Status end_turn();   ///< with what is derived: both are durable or neither
    Status keep_turn();  ///< begins one for long work, after what was written in the last one
    void lapse();        ///< nothing of it ever happened; what is known is read again
    Status catch_up(const ports::Turn& found);
    void publish();
    std::string phone_region() const;  ///< from any thread
    std::atomic<codec::TrackingMode> seen_tracking = codec::TrackingMode::full;
    Status look();  ///< whether others wrote, where nothing else asks for it
    bool pause(Duration d);
    std::condition_variable pause_ended;
    std::atomic<Duration> last_look;  ///< read outside the lock, too

    // writer.cpp: opening, one transaction, derived rows
    Status start();  ///< and what is read beside the writer is published
    Status load_lanes();
    Status load_sources();
    Status ready();    ///< mends after a failure; error when that fails; on a shared store begins the turn
    Instant moment();  ///< the clock, never before the newest record
    Status journal(Batch& batch);
    Status write_part(Batch& batch);  ///< in the turn that is open; the store takes it in while the rest is folded
    Status commit(Batch& batch);      ///< and ends the turn
    Status committed_after_all(const Batch& batch, const Error& error) const;
    Status recover();
    void forget();
    Status reload();
    Status write_derived();
    void write_if_much();  ///< a failure is tried again, and told by ready() when too much waits
    bool much_waits(std::size_t times) const;
    Result<std::uint16_t> source(const std::string& name);
    void mark(Subject& subject);  ///< dirty, its due moment minded
    std::span<const codec::LaneActivation> activations(Lane lane) const { return lanes[lane.value].activations; }

    // imports.cpp
    bool is_undone(std::uint32_t import) const;  ///< begun is enough
    Status take_out(std::uint32_t number, std::span<const SubjectId> subjects, std::string_view actor);

    // intake.cpp
    Status take(std::span<Request* const> requests, bool dry);
    /// Where message ids stand: those of new subjects, or all, are assumed to be new, which the store refuses if they are not.
    enum class Places : std::uint8_t { all_assumed_free, assumed_free, looked_up };
    std::size_t wary = 0;  ///< so many transactions look message ids up first: some were sent again lately
    Status take_once(std::span<Request* const> requests, bool dry, Places places);

    // replay.cpp
    Status replay(ports::Position after, const std::function<void(std::uint64_t)>& progress);
    Status replay_one(const ports::Record& record, codec::JournalRecord& scratch);
    Result<Rebuilt> rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress, Anew anew);
    Status fold_anew(const std::function<void(std::uint64_t, std::uint64_t)>& progress);

    // members.cpp
    Status act(
        const std::function<Result<CompanyAct>(const codec::CompanyRow&, const ports::Reader&, Instant)>& decide);

    // merge.cpp
    template <class Do>
    Status join(std::string_view actor, Do what);

    // erasure.cpp
    Result<Erased> erase(SubjectId person, const std::function<bool(const codec::JournalRecord&)>& which,
                         std::string_view actor, const OnlyIf& only_if);
    // versions.cpp: whether the person, of which `last` is the newest record, is what the caller saw. Code `changed`.
    Status person_fits(SubjectId person, ports::Position last, const OnlyIf& only_if) const;
    Status person_fits(SubjectId person, const OnlyIf& only_if) const;  ///< derived rows are written
    void note(const codec::Erasure& erasure);
    Status purge();                                       ///< and notes that it is done
    Status purge_if_wanted();                             ///< an erasure was not brought to its end
    void drop_named(const codec::JournalRecord& listed);  ///< entries that a hash stands for now

    // registers.cpp
    bool holds_registers() const;
    bool stands(const std::string& key, std::uint8_t list) const;                ///< in a register
    std::vector<codec::ScrubHit> hits(std::span<const std::string> keys) const;  ///< ascending
    Result<Listed> list(std::span<const ListChange> changes, std::string_view actor);

    // awaited.cpp
    Status await(
        const std::function<std::vector<AwaitedChange>(std::span<const codec::AwaitedLead* const>, Instant)>& decide);

    // activation.cpp
    Result<Activated> activate(const Activation& wanted);
    Status enact(const codec::LaneActivation& activation);
    Status enact_announced(Instant now);
    Status spread();
    Result<std::int64_t> open_leads() const;

    // scheduler.cpp
    enum class Handfuls : std::uint8_t { all, one };
    Result<std::size_t> run_due(Instant until, Handfuls handfuls = Handfuls::all);
    Result<std::size_t> run_due_once(Instant until, std::size_t& looked_at);
    Result<std::optional<Instant>> next_due();

    // history.cpp
    struct History {
        bool open = false;
        std::optional<Instant> noted;  ///< shared store: somebody imported at that moment
    };
    Result<History> history_now() const;
    bool others_import(const History& history) const;
    Status open_history(bool historical);
    Status leave_history();
    Result<std::size_t> go_live();
    void end_quiet_history();

    // threads.cpp
    template <class Given>
    Result<Receipt> intake(std::span<Given> facts);
    Result<Receipt> preview(Request request);
    void run();
    Status submit(Request& request);
    void submit_told(std::unique_ptr<Request> request);
    bool crowded();                  ///< so much waits to be written that who brings more has to wait, too
    void enqueue(Request* request);  ///< with queue_mutex held
    void answer(const std::vector<Request*>& requests);
    bool work_arrives(std::unique_lock<std::mutex>& lock);
    void serve(std::vector<Request*>& requests);
    void idle();
    void idle_among_others();
    bool somebody_waits();
    Duration last_idle{}, last_history{};
    std::mutex queue_mutex;
    std::condition_variable queue_changed, served;
    std::deque<Request*> queue;
    std::size_t queued_facts = 0;
    bool stopping = false;
    std::size_t wake_at = 1;  ///< with fewer callers in the queue the writer is left asleep
    std::size_t company = 0;  ///< callers that the last transaction served: they may well come again
    Duration last_derived{};
    std::thread writer;
};

/// Tries again ever more slowly.
class Backoff {
   public:
    explicit Backoff(Duration patience, Duration waited) : patience_(patience), waited_(waited) {}
    bool over(Duration spent) const { return std::max(spent, slept_) + waited_ >= patience_; }
    Duration next() {
        const Duration now = step_;
        slept_ = slept_ + now;
        step_ = std::min(Duration{step_.us * 2}, Duration{400'000});
        return now;
    }

   private:
    Duration patience_, waited_, slept_{}, step_{10'000};
};

/// Whether the store was not there, or another process was in the way: begun anew it may succeed.
bool passes(const Error& error);

template <class Work>
auto Ledger::Core::door(Work what, Duration waited) -> decltype(what()) {
    const Duration began = clock.elapsed();
    for (Backoff backoff(options.patience, waited);;) {
        {
            const std::lock_guard hold(work);
            auto answer = what();
            if (answer)
                if (auto done = end_turn(); !done) answer = std::unexpected(done.error());
            if (!answer && store.shared()) lapse();
            const bool lost = !answer && store.shared() && passes(answer.error());
            available = !lost;
            publish();
            if (!lost || backoff.over(clock.elapsed() - began)) return answer;
        }
        if (!pause(backoff.next())) return fail("closed", "the ledger is closed");
    }
}

}  // namespace baton::app
