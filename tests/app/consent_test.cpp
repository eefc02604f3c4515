// Consent as facts of a person, on every store: who may lift what, what a merge makes of it, and everything handed out on request.
#include "app/consent.h"

#include "acts.h"
#include "app/members.h"
#include "app/personal_data.h"
#include "app/registers.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Consenting);

std::string with_purposes() {
    std::string text = first_playbook;
    const std::string before = "properties:\n";
    return text.insert(text.find(before) + before.size(),
                       "  - {id: consent_marketing_email, label: News by e-mail, type: boolean}\n");
}

IncomingFact word(std::string email, std::string id, bool given, std::string purpose = "marketing_email") {
    return fact("consent", std::move(email), std::move(id),
                {{"purpose", Value(std::move(purpose))}, {"given", Value(given)}});
}
IncomingFact in_browser(IncomingFact fact) {
    fact.trust = Trust::browser;
    return fact;
}

/// "marketing_email given, phone withdrawn"
std::string standing(World& world, std::string_view key) {
    const auto reads = world.reads();
    const auto id = reads->find(key);
    const auto ledger = consents(*reads, **id);
    EXPECT_TRUE(ledger);
    std::string text;
    for (const auto& one : ledger->stands)
        text += (text.empty() ? "" : ", ") + one.purpose + " " + std::string(in_words(one));
    return text;
}

/// What criteria read: "true", "false", "".
std::string attribute(World& world, std::string_view key) {
    const auto person = world.person(key);
    const auto index = person.playbook->property("consent_marketing_email");
    for (const auto& a : person.state.features.attributes)
        if (index && a.property == *index) return to_text(a.value);
    return "";
}

void expect_sound(World& world) {
    const auto rebuilt = world.ledger->rebuild();
    ASSERT_TRUE(rebuilt.has_value()) << rebuilt.error().detail;
    for (const auto& difference : rebuilt->differences) ADD_FAILURE() << difference.where << difference.what;
}

TEST_P(Consenting, IsWhatTheNewestTrustedWordSays) {
    World world;
    world.activate(with_purposes());
    world.take({word("anna@acme.example", "1", true)});
    EXPECT_EQ(attribute(world, "anna@acme.example"), "true");
    world.clock.advance(Duration::hours(1));
    world.take({in_browser(word("anna@acme.example", "2", false))});
    EXPECT_EQ(attribute(world, "anna@acme.example"), "false") << "withdrawing is as easy as giving";
    world.clock.advance(Duration::hours(1));
    world.take({in_browser(word("anna@acme.example", "3", true))});
    EXPECT_EQ(attribute(world, "anna@acme.example"), "false") << "a browser lifts nothing";
    world.clock.advance(Duration::hours(1));
    world.take({word("anna@acme.example", "4", true, "Marketing email")});
    EXPECT_EQ(attribute(world, "anna@acme.example"), "true");
    EXPECT_EQ(standing(world, "anna@acme.example"), "marketing_email given");
    expect_sound(world);
}

TEST_P(Consenting, ProfilesAndAnswersSetNone) {
    World world;
    world.activate(with_purposes());
    world.take({fact("profile", "anna@acme.example", "1", {{"consent_marketing_email", Value(true)}}),
                fact("answer", "anna@acme.example", "2",
                     {{"question", Value("consent_marketing_email")}, {"value", Value(true)}})});
    EXPECT_EQ(attribute(world, "anna@acme.example"), "");
    EXPECT_EQ(standing(world, "anna@acme.example"), "");
}

TEST_P(Consenting, IsRefusedWhereItSaysNothing) {
    World world;
    const struct {
        Properties said;
        const char* detail;
    } table[] = {
        {{{"given", Value(true)}}, "purpose"},
        {{{"purpose", Value("--")}, {"given", Value(true)}}, "purpose"},
        {{{"purpose", Value("phone")}}, "given"},
        {{{"purpose", Value("phone")}, {"given", Value("perhaps")}}, "given"},
        {{{"purpose", Value("phone")}, {"given", Value(true)}, {"basis", Value("because")}}, "lawful basis"},
    };
    for (const auto& row : table) {
        const Outcome outcome = world.take(fact("consent", "anna@acme.example", "1", row.said));
        EXPECT_EQ(outcome.code, "bad_consent");
        EXPECT_NE(outcome.detail.find(row.detail), std::string::npos) << outcome.detail;
    }
    IncomingFact timeless = word("anna@acme.example", "", true);
    timeless.occurred_at.reset();
    EXPECT_EQ(world.take(timeless).code, "bad_consent") << "a second withdrawal would look like the first";
}

