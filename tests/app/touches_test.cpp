// Where people came from: facts in, touches out; and whatever way the facts came, the same touches.
#include "app/touches.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "acts.h"
#include "app/imports.h"

namespace baton::app {
namespace {

const Instant start = *parse_instant("2026-03-01T00:00:00Z");
const std::vector<std::string> own{"acme.example", "shop-acme.example"};

/// "615 Page Viewed url=https://acme.example/ referrer=…": minutes since the start, type, properties without blanks.
Fact fact_in(std::string_view line) {
    const auto word = [&](std::string_view ending) {
        const std::size_t end = std::min(line.find(ending), line.size());
        const std::string_view taken = line.substr(0, end);
        line.remove_prefix(std::min(line.size(), end + ending.size()));
        return std::string(taken);
    };
    Fact fact;
    fact.occurred_at = start + Duration::minutes(std::stoll(word(" ")));
    fact.type = word(" |");
    fact.kind = kind_of(fact.type);
    while (!line.empty()) {
        word(" ");
        const std::string pair = line.empty() ? "" : std::string(line.substr(0, line.find(' ')));
        line.remove_prefix(std::min(line.size(), pair.size()));
        if (const std::size_t equals = pair.find('='); equals != std::string::npos)
            fact.properties.push_back({pair.substr(0, equals), Value(pair.substr(equals + 1))});
    }
    return fact;
}

std::vector<Fact> facts_in(std::string_view text) {
    std::vector<Fact> facts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) facts.push_back(fact_in(text.substr(0, end)));
        text.remove_prefix(std::min(text.size(), end + 1));
        if (!facts.empty()) facts.back().ref = {Lane{1}, Seq{facts.size()}};
    }
    return facts;
}

/// "615 referrer google (organic)" by lines.
std::string shown(const std::vector<Touch>& touches) {
    std::string text;
    for (const Touch& touch : touches)
        text += std::to_string((touch.at - start).us / 60'000'000) + " " + std::string(to_string(touch.by)) + " " +
                in_words(touch) + "\n";
    return text;
}

struct Row {
    const char *facts, *touches;
};

void expect(std::initializer_list<Row> rows) {
    for (const auto& [facts, touches] : rows) EXPECT_EQ(shown(touches_of(facts_in(facts), own)), touches) << facts;
}

TEST(Touches, AreReadFromWhateverAFactHolds) {
    expect({
        {"0 Page Viewed | url=https://acme.example/?utm_source=news&utm_medium=email&utm_campaign=spring+sale\n",
         "0 campaign news (email), campaign spring sale\n"},
        {"0 Demo Requested | utm_source=news utm_campaign=spring", "0 campaign news, campaign spring\n"},
        {"0 Form Submitted | page_url=https://acme.example/demo?gclid=abc\n", "0 click_id google (cpc)\n"},
        {"0 Lead | gclid=abc campaign_id=7\n", "0 click_id google (cpc)\n"},
        {"0 Lead | utm_campaign=spring gclid=abc\n", "0 campaign google (cpc), campaign spring\n"},
        {"0 Lead | utm_source=fb utm_campaign=spring\n", "0 campaign fb, campaign spring\n"},
        {"0 Page Viewed | url=https://acme.example/?fbclid=x referrer=https://l.facebook.com/\n",
         "0 click_id facebook (social)\n"},
        {"0 Page Viewed | path=/ referrer=https://www.google.de/\n", "0 referrer google (organic)\n"},
        {"0 Page Viewed | path=/ referrer=https://blog.partner.example/a\n", "0 referrer partner.example (referral)\n"},
        {"0 Page Viewed | path=/ utm_source=news referrer=https://t.co/a\n", "0 campaign news\n"},
        {"0 Page Viewed | path=/ utm_campaign=spring referrer=https://t.co/a\n",
         "0 campaign x (social), campaign spring\n"},
        {"0 Page Viewed | path=/pricing\n", "0 direct direct\n"},
        {"0 Demo Requested | page_path=/demo\n", "0 direct direct\n"},
        {"0 profile | utm_source=news utm_medium=email\n", "0 campaign news (email)\n"},
    });
}

