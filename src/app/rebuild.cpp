#include "app/rebuild.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <initializer_list>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "app/replay.h"

namespace baton::app {
namespace {

using Lanes = std::bitset<lane_count>;
using Counts = std::map<std::string, std::int64_t>;

// ---- what derived rows say, in 64 bits --------------------------------------------------------------------------

/// Nothing stands there.
constexpr std::uint64_t nothing = 0;

std::uint64_t mixed(std::uint64_t print, std::uint64_t with) {
    return (print ^ with) * 0x9e3779b97f4a7c15U ^ print >> 29;
}

std::uint64_t mixed(std::uint64_t print, std::initializer_list<std::int64_t> numbers) {
    for (const std::int64_t number : numbers) print = mixed(print, static_cast<std::uint64_t>(number));
    return print;
}

std::uint64_t print_of(const ports::StateRow& row) { return mixed(stable_hash(row.state), {row.next_at.us, row.last}); }

std::uint64_t print_of(std::uint64_t rows_before, const ports::HistoryRow& row) {
    return mixed(mixed(rows_before, stable_hash(row.record)), {row.position, row.n, row.at.us, row.kind});
}

std::uint64_t print_of(const ports::LeadRow& row) {
    std::uint64_t print =
        mixed(1, {row.open, row.is_lead, row.cycle, row.score_micros, row.stage_entered_at.us, row.updated_at.us});
    for (const std::string* text : {&row.stage, &row.holder, &row.classes, &row.name, &row.email, &row.account})
        print = mixed(print, stable_hash(*text));
    return print;
}

/// What stands of a subject, or what the journal makes of it.
struct Print {
    std::uint64_t state = nothing, history = nothing, lead = nothing;
};

/// By subject: ids are dense within a lane. Threads may write at once as long as they write of other lanes, or other members.
class Prints {
   public:
    explicit Prints(std::span<const ports::LaneHead> heads) {
        for (auto& lane : lanes_) lane.resize(1);
        for (const auto& head : heads) lanes_[head.lane.value].resize(head.subjects + 1);
    }
    /// Null: the journal never made such a subject.
    Print* at(SubjectId id) {
        auto& lane = lanes_[lane_of(id).value];
        const std::uint64_t index = id.value / lane_count;
        return index < lane.size() ? &lane[index] : nullptr;
    }
    const std::vector<Print>& lane(std::size_t number) const { return lanes_[number]; }

   private:
    std::array<std::vector<Print>, lane_count> lanes_;
};

// ---- one round: some lanes folded -------------------------------------------------------------------------------

class Round {
   public:
    Round(const ports::Reader& store, const Playbooks& playbooks, const Erasures& erased,
          std::span<const ports::LaneHead> heads, Lanes lanes)
        : store_(store), playbooks_(playbooks), erased_(erased), folder_(playbooks), lanes_(lanes) {
        for (const auto& head : heads)
            if (lanes.test(head.lane.value)) subjects_[head.lane.value].resize(head.subjects + 1);
    }

    /// `read` hears of how many records were read since it was last called, and answers whether to go on.
    Status run(Prints& made, FunctionRef<bool(std::size_t)> read);

    std::uint64_t facts() const { return facts_; }
    std::uint64_t subjects_made() const { return subjects_made_; }
    const Counts& counts() const { return counts_; }

   private:
    Status fold(const ports::Record& record);
    void keep_history(Prints& made);
    Status finish(Prints& made);

