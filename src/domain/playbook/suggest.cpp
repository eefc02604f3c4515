// Edit distance with swaps (Damerau, optimal string alignment), in half steps so that a wrong case is half a slip.
#include "domain/playbook/suggest.h"

#include <algorithm>

namespace baton::playbook {
namespace {

constexpr std::size_t longest_compared = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t replaced(char a, char b) {
    if (a == b) return 0;
    return lower(a) == lower(b) ? 1 : 2;
}

/// Twice the number of slips.
std::size_t slips(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = 2 * i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = 2 * j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            d[i][j] = std::min({d[i - 1][j] + 2, d[i][j - 1] + 2, d[i - 1][j - 1] + replaced(a[i - 1], b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 2);
        }
    }
    return d[a.size()][b.size()];
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
    const std::string* best = nullptr;
    std::size_t fewest = 2 * std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        if (candidate.empty() || candidate.size() > longest_compared || word.size() > longest_compared) continue;
        const std::size_t n = slips(word, candidate);
        if (n < fewest) {
            fewest = n;
            best = &candidate;
        }
    }
    return best == nullptr ? std::string() : *best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> all) {
    const std::string near = nearest(word, all);
    if (!near.empty()) return "did you mean '" + near + "'?";
    std::vector<std::string> candidates;
    for (const std::string& name : all)
        if (std::find(candidates.begin(), candidates.end(), name) == candidates.end()) candidates.push_back(name);
    if (candidates.empty() || candidates.size() > 8) return {};
    std::string known = candidates.size() == 1 ? "known is only " : "known are ";
    for (std::size_t i = 0; i < candidates.size(); ++i) known += (i == 0 ? "" : ", ") + candidates[i];
    return known;
}

}  // namespace baton::playbook
