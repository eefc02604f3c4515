#include "domain/criteria/names.h"

#include <algorithm>

namespace baton::criteria {
namespace {

using std::string_view;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Optimal string alignment distance over bytes, ignoring case.
std::size_t distance(string_view a, string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    const auto same = [&](std::size_t i, std::size_t j) { return lower(a[i - 1]) == lower(b[j - 1]); };
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = d[i - 1][j - 1] + (same(i, j) ? 0 : 1);
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
            if (i > 1 && j > 1 && same(i, j - 1) && same(i - 1, j)) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

constexpr std::size_t longest_compared = 80;
constexpr std::size_t most_listed = 8;

std::string listed(const std::vector<std::string>& names, string_view prefix) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + std::string(prefix) + name;
    return text;
}

}  // namespace

std::optional<std::uint16_t> position_of(const std::vector<std::string>& names, std::string_view name) {
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) return std::nullopt;
    return static_cast<std::uint16_t>(at - names.begin());
}

std::optional<std::uint16_t> position_of(const std::vector<DeclaredProperty>& properties, std::string_view id) {
    const auto at = std::ranges::find(properties, id, &DeclaredProperty::id);
    if (at == properties.end()) return std::nullopt;
    return static_cast<std::uint16_t>(at - properties.begin());
}

std::vector<std::string> ids_of(const std::vector<DeclaredProperty>& properties) {
    std::vector<std::string> ids;
    for (const DeclaredProperty& property : properties) ids.push_back(property.id);
    return ids;
}

std::optional<std::string> nearest(const std::vector<std::string>& names, std::string_view name) {
    if (name.size() > longest_compared) return std::nullopt;
    std::size_t best = std::max<std::size_t>(1, name.size() / 3) + 1;
    std::optional<std::string> found;
    for (const std::string& candidate : names) {
        if (candidate.size() > longest_compared) continue;
        const std::size_t edits = distance(name, candidate);
        if (edits < best) {
            best = edits;
            found = candidate;
        }
    }
    return found;
}

std::string suggestion(const std::vector<std::string>& names, std::string_view name, std::string_view prefix,
                       std::string_view otherwise) {
    if (const auto near = nearest(names, name)) return "did you mean " + std::string(prefix) + *near + '?';
    if (names.empty() || names.size() > most_listed) return std::string(otherwise);
    return (names.size() == 1 ? "there is only " : "there are ") + listed(names, prefix);
}

std::string humanised(std::string_view id) {
    std::string text(id);
    std::ranges::replace(text, '_', ' ');
    return text;
}

std::string label_at(const std::vector<std::string>& labels, const std::vector<std::string>& ids, std::size_t index) {
    if (index < labels.size() && !labels[index].empty() && labels[index] != ids[index]) return labels[index];
    return index < ids.size() ? humanised(ids[index]) : std::string();
}

std::string label_of(const DeclaredProperty& property) {
    return property.label.empty() || property.label == property.id ? humanised(property.id) : property.label;
}

}  // namespace baton::criteria