    const ports::Reader& store_;
    const Playbooks& playbooks_;
    const Erasures& erased_;
    Folder folder_;
    const Lanes lanes_;
    std::array<std::vector<Subject>, lane_count> subjects_;
    std::array<codec::CompanyRow, lane_count> companies_;
    std::array<ports::Position, lane_count> company_last_{};
    Gathered gathered_;
    Counts counts_;
    codec::JournalRecord decoded_;
    std::uint64_t facts_ = 0;
    std::uint64_t subjects_made_ = 0;
};

Status Round::run(Prints& made, FunctionRef<bool(std::size_t)> read) {
    std::vector<ports::Record> chunk;
    ports::Position after = ports::no_position;
    for (;;) {
        const auto got = read_chunk(store_, after, chunk);
        if (!got) return std::unexpected(got.error());
        if (*got == 0) return finish(made);
        for (const auto& record : std::span(chunk).first(*got))
            if (lanes_.test(record.lane.value))
                if (auto done = fold(record); !done) return done;
        after = chunk[*got - 1].position;
        keep_history(made);
        if (!read(*got)) return {};
        if (*got < chunk_records) return finish(made);
    }
}

Status Round::fold(const ports::Record& record) {
    ++facts_;
    const std::size_t lane = record.lane.value;
    if (auto done = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at, decoded_);
        !done)
        return done;
    if (of_lane(record.subject)) {
        Folder::fold(companies_[lane], decoded_, record.position);
        company_last_[lane] = record.position;
        return {};
    }
    const std::uint64_t index = record.subject.value / lane_count;
    if (index >= subjects_[lane].size())
        return fail("corrupt", "record " + std::to_string(record.position) + " is about subject " +
                                   std::to_string(record.subject.value) +
                                   ", which its lane has not given out; run `baton verify`");
    Subject& subject = subjects_[lane][index];
    if (subject.last == ports::no_position) {
        subject.id = record.subject;
        if (of_account(decoded_)) subject.row = codec::AccountRow{};
    }
    return fold_again(folder_, store_, subject, companies_[lane].activations, record, decoded_, erased_, gathered_);
}

void Round::keep_history(Prints& made) {
    ports::Derived rows;
    gathered_.into(rows);
    for (const auto& row : rows.history) {
        std::uint64_t& all = made.at(row.subject)->history;
        all = print_of(all, row);
    }
    for (const auto& counter : rows.counters) counts_[counter.key] += counter.delta;
    gathered_.clear();
}

Status Round::finish(Prints& made) {
    for (std::uint16_t lane = 0; lane < lane_count; ++lane) {
        if (!lanes_.test(lane)) continue;
        if (company_last_[lane] != ports::no_position) {
            ++subjects_made_;
            made.at(SubjectId{lane})->state = print_of(row_of(Lane{lane}, companies_[lane], company_last_[lane]));
        }
        for (const Subject& subject : subjects_[lane]) {
            if (subject.last == ports::no_position) continue;
            ++subjects_made_;
            const auto row = row_of(subject, playbooks_, companies_[lane].activations);
            Print& print = *made.at(subject.id);
            print.state = print_of(row);
            if (row.lead) print.lead = print_of(*row.lead);
        }
    }
    return {};
}

// ---- what stands ------------------------------------------------------------------------------------------------

/// Rows of subjects that no lane has given out.
using Strangers = std::vector<std::uint64_t>;

Status read_states(const ports::Reader& store, Prints& stands, Strangers& strangers) {
    return store.scan_states([&](const ports::StateRow& row) {
        if (Print* print = stands.at(row.subject))
            print->state = print_of(row);
        else
            strangers.push_back(row.subject.value);
        return true;
    });
}

Status read_history(const ports::Reader& store, Prints& stands, Strangers& strangers) {
    return store.scan_history([&](const ports::HistoryRow& row) {
        if (Print* print = stands.at(row.subject))
            print->history = print_of(print->history, row);
        else
            strangers.push_back(row.subject.value);
        return true;
    });
}

Status read_leads(const ports::Reader& store, Prints& stands, Strangers& strangers) {
    ports::LeadQuery page;
    page.limit = chunk_records;
    for (;;) {
        const auto rows = store.leads(page);
        if (!rows) return std::unexpected(rows.error());
        for (const ports::LeadRow& row : *rows) {
            if (Print* print = stands.at(row.person))
                print->lead = print_of(row);
            else
                strangers.push_back(row.person.value);
        }
        if (rows->size() < page.limit) return {};
        page.after_key = rows->back().updated_at.us;
        page.after_person = rows->back().person;
    }
}

// ---- the comparison ---------------------------------------------------------------------------------------------

void differ(Rebuilt& report, std::string where, std::string what) {
    ++report.different;
    if (report.differences.size() < 100) report.differences.push_back({std::move(where), std::move(what)});
}

void compare(const char* kind, std::uint64_t Print::* member, const Prints& stands, const Prints& made,
             const Strangers& strangers, Rebuilt& report) {
    const auto where = [&](std::uint64_t id) { return std::string(kind) + " of subject " + std::to_string(id); };
    constexpr const char* nothing_makes_it = "stood there, but nothing in the journal makes it";
    for (const std::uint64_t id : std::set(strangers.begin(), strangers.end()))
        differ(report, where(id), nothing_makes_it);
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        for (std::size_t index = 0; index < made.lane(lane).size(); ++index) {
            const std::uint64_t stood = stands.lane(lane)[index].*member;
            const std::uint64_t now = made.lane(lane)[index].*member;
            if (stood == now) continue;
            const char* what = "is not what the journal makes";
            if (stood == nothing) what = "was missing";
            if (now == nothing) what = nothing_makes_it;
            differ(report, where(index * lane_count + lane), what);
        }
}

void compare(const std::vector<std::pair<std::string, std::int64_t>>& stand, const Counts& made, Rebuilt& report) {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> both;
    for (const auto& [key, n] : stand) both[key].first = n;
    for (const auto& [key, n] : made) both[key].second = n;
    for (const auto& [key, n] : both)
        if (n.first != n.second)
            differ(report, "counter " + key,
                   "was " + std::to_string(n.first) + ", the journal makes " + std::to_string(n.second));
}

/// Lanes that fit into a thread's share of memory together. At least a round a thread where there is much to do, so that all
/// have about the same.
std::vector<Lanes> rounds_of(std::span<const ports::LaneHead> heads, std::size_t all_memory, std::size_t threads) {
    constexpr std::size_t about_a_state = 1'700;
    constexpr std::size_t little = std::size_t{1} << 20;
    std::size_t all = 0;
    for (const auto& head : heads) all += static_cast<std::size_t>(head.subjects) * about_a_state;
    const std::size_t memory = std::max(little, std::min(all_memory, all + threads) / threads + 2 * all / lane_count);
    std::vector<Lanes> rounds;
    std::size_t held = memory + 1;
    for (const auto& head : heads) {
        const std::size_t bytes = static_cast<std::size_t>(head.subjects) * about_a_state;
        if (held + bytes > memory) {
            rounds.emplace_back();
            held = 0;
        }
        rounds.back().set(head.lane.value);
        held += bytes;
    }
    return rounds;
}

using Task = std::function<Status(const ports::Reader&)>;

/// Runs the tasks, each thread with a reader of its own. The first error ends all; `stop` tells those under way.
Status run_all(const ports::Store& store, const std::vector<Task>& tasks, std::size_t threads,
               std::atomic<bool>& stop) {
    std::vector<std::unique_ptr<ports::Reader>> readers;
    for (std::size_t i = 0; i < std::min(threads, tasks.size()); ++i) {
        auto reader = store.reader();
        if (!reader) return std::unexpected(reader.error());
        readers.push_back(std::move(*reader));
    }
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    Status all;
    const auto work = [&](const ports::Reader& reader) {
        for (std::size_t i = next++; i < tasks.size() && !stop; i = next++) {
            auto done = tasks[i](reader);
            if (done) continue;
            stop = true;
            const std::lock_guard lock(mutex);
            if (all) all = std::move(done);
        }
    };
    {
        std::vector<std::jthread> running;
        for (const auto& reader : readers) running.emplace_back([&work, &reader] { work(*reader); });
    }
    return all;
}

}  // namespace

