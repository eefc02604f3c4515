// From parsed facts to durable and derived on PostgreSQL, beside the least a store could do for them in the same database: lock
// the lane's row, COPY the same journal rows, upsert the same states by unnest, commit; in batches of the same size. Then the same
// stream on SQLite. The batches of ours and of the raw unit take turns, so that both see the same machine.
//   bench_postgres URL [PEOPLE] [FACTS] [FOLDER]      default 50,000 people, 200,000 facts after them; an empty database
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "app/ledger.h"
#include "feed.h"
#include "raw_postgres.h"
#include "storage/open.h"

namespace {

using namespace baton;
using namespace baton::bench;

std::unique_ptr<app::Ledger> ready(ports::Store& store, StreamClock& clock, Feed& feed, std::uint64_t people) {
    auto ledger = must(app::Ledger::open(store, clock));
    app::Activation activation;
    activation.version = must(ledger->store_playbook(typical_text(), "typical.yaml"));
    must(ledger->activate(activation));
    Meter meeting;
    meeting.resume();
    for (std::uint64_t done = 0; done < people; done += batch_size) must(ledger->intake(feed.next(true, clock.time)));
    must(ledger->flush());
    meeting.pause();
    print("new people, derived", static_cast<double>(people), meeting);
    std::printf("\n");
    return ledger;
}

/// What the raw unit writes of one batch of ours: its journal rows, and the rows of the people in them as they stand now.
struct Written {
    std::vector<ports::Record> records;
    std::vector<ports::StateRow> states;
};

Written written_since(const ports::Store& store, ports::Position before) {
    Written rows;
    must(store.scan(before, [&](const ports::Record& row) {
        rows.records.push_back(row);
        return true;
    }));
    std::vector<SubjectId> subjects;
    for (const ports::Record& row : rows.records) subjects.push_back(row.subject);
    std::ranges::sort(subjects);
    const auto twice = std::ranges::unique(subjects);
    subjects.erase(twice.begin(), twice.end());
    rows.states = must(store.states_of(subjects));
    return rows;
}

void on_postgres(const std::string& url, std::uint64_t people, std::uint64_t facts) {
    StreamClock clock;
    Feed feed(people);
    const auto store = must(storage::open_store(url));
    const auto ledger = ready(*store, clock, feed, people);
    RawPostgres raw(url);
    Meter ours, floor;
    double rows = 0;
    for (std::uint64_t done = 0; done < facts; done += batch_size) {
        clock.time = clock.time + Duration::seconds(60);
        const auto& batch = feed.next(false, clock.time);
        const ports::Position before = must(store->last_position());
        ours.resume();
        must(ledger->intake(batch));
        ours.pause();
        const Written same = written_since(*store, before);
        floor.resume();
        raw.write(same.records, same.states);
        floor.pause();
        rows += static_cast<double>(same.records.size());
    }
    const auto count = static_cast<double>(facts);
    print("raw unit", rows, floor);
    std::printf("\n");
    print("durable and derived", count, ours);
    std::printf("; of raw: %.2f by the clock (goal 0.5)\n", count / ours.wall() / (rows / floor.wall()));
    must(ledger->close());
}

void on_sqlite(const std::string& folder, std::uint64_t people, std::uint64_t facts) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    StreamClock clock;
    Feed feed(people);
    const auto store = must(storage::open_store(folder + "/same.db"));
    const auto ledger = ready(*store, clock, feed, people);
    Meter ours;
    for (std::uint64_t done = 0; done < facts; done += batch_size) {
        clock.time = clock.time + Duration::seconds(60);
        const auto& batch = feed.next(false, clock.time);
        ours.resume();
        must(ledger->intake(batch));
        ours.pause();
    }
    ours.resume();
    must(ledger->flush());
    ours.pause();
    print("the same on SQLite", static_cast<double>(facts), ours);
    std::printf("\n");
    must(ledger->close());
    std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: bench_postgres URL [PEOPLE] [FACTS] [FOLDER]\n");
        return 2;
    }
    const std::uint64_t people = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 50'000;
    const std::uint64_t facts = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 200'000;
    on_postgres(argv[1], people, facts);
    on_sqlite(argc > 4 ? argv[4] : (std::filesystem::temp_directory_path() / "baton-postgres-bench").string(), people,
              facts);
    return 0;
}
