// Every call to the disk fails once, and for ever, until everything runs through untouched: the answer is an error or
// the truth, and what was acknowledged stays.
#include <gtest/gtest.h>

#include <set>

#include "storage/open.h"
#include "support/disk.h"
#include "support/dump.h"
#include "support/faults.h"
#include "support/measured.h"
#include "support/temp_folder.h"
#include "support/workload.h"

namespace baton {
namespace {

using faults::Disk;
using faults::Fault;
using faults::Times;

struct Outcome {
    std::uint64_t acknowledged = 0;
    std::uint64_t attempted = 0;
    std::set<std::string> codes;  ///< of the errors answered
    std::string wrong;
};

template <class T>
bool noted(Outcome& outcome, const std::expected<T, Error>& answer) {
    if (!answer) outcome.codes.insert(answer.error().code);
    return answer.has_value();
}

/// A batch; after an answer that leaves the commit open nothing may be written any more.
bool append(ports::Store& store, Outcome& outcome) {
    support::Workload work(store);
    outcome.attempted = std::max(outcome.attempted, work.next() + 1);
    const Status status = work.append_next();
    if (noted(outcome, status)) {
        outcome.acknowledged = work.next();
        return true;
    }
    if (status.error().code == "commit_unknown" && store.set_setting("name", "x").has_value())
        outcome.wrong = "wrote on after a commit of unknown outcome";
    return false;
}

/// Reads give the truth or an error.
void read(ports::Store& store, Outcome& outcome) {
    std::int64_t seen = 0;
    const Status scanned = store.scan(ports::no_position, [&](const ports::Record& row) {
        if (row.position != ++seen) outcome.wrong = "a record is missing from a scan";
        return true;
    });
    const Result<ports::Position> last = store.last_position();
    if (noted(outcome, scanned) && noted(outcome, last) && seen != *last)
        outcome.wrong = "a scan ended early without an error";
}

void use(ports::Store& store, const std::string& backup, Times times, Outcome& outcome) {
    for (int i = 0; i < 3; ++i) {
        // With a disk that stays broken even looking up where to go on fails.
        if (!append(store, outcome) && times == Times::for_ever) return;
    }
    support::Workload work(store);
    noted(outcome, work.derive());
    noted(outcome, store.set_setting("name", "value"));
    noted(outcome, store.backup(backup));
    read(store, outcome);
    append(store, outcome);
}

class DiskTrouble : public testing::TestWithParam<std::tuple<Fault, Times>> {
   protected:
    storage::OpenOptions options() const {
        storage::OpenOptions options;
        options.vfs = disk_.vfs();
        return options;
    }
    Outcome run() {
        Outcome outcome;
        auto store = storage::open_store(path_, options());
        if (noted(outcome, store)) use(**store, path_ + ".backup", std::get<1>(GetParam()), outcome);
        return outcome;
    }
    void check_after(const Outcome& outcome, std::int64_t nth) {
        auto store = storage::open_store(path_, options());
        ASSERT_TRUE(store.has_value()) << "call " << nth << ": " << store.error().detail;
        EXPECT_EQ(support::check_store_holds(**store, outcome.acknowledged, outcome.attempted), "") << "call " << nth;
    }
    void check_codes(const Outcome& outcome, std::int64_t nth) {
        const std::set<std::string> expected = {"io_error", "disk_full", "commit_unknown"};
        for (const std::string& code : outcome.codes)
            EXPECT_TRUE(expected.contains(code)) << code << " at call " << nth;
        EXPECT_EQ(outcome.wrong, "") << "call " << nth;
    }

    support::TempFolder folder_;
    Disk disk_;
    std::string path_ = folder_.file("store.db");
};

/// The disk as three batches leave it, one of them derived.
std::map<std::string, std::string> some_store(Disk& disk, const std::string& path) {
    storage::OpenOptions options;
    options.vfs = disk.vfs();
    {
        auto store = storage::open_store(path, options).value();
        support::Workload work(*store);
        BATON_CHECK(work.append_next() && work.derive() && work.append_next());
    }
    return disk.files();
}

TEST_P(DiskTrouble, at_every_call) {
    const auto [fault, times] = GetParam();
    std::int64_t nth = 0;
    std::int64_t troubles = 0;
    for (const bool fresh : {true, false}) {
        disk_.set_files({});
        const std::map<std::string, std::string> start =
            fresh ? std::map<std::string, std::string>() : some_store(disk_, path_);
        const std::uint64_t there = fresh ? 0 : 2;
        bool touched = true;
        for (nth = 1; touched && !HasFailure(); ++nth) {
            disk_.set_files(start);
            const std::int64_t before = disk_.calls();
            disk_.fail_at(nth, fault, times);
            Outcome outcome = run();
            outcome.acknowledged = std::max(outcome.acknowledged, there);
            outcome.attempted = std::max(outcome.attempted, there);
            touched = disk_.calls() - before >= nth;
            troubles += disk_.failed() != 0 ? 1 : 0;
            EXPECT_TRUE(disk_.failed() != 0 || outcome.codes.empty()) << "an error without a fault, call " << nth;
            disk_.heal();
            check_codes(outcome, nth);
            // What failed to be synced was never acknowledged: a cut right after changes nothing.
            if (nth % 2 == 0) disk_.restart(static_cast<std::uint64_t>(nth));
            check_after(outcome, nth);
        }
        EXPECT_GT(nth, 100);
    }
    faults::measured("failed_calls", static_cast<std::uint64_t>(troubles));
    EXPECT_GT(troubles, 20);
}

INSTANTIATE_TEST_SUITE_P(faults, DiskTrouble,
                         testing::Combine(testing::Values(Fault::io_error, Fault::disk_full),
                                          testing::Values(Times::once, Times::for_ever)));

TEST(DiskFull, writing_goes_on_once_there_is_space) {
    const support::TempFolder folder;
    Disk disk;
    storage::OpenOptions options;
    options.vfs = disk.vfs();
    auto store = storage::open_store(folder.file("store.db"), options).value();
    {
        support::Workload work(*store);
        ASSERT_TRUE(work.append_next());
        disk.fail_at(1, Fault::disk_full, Times::for_ever);
        const Status status = work.append_next();
        ASSERT_FALSE(status.has_value());
        EXPECT_EQ(status.error().code, "disk_full");
        EXPECT_EQ(store->last_position().has_value(), true) << "reads go on";
    }
    disk.heal();
    support::Workload work(*store);
    ASSERT_TRUE(work.append_next());
    EXPECT_EQ(support::check_store_holds(*store, 2, 2), "");
}

TEST(FailedSync, nothing_is_acknowledged_after_it) {
    const support::TempFolder folder;
    Disk disk;
    storage::OpenOptions options;
    options.vfs = disk.vfs();
    auto store = storage::open_store(folder.file("store.db"), options).value();
    support::Workload work(*store);
    ASSERT_TRUE(work.append_next());
    // The last two calls of a commit are the head's write and sync.
    const std::int64_t before = disk.calls();
    ASSERT_TRUE(work.append_next());
    disk.fail_at(disk.calls() - before, Fault::io_error, Times::once);
    const Status status = work.append_next();
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, "commit_unknown");
    const Status again = store->set_setting("zone", "x");
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().detail, status.error().detail);
    store.reset();
    store = storage::open_store(folder.file("store.db"), options).value();
    EXPECT_TRUE(store->set_setting("zone", "x").has_value());
    EXPECT_EQ(support::check_store_holds(*store, 2, 3), "");
}

}  // namespace
}  // namespace baton
