// Whom a key names: one spelling of each, and one person for it.
#include "app/members.h"
#include "fixture.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Identity);

IncomingFact called(std::string phone, Properties properties = {}) {
    IncomingFact f;
    f.type = "call";
    f.phone = std::move(phone);
    f.properties = std::move(properties);
    return f;
}

TEST_P(Identity, ANumberOfTheStoresCountryNeedsNoCode) {
    World world;
    ASSERT_TRUE(Members(*world.ledger).set_phone_region("DE", "olga"));
    const auto first = world.take(called("030 90 18 20"));
    EXPECT_EQ(first.verdict, Verdict::accepted);
    EXPECT_EQ(world.take(called("+49 (0)30 901820")).subject, first.subject);
    EXPECT_EQ(world.person("030/901820").id, first.subject);
    world.open();
    EXPECT_EQ(world.take(called("0049 30 901820")).subject, first.subject);
    const auto unknown = Members(*world.ledger).set_phone_region("XX", "olga");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, "bad_parameter");
    ASSERT_TRUE(Members(*world.ledger).set_phone_region("", "olga"));
    EXPECT_NE(world.take(called("030 901820")).subject, first.subject);
    const auto trail = Members::audit(*world.reads(), ports::no_position, 1);
    ASSERT_TRUE(trail && trail->size() == 1);
    EXPECT_EQ(trail->front().what, "phone numbers are of no country by default");
    EXPECT_EQ(trail->front().actor, "olga");
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

TEST_P(Identity, TheCountryOfTheFactGoesBeforeThatOfTheStore) {
    World world;
    ASSERT_TRUE(Members(*world.ledger).set_phone_region("DE", "olga"));
    const auto french = world.take(called("06 12 34 56 78", {{"country", Value("fr")}}));
    EXPECT_EQ(world.take(called("+33 6 12345678")).subject, french.subject);
    const auto german = world.take(called("030 901820", {{"country", Value("Germany")}}));
    EXPECT_EQ(world.take(called("+4930901820")).subject, german.subject);
}

TEST_P(Identity, AnAccountIsOneByAddressOrHost) {
    World world;
    IncomingFact one = fact("Page Viewed", "anna@acme.example");
    one.account = "https://www.Acme.example/";
    IncomingFact two = fact("Page Viewed", "ben@acme.example");
    two.account = "acme.example";
    world.take({one, two});
    EXPECT_EQ(world.person("anna@acme.example").account, "acme.example");
    EXPECT_EQ(world.person("ben@acme.example").account, "acme.example");
}

}  // namespace
}  // namespace baton::app
