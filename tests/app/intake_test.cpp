// What goes in: keys, duplicates, refusals; nothing half done.
#include <thread>

#include "app/normalise.h"
#include "fixture.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(IntakeTest);

TEST_P(IntakeTest, NeedsAPlaybook) {
    World world(false);
    const auto answer = world.ledger->intake(std::vector{fact("Page Viewed", "anna@example.com")});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "no_playbook");
}

TEST_P(IntakeTest, IdsOfSeveralSystemsAreOnePersonsByTheMail) {
    World world;
    const auto with_id = [](const char* id, const char* mail, const char* message) {
        auto f = fact("profile", mail, message);
        f.external_id = id;
        return f;
    };
    const auto hubspot = world.take(with_id("hubspot:contact:1", "a@example.com", "1")).subject;
    EXPECT_EQ(world.take(with_id("salesforce:lead:1", "a@example.com", "2")).subject, hubspot);
    EXPECT_EQ(world.take(with_id("salesforce:lead:1", "", "3")).subject, hubspot);
    const auto second = world.take(with_id("hubspot:contact:2", "a@example.com", "4")).subject;
    EXPECT_NE(second, hubspot) << "that system says they are two";
    EXPECT_EQ(world.take(with_id("hubspot:contact:2", "", "5")).subject, second);
    const auto bare = world.take(with_id("77", "b@example.com", "6")).subject;
    EXPECT_NE(world.take(with_id("78", "b@example.com", "7")).subject, bare);
}

TEST_P(IntakeTest, KeysInOneSpelling) {
    World world;
    const auto first = world.take(fact("Page Viewed", " Anna@Example.COM ", "1"));
    const auto second = world.take(fact("Page Viewed", "anna@example.com", "2"));
    EXPECT_EQ(first.verdict, Verdict::accepted);
    EXPECT_EQ(first.subject, second.subject);
    EXPECT_EQ(world.stage("ANNA@example.com"), "lead");
    IncomingFact phone;
    phone.type = "call";
    phone.phone = "0049 (30) 123-45";
    IncomingFact again = phone;
    again.phone = "+493012345";
    again.message_id = "p";
    EXPECT_EQ(world.take(phone).subject, world.take(again).subject);
}

TEST_P(IntakeTest, DeliveredManyTimesIsOnce) {
    World once, often;
    for (int i = 0; i < 20; ++i) {
        const auto one = fact("Page Viewed", "anna" + std::to_string(i % 3) + "@example.com", "m" + std::to_string(i));
        EXPECT_EQ(once.take(one).verdict, Verdict::accepted);
        const auto receipt = often.take({one, one, one});
        EXPECT_EQ(receipt.accepted, 1U);
        EXPECT_EQ(receipt.duplicates, 2U);
        EXPECT_EQ(receipt.outcomes[1].ref, receipt.outcomes[0].ref);
        EXPECT_EQ(often.take(one).verdict, Verdict::duplicate);
    }
    EXPECT_EQ(once.state_hash(), often.state_hash());
    often.open();
    EXPECT_EQ(often.take(fact("Page Viewed", "anna0@example.com", "m0")).verdict, Verdict::duplicate);
    often.clock.advance(Duration::days(400));
    EXPECT_EQ(often.take(fact("Page Viewed", "anna0@example.com", "m0")).verdict, Verdict::duplicate);
}

TEST_P(IntakeTest, OneIdFromTwoSourcesOrForTwoPeopleIsTwo) {
    World world;
    auto one = fact("Page Viewed", "anna@example.com", "m");
    auto other = one;
    other.source = "csv:list";
    EXPECT_EQ(world.take({one, other, fact("Page Viewed", "ben@example.com", "m")}).accepted, 3U);
}

TEST_P(IntakeTest, WithoutAnIdTheContentDecides) {
    World world;
    auto one = fact("Page Viewed", "anna@example.com", "", {{"path", Value("/a")}});
    one.occurred_at = world.clock.time - Duration::hours(1);
    auto other = one;
    other.properties[0].value = Value("/b");
    EXPECT_EQ(world.take({one, one, other}).accepted, 2U);
    EXPECT_EQ(world.take(one).verdict, Verdict::duplicate);
}

void check_refused(IncomingFact f, const std::string& code) {
    World world;
    const auto outcome = world.take(f);
    EXPECT_EQ(outcome.verdict, Verdict::refused) << code;
    EXPECT_EQ(outcome.code, code);
    EXPECT_FALSE(outcome.detail.empty());
    EXPECT_EQ(*world.store->last_position(), 64);  // the activation's records and nothing else
}