TEST(Touches, AreNotMadeOfWhatSaysNothing) {
    expect({
        {"0 Deal Won | amount=5\n", ""},
        {"0 call | text=x\n", ""},
        {"0 note | utm_source=x\n", ""},
        {"0 profile | name=Ada path=/ referrer=https://www.google.com/\n", ""},
        {"0 Link Clicked | url=https://other.example/?utm_source=us\n", ""},
        {"0 Page Viewed | path=/ referrer=https://www.acme.example/\n", ""},
        {"0 Page Viewed | path=/ referrer=https://shop-acme.example/cart\n", ""},
        {"0 Page Viewed | url=https://try.other.example/ referrer=https://www.other.example/\n", ""},
        {"0 Page Viewed | url=http://localhost:3000/ referrer=http://localhost:3000/b\n", ""},
        {"0 Page Viewed | path=/ referrer=https://notacme.example/\n", "0 referrer notacme.example (referral)\n"},
        {"0 Page Viewed | url=https://acme.example/?utm_source=%FF%FE\n", "0 direct direct\n"},
    });
}

TEST(Touches, AreOneAVisitAndSource) {
    const std::string google = " Page Viewed | path=/ referrer=https://www.google.com/\n";
    const std::string inside = " Page Viewed | path=/b referrer=https://acme.example/\n";
    const std::string news = " Page Viewed | url=https://acme.example/?utm_source=news\n";
    const std::string plain = " Page Viewed | path=/c\n";
    expect({
        {("0" + google + "5" + inside + "20" + google).c_str(), "0 referrer google (organic)\n"},
        {("0" + google + "29" + inside + "58" + plain + "87" + google).c_str(), "0 referrer google (organic)\n"},
        {("0" + google + "30" + google).c_str(), "0 referrer google (organic)\n30 referrer google (organic)\n"},
        {("0" + google + "10" + plain).c_str(), "0 referrer google (organic)\n"},
        {("0" + google + "45" + plain).c_str(), "0 referrer google (organic)\n45 direct direct\n"},
        {("0" + google + "45" + inside + "50" + plain).c_str(), "0 referrer google (organic)\n"},
        {("0" + google + "10" + news + "12" + google + "14" + news).c_str(),
         "0 referrer google (organic)\n10 campaign news\n"},
        {("0" + plain + "3" + news).c_str(), "0 direct direct\n3 campaign news\n"},
        {("0" + google + "0" + plain).c_str(), "0 referrer google (organic)\n"},
        // A server's word is no visit, and does not keep one going.
        {("0" + plain + "25 Deal Won | amount=1\n40" + plain).c_str(), "0 direct direct\n40 direct direct\n"},
    });
}

TEST(Touches, OfPagesThatChangeWithoutBeingLoaded) {
    // document.referrer stays what it was when the first page came.
    expect(
        {{"0 Page Viewed | url=https://acme.example/?gclid=1 referrer=https://www.google.com/\n"
          "2 Page Viewed | url=https://acme.example/b referrer=https://www.google.com/\n",
          "0 click_id google (cpc)\n"}});
}

TEST(Touches, OfPropertiesThatSystemsSendAgainAndAgain) {
    expect({{"0 profile | utm_source=news\n1440 profile | utm_source=news\n2880 profile | utm_source=fair\n"
             "4320 profile | utm_source=news\n",
             "0 campaign news\n2880 campaign fair\n"},
            {"0 Page Viewed | url=https://acme.example/?utm_source=news\n1 profile | utm_source=news\n",
             "0 campaign news\n"}});
}

