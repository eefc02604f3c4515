// Power cuts: unsynced writes lost, reordered, torn. Every acknowledged batch is there afterwards, none by half.
#include <gtest/gtest.h>

#include <random>

#include "storage/open.h"
#include "support/disk.h"
#include "support/faults.h"
#include "support/measured.h"
#include "support/temp_folder.h"
#include "support/workload.h"

namespace baton {
namespace {

using faults::Disk;

struct Promise {
    std::uint64_t acknowledged = 0;  ///< batches that must be there
    std::uint64_t attempted = 0;     ///< batches that may be there
};

/// Appends, derives, closes and opens until the power goes.
void work_until_dark(Disk& disk, const std::string& path, Promise& promise, std::mt19937_64& random) {
    storage::OpenOptions options;
    options.vfs = disk.vfs();
    while (!disk.dead()) {
        auto store = storage::open_store(path, options);
        if (!store) return;
        support::Workload work(**store);
        for (auto steps = random() % 12; steps > 0 && !disk.dead(); --steps) {
            promise.attempted = work.next() + 1;
            if (!work.append_next()) return;
            promise.acknowledged = work.next();
            if (random() % 3 == 0 && !work.derive()) return;
        }
    }
}

TEST(PowerCut, no_acknowledged_batch_is_lost) {
    constexpr int cuts_a_store = 25;
    const std::int64_t cuts = faults::scaled(2'000);
    std::int64_t done = 0;
    std::uint64_t batches = 0;
    for (std::uint64_t seed = 1; done < cuts && !HasFailure(); ++seed) {
        const support::TempFolder folder;
        const std::string path = folder.file("store.db");
        Disk disk;
        std::mt19937_64 random(seed);
        Promise promise;
        for (int i = 0; i < cuts_a_store && done < cuts && !HasFailure(); ++i, ++done) {
            disk.cut_at(1 + static_cast<std::int64_t>(random() % (i == 0 ? 60 : 160)));
            work_until_dark(disk, path, promise, random);
            disk.restart(random());
            storage::OpenOptions options;
            options.vfs = disk.vfs();
            auto store = storage::open_store(path, options);
            ASSERT_TRUE(store.has_value()) << "seed " << seed << " cut " << i << ": " << store.error().detail;
            EXPECT_EQ(support::check_store_holds(**store, promise.acknowledged, promise.attempted), "")
                << "seed " << seed << " cut " << i;
            promise.acknowledged = promise.attempted = support::Workload(**store).next();
        }
        batches += promise.acknowledged;
    }
    faults::measured("power_cuts", static_cast<std::uint64_t>(done));
    faults::measured("batches_acknowledged", batches);
    EXPECT_GT(batches, static_cast<std::uint64_t>(cuts) / 4);
}

}  // namespace
}  // namespace baton
