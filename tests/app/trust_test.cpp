// What anybody can send about anybody fills what is empty: it changes nothing that is known, and reveals nothing.
#include <algorithm>
#include <map>
#include <random>

#include "acts.h"
#include "app/registers.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Trusting);

SubjectId known_as(World& world, std::string_view key, Reads::Merged merged = Reads::Merged::itself) {
    const auto found = world.reads()->find_key(key, merged);
    EXPECT_TRUE(found.has_value()) << key;
    return found && *found ? (*found)->subject : SubjectId{};
}

IncomingFact from_browser(IncomingFact fact) {
    fact.trust = Trust::browser;
    return fact;
}

IncomingFact seen(std::string_view visitor, std::string id, std::string email = {}) {
    IncomingFact one = fact("Page Viewed", std::move(email), std::move(id));
    one.anonymous_id = visitor;
    return one;
}

std::int64_t views(World& world, std::string_view key) {
    const auto person = world.person(key);
    const auto index = person.playbook->type("Page Viewed");
    for (const auto& row : person.state.features.types())
        if (index && row.type == *index) return row.total;
    return 0;
}

std::string attribute(World& world, std::string_view key, std::string_view property) {
    const auto person = world.person(key);
    const auto index = person.playbook->property(property);
    for (const auto& a : person.state.features.attributes)
        if (index && a.property == *index) return to_text(a.value) + (a.unverified ? " (unverified)" : "");
    return "";
}

void expect_sound(World& world) {
    const auto rebuilt = world.ledger->rebuild();
    ASSERT_TRUE(rebuilt.has_value()) << rebuilt.error().detail;
    for (const auto& difference : rebuilt->differences) ADD_FAILURE() << difference.where << difference.what;
    EXPECT_TRUE(world.store->verify()->empty());
}

// ---- a visitor who says the name ---------------------------------------------------------------------------------

TEST_P(Trusting, AVisitorWhoSaysTheNameBringsTheWholePast) {
    World world;
    world.take({fact("profile", "anna@acme.example", "1", {{"employees", Value(std::int64_t{100})}})});
    world.take({seen("b-1", "2"), seen("b-1", "3")});
    EXPECT_NE(known_as(world, "b-1"), known_as(world, "anna@acme.example"));
    world.take({from_browser(seen("b-1", "4", "anna@acme.example"))});
    EXPECT_EQ(views(world, "anna@acme.example"), 3);
    world.take({seen("b-1", "5")});
    EXPECT_EQ(views(world, "anna@acme.example"), 4) << "and what is still to come";
    EXPECT_EQ(world.person("anna@acme.example").absorbed, std::vector{known_as(world, "b-1")});
    expect_sound(world);
}

TEST_P(Trusting, WhomSomebodyTookApartJoinsNotAgainByItself) {
    World world;
    world.take({fact("profile", "anna@acme.example", "1"), seen("b-1", "2"), seen("b-1", "3", "anna@acme.example")});
    EXPECT_EQ(views(world, "anna@acme.example"), 2);
    ASSERT_TRUE(world.ledger->unmerge(known_as(world, "b-1"), "olga").has_value());
    EXPECT_EQ(views(world, "anna@acme.example"), 1);
    world.take({seen("b-1", "4", "anna@acme.example"), seen("b-1", "5")});
    EXPECT_EQ(views(world, "anna@acme.example"), 2);
    EXPECT_EQ(views(world, "b-1"), 2);
    expect_sound(world);
}

TEST_P(Trusting, ABrowserThatHasANameAlreadyIsNobodyElses) {
    World world;
    world.take({fact("profile", "anna@acme.example", "1"), fact("profile", "ben@acme.example", "2")});
    world.take({seen("b-1", "3", "anna@acme.example"), seen("b-1", "4", "ben@acme.example"), seen("b-1", "5")});
    EXPECT_EQ(views(world, "anna@acme.example"), 2);
    EXPECT_EQ(views(world, "ben@acme.example"), 1);
}

TEST_P(Trusting, APastOfHistoryJoinsInItsOwnTime) {
    World world;
    std::vector<IncomingFact> past = {fact("profile", "anna@acme.example", "1"), seen("b-1", "2"),
                                      seen("b-1", "3", "anna@acme.example")};
    for (std::size_t i = 0; i < past.size(); ++i) {
        past[i].historical = true;
        past[i].occurred_at = world.clock.now() - Duration::days(30 - static_cast<std::int64_t>(i));
    }
    world.take(past);
    EXPECT_EQ(views(world, "anna@acme.example"), 2);
    EXPECT_EQ(world.person("anna@acme.example").state.engine_at, past.back().occurred_at);
    expect_sound(world);
}

/// A server knows something of the visitor's browser; somebody says in that browser to be Anna.
TEST_P(Trusting, WhatABrowserBringsAlongOverwritesNothing) {
    World world;
    world.take({fact("profile", "anna@acme.example", "1", {{"employees", Value(std::int64_t{100})}})});
    IncomingFact known = fact("profile", "", "2", {{"employees", Value(std::int64_t{5})}, {"role", Value("user")}});
    known.anonymous_id = "b-1";
    world.clock.advance(Duration::hours(1));
    world.take({known, from_browser(seen("b-1", "3", "anna@acme.example"))});
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100");
    EXPECT_EQ(attribute(world, "anna@acme.example", "role"), "user (unverified)");
    world.clock.advance(Duration::hours(1));
    known.message_id = "4";
    world.take({known});
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100") << "nor does what comes later";
    expect_sound(world);
}

// ---- keys --------------------------------------------------------------------------------------------------------