TEST_P(IntakeTest, RefusesWhatIsNoFact) {
    check_refused(fact("", "anna@example.com"), "type_missing");
    check_refused(fact("timer", "anna@example.com"), "type_internal");
    check_refused(fact("activation", "anna@example.com"), "type_internal");
    check_refused(fact("member_changed", "anna@example.com"), "type_internal");
    check_refused(fact("Page Viewed", ""), "key_missing");
    check_refused(fact("Page Viewed", "anna at example"), "bad_email");
    check_refused(fact("Page Viewed", "a@b@c"), "bad_email");
    check_refused(fact("account", "anna@example.com"), "account_missing");
    check_refused(fact("user", "anna@example.com"), "user_missing");
    check_refused(fact("Page\xff", "anna@example.com"), "bad_text");
    check_refused(fact("A", "anna@example.com", "m", {{"a", Value(std::string("\0", 1))}}), "bad_text");
    check_refused(fact("A", "anna@example.com", "m", {{"a", Value("\xed\xa0\x80")}}), "bad_text");
    check_refused(fact("A", "anna@example.com", "m", {{"a", Value(1)}, {"a", Value(2)}}), "duplicate_property");
    check_refused(fact("A", "anna@example.com", std::string(600, 'm')), "too_long");
    check_refused(fact("A", "anna@example.com", "m", Properties(1'001, {"a", Value(1)})), "too_many_properties");
    IncomingFact phone;
    phone.type = "call";
    phone.phone = "call me";
    check_refused(phone, "bad_phone");
    auto old = fact("A", "anna@example.com");
    old.occurred_at = parse_instant("1850-01-01");
    check_refused(old, "time_out_of_range");
}

TEST_P(IntakeTest, RefusedDecisionsLeaveNothing) {
    World world;
    world.take(fact("Page Viewed", "anna@example.com", "1"));
    const auto before = *world.store->last_position();
    const auto hash = world.state_hash();
    for (const auto& [type, code] : {std::pair("accept", "no_open_offer"), std::pair("reject", "no_open_offer"),
                                     std::pair("return", "stage_cannot_return"), std::pair("move", "stage_unknown")}) {
        const auto outcome = world.take(fact(type, "anna@example.com", type));
        EXPECT_EQ(outcome.code, code);
        EXPECT_EQ(world.take(fact(type, "nobody@example.com", type)).verdict, Verdict::refused);
    }
    EXPECT_EQ(*world.store->last_position(), before);
    EXPECT_EQ(world.state_hash(), hash);
    EXPECT_FALSE(world.store->subject_of({'e', "nobody@example.com"})->has_value());
}

TEST_P(IntakeTest, FutureTimesAreBroughtBackAndMarked) {
    World world;
    auto future = fact("Page Viewed", "anna@example.com", "1");
    future.occurred_at = world.clock.time + Duration::days(9);
    EXPECT_EQ(world.take(future).verdict, Verdict::accepted);
    const auto looking = world.reads();
    const auto timeline = looking->timeline(**looking->find("anna@example.com"));
    const auto& record = *timeline->entries.front().fact;
    EXPECT_EQ(record.fact.occurred_at, world.clock.time);
    EXPECT_TRUE(record.fact.time_clamped);
    EXPECT_EQ(record.claimed_at, future.occurred_at);
    EXPECT_EQ(world.take(future).verdict, Verdict::duplicate);
}

TEST_P(IntakeTest, AnonymousPastJoinsOnIdentification) {
    World world;
    IncomingFact visit;
    visit.type = "Page Viewed";
    visit.anonymous_id = "browser-1";
    visit.message_id = "v";
    const auto anonymous = world.take(visit);
    auto form = fact("profile", "anna@example.com", "f", {{"employees", Value(300)}});
    form.anonymous_id = "browser-1";
    EXPECT_EQ(world.take(form).subject, anonymous.subject);
    // The browser is shared: another mailbox is another person, and the browser stays whose it was.
    auto other = fact("profile", "ben@example.com", "g");
    other.anonymous_id = "browser-1";
    const auto ben = world.take(other);
    EXPECT_NE(ben.subject, anonymous.subject);
    visit.message_id = "w";
    EXPECT_EQ(world.take(visit).subject, anonymous.subject);
    // A user id joins a known mailbox once; a second user id with that mailbox is somebody else.
    auto known = fact("profile", "anna@example.com", "h");
    known.user_id = "u1";
    EXPECT_EQ(world.take(known).subject, anonymous.subject);
    known.user_id = "u2";
    EXPECT_NE(world.take(known).subject, anonymous.subject);
    // The same within one batch, where the first fact's key was not known when the batch was looked up.
    world.take(fact("profile", "cleo@example.com", "c"));
    auto one = fact("profile", "cleo@example.com", "d");
    one.user_id = "v1";
    auto two = fact("profile", "cleo@example.com", "e");
    two.user_id = "v2";
    const auto both = world.take({one, two});
    EXPECT_NE(both.outcomes[0].subject, both.outcomes[1].subject);
}

TEST_P(IntakeTest, PreviewSaysTheSameAndWritesNothing) {
    World world;
    world.take(fact("Page Viewed", "anna@example.com", "1"));
    const auto before = *world.store->last_position();
    const auto hash = world.state_hash();
    const std::vector facts{fact("Page Viewed", "anna@example.com", "1"), fact("Page Viewed", "anna@example.com", "2"),
                            fact("accept", "anna@example.com", "3"), fact("profile", "ben@example.com", "4")};
    const auto preview = world.ledger->preview(facts);
    ASSERT_TRUE(preview);
    EXPECT_EQ(preview->accepted, 2U);
    EXPECT_EQ(preview->duplicates, 1U);
    EXPECT_EQ(preview->refused, 1U);
    EXPECT_EQ(*world.store->last_position(), before);
    EXPECT_EQ(world.state_hash(), hash);
    const auto real = world.take(facts);
    EXPECT_EQ(real.accepted, 2U);
    EXPECT_EQ(real.refused, 1U);
}

TEST_P(IntakeTest, WhatWasPreparedBesideIsTakenAsIfItHadNotBeen) {
    World whole, prepared;
    IncomingFact local = fact("profile", "cleo@example.com", "5", {{"employees", Value(10)}, {"country", Value("DE")}});
    local.phone = "030 12345";
    IncomingFact nobody;
    nobody.type = "call";
    nobody.phone = "no number";
    const std::vector facts{fact("profile", "anna@example.com", "1", {{"industry", Value("it")}}),
                            fact("Page Viewed", " Anna@Example.COM ", "1"),
                            fact("Page Viewed", "anna@example.com", "2"),
                            local,
                            fact("accept", "nobody@example.com", "3"),
                            nobody};
    std::vector<Prepared> ready(facts.size());
    std::thread([&] {
        for (std::size_t i = 0; i < facts.size(); ++i) {
            ready[i].fact = facts[i];
            if (i != 2) prepared.ledger->prepare(ready[i]);  // made when it is taken, where it was not before
        }
    }).join();
    auto again = ready;
    const auto preview = prepared.ledger->preview_prepared(again);
    const auto receipt = prepared.ledger->intake_prepared(ready);
    const auto expected = whole.ledger->intake(facts);
    ASSERT_TRUE(preview && receipt && expected);
    ASSERT_EQ(receipt->outcomes.size(), facts.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
        EXPECT_EQ(receipt->outcomes[i].verdict, expected->outcomes[i].verdict) << i;
        EXPECT_EQ(receipt->outcomes[i].ref, expected->outcomes[i].ref) << i;
        EXPECT_EQ(receipt->outcomes[i].detail, expected->outcomes[i].detail) << i;
        EXPECT_EQ(preview->outcomes[i].detail, expected->outcomes[i].detail) << i;
    }
    EXPECT_EQ(receipt->outcomes.back().code, "bad_phone");
    EXPECT_EQ(preview->accepted, expected->accepted);
    EXPECT_EQ(prepared.state_hash(), whole.state_hash());
}

TEST_P(IntakeTest, UsersAreTheCompanys) {
    World world;
    IncomingFact user;
    user.type = "user";
    user.message_id = "1";
    user.properties = {{"name", Value("Anna")},
                       {"roles", Value(ValueList{Value("sales"), Value("development")})},
                       {"user", Value("anna")}};
    EXPECT_EQ(world.take(user).verdict, Verdict::accepted);
    EXPECT_EQ(world.take(user).verdict, Verdict::duplicate);
    user.message_id = "2";
    user.properties = {{"roles", Value("admin")}, {"user", Value("anna")}};
    world.take(user);
    world.open();
    const auto users = world.reads()->users();
    ASSERT_EQ(users->size(), 1U);
    EXPECT_EQ(users->front().name, "Anna");
    EXPECT_EQ(users->front().roles, (std::vector<std::string>{"admin", "development", "sales"}));
}

}  // namespace
}  // namespace baton::app