TEST_P(Consenting, TheWordsAreKeptWithTheirHash) {
    World world;
    IncomingFact said = word("anna@acme.example", "1", true);
    said.properties.push_back({"text", Value("Send me news.")});
    said.actor = "mia";
    world.take({said});
    const auto reads = world.reads();
    const auto ledger = consents(*reads, **reads->find("anna@acme.example"));
    ASSERT_EQ(ledger->entries.size(), 1U);
    EXPECT_EQ(to_text(*find(ledger->entries[0].record.fact.properties, "text_hash")), to_hex(blake2b("Send me news.")));
    codec::JsonWriter out;
    write(out, *ledger);
    EXPECT_NE(out.text().find(R"("words":"allowed marketing email: \"Send me news.\"; recorded by mia")"),
              std::string::npos)
        << out.text();
}

// ---- merge -------------------------------------------------------------------------------------------------------

TEST_P(Consenting, AMergeTakesTheStrictestAndUnmergeRestoresBoth) {
    World world;
    world.activate(with_purposes());
    world.take({word("a@acme.example", "1", false), word("a@acme.example", "2", true, "phone")});
    world.clock.advance(Duration::hours(1));
    world.take({word("b@acme.example", "3", true), word("b@acme.example", "4", true, "profiling")});
    world.clock.advance(Duration::hours(1));
    for (const bool other_way : {false, true}) {
        const auto a = id_of(world, "a@acme.example"), b = id_of(world, "b@acme.example");
        ASSERT_TRUE(world.ledger->merge(other_way ? b : a, other_way ? a : b, {}, "olga").has_value());
        EXPECT_EQ(standing(world, "a@acme.example"), "marketing_email withdrawn, phone given, profiling given");
        EXPECT_EQ(attribute(world, "a@acme.example"), "false");
        ASSERT_TRUE(world.ledger->unmerge(other_way ? a : b, "olga").has_value());
        EXPECT_EQ(standing(world, "a@acme.example"), "marketing_email withdrawn, phone given");
        EXPECT_EQ(standing(world, "b@acme.example"), "marketing_email given, profiling given");
        EXPECT_EQ(attribute(world, "b@acme.example"), "true");
        world.clock.advance(Duration::hours(1));
    }
    expect_sound(world);
}

TEST_P(Consenting, WhatIsGivenAfterAMergeStands) {
    World world;
    world.activate(with_purposes());
    world.take({word("a@acme.example", "1", true), word("b@acme.example", "2", false)});
    world.clock.advance(Duration::hours(1));
    ASSERT_TRUE(
        world.ledger->merge(id_of(world, "a@acme.example"), id_of(world, "b@acme.example"), {}, "olga").has_value());
    EXPECT_EQ(standing(world, "a@acme.example"), "marketing_email withdrawn");
    world.clock.advance(Duration::hours(1));
    world.take({word("b@acme.example", "3", true)});
    EXPECT_EQ(standing(world, "a@acme.example"), "marketing_email given");
    EXPECT_EQ(attribute(world, "a@acme.example"), "true");
    expect_sound(world);
}

TEST_P(Consenting, AVisitorsOptOutComesAlong) {
    World world;
    world.activate(with_purposes());
    world.take({word("a@acme.example", "1", true)});
    IncomingFact visitor = in_browser(word("", "2", false));
    visitor.anonymous_id = "b-1";
    world.take({visitor});
    world.clock.advance(Duration::hours(1));
    IncomingFact named = in_browser(fact("Page Viewed", "a@acme.example", "3"));
    named.anonymous_id = "b-1";
    world.take({named});
    EXPECT_EQ(standing(world, "a@acme.example"), "marketing_email withdrawn");
    expect_sound(world);
}

/// Random words of two people in random order, merged: never less strict than either was.
TEST_P(Consenting, NoMergeEverAllowsMore) {
    holds([] {
        World world;
        world.activate(with_purposes());
        const int words = *rc::gen::inRange(2, 10);
        for (int i = 0; i < words; ++i) {
            auto one = word(mail(*rc::gen::inRange(0, 2)), "m" + std::to_string(i), *rc::gen::inRange(0, 2) == 0);
            if (*rc::gen::inRange(0, 3) == 0) one.trust = Trust::browser;
            one.occurred_at = world.clock.time - Duration::hours(*rc::gen::inRange(0, 5));
            world.take(one);
        }
        world.take({fact("Page Viewed", mail(0), "x"), fact("Page Viewed", mail(1), "y")});
        world.clock.advance(Duration::hours(1));
        const std::string a = standing(world, mail(0)), b = standing(world, mail(1));
        RC_ASSERT(world.ledger->merge(id_of(world, mail(0)), id_of(world, mail(1)), {}, "olga").has_value());
        const bool either = a.find("withdrawn") != std::string::npos || b.find("withdrawn") != std::string::npos;
        RC_ASSERT(!either || standing(world, mail(0)) == "marketing_email withdrawn");
        RC_ASSERT(attribute(world, mail(0)) == (either ? "false" : a.empty() && b.empty() ? "" : "true"));
    });
}

