// From parsed facts to durable, and to everything derived, beside raw SQLite INSERTs of the same journal rows with the same batch
// and synchronous=FULL in the same run; then rebuild, opening, memory and disk.
//   ledger_bench [PEOPLE] [FACTS] [FOLDER]      default 100,000 people, 500,000 facts after them
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "app/ledger.h"
#include "app/reads.h"
#include "feed.h"
#include "raw_append.h"
#include "storage/open.h"

namespace {

using namespace baton;
using namespace baton::bench;

/// Resident memory now, in MB.
double resident_megabytes() {
    std::ifstream file("/proc/self/statm");
    long size = 0;
    long resident = 0;
    file >> size >> resident;
    return static_cast<double>(resident) * 4096 / 1e6;
}

void print(const char* what, double facts, const Meter& meter, const Meter& raw, double raw_facts, const char* goal) {
    print(what, facts, meter);
    std::printf("; of raw: %.2f by the clock, %.2f by processor (goal %s)\n",
                facts / meter.wall() / (raw_facts / raw.wall()),
                raw.processor() / raw_facts / (meter.processor() / facts), goal);
}

/// The journal rows of the facts just taken in, once more as raw INSERTs. Answers how many.
double raw_appends(ports::Store& store, const std::string& folder, ports::Position after, Meter& meter) {
    Raw raw(folder + "/raw.db");
    std::vector<ports::Record> rows;
    double done = 0;
    const auto flush = [&] {
        meter.resume();
        raw.append(rows);
        meter.pause();
        done += static_cast<double>(rows.size());
        rows.clear();
    };
    must(store.scan(after, [&](const ports::Record& row) {
        rows.push_back(row);
        if (rows.size() == batch_size) flush();
        return true;
    }));
    if (!rows.empty()) flush();
    return done;
}

void intake_rates(ports::Store& store, app::Ledger& ledger, StreamClock& clock, Feed& feed, std::uint64_t facts,
                  const std::string& folder) {
    const ports::Position before = must(store.last_position());
    Meter acknowledged;
    for (std::uint64_t done = 0; done < facts; done += batch_size) {
        clock.time = clock.time + Duration::seconds(60);
        const auto& batch = feed.next(false, clock.time);
        acknowledged.resume();
        must(ledger.intake(batch));
        acknowledged.pause();
    }
    Meter derived = acknowledged;
    derived.resume();
    must(ledger.flush());
    derived.pause();
    Meter raw;
    const double rows = raw_appends(store, folder, before, raw);
    const auto count = static_cast<double>(facts);
    print("raw insert", rows, raw);
    std::printf("\n");
    print("acknowledged", count, acknowledged, raw, rows, "0.4");
    print("everything derived", count, derived, raw, rows, "0.2");
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
        Meter meeting;
        for (std::uint64_t done = 0; done < people; done += batch_size) {
            const auto& batch = feed.next(true, clock.time);
            meeting.resume();
            must(ledger->intake(batch));
            meeting.pause();
        }
        meeting.resume();
        must(ledger->flush());
        meeting.pause();
        print("new people, derived", static_cast<double>(people), meeting);
        std::printf("\n");
        intake_rates(*store, *ledger, clock, feed, facts, folder);

        Meter rebuilding;
        rebuilding.resume();
        const auto rebuilt = must(ledger->rebuild());
        rebuilding.pause();
        print("rebuild", static_cast<double>(rebuilt.facts), rebuilding);
        std::printf(" (goal 500,000 facts/s), %llu differences\n", static_cast<unsigned long long>(rebuilt.different));
        must(ledger->close());
    }
    const double before = resident_megabytes();
    const auto start = std::chrono::steady_clock::now();
    auto store = must(storage::open_store(path));
    auto ledger = must(app::Ledger::open(*store, clock));
    std::printf("open with %llu people: %.3f s (goal 5 at 1 M), resident %.0f MB of which %.0f from before\n",
                static_cast<unsigned long long>(people), seconds_since(start), resident_megabytes(), before);
    std::printf("disk                %9.0f bytes a fact (goal 300), everything counted\n",
                static_cast<double>(bytes_of(path)) / static_cast<double>(people + facts));
    return 0;
}
