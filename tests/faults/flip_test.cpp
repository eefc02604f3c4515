// Single bits flipped in the store, its log, its heads and a backup: verify reports it, or nothing a reader can see has
// changed. Derived rows may be those of an earlier moment, as after any crash: they say themselves how far they reach.
#include <gtest/gtest.h>

#include <random>
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
using Files = std::map<std::string, std::string>;

class Flips : public testing::Test {
   protected:
    void SetUp() override {
        options_.vfs = disk_.vfs();
        auto store = storage::open_store(path_, options_).value();
        fill(*store);
        ASSERT_TRUE(store->backup(backup_));
        files_ = disk_.files();  // while it is open: its log has not been written back
        store.reset();
        inspect_.vfs = disk_.vfs();
        inspect_.mode = storage::OpenOptions::Mode::inspect;
    }

    /// Every table gets rows, some pages are free again, part of it all is still in the log.
    void fill(ports::Store& store) {
        support::Workload work(store);
        ASSERT_TRUE(store.set_setting("zone", "Europe/Berlin"));
        ports::StoredPlaybook playbook;
        playbook.id = "loop";
        playbook.text = std::string(9000, 'y');
        ASSERT_TRUE(store.store_playbook(playbook));
        for (int i = 0; i < 40; ++i) ASSERT_TRUE(work.append_next());
        ASSERT_TRUE(work.derive());
        ASSERT_TRUE(store.clear_derived());
        for (int i = 0; i < 3; ++i) {
            ASSERT_TRUE(work.derive());
            derived_.insert(support::dump_derived(store));
            ASSERT_TRUE(work.append_next());
        }
        derived_.clear();  // what precedes the newest append cannot come back
        for (int i = 0; i < 2; ++i) {
            derived_.insert(support::dump_derived(store));
            ASSERT_TRUE(work.derive());
        }
        derived_.insert(support::dump_derived(store));
        journal_ = support::dump_journal(store);
    }

    /// "reported", "harmless", or what is wrong.
    std::string outcome(const std::string& path) {
        const auto damages = storage::check_store(path, options_);
        if (!damages || !damages->empty()) return "reported";
        const auto store = storage::open_store(path, inspect_);
        if (!store) return "verify said sound, but it does not open: " + store.error().detail;
        if (support::dump_journal(**store) != journal_) return "the journal differs and verify said nothing";
        if (!derived_.contains(support::dump_derived(**store))) return "derived rows differ and verify said nothing";
        return "harmless";
    }

    support::TempFolder folder_;
    Disk disk_;
    std::string path_ = folder_.file("store.db");
    std::string backup_ = folder_.file("backup.db");
    storage::OpenOptions options_;
    storage::OpenOptions inspect_;
    Files files_;
    std::string journal_;
    std::set<std::string> derived_;
};

TEST_F(Flips, the_untouched_files_are_sound) {
    for (const std::string& path : {path_, backup_}) {
        disk_.set_files(files_);
        EXPECT_EQ(outcome(path), "harmless");
    }
    EXPECT_GT(files_[path_ + "-wal"].size(), 100'000U);
    EXPECT_EQ(files_[path_ + ".heads"].size(), 8192U);
}

TEST_F(Flips, each_is_reported_or_harmless) {
    std::mt19937_64 random(5);
    const std::vector<std::pair<std::string, std::string>> targets = {
        {path_, path_},     {path_ + "-wal", path_},       {path_ + ".heads", path_},
        {backup_, backup_}, {backup_ + ".heads", backup_}, {backup_, backup_}};
    std::map<std::string, std::uint64_t> counts;
    const std::int64_t flips = faults::scaled(200);
    for (std::int64_t i = 0; i < flips && !HasFailure(); ++i) {
        const auto& [file, store] = targets[static_cast<std::size_t>(i) % targets.size()];
        Files damaged = files_;
        std::string& content = damaged[file];
        ASSERT_FALSE(content.empty()) << file;
        const std::size_t at = random() % content.size();
        const int bit = static_cast<int>(random() % 8);
        content[at] = static_cast<char>(content[at] ^ (1 << bit));
        disk_.set_files(damaged);
        const std::string seen = outcome(store);
        EXPECT_TRUE(seen == "reported" || seen == "harmless")
            << file.substr(file.rfind('/')) << " byte " << at << " bit " << bit << ": " << seen;
        ++counts[seen];
    }
    faults::measured("flips_reported", counts["reported"]);
    faults::measured("flips_harmless", counts["harmless"]);
    EXPECT_GT(counts["reported"], counts["harmless"]);
}

}  // namespace
}  // namespace baton
