// Who may be one human twice, over a seeded list of people with the mistakes that people make when they type.
#include "app/duplicates.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <set>

#include "contact/text.h"
#include "fixture.h"
#include "support/faults.h"

namespace baton::app {
namespace {

using Pair = std::pair<std::uint64_t, std::uint64_t>;

const std::vector<std::string> given = {"Anna",  "Jörg",   "Marie",  "Paul",    "Lena",  "Thomas", "Ines",   "Victor",
                                        "Clara", "Dmitri", "Sofia",  "Karl",    "Amira", "Henrik", "Giulia", "Pedro",
                                        "Yuki",  "Oskar",  "Nadine", "Stephan", "Ruth",  "Samuel", "Elif",   "Björn"};
const std::vector<std::string> family = {
    "Berg",   "Müller",  "Schmidt",    "Johansson", "Rossi",    "Nakamura", "Petrov", "Garcia", "Lindqvist",
    "Weber",  "Haddad",  "Kowalski",   "Andersen",  "Dubois",   "Fischer",  "Novak",  "Hansen", "Castellano",
    "Yilmaz", "Silva",   "Zimmermann", "Brandt",    "Moreau",   "Keller",   "Olsen",  "Santos", "Vogel",
    "Ricci",  "Lehmann", "Papadakis",  "Szabo",     "Eriksson", "Conti",    "Huber",  "Marti",  "Bauer"};

/// People of firms, and some of them a second time, typed anew.
class Corpus {
   public:
    explicit Corpus(unsigned seed) : rng_(seed) {}

    std::vector<Card> cards;
    std::set<Pair> truth;

    void make(int people) {
        for (int i = 0; i < people; ++i) {
            const Card card = somebody();
            cards.push_back(card);
            if (pick(5) != 0) continue;
            Card again = typed_anew(card);
            again.id = {++next_};
            truth.insert({card.id.value, again.id.value});
            cards.push_back(std::move(again));
        }
        std::ranges::shuffle(cards, rng_);
    }

   private:
    std::size_t pick(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(rng_); }

    static std::string mailbox(const std::string& first, const std::string& last, std::size_t form) {
        std::string text = contact::folded(first) + "." + contact::folded(last);
        if (form == 1) text = text.substr(0, 1) + text.substr(text.find('.'));
        if (form == 2) text.erase(text.find('.'), 1);
        return text;
    }
    Card somebody() {
        const std::string first = given[pick(given.size())], last = family[pick(family.size())];
        const std::string firm = "firm" + std::to_string(pick(400)) + ".example";
        Card card{{++next_}, first + " " + last, firm, {}, {}, {}};
        const bool at_home = pick(6) == 0;
        card.emails = {mailbox(first, last, pick(3)) +
                       (at_home ? std::to_string(pick(100)) + "@gmail.com" : "@" + firm)};
        while (!taken_.insert(card.emails[0]).second) card.emails[0].insert(card.emails[0].find('@'), 1, '2');
        // Some firms have one number for all.
        const bool own = pick(4) != 0;
        const std::string number = own ? std::to_string(10'000'000 + pick(89'999'999)) : firm.substr(4, 3) + "00000";
        if (pick(3) != 0) card.phones = {"+4930" + number};
        return card;
    }

    std::string misspelt(std::string text) {
        const std::size_t at = 1 + pick(text.size() - 2);
        if (text[at] == '@' || text[at] == ' ' || (text[at] & 0x80) != 0) return text + "x";
        switch (pick(4)) {
            case 0: text.erase(at, 1); break;
            case 1: text.insert(at, 1, text[at]); break;
            case 2: text[at] = static_cast<char>('a' + pick(26)); break;
            default:
                if ((text[at - 1] & 0x80) == 0 && text[at - 1] != ' ') std::swap(text[at], text[at - 1]);
        }
        return text;
    }
    Card typed_anew(Card card) {
        const std::size_t space = card.name.find(' ');
        const std::string first = card.name.substr(0, space), last = card.name.substr(space + 1);
        switch (pick(6)) {
            case 0:
                card.emails = {misspelt(card.emails[0].substr(0, card.emails[0].find('@'))) +
                               card.emails[0].substr(card.emails[0].find('@'))};
                break;
            case 1:  // another form of the address, and a mistake in the name
                card.emails = {mailbox(first, last, pick(3)) + "@" + card.account};
                card.name = misspelt(card.name);
                break;
            case 2: card.name = last + " " + first, card.emails = {mailbox(first, last, 1) + "@" + card.account}; break;
            case 3: card.name = first.substr(0, 1) + ". " + last; break;  // the address as it was, in other letters
            case 4:                                                       // from home
                card.emails = {mailbox(first, last, 0) + "@web.de"};
                card.account.clear();
                break;
            default: card.emails.clear(), card.name = misspelt(card.name);  // by phone or firm only
        }
        if (pick(3) == 0) card.phones.clear();
        if (!card.emails.empty() && pick(4) == 0) card.emails[0].insert(card.emails[0].find('@'), "+news");
        return card;
    }

