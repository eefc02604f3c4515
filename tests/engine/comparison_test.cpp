// When a comparison with a score changes its truth by time alone: the quick search finds what walking every step finds.
#include <gtest/gtest.h>

#include "domain/engine/scoring.h"

namespace baton::engine {
namespace {

using criteria::Comparison;
using playbook::DecayKind;

class Numbers {
   public:
    explicit Numbers(std::uint64_t seed) : state_(seed) {}
    std::int64_t between(std::int64_t low, std::int64_t high) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return low + static_cast<std::int64_t>((state_ >> 33) % static_cast<std::uint64_t>(high - low + 1));
    }

   private:
    std::uint64_t state_;
};

const Instant start{1'700'000'000'000'000};

/// Three rules of one score, one of them negative in most cases.
playbook::Compiled book_of(Numbers& n) {
    playbook::Compiled book;
    playbook::CompiledScore score;
    score.id = "behaviour";
    score.kind = playbook::ScoreKind::behaviour;
    if (n.between(0, 1) == 0) score.cap = Decimal::whole(n.between(20, 60));
    if (n.between(0, 1) == 0) score.floor = Decimal{};
    if (n.between(0, 2) == 0)
        score.inactivity = playbook::Inactivity{n.between(5, 30), Decimal::whole(-n.between(1, 9)), n.between(0, 20)};
    for (std::uint16_t i = 0; i < 3; ++i) {
        playbook::CompiledScoreRule rule;
        rule.id = std::to_string(i);
        rule.points = Decimal::whole(n.between(1, 20) * (i == 2 && n.between(0, 3) != 0 ? -1 : 1));
        rule.decay.kind = static_cast<DecayKind>(n.between(1, 3));
        if (rule.points < Decimal{} && n.between(0, 3) != 0) rule.decay.kind = DecayKind::window;
        rule.decay.days = n.between(1, 20);
        if (n.between(0, 2) == 0) rule.cap = Decimal::whole(n.between(5, 30));
        score.groups.resize(1);
        score.groups[0].rules.push_back(ScoreRuleIndex{i});
        book.score_rules.push_back(rule);
    }
    book.scores.push_back(score);
    return book;
}

Features features_of(Numbers& n) {
    Features features;
    for (std::uint16_t i = 0; i < 3; ++i) {
        RuleEntries row;
        row.rule = ScoreRuleIndex{i};
        std::vector<ScoreEntry> entries;
        for (std::int64_t k = n.between(0, 4); k > 0; --k)
            entries.push_back({row.rule, {}, {}, start - Duration::minutes(n.between(0, 15 * 1440)), 0});
        // Whole days apart too, so that ends fall together.
        if (n.between(0, 2) == 0) entries.push_back({row.rule, {}, {}, start - Duration::days(n.between(0, 10)), 0});
        std::sort(entries.begin(), entries.end(),
                  [](const ScoreEntry& a, const ScoreEntry& b) { return a.occurred_at < b.occurred_at; });
        row.count = static_cast<std::uint32_t>(entries.size());
        if (entries.empty()) continue;
        row.last = entries.back().occurred_at;
        for (const ScoreEntry& entry : entries) features.rows.push_back(entry);
        features.rows.push_back(row);
    }
    return features;
}

bool holds(Decimal a, Comparison op, Decimal b) {
    switch (op) {
        case Comparison::less: return a < b;
        case Comparison::less_equal: return a <= b;
        case Comparison::greater: return a > b;
        case Comparison::greater_equal: return a >= b;
        case Comparison::equal: return a == b;
        case Comparison::not_equal: return a != b;
    }
    return false;
}

/// Every step, one after the other.
Instant walked(const playbook::Compiled& book, const Features& features, Comparison op, Decimal bound) {
    const ScoreIndex score{0};
    const bool now = holds(score_value(book, features, score, start), op, bound);
    for (Instant t = score_changes_after(book, features, score, start); t != Instant::never();
         t = score_changes_after(book, features, score, t))
        if (holds(score_value(book, features, score, t), op, bound) != now) return t;
    return Instant::never();
}

TEST(ComparisonChangesAfter, equals_walking_every_step) {
    int changes = 0;
    for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
        Numbers n(seed);
        const playbook::Compiled book = book_of(n);
        const Features features = features_of(n);
        const Decimal bound = Decimal::whole(n.between(-10, 40));
        const auto op = static_cast<Comparison>(n.between(0, 5));
        const Instant quick = comparison_changes_after(book, features, ScoreIndex{0}, op, bound, start);
        const Instant slow = walked(book, features, op, bound);
        ASSERT_EQ(quick, slow) << "seed " << seed << ": " << quick.us << " against " << slow.us;
        changes += quick == Instant::never() ? 0 : 1;
    }
    EXPECT_GT(changes, 300);
}

}  // namespace
}  // namespace baton::engine
