// Where consent stands is a function of the set of facts: in whatever order they came, whoever said them.
#include "domain/engine/consent.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace baton::engine {
namespace {

struct Said {
    std::int64_t at;
    bool given;
    Trust trust = Trust::server;
};

Fact fact_of(const Said& said, std::uint64_t seq) {
    Fact fact;
    fact.ref = {Lane{1}, Seq{seq}};
    fact.kind = FactKind::consent;
    fact.occurred_at = Instant{said.at};
    fact.recorded_at = Instant{1'000 + static_cast<std::int64_t>(seq)};
    fact.trust = said.trust;
    fact.properties = {{"given", Value(said.given)}, {"purpose", Value("marketing_email")}};
    return fact;
}

std::string standing(const std::vector<Fact>& facts) {
    const auto all = consents_of(facts);
    if (all.empty()) return "nothing said";
    return std::string(all[0].given ? "given" : "withdrawn") + (all[0].said.unverified ? ", unverified" : "");
}

TEST(Consent, TheNewestWordCountsAndTheStrictOneOfOneMoment) {
    const struct {
        const char* what;
        std::vector<Said> said;
        const char* expected;
    } table[] = {
        {"nothing", {}, "nothing said"},
        {"one grant", {{1, true}}, "given"},
        {"withdrawn later", {{1, true}, {2, false}}, "withdrawn"},
        {"given anew", {{1, true}, {2, false}, {3, true}}, "given"},
        {"both at once", {{5, true}, {5, false}, {5, true}}, "withdrawn"},
        {"a browser alone", {{1, true, Trust::browser}}, "given, unverified"},
        {"a browser withdraws what a server knows", {{1, true}, {2, false, Trust::browser}}, "withdrawn"},
        {"a browser lifts no withdrawal of a server", {{1, false}, {2, true, Trust::browser}}, "withdrawn"},
        {"nor one of a browser", {{1, false, Trust::browser}, {2, true, Trust::browser}}, "withdrawn"},
        {"a server lifts it", {{1, false, Trust::browser}, {2, true}}, "given"},
        {"an old withdrawal in a browser does not beat newer words", {{1, false, Trust::browser}, {2, true}}, "given"},
        {"what a browser granted is confirmed", {{1, true, Trust::browser}, {2, true}}, "given"},
    };
    for (const auto& row : table) {
        std::vector<std::size_t> order(row.said.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        do {
            std::vector<Fact> facts;
            for (const std::size_t i : order) facts.push_back(fact_of(row.said[i], facts.size()));
            EXPECT_EQ(standing(facts), row.expected) << row.what;
        } while (std::ranges::next_permutation(order).found);
    }
}

TEST(Consent, PurposesStandApart) {
    std::vector<Fact> facts = {fact_of({1, true}, 0), fact_of({2, false}, 1)};
    facts[1].properties[1].value = Value("phone");
    const auto all = consents_of(facts);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all[0].given);
    EXPECT_EQ(all[1].purpose, "phone");
    EXPECT_FALSE(all[1].given);
}

TEST(Consent, AMergeOnlyTakesBack) {
    Fact merge = fact_of({5, true}, 3);
    merge.kind = FactKind::merge;
    merge.properties = {{"field.consent_marketing_email", Value(false)}, {"field.consent_phone", Value(true)}};
    EXPECT_EQ(standing({fact_of({1, true}, 0), merge}), "withdrawn");
    EXPECT_EQ(standing({fact_of({1, true}, 0), merge, fact_of({9, true}, 4)}), "given") << "a later grant lifts it";
    EXPECT_EQ(consents_of(std::vector{merge}).size(), 1U) << "a merge grants nothing";
}

}  // namespace
}  // namespace baton::engine
