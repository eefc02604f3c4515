#include "cli/statistics.h"

#include <algorithm>

namespace baton::cli {
namespace {

using Wide = __int128;

/// People with the same score.
struct Tie {
    Decimal score;
    std::int64_t yes = 0, no = 0;
    std::int64_t n() const { return yes + no; }
};

std::vector<Tie> best_first(std::vector<Scored> people) {
    std::sort(people.begin(), people.end(), [](const Scored& a, const Scored& b) { return a.score > b.score; });
    std::vector<Tie> ties;
    for (const Scored& person : people) {
        if (ties.empty() || ties.back().score != person.score) ties.push_back({person.score});
        ++(person.came == Came::yes ? ties.back().yes : ties.back().no);
    }
    return ties;
}

std::int64_t rounded(Wide numerator, Wide denominator) {
    return static_cast<std::int64_t>((numerator * 2 + denominator) / (denominator * 2));
}

std::int64_t auc(const std::vector<Tie>& ties, std::int64_t yes, std::int64_t no) {
    Wide twice_wins = 0;  // pairs won count two, ties one
    std::int64_t no_above = 0;
    for (const Tie& tie : ties) {
        const std::int64_t no_below = no - no_above - tie.no;
        twice_wins += Wide{tie.yes} * (2 * no_below + tie.no);
        no_above += tie.no;
    }
    return rounded(twice_wins * 1'000'000, Wide{2} * yes * no);
}

/// Outcomes among the best fifth, times 5·ties to stay whole: the border tie counts in proportion.
std::int64_t lift_of_best_fifth(const std::vector<Tie>& ties, std::int64_t n, std::int64_t yes) {
    // lift = (outcomes in the fifth ÷ (n/5)) ÷ (yes ÷ n) = 5 · outcomes ÷ yes. All counts below are times five.
    std::int64_t room = n;
    std::int64_t whole = 0;
    for (const Tie& tie : ties) {
        if (5 * tie.n() <= room) {
            room -= 5 * tie.n();
            whole += tie.yes;
            continue;
        }
        const Wide parts = Wide{whole} * 5 * tie.n() + Wide{tie.yes} * room;  // times 5·tie
        return rounded(parts * 1'000'000, Wide{tie.n()} * yes);
    }
    return rounded(Wide{whole} * 5 * 1'000'000, yes);
}

std::vector<Bin> bins_of(const std::vector<Tie>& ties, std::int64_t n, int bins) {
    std::vector<Bin> all;
    std::int64_t seen = 0;
    for (const Tie& tie : ties) {
        const bool full = !all.empty() && seen * bins >= n * static_cast<std::int64_t>(all.size());
        if (all.empty() || full) all.push_back({tie.score, tie.score});
        all.back().to = tie.score;
        all.back().n += tie.n();
        all.back().positives += tie.yes;
        seen += tie.n();
    }
    return all;
}

}  // namespace

Evaluation evaluate(std::vector<Scored> people, std::int64_t left_out, int bins) {
    Evaluation result;
    const std::vector<Tie> ties = best_first(std::move(people));
    for (const Tie& tie : ties) {
        result.n += tie.n();
        result.positives += tie.yes;
    }
    result.left_out = left_out;
    const std::int64_t no = result.n - result.positives;
    if (result.positives > 0 && no > 0) result.auc_millionths = auc(ties, result.positives, no);
    if (result.positives > 0) result.lift_20_millionths = lift_of_best_fifth(ties, result.n, result.positives);
    result.calibration = bins_of(ties, result.n, bins);
    return result;
}

std::int64_t quantile(const std::vector<std::int64_t>& sorted, std::int64_t numerator, std::int64_t denominator) {
    const auto last = static_cast<std::int64_t>(sorted.size()) - 1;
    const std::int64_t place = last * numerator;
    const auto below = static_cast<std::size_t>(place / denominator);
    const std::int64_t part = place % denominator;
    if (part == 0) return sorted[below];
    const Wide gap = Wide{sorted[below + 1]} - sorted[below];
    return sorted[below] + static_cast<std::int64_t>(gap * part / denominator);
}

std::string millionths(std::int64_t value) {
    std::string digits = std::to_string(value < 0 ? -value : value);
    if (digits.size() < 7) digits.insert(0, 7 - digits.size(), '0');
    digits.insert(digits.size() - 6, ".");
    return (value < 0 ? "-" : "") + digits;
}

}  // namespace baton::cli