TEST_P(Trusting, ABrowserGivesNobodyWithANameAnId) {
    World world;
    world.take({fact("profile", "anna@acme.example", "1", {{"employees", Value(std::int64_t{100})}})});
    IncomingFact claim = from_browser(fact("profile", "anna@acme.example", "2"));
    claim.user_id = "mallory";
    claim.anonymous_id = "b-1";
    world.take({claim});
    EXPECT_EQ(known_as(world, "mallory"), SubjectId{});
    EXPECT_EQ(known_as(world, "b-1"), known_as(world, "anna@acme.example"));
    IncomingFact product = fact("profile", "", "3", {{"employees", Value(std::int64_t{1})}});
    product.user_id = "mallory";
    world.take({product});
    EXPECT_EQ(attribute(world, "anna@acme.example", "employees"), "100");
    EXPECT_EQ(attribute(world, "mallory", "employees"), "1");
    expect_sound(world);
}

TEST_P(Trusting, WhoHasNoNameYetGetsOneFromABrowser) {
    World world;
    IncomingFact named = from_browser(seen("b-1", "2", "anna@acme.example"));
    named.user_id = "anna";
    world.take({from_browser(seen("b-1", "1")), named});
    for (const std::string_view key : {"anna", "anna@acme.example", "b-1"}) EXPECT_EQ(views(world, key), 2) << key;
}

// ---- invariant 16 ------------------------------------------------------------------------------------------------

/// All that is known of the people, as far as a public request must not change it.
std::map<std::string, std::string> known(World& world, const std::vector<std::string>& keys) {
    std::map<std::string, std::string> all;
    for (const auto& key : keys) {
        const PersonView person = world.person(key);
        std::string& text = all[key];
        text = person.name + "|" + person.state.account + "|" + std::to_string(person.id.value);
        for (const auto& identity : person.keys)
            if (identity.kind != 'a') text += std::string("|") + identity.kind + ":" + identity.key;
        for (const auto& a : person.state.features.attributes)
            text += "|" + person.playbook->names.person[a.property.value].id + "=" + to_text(a.value);
        for (const auto& hit : person.hits) text += "|" + hit.key;
    }
    return all;
}

/// Every line of `before` still stands in `after`, where more may stand now.
void expect_kept(const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after) {
    for (const auto& [key, text] : before) {
        const std::string now = after.at(key) + "|";
        for (std::size_t at = 0; at <= text.size();) {
            const std::size_t end = std::min(text.find('|', at), text.size());
            const std::string part = text.substr(at, end - at);
            if (at > 0 && !part.empty())
                EXPECT_NE(now.find("|" + part + "|"), std::string::npos) << key << ": " << part;
            at = end + 1;
        }
        const std::string name = text.substr(0, text.find('|'));
        if (!name.empty()) EXPECT_EQ(now.substr(0, now.find('|')), name) << key;
    }
}

class Requests {
   public:
    explicit Requests(unsigned seed) : rng_(seed) {}

    IncomingFact one(bool trusted) {
        IncomingFact one;
        one.type = pick(3) == 0 ? "Page Viewed" : "profile";
        one.message_id = std::to_string(++number_);
        if (trusted || pick(2) == 0) one.email = person();
        if (pick(3) == 0) one.user_id = "u" + std::to_string(pick(trusted ? 4 : 8));
        if (pick(2) == 0 || one.email.empty()) one.anonymous_id = "b" + std::to_string(pick(4));
        if (pick(3) == 0) one.account = pick(2) == 0 ? "acme.example" : "rival.example";
        if (one.type == "profile") {
            one.properties.push_back({"employees", Value(static_cast<std::int64_t>(pick(500)))});
            if (pick(2) == 0) one.properties.push_back({"name", Value("Name " + std::to_string(pick(9)))});
            if (pick(2) == 0) one.properties.push_back({"role", Value(pick(2) == 0 ? "user" : "decision maker")});
        }
        if (!trusted) one.trust = Trust::browser;
        return one;
    }
    unsigned pick(unsigned n) { return std::uniform_int_distribution<unsigned>(0, n - 1)(rng_); }
    std::string person() { return "p" + std::to_string(pick(4)) + "@acme.example"; }

   private:
    std::mt19937 rng_;
    int number_ = 0;
};

TEST_P(Trusting, NoPublicRequestChangesWhatIsKnown) {
    const std::int64_t lives = faults::scaled(OnEveryStore::kind == "postgres" ? 3 : 40);
    for (std::int64_t seed = 1; seed <= lives; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world;
        Requests requests(static_cast<unsigned>(seed));
        std::vector<std::string> keys;
        for (int i = 0; i < 4; ++i) keys.push_back("p" + std::to_string(i) + "@acme.example");
        for (int i = 0; i < 12; ++i) world.take({requests.one(true)});
        for (const auto& key : keys) world.take({fact("profile", key, "first of " + key)});
        const std::vector<ListChange> suppressed{{0, *register_key(keys[0], ""), "asked for it", false}};
        ASSERT_TRUE(Registers(*world.ledger).change(suppressed, "olga").has_value());
        for (int i = 0; i < 15; ++i) {
            const auto before = known(world, keys);
            world.clock.advance(Duration::minutes(requests.pick(3)));
            IncomingFact said = requests.one(false);
            if (requests.pick(3) == 0)
                said.occurred_at = world.clock.now() + Duration::days(requests.pick(20)) - Duration::days(10);
            world.take({said});
            expect_kept(before, known(world, keys));
            if (testing::Test::HasFailure()) return;
        }
        expect_sound(world);
    }
}

}  // namespace
}  // namespace baton::app