TEST(Touches, KeepWhatTheFactSaid) {
    const auto touches = touches_of(
        facts_in("0 Page Viewed | "
                 "url=https://acme.example/a?utm_source=news&utm_medium=email&utm_campaign=c&utm_content=d&utm_term=e&"
                 "gclid=f&ttclid=g referrer=https://mail.google.com/\n"),
        own);
    ASSERT_EQ(touches.size(), 1U);
    const Touch& touch = touches.front();
    EXPECT_EQ(touch.content, "d");
    EXPECT_EQ(touch.term, "e");
    EXPECT_EQ(touch.referrer, "https://mail.google.com/");
    EXPECT_TRUE(touch.landing_page.starts_with("https://acme.example/a?"));
    EXPECT_EQ(touch.click_ids, (std::map<std::string, std::string>{{"gclid", "f"}, {"ttclid", "g"}}));
    EXPECT_EQ(touch.fact, (FactRef{Lane{1}, Seq{1}}));
}

// ---- of people --------------------------------------------------------------------------------------------------

Touches ways_of(World& world, std::string_view key) {
    const auto reads = world.reads();
    const auto id = reads->find_key(key, Reads::Merged::survivor);
    EXPECT_TRUE(id && *id) << key;
    if (!id || !*id) return {};
    const auto timeline = reads->timeline((*id)->subject);
    EXPECT_TRUE(timeline);
    return timeline ? touches_in(*timeline, *reads) : Touches{};
}

IncomingFact view(std::string email, std::string id, Instant at, const std::string& source) {
    IncomingFact f = fact("Page Viewed", std::move(email), std::move(id),
                          {{"url", Value("https://acme.example/" + (source.empty() ? "" : "?utm_source=" + source))}});
    f.occurred_at = at;
    return f;
}

ON_EVERY_STORE(TouchesOfPeople);

TEST_P(TouchesOfPeople, SayWhatMadeTheLead) {
    World world;
    const Instant now = world.clock.now();
    IncomingFact earlier = fact("profile", "ada@acme.example", "0", {{"utm_source", Value("fair")}});
    earlier.occurred_at = now - Duration::hours(72);
    world.take(earlier);
    EXPECT_TRUE(ways_of(world, "ada@acme.example").leads.empty()) << "a prospect is no lead";
    world.take(view("ada@acme.example", "1", now, "news"));  // this makes her one
    world.clock.advance(Duration::hours(24));
    world.take(view("ada@acme.example", "2", world.clock.now(), "webinar"));
    world.clock.advance(Duration::hours(24));
    world.take(view("ada@acme.example", "3", world.clock.now(), ""));
    Touches touches = ways_of(world, "ada@acme.example");
    ASSERT_EQ(touches.all.size(), 4U);
    EXPECT_EQ(touches.first()->source, "fair");
    EXPECT_EQ(touches.last()->source, "direct");
    EXPECT_EQ(touches.last_known()->source, "webinar");
    ASSERT_EQ(touches.leads.size(), 1U);
    EXPECT_EQ(touches.leads.front().touch->source, "news");
    EXPECT_EQ(touches.leads.front().opened_at, now);
    // Late facts are in their place: before the lead, and before everything.
    world.take({view("ada@acme.example", "4", now - Duration::hours(100), "old"),
                view("ada@acme.example", "5", now - Duration::minutes(31), "")});
    touches = ways_of(world, "ada@acme.example");
    EXPECT_EQ(touches.first()->source, "old");
    EXPECT_EQ(touches.leads.front().touch->source, "news");
    EXPECT_EQ(touches.last_known()->source, "webinar");
}

TEST_P(TouchesOfPeople, DirectTakesNoKnownSourcesPlace) {
    World world;
    const Instant now = world.clock.now();
    IncomingFact earlier = fact("profile", "ada@acme.example", "0", {{"utm_source", Value("fair")}});
    earlier.occurred_at = now - Duration::hours(72);
    world.take(earlier);
    world.take(view("ada@acme.example", "1", now, ""));
    const Touches touches = ways_of(world, "ada@acme.example");
    ASSERT_EQ(touches.leads.size(), 1U);
    EXPECT_EQ(touches.leads.front().touch->source, "direct");
    EXPECT_EQ(touches.leads.front().known->source, "fair");
    EXPECT_EQ(source_of(touches.leads.front())->source, "fair");
}