Result<Rebuilt> compare_with_journal(const ports::Store& store, const Playbooks& playbooks, std::size_t memory,
                                     const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    const auto heads = store.heads();
    if (!heads) return std::unexpected(heads.error());
    const auto last = store.last_position();
    if (!last) return std::unexpected(last.error());
    const std::size_t threads = std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
    const auto erased = erasures_in(store);
    if (!erased) return std::unexpected(erased.error());
    const auto rounds = rounds_of(*heads, memory, threads);

    Prints stands(*heads);
    Prints made(*heads);
    Strangers of_states, of_history, of_leads;
    std::mutex mutex;
    std::atomic<bool> stop = false;
    Rebuilt report;
    Counts counts;
    std::uint64_t read = 0;
    const std::uint64_t to_read = static_cast<std::uint64_t>(*last) * rounds.size();
    std::vector<Task> tasks;
    for (const Lanes& lanes : rounds)
        tasks.emplace_back([&](const ports::Reader& reader) -> Status {
            Round round(reader, playbooks, *erased, *heads, lanes);
            const auto heard = [&](std::size_t records) {
                const std::lock_guard lock(mutex);
                read += records;
                if (progress) progress(read, to_read);
                return !stop.load();
            };
            if (auto done = round.run(made, heard); !done) return done;
            const std::lock_guard lock(mutex);
            report.facts += round.facts();
            report.subjects += round.subjects_made();
            for (const auto& [key, n] : round.counts()) counts[key] += n;
            return {};
        });
    tasks.emplace_back([&](const ports::Reader& reader) { return read_history(reader, stands, of_history); });
    tasks.emplace_back([&](const ports::Reader& reader) { return read_states(reader, stands, of_states); });
    tasks.emplace_back([&](const ports::Reader& reader) { return read_leads(reader, stands, of_leads); });
    if (auto done = run_all(store, tasks, threads, stop); !done) return std::unexpected(done.error());

    compare("state", &Print::state, stands, made, of_states, report);
    compare("history", &Print::history, stands, made, of_history, report);
    compare("row in the list of leads", &Print::lead, stands, made, of_leads, report);
    const auto counters = store.counters();
    if (!counters) return std::unexpected(counters.error());
    compare(*counters, counts, report);
    return report;
}

}  // namespace baton::app
