// A copy is the same journal and the same state, wherever it stands and however often it was interrupted.
#include "app/copy.h"

#include "app/members.h"
#include "fixture.h"
#include "ports/record_digest.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(CopyTest);

IncomingFact numbered(int i) {
    const std::string email = "p" + std::to_string(i % 40) + "@example.com";
    const std::string id = "m" + std::to_string(i);
    if (i % 7 == 0) return fact("profile", email, id, {{"employees", Value(std::int64_t{100 + i})}});
    if (i % 11 == 0) {
        IncomingFact at = fact("Demo Requested", email, id);
        at.account = "acme" + std::to_string(i % 3);
        return at;
    }
    return fact("Page Viewed", email, id);
}

void fill(World& world) {
    for (int i = 0; i < 600; ++i) {
        world.clock.advance(Duration::minutes(30));
        world.take(numbered(i));
        if (i % 100 == 0) world.fire();
    }
    world.activate(second_playbook(), OpenLeads::re_evaluate, {{"lead", "interested"}});
    world.clock.advance(Duration::days(20));
    world.fire();
}

/// Enough facts for several batches of a copy.
void fill_and_close(World& world) {
    for (int i = 0; i < 9'000; ++i) {
        std::vector<IncomingFact> facts;
        for (const int end = i + 999; i < end; ++i) facts.push_back(numbered(i));
        facts.push_back(numbered(i));
        world.clock.advance(Duration::minutes(1));
        world.take(std::move(facts));
    }
    world.ledger.reset();
}

std::unique_ptr<ports::Store> other_store(const HashKey& key, std::string_view url) {
    storage::OpenOptions how;
    how.hash_key = key;
    auto store = storage::open_store(url, how);
    EXPECT_TRUE(store) << (store ? "" : store.error().detail);
    return store ? std::move(*store) : nullptr;
}

std::string code_of(const Result<Copied>& result) { return result ? "" : result.error().code; }

TEST_P(CopyTest, both_say_the_same_and_know_the_same_messages) {
    World world;
    fill(world);
    ASSERT_TRUE(Members(*world.ledger).make_key("crm", Scope::read, "", "test"));
    const std::string state = world.state_hash();
    world.ledger.reset();
    const support::TempFolder folder(support::TempFolder::fast());
    for (const std::string& url : {std::string("memory:"), folder.file("copy.db")}) {
        const auto to = other_store(world.store->hash_key(), url);
        const auto copied = copy(*world.store, *to, world.clock);
        ASSERT_TRUE(copied) << copied.error().code << ": " << copied.error().detail;
        EXPECT_EQ(to_hex(copied->digests.state_hash), state);
        EXPECT_EQ(copied->records, static_cast<std::uint64_t>(*world.store->last_position()));
        EXPECT_TRUE(to->verify()->empty());
        EXPECT_EQ(to->secrets()->size(), 1U);
        const auto ledger = Ledger::open(*to, world.clock);
        ASSERT_TRUE(ledger);
        const std::vector again{numbered(5), numbered(599), fact("Page Viewed", "p1@example.com", "new")};
        const auto receipt = (*ledger)->intake(again);
        ASSERT_TRUE(receipt);
        EXPECT_EQ(receipt->duplicates, 2U);
        EXPECT_EQ(receipt->accepted, 1U);
    }
}

TEST_P(CopyTest, half_of_a_backup_is_taken_for_nothing_else) {
    World world;
    fill_and_close(world);
    const auto to = other_store(world.store->hash_key(), "memory:");
    Forgetful front(*to);
    front.appends_left = 1;
    EXPECT_EQ(code_of(copy_as_of_now(*world.store, front, world.clock)), "disk_full");
    EXPECT_EQ(Ledger::open(*to, world.clock).error().code, "half_a_copy");
    const auto third = other_store(world.store->hash_key(), "memory:");
    EXPECT_EQ(code_of(copy_as_of_now(*to, *third, world.clock)), "half_a_copy");
    const auto copied = copy_as_of_now(*world.store, *to, world.clock);
    ASSERT_TRUE(copied) << copied.error().detail;
    EXPECT_EQ(copied->already, 4'096U);
    EXPECT_EQ(ports::digest_of_heads(world.store->heads().value()), ports::digest_of_heads(to->heads().value()));
    EXPECT_TRUE(Ledger::open(*to, world.clock));
    EXPECT_EQ(code_of(copy_as_of_now(*world.store, *to, world.clock)), "exists");
}

TEST_P(CopyTest, goes_on_where_it_was_interrupted) {
    World world;
    fill_and_close(world);
    const auto to = other_store(world.store->hash_key(), "memory:");
    Forgetful front(*to);
    front.appends_left = 1;
    EXPECT_EQ(code_of(copy(*world.store, front, world.clock)), "disk_full");
    front.appends_left = -1;
    const auto copied = copy(*world.store, front, world.clock);
    ASSERT_TRUE(copied) << copied.error().detail;
    EXPECT_EQ(copied->already, 4'096U);
    EXPECT_EQ(copied->records + copied->already, static_cast<std::uint64_t>(*world.store->last_position()));
    const auto nothing = copy(*world.store, front, world.clock);
    ASSERT_TRUE(nothing);
    EXPECT_EQ(nothing->records, 0U);
}

TEST_P(CopyTest, leaves_a_store_alone_that_holds_something_else) {
    World world;
    world.take(numbered(1));
    world.ledger.reset();
    EXPECT_EQ(code_of(copy(*world.store, *other_store(HashKey{9}, "memory:"), world.clock)), "not_a_copy");
    World other(true, {}, "memory");
    other.take(numbered(2));
    other.ledger.reset();
    const auto before = other.store->last_position();
    EXPECT_EQ(code_of(copy(*world.store, *other.store, world.clock)), "not_a_copy");
    EXPECT_EQ(*other.store->last_position(), *before);
    EXPECT_TRUE(expect_whole(*other.store)) << "nor is it marked as half of one";
}

}  // namespace
}  // namespace baton::app