    std::mt19937 rng_;
    std::uint64_t next_ = 0;
    std::set<std::string> taken_;
};

TEST(Duplicates, AreFoundAmongTypingErrors) {
    std::size_t right = 0, found = 0, there = 0;
    for (std::int64_t seed = 1; seed <= faults::scaled(3); ++seed) {
        Corpus corpus(static_cast<unsigned>(seed));
        corpus.make(3'000);
        const auto pairs = likely_duplicates(corpus.cards);
        found += pairs.size();
        there += corpus.truth.size();
        for (const Likely& pair : pairs) right += corpus.truth.count({pair.first.value, pair.second.value});
    }
    const double precision = static_cast<double>(right) / static_cast<double>(found);
    const double recall = static_cast<double>(right) / static_cast<double>(there);
    std::printf("%zu pairs found, %zu there: precision %.3f, recall %.3f\n", found, there, precision, recall);
    EXPECT_GT(precision, 0.9);
    EXPECT_GT(recall, 0.8);
}

std::string said(const Card& a, const Card& b) {
    const std::vector<Card> both{a, b};
    std::string text;
    for (const Likely& pair : likely_duplicates(both)) {
        text = std::to_string(pair.points) + ":";
        for (const Likeness one : pair.because) text += " " + std::string(to_string(one)) + ";";
    }
    return text;
}

TEST(Duplicates, SayWhy) {
    const Card anna{{1}, "Anna Berg", "acme.example", {"anna.berg@acme.example"}, {"+4930901820"}, "u1"};
    const auto like = [&](auto change) {
        Card other = anna;
        other.id = {2};
        other.user_id.clear();
        change(other);
        return said(anna, other);
    };
    EXPECT_EQ(like([](Card& c) {
                  c.emails = {"annaberg+news@acme.example"};
                  c.phones.clear();
              }),
              "145: same e-mail; same name; same organisation;");
    EXPECT_EQ(like([](Card& c) {
                  c.emails = {"ana.berg@acme.example"};
                  c.name = "Ana Berg";
                  c.phones.clear();
              }),
              "107: e-mail one letter off; name one letter off; same organisation;");
    EXPECT_EQ(like([](Card& c) {
                  c.emails = {"a@home.example"};
                  c.account = "";
              }),
              "75: same phone; same name;");
    EXPECT_EQ(like([](Card& c) {
                  c.emails.clear();
                  c.phones.clear();
              }),
              "75: same name; same organisation;");
    EXPECT_EQ(like([](Card& c) {
                  c.name = "Ben Dahl";
                  c.emails = {"ben@acme.example"};
              }),
              "")
        << "colleagues share a phone";
    EXPECT_EQ(like([](Card& c) {
                  c.emails = {"a@home.example"};
                  c.account = "";
                  c.phones.clear();
              }),
              "")
        << "a name alone is nobody";
    EXPECT_EQ(like([](Card& c) {
                  c.emails.clear();
                  c.phones.clear();
                  c.user_id = "u2";
              }),
              "")
        << "two users";
}

TEST(Duplicates, OfAStoreAreThoseWhoDoNotRest) {
    World world(true, {}, "memory");
    world.take({fact("profile", "anna@acme.example", "1", {{"name", Value("Anna Berg")}}),
                fact("profile", "anna.berg@acme.example", "2", {{"name", Value("Berg, Anna")}}),
                fact("profile", "ben@other.example", "3", {{"name", Value("Ben Dahl")}})});
    const auto pairs = [&] {
        const auto cards = cards_of(*world.reads());
        return cards ? likely_duplicates(*cards) : std::vector<Likely>();
    };
    ASSERT_EQ(pairs().size(), 1U);
    const auto document = duplicates_document(*world.reads(), pairs(), 5);
    ASSERT_TRUE(document.has_value());
    EXPECT_NE(document->find("\"because\":[\"same name\",\"same organisation\"]"), std::string::npos) << *document;
    ASSERT_TRUE(world.ledger->merge(pairs()[0].first, pairs()[0].second, {}, "olga").has_value());
    EXPECT_TRUE(pairs().empty());
}

}  // namespace
}  // namespace baton::app
