// The store beside what SQLite itself can do: raw INSERTs of the same journal rows, same batches, same durability.
//   storage_bench [FOLDER] [SECONDS]      figures are medians of rounds that take turns
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "ports/record_digest.h"
#include "raw_append.h"
#include "storage/open.h"

namespace {

using namespace baton;
using Clock = std::chrono::steady_clock;

constexpr std::size_t payload_size = 150;
constexpr std::uint64_t people = 1'000'000;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Processor time of this process: what a rate is worth on a machine that does something else too.
double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Makes the next batch of facts about random people, with all that the journal writer adds.
class Feed {
   public:
    explicit Feed(ports::Store& store) : store_(store) {
        for (std::uint16_t lane = 0; lane < lane_count; ++lane) heads_[lane].lane = {lane};
        last_.resize(people + lane_count);
        payload_.assign(payload_size, 'x');
    }

    void next(std::size_t size, ports::Append& batch, bool message_ids) {
        batch.records.resize(size);
        batch.messages.clear();
        for (std::size_t i = 0; i < size; ++i) fill(batch.records[i], i);
        if (message_ids)
            for (const ports::Record& row : batch.records)
                batch.messages.push_back(
                    {{static_cast<std::int32_t>(row.position / 50'000), row.lane, 0, random_()}, row.position});
        batch.heads.assign(heads_, heads_ + lane_count);
        std::erase_if(batch.heads, [](const ports::LaneHead& head) { return head.seq.value == 0; });
    }

   private:
    void fill(ports::Record& row, std::size_t i) {
        row.subject = {lane_count + random_() % people};
        row.lane = lane_of(row.subject);
        ports::LaneHead& head = heads_[row.lane.value];
        row.seq = {++head.seq.value};
        row.position = store_.position_of_next(row.lane, row.seq, i);
        row.previous = std::exchange(last_[row.subject.value], row.position);
        row.recorded_at = {1'700'000'000'000'000 + row.position};
        row.payload = payload_;
        head.digest = ports::next_digest(head.digest, row);
    }

    ports::Store& store_;
    ports::LaneHead heads_[lane_count];
    std::vector<ports::Position> last_;
    std::string payload_;
    std::mt19937_64 random_{3};
};

/// Of several rounds: rows a second, and processor microseconds a row.
struct Rate {
    std::vector<double> per_second, cpu;
    double rows() const { return median(per_second); }
    double microseconds() const { return median(cpu); }
};

struct Figures {
    Rate raw, bare, with_ids, states;
};

/// One round of `work`, repeated until its time is over. `prepare` is not counted.
template <class Prepare, class Work>
void measure(Rate& rate, double seconds, std::size_t rows, Prepare prepare, Work work) {
    double spent = 0;
    double cpu = 0;
    std::size_t done = 0;
    do {
        prepare();
        const Clock::time_point start = Clock::now();
        const double cpu_start = cpu_seconds();
        work();
        cpu += cpu_seconds() - cpu_start;
        spent += seconds_since(start);
        done += rows;
    } while (spent < seconds);
    rate.per_second.push_back(static_cast<double>(done) / spent);
    rate.cpu.push_back(cpu * 1e6 / static_cast<double>(done));
}

std::vector<ports::StateRow> some_states(std::size_t size, std::mt19937_64& random) {
    std::vector<ports::StateRow> rows(size);
    for (ports::StateRow& row : rows) {
        row.subject = {lane_count + random() % people};
        row.state.assign(200, 's');
        row.next_at = {static_cast<std::int64_t>(random() % 1'000'000'000)};
    }
    std::ranges::sort(rows, {}, &ports::StateRow::subject);
    return rows;
}

void print_rate(const char* what, const Rate& rate, const Rate& raw) {
    std::printf("  %-24s %9.0f rows/s (%.2f of raw)  %6.2f us of processor a row (%.2f)\n", what, rate.rows(),
                rate.rows() / raw.rows(), rate.microseconds(), raw.microseconds() / rate.microseconds());
}

void print(std::size_t size, const Figures& figures) {
    std::printf("batches of %zu\n", size);
    print_rate("raw insert", figures.raw, figures.raw);
    print_rate("append", figures.bare, figures.raw);
    print_rate("append with message ids", figures.with_ids, figures.raw);
    print_rate("states of 1 M people", figures.states, figures.raw);
}

void append_rates(const std::string& folder, std::size_t size, double seconds) {
    auto store = storage::open_store(folder + "/ours" + std::to_string(size) + ".db").value();
    bench::Raw raw(folder + "/raw" + std::to_string(size) + ".db");
    Feed feed(*store);
    ports::Append batch;
    Figures out;
    std::mt19937_64 random(9);
    const auto check = [](const Status& status) {
        if (!status) std::printf("%s\n", status.error().detail.c_str());
        BATON_CHECK(status.has_value());
    };
    for (int round = 0; round < 5; ++round) {
        measure(out.bare, seconds, size, [&] { feed.next(size, batch, false); }, [&] { check(store->append(batch)); });
        measure(out.raw, seconds, size, [] {}, [&] { raw.append(batch.records); });
        measure(
            out.with_ids, seconds, size, [&] { feed.next(size, batch, true); }, [&] { check(store->append(batch)); });
        ports::Derived derived;
        measure(
            out.states, seconds, size, [&] { derived.states = some_states(size, random); },
            [&] { check(store->write_derived(derived)); });
    }
    print(size, out);
}

void scan_rate(const std::string& path) {
    const auto store = storage::open_store(path).value();
    const auto rows = static_cast<std::size_t>(store->last_position().value());
    std::size_t bytes = 0;
    const auto add_bytes = [&](const ports::Record& row) {
        bytes += row.payload.size();
        return true;
    };
    Rate scan, verify;
    for (int round = 0; round < 5; ++round)
        measure(scan, 0, rows, [] {}, [&] { BATON_CHECK(store->scan(0, add_bytes).has_value()); });
    measure(verify, 0, rows, [] {}, [&] { static_cast<void>(store->verify().value()); });
    BATON_CHECK(bytes == 5 * rows * payload_size);
    std::printf("%zu rows, %.0f bytes of file each\n", rows,
                static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(rows));
    std::printf("  scan %.0f rows/s, %.2f us of processor a row\n", scan.rows(), scan.microseconds());
    std::printf("  verify %.0f rows/s, %.2f us of processor a row\n", verify.rows(), verify.microseconds());
}

}  // namespace

int main(int count, char** words) {
    const std::string folder =
        count > 1 ? words[1] : (std::filesystem::temp_directory_path() / "baton-storage-bench").string();
    const double seconds = count > 2 ? std::atof(words[2]) : 0.5;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{1'000}, std::size_t{10'000}})
        append_rates(folder, size, seconds);
    scan_rate(folder + "/ours1000.db");
    std::filesystem::remove_all(folder);
    return 0;
}