TEST_P(TouchesOfPeople, OwnSitesAreThoseOfTheActivePlaybook) {
    World world;
    const Instant now = world.clock.now();
    IncomingFact paid =
        fact("Page Viewed", "ada@acme.example", "1",
             {{"url", Value("https://acme.example/thanks")}, {"referrer", Value("https://checkout.pay.example/done")}});
    paid.occurred_at = now;
    world.take({view("ada@acme.example", "0", now - Duration::minutes(5), "news"), paid});
    EXPECT_EQ(ways_of(world, "ada@acme.example").last()->source, "pay.example");
    world.activate(first_playbook + "own_sites: [pay.example]\n");
    EXPECT_EQ(ways_of(world, "ada@acme.example").last()->source, "news");
}

TEST_P(TouchesOfPeople, EachCycleHasItsOwn) {
    std::string book = first_playbook;
    const std::string arrow = "  - {from: accepted, to: won, on: Deal Won}\n";
    book.replace(book.find(arrow), arrow.size(), arrow + "  - {from: won, to: lead, on: Came Back, new_cycle: true}\n");
    World world(false);
    world.activate(book);
    world.take(view("ada@acme.example", "1", world.clock.now(), "news"));
    world.clock.advance(Duration::hours(1));
    world.take(fact("Deal Won", "ada@acme.example", "2"));
    world.clock.advance(Duration::hours(1));
    world.take({view("ada@acme.example", "3", world.clock.now(), "fair"), fact("Came Back", "ada@acme.example", "4")});
    const Touches touches = ways_of(world, "ada@acme.example");
    ASSERT_EQ(touches.leads.size(), 2U) << world.history("ada@acme.example");
    EXPECT_EQ(touches.leads.front().touch->source, "news");
    EXPECT_EQ(touches.leads.back().cycle, 2U);
    EXPECT_EQ(touches.leads.back().touch->source, "fair");
}

TEST_P(TouchesOfPeople, FollowAMergeAndItsEnd) {
    World world;
    const Instant now = world.clock.now();
    world.take(
        {view("ada@acme.example", "1", now, "news"), view("ada@home.example", "2", now - Duration::hours(9), "fair")});
    const std::string of_one = shown(ways_of(world, "ada@acme.example").all),
                      of_other = shown(ways_of(world, "ada@home.example").all);
    const auto reads = world.reads();
    const SubjectId one = **reads->find("ada@acme.example"), other = **reads->find("ada@home.example");
    ASSERT_TRUE(world.ledger->merge(one, other, {}, "olga"));
    EXPECT_EQ(shown(ways_of(world, "ada@home.example").all), of_other + of_one);
    EXPECT_EQ(ways_of(world, "ada@acme.example").first()->source, "fair");
    ASSERT_TRUE(world.ledger->unmerge(other, "olga"));
    EXPECT_EQ(shown(ways_of(world, "ada@acme.example").all), of_one);
    EXPECT_EQ(shown(ways_of(world, "ada@home.example").all), of_other);
}

TEST_P(TouchesOfPeople, GoWithAnImportThatIsUndone) {
    World world;
    const auto number = begin_import(*world.ledger, {"list.csv", "m", "both", "print"}, "olga");
    ASSERT_TRUE(number);
    const Instant now = world.clock.now();
    IncomingFact imported = view("ada@acme.example", "1", now - Duration::hours(50), "list");
    imported.import = *number;
    world.take({imported, view("ada@acme.example", "2", now, "news")});
    EXPECT_EQ(ways_of(world, "ada@acme.example").first()->source, "list");
    ASSERT_TRUE(world.ledger->undo_import(*number, "olga"));
    ASSERT_EQ(ways_of(world, "ada@acme.example").all.size(), 1U);
    EXPECT_EQ(ways_of(world, "ada@acme.example").first()->source, "news");
}

