// Arrivals are held against the registers: whoever fits is marked with the entry, its reason and its age, and kept.
#include "app/registers.h"

#include "fixture.h"

namespace baton::app {
namespace {

ON_EVERY_STORE(Scrub);

constexpr std::uint8_t suppressed = 0, do_not_call = 1, competitor = 3;

void enlist(World& world, std::uint8_t list, std::string_view text, std::string reason = "asked for it",
            bool remove = false) {
    const auto key = register_key(text, "");
    ASSERT_TRUE(key) << text;
    const std::vector<ListChange> changes{{list, *key, std::move(reason), remove}};
    const auto listed = Registers(*world.ledger).change(changes, "olga");
    ASSERT_TRUE(listed) << listed.error().detail;
}

/// "suppressed by e-mail ada@acme.example (asked for it) | …"
std::string marks(World& world, std::string_view key) {
    std::string text;
    for (const auto& hit : world.person(key).hits)
        text += (text.empty() ? "" : " | ") + std::string(registers()[hit.list].id) + " by " + words_of_key(hit.key) +
                " (" + hit.reason + ")";
    return text;
}

/// A playbook that does not let suppressed people become leads.
std::string careful_playbook() {
    std::string text = first_playbook;
    const std::string_view looked = "enter: {any: [{name: Looked around, when: 'count(\"Page Viewed\") >= 1'}]}";
    const auto at = text.find(looked);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, looked.size(),
                        "enter: {any: [{name: Looked around, when: 'count(\"Page Viewed\") >= 1'}], "
                        "none: [{name: Suppressed, when: 'person.scrub_suppressed'}]}");
}

TEST_P(Scrub, AnArrivalIsMarkedAndKeptWithTheEntryThatFits) {
    World world;
    const Instant then = world.clock.time;
    enlist(world, suppressed, "Ada@Acme.example");
    enlist(world, do_not_call, "+49 30 901820");
    enlist(world, competitor, "rival.example", "sells the same");
    enlist(world, suppressed, "Bob Dahl | Müller & Söhne GmbH");
    world.clock.advance(Duration::days(3));
    IncomingFact ada = fact("Page Viewed", "ada@acme.example");
    ada.phone = "0049 30 90 18 20";
    EXPECT_EQ(world.take(ada).verdict, Verdict::accepted);
    EXPECT_EQ(marks(world, "ada@acme.example"),
              "suppressed by e-mail ada@acme.example (asked for it) | do_not_call by phone +4930901820 (asked for it)");
    EXPECT_EQ(world.person("ada@acme.example").hits.front().since, then);
    world.take(fact("Page Viewed", "eve@shop.rival.example"));
    EXPECT_EQ(marks(world, "eve@shop.rival.example"), "competitor by domain rival.example (sells the same)");
    world.take(fact("profile", "bob@home.example", {},
                    {{"first_name", Value("BOB")}, {"last_name", Value("Dähl")}, {"company", Value("Muller, Sohne")}}));
    EXPECT_EQ(marks(world, "bob@home.example"), "suppressed by name bob dahl at muller sohne (asked for it)");
    world.take(fact("Page Viewed", "cleo@acme.example"));
    EXPECT_EQ(marks(world, "cleo@acme.example"), "");
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
}

TEST_P(Scrub, CriteriaReadItAndItComesBeforeTheFact) {
    World world(false);
    world.activate(careful_playbook());
    enlist(world, suppressed, "ada@acme.example");
    world.take({fact("Page Viewed", "ada@acme.example"), fact("Page Viewed", "ben@acme.example")});
    EXPECT_EQ(world.stage("ada@acme.example"), "prospect");
    EXPECT_EQ(world.stage("ben@acme.example"), "lead");
    enlist(world, suppressed, "ada@acme.example", "", true);
    EXPECT_EQ(marks(world, "ada@acme.example"), "");
    EXPECT_EQ(world.stage("ada@acme.example"), "lead");  // at once, without another fact
}

TEST_P(Scrub, KnownPeopleAreMarkedAtOnceOrAtTheirNextContact) {
    World world;
    world.take({fact("Page Viewed", "ada@acme.example"), fact("Page Viewed", "ben@acme.example")});
    enlist(world, suppressed, "ada@acme.example");
    EXPECT_NE(marks(world, "ada@acme.example"), "");
    enlist(world, competitor, "acme.example");
    EXPECT_EQ(marks(world, "ben@acme.example"), "");
    world.take(fact("Demo Requested", "ben@acme.example"));
    EXPECT_EQ(marks(world, "ben@acme.example"), "competitor by domain acme.example (asked for it)");
    enlist(world, competitor, "acme.example", "", true);
    world.take(fact("note", "ben@acme.example"));
    EXPECT_EQ(marks(world, "ben@acme.example"), "");
}

TEST_P(Scrub, NobodyFromOutsideLiftsIt) {
    World world(false);
    world.activate(careful_playbook());
    enlist(world, suppressed, "ada@acme.example");
    for (const Trust trust : {Trust::browser, Trust::server}) {
        IncomingFact lie = fact("profile", "ada@acme.example", {}, {{"scrub_suppressed", Value(false)}});
        lie.trust = trust;
        world.take(lie);
    }
    IncomingFact answer =
        fact("answer", "ada@acme.example", {}, {{"question", Value("scrub_suppressed")}, {"value", Value(false)}});
    world.take({answer, fact("Page Viewed", "ada@acme.example")});
    EXPECT_EQ(world.stage("ada@acme.example"), "prospect");
    for (const char* internal : {"scrubbed", "listed"}) {
        const auto refused = world.take(fact(internal, "ada@acme.example"));
        EXPECT_EQ(refused.code, "type_internal") << internal;
    }
}

TEST_P(Scrub, TheRegisterSaysWhoAndWhenAndOutlivesACrash) {
    World world;
    enlist(world, suppressed, "ada@acme.example");
    enlist(world, suppressed, "ada@acme.example", "bounced");
    enlist(world, do_not_call, "ada@acme.example");
    enlist(world, competitor, "rival.example");
    enlist(world, competitor, "rival.example", "", true);
    world.crash();
    const auto entries = Registers::list(*world.reads());
    ASSERT_TRUE(entries && entries->size() == 2);
    EXPECT_EQ(entries->front().reason, "bounced");
    EXPECT_EQ(entries->front().actor, "olga");
    EXPECT_EQ(entries->back().list, do_not_call);
    EXPECT_EQ(Registers::list(*world.reads(), competitor)->size(), 0U);
    EXPECT_EQ(world.ledger->rebuild()->different, 0U);
    world.take(fact("Page Viewed", "ada@acme.example"));
    EXPECT_EQ(world.person("ada@acme.example").hits.size(), 2U);
}

TEST(RegisterKey, OneSpellingOfEachKind) {
    for (const auto& [given, key] : {std::pair{"Ada@Acme.example", "e:ada@acme.example"},
                                     {"@Rival.example", "d:rival.example"},
                                     {"shop.rival.example", "d:shop.rival.example"},
                                     {"+49 30 901820", "p:+4930901820"},
                                     {"Ada BERG | Acme, Inc.", "n:ada berg|acme"},
                                     {"Ada Berg | www.acme.example", "n:ada berg|acme"},
                                     {"Ada Berg |", ""},
                                     {"Ada Berg", ""},
                                     {"12", ""}})
        EXPECT_EQ(register_key(given, "").value_or(""), key) << given;
}

}  // namespace
}  // namespace baton::app
