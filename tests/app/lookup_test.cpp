// What a salesperson sees who types something of a person before the first call.
#include "app/lookup.h"

#include "fixture.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Lookup);

IncomingFact profile(std::string email, std::string name, std::string account = {}) {
    IncomingFact f = fact("profile", std::move(email), {}, {{"name", Value(std::move(name))}});
    f.account = std::move(account);
    return f;
}

/// "Anna Berg lead e-mail | …"
std::string seen(World& world, std::string_view text, std::size_t limit = 20) {
    const auto found = look_up(*world.reads(), text, limit);
    if (!found) return found.error().code;
    std::string all;
    for (const auto& p : found->people)
        all += (all.empty() ? "" : " | ") + p.row.name + " " + std::string(to_string(p.standing)) + " " + p.by;
    if (found->more) all += " | …";
    return all;
}

/// Anna is a lead, Ben a customer, Cleo came back after a rejection, Dora is only known, all at Acme; somebody looked around.
void people(World& world) {
    IncomingFact anna = profile("anna@acme.example", "Anna Berg", "acme.example");
    anna.phone = "+49 30 901820";
    IncomingFact visitor;
    visitor.type = "Demo Requested";
    visitor.anonymous_id = "browser-1";
    const Properties big{{"employees", Value(std::int64_t{500})}};
    world.take({anna, fact("Page Viewed", "anna@acme.example"),
                profile("ben@acme.example", "Ben Câmara", "acme.example"), fact("Deal Won", "ben@acme.example"),
                profile("cleo@acme.example", "Cleo Dahl", "acme.example"),
                fact("profile", "cleo@acme.example", "big", big), fact("Page Viewed", "cleo@acme.example"),
                fact("Demo Requested", "cleo@acme.example"), profile("dora@other.example", "Dora Ek"), visitor});
    IncomingFact rejected = fact("reject", "cleo@acme.example", {}, {{"reason", Value("wrong_fit")}});
    rejected.actor = "sam";
    EXPECT_EQ(world.take(rejected).verdict, Verdict::accepted);
}

TEST_P(Lookup, ByAnyKeyByWordsAndWithColleagues) {
    World world;
    people(world);
    const std::string anna = "Anna Berg lead ";
    EXPECT_EQ(seen(world, "dora@other.example"), "Dora Ek known e-mail");
    for (const auto& [text, by] : {std::pair{"anna@acme.example", "e-mail"}, {"0049 (30) 90 18 20", "phone"}}) {
        const std::string found = seen(world, text);
        EXPECT_TRUE(found.starts_with(anna + by)) << found;
        EXPECT_NE(found.find("Ben Câmara customer colleague"), std::string::npos) << found;
        EXPECT_NE(found.find("Cleo Dahl recycled colleague"), std::string::npos) << found;
    }
    EXPECT_TRUE(seen(world, "camar").starts_with("Ben Câmara customer text"));
    EXPECT_TRUE(seen(world, "cleo dah").starts_with("Cleo Dahl recycled text"));
    EXPECT_EQ(seen(world, "browser-1"), " anonymous anonymous id");
    EXPECT_EQ(seen(world, "nobody@nowhere.example"), "");
    EXPECT_EQ(seen(world, "  "), "");
}

TEST_P(Lookup, SomebodyNewOfAKnownCompanyShowsTheirColleagues) {
    World world;
    people(world);
    const std::string found = seen(world, "new@mail.acme.example");
    EXPECT_NE(found.find("Anna Berg lead colleague"), std::string::npos) << found;
    EXPECT_EQ(seen(world, "new@gmail.com"), "");
}

TEST_P(Lookup, SaysWhenThereAreMore) {
    World world;
    people(world);
    EXPECT_TRUE(seen(world, "acme", 2).ends_with("| …"));
    EXPECT_EQ(seen(world, "a b c d e f g h i"), "bad_search");
}

}  // namespace
}  // namespace baton::app