TEST_P(TouchesOfPeople, TheVisitorsPastIsThePersons) {
    World world;
    IncomingFact visit = view("", "1", world.clock.now() - Duration::hours(5), "news");
    visit.anonymous_id = "browser-1";
    world.take(visit);
    IncomingFact named = fact("profile", "ada@acme.example", "2", {{"name", Value("Ada")}});
    named.anonymous_id = "browser-1";
    world.take(named);
    ASSERT_EQ(ways_of(world, "ada@acme.example").all.size(), 1U);
    EXPECT_EQ(ways_of(world, "ada@acme.example").first()->source, "news");
}

/// However visits of two people arrive, and whether they are merged before, between or after, or merged and taken apart.
TEST_P(TouchesOfPeople, AreTheSameInAnyOrderOfArrival) {
    holds([] {
        std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
        const auto visits = *rc::gen::container<std::vector<std::pair<int, int>>>(
            rc::gen::pair(rc::gen::inRange(0, 240), rc::gen::inRange(0, 8)));
        const std::vector<std::string> who{"ada@acme.example", "ada@home.example"};
        const auto live = [&](const std::vector<std::size_t>& order, bool merging, bool apart) {
            World world;
            const Instant first = world.clock.now() - Duration::hours(90);
            for (const std::string& one : who) world.take(fact("profile", one, one, {{"name", Value("Ada")}}));
            const SubjectId into = **world.reads()->find(who[0]), from = **world.reads()->find(who[1]);
            const std::size_t at = order.empty() ? 0 : random() % order.size();
            const auto merge = [&] { RC_ASSERT(world.ledger->merge(into, from, {}, "olga").has_value()); };
            for (std::size_t i = 0; i < order.size(); ++i) {
                if (merging && i == at) merge();
                const auto& [minute, way] = visits[order[i]];
                const std::string source = way % 4 == 0 ? "" : "s" + std::to_string(way % 4);
                world.take(view(who[static_cast<std::size_t>(way / 4)], std::to_string(order[i]),
                                first + Duration::minutes(minute), source));
            }
            if (merging && order.empty()) merge();
            if (apart) RC_ASSERT(world.ledger->unmerge(from, "olga").has_value());
            return shown(ways_of(world, who[0]).all) + "| " + shown(ways_of(world, who[1]).all);
        };
        std::vector<std::size_t> order(visits.size());
        std::iota(order.begin(), order.end(), 0U);
        const std::string alone = live(order, false, false), together = live(order, true, false);
        std::ranges::shuffle(order, random);
        RC_ASSERT(live(order, false, false) == alone);
        RC_ASSERT(live(order, true, false) == together);
        RC_ASSERT(live(order, true, true) == alone);
    });
}

/// QUALITY I7: facts with the same times and contents make the same touches, whatever order they came in.
TEST(Touches, AreTheSameInAnyOrder) {
    std::mt19937_64 random(7);
    const std::vector<std::string> kinds{
        " Page Viewed | path=/a",
        " Page Viewed | path=/ referrer=https://www.google.com/",
        " Page Viewed | path=/ referrer=https://acme.example/",
        " Page Viewed | url=https://acme.example/?utm_source=a",
        " Page Viewed | url=https://acme.example/?gclid=1 referrer=https://www.google.com/",
        " profile | utm_source=a",
        " Form Submitted | page_url=https://acme.example/f",
        " Deal Won | amount=1"};
    for (int i = 0; i < 300; ++i) {
        std::string text;
        for (auto n = random() % 30; n > 0; --n)
            text += std::to_string(random() % 200) + kinds[random() % kinds.size()] + "\n";
        std::vector<Fact> facts = facts_in(text);
        const std::string once = shown(touches_of(facts, own));
        for (int again = 0; again < 5; ++again) {
            std::ranges::shuffle(facts, random);
            for (std::size_t k = 0; k < facts.size(); ++k) facts[k].ref.seq = Seq{k + 1};
            ASSERT_EQ(shown(touches_of(facts, own)), once) << text;
        }
    }
}

}  // namespace
}  // namespace baton::app
