// From parsed facts to durable, and to everything derived, beside raw SQLite INSERTs of the same journal rows with the same batch
// and synchronous=FULL in the same run; then rebuild, opening, memory and disk.
//   ledger_bench [PEOPLE] [FACTS] [FOLDER]      default 100,000 people, 500,000 facts after them
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "app/ledger.h"
#include "app/reads.h"
#include "raw_append.h"
#include "storage/open.h"
#include "stream.h"

namespace {

using namespace baton;
using namespace baton::bench;
using Wall = std::chrono::steady_clock;

constexpr std::size_t batch_size = 1000;

double seconds_since(Wall::time_point start) { return std::chrono::duration<double>(Wall::now() - start).count(); }

/// Resident memory now, in MB.
double resident_megabytes() {
    std::ifstream file("/proc/self/statm");
    long size = 0;
    long resident = 0;
    file >> size >> resident;
    return static_cast<double>(resident) * 4096 / 1e6;
}

class StreamClock : public ports::Clock {
   public:
    Instant time = *parse_instant("2025-01-01T00:00:00Z");
    Instant now() override { return time; }
    Duration elapsed() override { return time - Instant{}; }
};

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s: %s\n", result.error().code.c_str(), result.error().detail.c_str());
        std::exit(1);
    }
    return std::move(*result);
}
void must(const Status& status) {
    if (!status) std::fprintf(stderr, "%s: %s\n", status.error().code.c_str(), status.error().detail.c_str());
    if (!status) std::exit(1);
}

class Feed {
   public:
    explicit Feed(std::uint64_t people) : people_(people) {}

    /// The next batch; `everybody` walks through all people once, else they are drawn.
    const std::vector<IncomingFact>& next(bool everybody, Instant now) {
        batch_.resize(batch_size);
        for (IncomingFact& fact : batch_) {
            const Fact& drawn = draw(all_, everybody ? 935 : next_random(seed_));  // 935: a profile
            const std::uint64_t person = everybody ? made_++ : next_random(seed_) % people_;
            fact.type = drawn.type;
            fact.occurred_at = now - Duration{static_cast<std::int64_t>(next_random(seed_) % 60'000'000)};
            fact.properties = drawn.properties;
            fact.email = "person" + std::to_string(person) + "@example.com";
            fact.message_id = "0190c1e0-7000-7000-8000-" + std::to_string(100'000'000'000 + ++number_);
        }
        return batch_;
    }

   private:
    std::uint64_t people_;
    std::uint64_t seed_ = 1;
    std::uint64_t made_ = 0;
    std::uint64_t number_ = 0;
    std::vector<Kind> all_ = kinds();
    std::vector<IncomingFact> batch_;
};

struct Figures {
    double acknowledged = 0, derived = 0, raw = 0;  ///< facts a second
};

/// The journal rows of the facts just taken in, once more as raw INSERTs.
double raw_rate(ports::Store& store, const std::string& folder, ports::Position after) {
    Raw raw(folder + "/raw.db");
    std::vector<ports::Record> rows;
    double spent = 0;
    std::size_t done = 0;
    const auto flush = [&] {
        const auto start = Wall::now();
        raw.append(rows);
        spent += seconds_since(start);
        done += rows.size();
        rows.clear();
    };
    must(store.scan(after, [&](const ports::Record& row) {
        rows.push_back(row);
        if (rows.size() == batch_size) flush();
        return true;
    }));
    if (!rows.empty()) flush();
    return static_cast<double>(done) / spent;
}

Figures intake_rates(ports::Store& store, app::Ledger& ledger, StreamClock& clock, Feed& feed, std::uint64_t facts,
                     const std::string& folder) {
    const ports::Position before = must(store.last_position());
    double spent = 0;
    double flushing = 0;
    for (std::uint64_t done = 0; done < facts; done += batch_size) {
        clock.time = clock.time + Duration::seconds(60);
        const auto& batch = feed.next(false, clock.time);
        const auto start = Wall::now();
        must(ledger.intake(batch));
        spent += seconds_since(start);
    }
    const auto start = Wall::now();
    must(ledger.flush());
    flushing = seconds_since(start);
    const auto count = static_cast<double>(facts);
    return {count / spent, count / (spent + flushing), raw_rate(store, folder, before)};
}

std::uintmax_t bytes_of(const std::string& path) {
    std::uintmax_t bytes = 0;
    for (const char* ending : {"", "-wal", ".heads"}) {
        std::error_code none;
        const auto size = std::filesystem::file_size(path + ending, none);
        if (!none) bytes += size;
    }
    return bytes;
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t people = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
    const std::uint64_t facts = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 500'000;
    const std::string folder =
        argc > 3 ? argv[3] : (std::filesystem::temp_directory_path() / "baton-ledger-bench").string();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const std::string path = folder + "/ours.db";

    StreamClock clock;
    Feed feed(people);
    {
        auto store = must(storage::open_store(path));
        auto ledger = must(app::Ledger::open(*store, clock));
        app::Activation activation;
        activation.version = must(ledger->store_playbook(typical_text(), "typical.yaml"));
        must(ledger->activate(activation));
        auto start = Wall::now();
        for (std::uint64_t done = 0; done < people; done += batch_size) must(ledger->intake(feed.next(true, clock.time)));
        must(ledger->flush());
        std::printf("new people          %9.0f facts/s, everything derived\n",
                    static_cast<double>(people) / seconds_since(start));

        const Figures figures = intake_rates(*store, *ledger, clock, feed, facts, folder);
        std::printf("raw insert          %9.0f rows/s\n", figures.raw);
        std::printf("acknowledged        %9.0f facts/s, %.2f of raw (goal 0.4)\n", figures.acknowledged,
                    figures.acknowledged / figures.raw);
        std::printf("everything derived  %9.0f facts/s, %.2f of raw (goal 0.2)\n", figures.derived,
                    figures.derived / figures.raw);

        start = Wall::now();
        const auto rebuilt = must(ledger->rebuild());
        std::printf("rebuild             %9.0f facts/s (goal 500,000), %llu differences\n",
                    static_cast<double>(rebuilt.facts) / seconds_since(start),
                    static_cast<unsigned long long>(rebuilt.different));
        must(ledger->close());
    }
    const double before = resident_megabytes();
    const auto start = Wall::now();
    auto store = must(storage::open_store(path));
    auto ledger = must(app::Ledger::open(*store, clock));
    std::printf("open with %llu people: %.3f s (goal 5 at 1 M), resident %.0f MB of which %.0f from before\n",
                static_cast<unsigned long long>(people), seconds_since(start), resident_megabytes(), before);
    std::printf("disk                %9.0f bytes a fact (goal 300), everything counted\n",
                static_cast<double>(bytes_of(path)) / static_cast<double>(people + facts));
    return 0;
}
