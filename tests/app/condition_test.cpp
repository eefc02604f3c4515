// A change that depends on the version its sender has seen: of several who saw the same, one goes through.
#include "app/versions.h"

#include <atomic>
#include <thread>

#include "acts.h"
#include "app/erasure.h"

namespace baton::app {
namespace {

std::string version_now(World& world, const std::string& email) {
    EXPECT_TRUE(world.ledger->wait_for(world.ledger->position()));
    const auto reads = world.reads();
    const auto person = reads->find(email).value();
    return person ? version_of(reads->version(*person).value(), reads->active()->version) : "";
}

IncomingFact noted(const std::string& email, const std::string& id, OnlyIf only_if) {
    IncomingFact fact = app::fact("note", email, id, {{"text", Value("seen")}});
    fact.only_if = std::move(only_if);
    return fact;
}

ON_EVERY_STORE(Condition);

TEST_P(Condition, HoldsAtTheVersionThatStands) {
    World world;
    world.take(fact("Page Viewed", "a@example.com", "1"));
    const std::string first = version_now(world, "a@example.com");
    EXPECT_EQ(world.take(noted("a@example.com", "2", {"0-0", first})).verdict, Verdict::accepted);
    const std::string second = version_now(world, "a@example.com");
    EXPECT_NE(first, second);
    const Outcome late = world.take(noted("a@example.com", "3", {first}));
    EXPECT_EQ(late.code, "changed");
    EXPECT_NE(late.detail.find("is at version \"" + second + "\" now"), std::string::npos) << late.detail;
    EXPECT_EQ(world.take(noted("a@example.com", "2", {first})).verdict, Verdict::duplicate);
    EXPECT_EQ(world.take(noted("a@example.com", "4", {"*"})).verdict, Verdict::accepted);
    EXPECT_EQ(world.take(noted("nobody@example.com", "5", {"*"})).code, "changed");
    EXPECT_EQ(version_now(world, "nobody@example.com"), "");
    auto account = fact("account", "", "6", {{"industry", Value("steel")}});
    account.account = "example.com";
    account.only_if = {"*"};
    EXPECT_EQ(world.take(account).code, "bad_condition");
}

TEST_P(Condition, IsOfTheOneInWhomAMergedPersonLives) {
    World world;
    world.take(fact("Page Viewed", "a@example.com", "1"));
    world.take(fact("Page Viewed", "b@example.com", "2"));
    const auto of = [&](const char* email) { return world.reads()->find(email).value().value(); };
    ASSERT_TRUE(world.ledger->merge(of("a@example.com"), of("b@example.com"), {}, "test"));
    const std::string stands = version_now(world, "b@example.com");
    EXPECT_EQ(stands, version_now(world, "a@example.com"));
    EXPECT_EQ(world.take(noted("b@example.com", "3", {stands})).verdict, Verdict::accepted);
    EXPECT_EQ(world.take(noted("a@example.com", "4", {stands})).code, "changed");
}

TEST_P(Condition, ErasesOnlyWhoIsAsSeen) {
    World world;
    world.take(fact("Page Viewed", "a@example.com", "1"));
    const std::string seen = version_now(world, "a@example.com");
    const SubjectId person = world.reads()->find("a@example.com").value().value();
    world.take(fact("Page Viewed", "a@example.com", "2"));
    EXPECT_EQ(world.ledger->erase(person, "test", {}, {seen}).error().code, "changed");
    EXPECT_EQ(version_now(world, "a@example.com").empty(), false);
    EXPECT_TRUE(world.ledger->erase(person, "test", {}, {version_now(world, "a@example.com")}));
    EXPECT_EQ(version_now(world, "a@example.com"), "");
}

TEST_P(Condition, LetsOneThroughOfAllThatSawTheSame) {
    Options options;
    options.threads = true;
    options.gather = {};
    options.derive_within = Duration{1'000};
    World world(true, options);
    ASSERT_TRUE(world.ledger->intake(std::vector{fact("Page Viewed", "a@example.com", "first")}));
    const int rounds = static_cast<int>(faults::scaled(20));
    for (int round = 0; round < rounds; ++round) {
        const std::string seen = version_now(world, "a@example.com");
        std::atomic<int> accepted = 0, changed = 0;
        std::vector<std::thread> senders;
        for (int sender = 0; sender < 4; ++sender)
            senders.emplace_back([&, sender] {
                const auto id = std::to_string(round) + "/" + std::to_string(sender);
                const auto receipt = world.ledger->intake(std::vector{noted("a@example.com", id, {seen})});
                ASSERT_TRUE(receipt) << receipt.error().detail;
                accepted += receipt->accepted == 1 ? 1 : 0;
                changed += receipt->outcomes[0].code == "changed" ? 1 : 0;
            });
        for (auto& sender : senders) sender.join();
        EXPECT_EQ(accepted, 1) << round;
        EXPECT_EQ(changed, 3) << round;
    }
    EXPECT_TRUE(world.ledger->close());
}

}  // namespace
}  // namespace baton::app
