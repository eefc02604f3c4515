// Message ids: found again for ever, also where different ones have equal hashes.
#include "app/messages.h"
#include "acts.h"
#include "support/dump.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Messages);

/// Of all messages of a day, lane and source every second one is equal to another.
std::uint64_t one_of_two(const HashKey& key, std::string_view bytes) { return siphash(key, bytes) % 2; }
std::uint64_t of_another_key(const HashKey& key, std::string_view bytes) { return ~siphash(key, bytes); }

Options with(MessageHash hash) {
    Options options;
    options.message_hash = hash;
    return options;
}

TEST_P(Messages, OfEqualHashAreToldApart) {
    holds([] {
        const auto acts = any_acts(80);
        World plain, colliding(true, with(one_of_two));
        std::vector<IncomingFact> accepted;
        for (std::size_t i = 0; i < acts.size(); ++i) {
            live(plain, acts, i, i + 1);
            live(colliding, acts, i, i + 1);
            const auto f = fact_of(acts[i], i);
            if (f && plain.ledger->preview(std::vector{*f})->duplicates == 1) accepted.push_back(*f);
        }
        RC_ASSERT(colliding.take(accepted).duplicates == accepted.size());
        colliding.open();
        RC_ASSERT(colliding.take(accepted).duplicates == accepted.size());
        RC_ASSERT(plain.ledger->flush() && colliding.ledger->flush());
        RC_ASSERT(support::dump_journal(*plain.store) == support::dump_journal(*colliding.store));
        RC_ASSERT(support::dump_derived(*plain.store) == support::dump_derived(*colliding.store));
        RC_ASSERT(colliding.store->verify()->empty());
        RC_ASSERT(check_messages(*plain.store)->empty());
        RC_ASSERT(check_messages(*colliding.store, one_of_two)->empty());
    });
}

TEST_P(Messages, OfEqualHashInOneBatchOfNewPeople) {
    World world(true, with([](const HashKey&, std::string_view) { return std::uint64_t{7}; }));
    std::vector<IncomingFact> facts;
    for (int i = 0; i < 300; ++i) facts.push_back(fact("Page Viewed", "p" + std::to_string(i) + "@example.com", "m"));
    EXPECT_EQ(world.take(facts).accepted, 300U);
    EXPECT_EQ(world.take(facts).duplicates, 300U);
    for (auto& f : facts) f.email = "q" + f.email;
    EXPECT_EQ(world.take(facts).accepted, 300U);  // new people again, beside places that are taken
    EXPECT_EQ(world.take(facts).duplicates, 300U);
    EXPECT_TRUE(world.store->verify()->empty());
}

/// A store beside this process is given a long transaction in parts, and trusted to refuse what was sent before.
TEST_P(Messages, SentAgainAreFoundHoweverManyComeAtOnce) {
    World world;
    const auto number = [](int i) {
        return fact("Page Viewed", "p" + std::to_string(i % 50) + "@example.com", "m" + std::to_string(i));
    };
    std::vector<IncomingFact> facts;
    for (int i = 0; i < 700; ++i) facts.push_back(number(i % 7 == 6 && i > 300 ? i - 300 : i));
    const auto first = world.take(facts);
    EXPECT_EQ(first.duplicates, 57U);
    EXPECT_EQ(first.accepted, 643U);
    for (std::size_t i = 307; i < 700; i += 7) EXPECT_EQ(first.outcomes[i].ref, first.outcomes[i - 300].ref) << i;
    EXPECT_EQ(world.take(facts).duplicates, 700U);
    std::vector<IncomingFact> more;
    for (int i = 700; i < 1'000; ++i) more.push_back(number(i));
    more.push_back(number(5));
    for (int often = 0; often < 2; ++often) {
        world.open();  // nothing is remembered of what was sent again before
        const auto receipt = world.take(more);
        EXPECT_EQ(receipt.accepted, often == 0 ? 300U : 0U);
        EXPECT_EQ(receipt.outcomes.back().ref, first.outcomes[5].ref);
    }
    EXPECT_TRUE(world.store->verify()->empty());
    EXPECT_TRUE(check_messages(*world.store)->empty());
    EXPECT_TRUE(world.ledger->rebuild()->differences.empty());
}

TEST_P(Messages, OfADecisionThatStoodAreNotRefused) {
    World world;
    world.take({fact("Page Viewed", "a@example.com", "0"),
                fact("profile", "a@example.com", "1", {{"employees", Value(500)}}),
                fact("Demo Requested", "a@example.com", "2")});
    const auto accepted = world.take(fact("accept", "a@example.com", "3"));
    EXPECT_EQ(accepted.verdict, Verdict::accepted) << accepted.detail;
    for (int often = 0; often < 2; ++often) {
        EXPECT_EQ(world.take(fact("accept", "a@example.com", "3")).verdict, Verdict::duplicate);
        EXPECT_EQ(world.take(fact("accept", "a@example.com", "4")).verdict, Verdict::refused);
        world.open();
    }
}

TEST_P(Messages, OneThatCannotBeFoundAgainIsDamage) {
    World world;
    world.take({fact("Page Viewed", "a@example.com", "1"), fact("profile", "b@example.com", "2")});
    EXPECT_TRUE(check_messages(*world.store)->empty());
    const auto damages = check_messages(*world.store, of_another_key);
    ASSERT_EQ(damages->size(), 2U);
    EXPECT_NE(damages->front().where.find("position 65"), std::string::npos) << damages->front().where;
}

}  // namespace
}  // namespace baton::app
