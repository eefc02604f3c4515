// Deliveries as clients and queues really make them: repeated, out of order, months late, to processes that end in between. Each
// message is one fact. 20,000 of them; script/release-check makes a million (BATON_SCALE=50).
#include <algorithm>
#include <random>
#include <set>

#include "acts.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Deliveries);

class Sender {
   public:
    explicit Sender(unsigned seed, Instant start) : rng_(seed), start_(start) {}

    /// The next message, or one that was sent before, word for word: three in ten.
    IncomingFact next() {
        if (!sent_.empty() && pick(10) < 3) return sent_[pick(sent_.size())];
        IncomingFact one = fact(pick(4) == 0 ? "Demo Requested" : "Page Viewed",
                                "p" + std::to_string(pick(500)) + "@acme.example", "m" + std::to_string(number_++));
        one.source = pick(2) == 0 ? "web" : "app";
        one.occurred_at = start_ + Duration::seconds(number_) - (pick(20) == 0 ? Duration::days(90) : Duration{});
        ids_.insert(one.source + one.message_id);
        if (sent_.size() < kept_)
            sent_.push_back(one);
        else
            sent_[pick(kept_)] = one;
        return one;
    }
    /// One in five changes its place.
    std::vector<IncomingFact> batch(std::size_t size) {
        std::vector<IncomingFact> facts;
        while (facts.size() < size) facts.push_back(next());
        for (std::size_t i = 0; i + 1 < facts.size(); ++i)
            if (pick(5) == 0) std::swap(facts[i], facts[i + pick(facts.size() - i)]);
        return facts;
    }
    std::size_t distinct() const { return ids_.size(); }
    std::size_t pick(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(rng_); }

   private:
    static constexpr std::size_t kept_ = 50'000;
    std::mt19937 rng_;
    Instant start_;
    std::int64_t number_ = 0;
    std::vector<IncomingFact> sent_;
    std::set<std::string> ids_;
};

/// Facts from outside in the journal.
std::size_t journaled(World& world) {
    std::size_t facts = 0;
    const auto looking = world.reads();
    const auto scanned = looking->reader().scan(ports::no_position, [&](const ports::Record& record) {
        const auto decoded = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at);
        EXPECT_TRUE(decoded.has_value());
        if (decoded && decoded->fact.trust != Trust::baton) ++facts;
        return true;
    });
    EXPECT_TRUE(scanned.has_value());
    return facts;
}

TEST_P(Deliveries, AreAsManyFactsAsDistinctMessages) {
    World world;
    Sender sender(7, world.clock.time);
    const bool slow = OnEveryStore::kind == "postgres";
    const std::int64_t wanted = faults::scaled(slow ? 2'000 : 20'000);
    std::size_t accepted = 0, duplicates = 0;
    std::int64_t delivered = 0;
    while (delivered < wanted) {
        const auto batch = sender.batch(1 + sender.pick(slow ? 1'000 : 400));
        const Receipt receipt = world.take(batch);
        accepted += receipt.accepted;
        duplicates += receipt.duplicates;
        delivered += static_cast<std::int64_t>(batch.size());
        world.clock.advance(Duration::seconds(static_cast<std::int64_t>(sender.pick(600))));
        if (sender.pick(20) == 0) world.crash();
        if (sender.pick(20) == 0) world.open();
    }
    EXPECT_EQ(accepted, sender.distinct());
    EXPECT_EQ(static_cast<std::int64_t>(accepted + duplicates), delivered);
    EXPECT_EQ(journaled(world), sender.distinct());
    EXPECT_TRUE(world.store->verify()->empty());
    EXPECT_GT(duplicates, static_cast<std::size_t>(delivered) / 5);
}

}  // namespace
}  // namespace baton::app
