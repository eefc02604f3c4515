// kill -9 while facts are coming in: what was acknowledged is there once, nothing is there by half.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <random>

#include "storage/open.h"
#include "support/faults.h"
#include "support/measured.h"
#include "support/temp_folder.h"
#include "support/workload.h"

namespace baton {
namespace {

using faults::Child;

/// Appends until it is killed; says after each batch how many are acknowledged.
int take_in(const std::string& path, int acknowledgements) {
    auto store = storage::open_store(path);
    if (!store) return 2;
    support::Workload work(**store);
    for (int i = 1;; ++i) {
        if (!work.append_next()) return 3;
        faults::acknowledge(acknowledgements, std::to_string(work.next()));
        if (i % 5 == 0 && !work.derive()) return 4;
    }
}

/// Lets a few batches through, then a random moment more.
std::uint64_t kill_at_random(Child& child, std::mt19937_64& random) {
    std::optional<std::string> last;
    for (auto lines = random() % 8; lines > 0; --lines) last = child.line();
    volatile std::uint64_t spin = random() % 3'000'000;
    while (spin > 0) spin = spin - 1;
    child.kill();
    int status = 0;
    if (std::optional<std::string> rest = child.finish(status)) last = std::move(rest);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
    return last ? std::stoull(*last) : 0;
}

/// What is in the store after a crash; also the next generation's start.
std::uint64_t check(const std::string& path, std::uint64_t acknowledged) {
    auto store = storage::open_store(path);
    EXPECT_TRUE(store.has_value()) << store.error().detail;
    if (!store) return 0;
    const std::uint64_t there = support::Workload(**store).next();
    // One batch may be in flight: committed, not yet acknowledged.
    EXPECT_EQ(support::check_store_holds(**store, acknowledged, acknowledged + 1), "");
    return there;
}

TEST(Kill, at_random_during_intake) {
    constexpr int kills_a_store = 10;
    const std::int64_t kills = faults::scaled(200);
    std::mt19937_64 random(1);
    std::uint64_t acknowledged_in_all = 0;
    for (std::int64_t done = 0; done < kills && !HasFailure(); done += kills_a_store) {
        const support::TempFolder folder;
        const std::string path = folder.file("store.db");
        std::uint64_t there = 0;
        for (int i = 0; i < kills_a_store && !HasFailure(); ++i) {
            Child child = Child::fork_off([&](int pipe) { return take_in(path, pipe); });
            const std::uint64_t acknowledged = std::max(kill_at_random(child, random), there);
            acknowledged_in_all += acknowledged - there;
            there = check(path, acknowledged);
        }
    }
    faults::measured("kills_of_a_store_at_random", static_cast<std::uint64_t>(kills));
    faults::measured("batches_acknowledged", acknowledged_in_all);
    EXPECT_GT(acknowledged_in_all, 0U);
}

TEST(Kill, at_the_nth_system_call) {
    const std::int64_t most = faults::scaled(500);
    std::int64_t nth = 1;
    for (bool killed = true; killed && nth <= most && !HasFailure(); ++nth) {
        const support::TempFolder folder;
        const std::string path = folder.file("store.db");
        Child child = Child::run_until_call({BATON_FAULT_WRITER, path, "60"}, nth);
        int status = 0;
        const std::optional<std::string> last = child.finish(status);
        killed = faults::was_killed(status);
        ASSERT_TRUE(killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
            << "call " << nth << " status " << status;
        check(path, last ? std::stoull(*last) : 0);
        EXPECT_FALSE(HasFailure()) << "killed at call " << nth;
    }
    faults::measured("kills_of_a_store_at_a_call", static_cast<std::uint64_t>(nth - 1));
    EXPECT_GT(nth, std::min<std::int64_t>(most, 300));
}

}  // namespace
}  // namespace baton
