// A store of an older version is brought up to date on a disk that fails or loses power at every call: whatever happens,
// the next start goes on, and nothing of what was there is lost.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "storage/open.h"
#include "support/disk.h"
#include "support/dump.h"
#include "support/faults.h"
#include "support/temp_folder.h"
#include "support/workload.h"

namespace baton {
namespace {

using faults::Disk;
using faults::Fault;
using faults::Times;

class Upgrade : public testing::Test {
   protected:
    void SetUp() override {
        options_.vfs = disk_.vfs();
        {
            const auto store = storage::open_store(path_, options_).value();
            support::Workload work(*store);
            for (int i = 0; i < 8; ++i) ASSERT_TRUE(work.append_next() && work.derive());
            journal_ = support::dump_journal(*store);
            derived_ = support::dump_derived(*store);
            batches_ = work.next();
        }
        as_version_1_left_it();
        old_ = disk_.files();
    }

    /// Version 1 had no search index; its other tables are those of today.
    void as_version_1_left_it() {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open_v2(path_.c_str(), &db, SQLITE_OPEN_READWRITE, disk_.vfs().c_str()), SQLITE_OK);
        EXPECT_EQ(
            sqlite3_exec(db,
                         "DROP TABLE lead_index; DROP TABLE secret; DROP TABLE identity_recent; DROP TABLE "
                         "account_state; DROP TABLE "
                         "schema_step; DROP INDEX "
                         "lead_account; "
                         "DROP INDEX identity_account; DROP INDEX lead_updated_open; DROP INDEX lead_updated_rest; "
                         "DROP INDEX lead_score_rest; CREATE INDEX lead_updated ON lead (updated_at DESC); "
                         "PRAGMA user_version = 1",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
        sqlite3_close(db);
    }

    std::string opening() {
        const auto store = storage::open_store(path_, options_);
        return store ? "ok" : store.error().code;
    }

    /// The next start, on a disk that works.
    void expect_whole(const std::string& when) {
        const auto store = storage::open_store(path_, options_);
        ASSERT_TRUE(store.has_value()) << when << ": " << store.error().detail;
        EXPECT_EQ(support::dump_journal(**store), journal_) << when;
        EXPECT_EQ(support::dump_derived(**store), derived_) << when;
        const auto damages = (*store)->verify().value();
        EXPECT_TRUE(damages.empty()) << when << ": " << damages.front().where << ": " << damages.front().what;
        EXPECT_EQ(support::check_store_holds(**store, batches_, batches_), "") << when;
        EXPECT_FALSE((*store)->leads({.text = "anna"})->empty()) << when;
    }

    support::TempFolder folder_;
    Disk disk_;
    std::string path_ = folder_.file("store.db");
    storage::OpenOptions options_;
    std::map<std::string, std::string> old_;
    std::string journal_, derived_;
    std::uint64_t batches_ = 0;
};

TEST_F(Upgrade, runs_through) {
    disk_.set_files(old_);
    expect_whole("untroubled");
}

TEST_F(Upgrade, goes_on_after_a_call_to_the_disk_failed) {
    disk_.set_files(old_);
    const std::int64_t before = disk_.calls();
    ASSERT_EQ(opening(), "ok");
    const std::int64_t calls = disk_.calls() - before;
    for (const Fault fault : {Fault::io_error, Fault::disk_full})
        for (const Times times : {Times::once, Times::for_ever}) {
            std::int64_t refused = 0;
            for (std::int64_t nth = 1; nth <= calls && !HasFailure(); ++nth) {
                disk_.set_files(old_);
                disk_.fail_at(nth, fault, times);
                if (opening() != "ok") ++refused;
                disk_.heal();
                expect_whole("call " + std::to_string(nth) + " failed");
            }
            EXPECT_GT(refused, calls / 10);
        }
}

TEST_F(Upgrade, goes_on_after_the_power_went) {
    std::int64_t cuts = 0;
    for (std::int64_t nth = 1; !HasFailure(); ++nth) {
        disk_.set_files(old_);
        disk_.cut_at(nth);
        static_cast<void>(opening());
        if (!disk_.dead()) break;
        ++cuts;
        disk_.restart(static_cast<std::uint64_t>(nth));
        expect_whole("the power went at call " + std::to_string(nth));
    }
    EXPECT_GT(cuts, 30);
    disk_.restart(0);
}

}  // namespace
}  // namespace baton
