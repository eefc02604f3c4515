// Facts whose bringer does not wait but is told.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "fixture.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Told);

Options threaded() {
    Options options;
    options.threads = true;
    options.gather = Duration{500};
    options.derive_within = Duration{1'000};
    return options;
}

TEST_P(Told, WhenTheFactsAreDurable) {
    World world(true, threaded());
    std::promise<Result<Receipt>> said;
    const std::vector facts{fact("Page Viewed", "a@example.com", "1"), fact("", "a@example.com", "2"),
                            fact("Page Viewed", "a@example.com", "1")};
    world.ledger->intake(facts, [&](Result<Receipt> receipt) { said.set_value(std::move(receipt)); });
    const auto receipt = said.get_future().get();
    ASSERT_TRUE(receipt) << receipt.error().detail;
    EXPECT_EQ(receipt->accepted, 1U);
    EXPECT_EQ(receipt->duplicates, 1U);
    ASSERT_EQ(receipt->outcomes.size(), 3U);
    EXPECT_EQ(receipt->outcomes[1].code, "type_missing");
    EXPECT_TRUE(world.ledger->wait_for(receipt->position));
    EXPECT_TRUE(world.reads()->find("a@example.com").value());
}

TEST_P(Told, EachOnceBesideThoseWhoWait) {
    World world(true, threaded());
    constexpr int each = 40;
    std::atomic<int> told = 0, accepted = 0;
    std::vector<std::thread> senders;
    for (int sender = 0; sender < 3; ++sender)
        senders.emplace_back([&, sender] {
            for (int i = 0; i < each; ++i) {
                const std::string id = std::to_string(sender) + "/" + std::to_string(i);
                const std::vector facts{fact("Page Viewed", "p" + id + "@example.com", id)};
                if (sender == 0) {
                    const auto receipt = world.ledger->intake(facts);
                    ASSERT_TRUE(receipt) << receipt.error().detail;
                    accepted += static_cast<int>(receipt->accepted);
                    continue;
                }
                world.ledger->intake(facts, [&](Result<Receipt> receipt) {
                    accepted += receipt ? static_cast<int>(receipt->accepted) : 0;
                    ++told;
                });
            }
        });
    for (auto& sender : senders) sender.join();
    while (told < 2 * each) std::this_thread::yield();
    EXPECT_EQ(accepted, 3 * each);
    EXPECT_EQ(world.ledger->stats().accepted, static_cast<std::uint64_t>(3 * each));
}

TEST_P(Told, WithoutThreadsBeforeTheCallReturns) {
    World world;
    bool told = false;
    world.ledger->intake(std::vector{fact("Page Viewed", "a@example.com", "1")},
                         [&](Result<Receipt> receipt) { told = receipt && receipt->accepted == 1; });
    EXPECT_TRUE(told);
}

TEST_P(Told, OfMoreThanATransactionTakes) {
    Options options = threaded();
    options.batch_facts = 2;
    World world(true, options);
    std::vector<IncomingFact> facts;
    for (int i = 0; i < 5; ++i) facts.push_back(fact("Page Viewed", "a@example.com", std::to_string(i)));
    std::size_t accepted = 0;
    world.ledger->intake(facts, [&](Result<Receipt> receipt) { accepted = receipt ? receipt->accepted : 0; });
    EXPECT_EQ(accepted, 5U);
}

/// Whoever brings more than can be written waits: what is not yet written is held in memory.
TEST_P(Told, NeverMoreAreUnderWayThanEightTransactionsTake) {
    Options options = threaded();
    options.batch_facts = 2;
    options.gather = Duration{20'000};
    World world(true, options);
    constexpr int all = 100;
    std::atomic<int> told = 0, most = 0;
    for (int i = 0; i < all; ++i) {
        world.ledger->intake(
            std::vector{fact("Page Viewed", "a@example.com", std::to_string(i))},
            [&](const Result<Receipt>& receipt) { told += receipt && receipt->accepted == 1 ? 1 : 0; });
        most = std::max<int>(most, i + 1 - told);
    }
    while (told < all) std::this_thread::yield();
    EXPECT_LE(most, 8 * 2 + 2 + 1) << "queued, being written, just brought";
}

TEST_P(Told, ThatTheLedgerIsClosed) {
    World world(true, threaded());
    ASSERT_TRUE(world.ledger->close());
    std::string code;
    world.ledger->intake(std::vector{fact("Page Viewed", "a@example.com", "1")},
                         [&](Result<Receipt> receipt) { code = receipt ? "" : receipt.error().code; });
    EXPECT_EQ(code, "closed");
}

}  // namespace
}  // namespace baton::app