// ---- all that is kept of somebody --------------------------------------------------------------------------------

std::string exported(World& world, std::string_view key, bool html = false) {
    const auto reads = world.reads();
    const auto data = personal_data(*reads, **reads->find(key), world.clock.now());
    EXPECT_TRUE(data) << data.error().detail;
    return data ? (html ? page(*data, *reads) : document(*data, *reads)) : "";
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_P(Consenting, AllDataOfOneAreHandedOutAndOfNobodyElse) {
    World world;
    world.activate(with_purposes());
    auto anna = fact("profile", "anna@acme.example", "1", {{"name", Value("Anna <script>alert(1)</script>")}});
    anna.account = "acme.example";
    auto ben =
        fact("profile", "ben@acme.example", "2", {{"name", Value("Ben Secret")}, {"role", Value("decision maker")}});
    ben.account = "acme.example";
    world.take({anna, ben, word("anna@acme.example", "3", true), fact("Page Viewed", "anna@acme.example", "4")});
    world.take({fact("Demo Requested", "anna@home.example", "5"),
                fact("note", "ben@acme.example", "6", {{"text", Value("hush")}})});
    const auto from = id_of(world, "anna@home.example");
    ASSERT_TRUE(world.ledger->merge(id_of(world, "anna@acme.example"), from, {}, "olga").has_value());
    ASSERT_TRUE(world.ledger->list(std::vector<ListChange>{{0, "e:anna@acme.example", "asked", false}}, "mia"));
    const std::string json = exported(world, "anna@home.example"), html = exported(world, "anna@acme.example", true);
    for (const std::string_view part :
         {"anna@acme.example", "anna@home.example", "Page Viewed", "Demo Requested", "marketing_email", "asked",
          "acme.example", R"("said_by":"a system or a person signed in")", R"("absorbed":[{)",
          "became Lead: Looked around"})
        EXPECT_TRUE(has(json, part)) << part << " in " << json;
    for (const std::string_view part :
         {"anna@home.example", "Demo Requested", "News by e-mail", "given", "Looked around"})
        EXPECT_TRUE(has(html, part)) << part << " in " << html;
    for (const std::string& text : {json, html}) {
        EXPECT_FALSE(has(text, "Secret"));
        EXPECT_FALSE(has(text, "ben@"));
        EXPECT_FALSE(has(text, "hush"));
        EXPECT_FALSE(has(text, "<script"));
    }
    EXPECT_TRUE(has(html, "Anna &lt;script&gt;alert(1)"));
}

TEST_P(Consenting, AnEntryOfSomebodyAlikeIsNotTold) {
    World world;
    const auto near = near_key("Anna Berg", "Acme");
    ASSERT_TRUE(world.ledger->list(std::vector<ListChange>{{0, near, "another one's reason", false}}, "mia"));
    world.take({fact("profile", "anna@acme.example", "1", {{"name", Value("Anna Berg")}, {"company", Value("Acme")}})});
    const std::string json = exported(world, "anna@acme.example");
    EXPECT_TRUE(has(json, R"("register":"suppressed")")) << json;
    EXPECT_FALSE(has(json, near.substr(2)));
}

TEST_P(Consenting, WhoWasGivenWhoseDataIsInTheAuditTrail) {
    World world;
    world.take({fact("Page Viewed", "anna@acme.example", "1")});
    const auto id = id_of(world, "anna@acme.example");
    ASSERT_TRUE(note_disclosure(*world.ledger, id, "mia"));
    const auto entries = Members::audit(*world.reads(), ports::no_position, 10);
    ASSERT_TRUE(entries && !entries->empty());
    EXPECT_EQ(entries->front().actor, "mia");
    EXPECT_EQ(entries->front().what, "all data of person " + std::to_string(id.value) + " handed out");
}

}  // namespace
}  // namespace baton::app
