// AUC, lift and quantiles on tables small enough to count by hand.
#include "cli/statistics.h"

#include <gtest/gtest.h>

namespace baton::cli {
namespace {

/// "5+ 3- 3+": scores with (+) and without (-) the outcome.
std::vector<Scored> people(const std::string& text) {
    std::vector<Scored> all;
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t used = 0;
        const int score = std::stoi(text.substr(at), &used);
        at += used;
        all.push_back({Decimal::whole(score), text[at] == '+' ? Came::yes : Came::no});
        at += 2;
    }
    return all;
}

void check(const std::string& text, const std::string& auc, const std::string& lift) {
    const Evaluation e = evaluate(people(text), 0);
    EXPECT_EQ(e.auc_millionths ? millionths(*e.auc_millionths) : "none", auc) << text;
    EXPECT_EQ(e.lift_20_millionths ? millionths(*e.lift_20_millionths) : "none", lift) << text;
}

TEST(Evaluate, auc_and_lift) {
    check("", "none", "none");
    check("1+", "none", "1.000000");
    check("1-", "none", "none");
    check("2+ 1-", "1.000000", "2.000000");
    check("1+ 2-", "0.000000", "0.000000");
    check("1+ 1-", "0.500000", "1.000000");
    check("3+ 2- 1+", "0.500000", "1.500000");
    check("3+ 2+ 2- 1-", "0.875000", "2.000000");
    check("5+ 4- 3- 2- 1-", "1.000000", "5.000000");
    check("5- 4+ 3- 2- 1-", "0.750000", "0.000000");
    check("5+ 5- 3- 2- 1-", "0.875000", "2.500000");  // half of the tie falls into the fifth
    check("9+ 8+ 7- 6+ 5- 4- 3- 2+ 1- 0-", "0.791667", "2.500000");
}

TEST(Evaluate, bins_keep_equal_scores_together) {
    const Evaluation e = evaluate(people("3+ 3- 2+ 2- 2- 1-"), 4, 3);
    ASSERT_EQ(e.calibration.size(), 3U);
    EXPECT_EQ(e.calibration[0].n, 2);
    EXPECT_EQ(e.calibration[1].n, 3);
    EXPECT_EQ(e.calibration[1].positives, 1);
    EXPECT_EQ(e.calibration[2].n, 1);
    EXPECT_EQ(e.n, 6);
    EXPECT_EQ(e.positives, 2);
    EXPECT_EQ(e.left_out, 4);
}

TEST(Evaluate, agrees_with_counting_all_pairs) {
    std::uint64_t random = 1;
    for (int round = 0; round < 50; ++round) {
        std::vector<Scored> all;
        for (int i = 0; i < 40; ++i) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            all.push_back({Decimal::whole(static_cast<std::int64_t>(random >> 60)),
                           (random >> 40 & 3) == 0 ? Came::yes : Came::no});
        }
        std::int64_t twice = 0, pairs = 0;
        for (const Scored& yes : all)
            for (const Scored& no : all)
                if (yes.came == Came::yes && no.came == Came::no) {
                    ++pairs;
                    twice += yes.score > no.score ? 2 : yes.score == no.score ? 1 : 0;
                }
        if (pairs == 0) continue;
        EXPECT_EQ(evaluate(all, 0).auc_millionths, (twice * 1'000'000 + pairs) / (2 * pairs));
    }
}

TEST(Quantile, interpolates) {
    EXPECT_EQ(quantile({7}, 1, 2), 7);
    EXPECT_EQ(quantile({1, 3}, 1, 2), 2);
    EXPECT_EQ(quantile({1, 2, 10}, 1, 2), 2);
    EXPECT_EQ(quantile({0, 10, 20, 30}, 1, 4), 7);
    EXPECT_EQ(quantile({0, 10, 20, 30}, 4, 4), 30);
    EXPECT_EQ(quantile({-10, 10}, 1, 2), 0);
}

TEST(Millionths, are_written_as_decimals) {
    EXPECT_EQ(millionths(862'110), "0.862110");
    EXPECT_EQ(millionths(2'500'000), "2.500000");
    EXPECT_EQ(millionths(5), "0.000005");
    EXPECT_EQ(millionths(-1'500'000), "-1.500000");
}

}  // namespace
}  // namespace baton::cli
