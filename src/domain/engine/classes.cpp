// Classes: labels by rule, by score band, by matrix (PLAYBOOK §8), decided in document order.
#include <algorithm>

#include "domain/engine/scoring.h"
#include "domain/engine/stepper.h"

namespace baton::engine {

using playbook::ClassKind;
using playbook::CompiledClass;

bool Stepper::class_dirty(const CompiledClass& c) const {
    if (all_dirty_) return true;
    switch (c.kind) {
        case ClassKind::bands: return c.score.value < dirty_score_.size() && dirty_score_[c.score.value] != 0;
        case ClassKind::matrix: return true;  // two labels are compared: cheaper than tracking
        case ClassKind::rules: return std::ranges::any_of(c.rows, [&](const auto& row) { return dirty(row.criteria); });
    }
    return true;
}

std::string Stepper::decide(const CompiledClass& c) const {
    if (c.kind == ClassKind::bands) {
        const Decimal value = score_value(playbook_, state_.features, c.score, now());
        for (const auto& band : c.bands)
            if (!band.at_least || value >= *band.at_least) return band.label;
        return "";
    }
    if (c.kind == ClassKind::matrix) {
        const auto row = c.cells.find(state_.lead.labels[c.row_class.value]);
        if (row == c.cells.end()) return "";
        const auto cell = row->second.find(state_.lead.labels[c.column_class.value]);
        return cell == row->second.end() ? "" : cell->second;
    }
    for (const auto& row : c.rows)
        if (row.criteria.empty() || holds(row.criteria)) return row.label;
    return "";
}

void Stepper::decide_classes() {
    state_.lead.labels.resize(playbook_.classes.size());
    for (std::uint16_t i = 0; i < playbook_.classes.size(); ++i) {
        const CompiledClass& c = playbook_.classes[i];
        if (class_dirty(c)) set_label(ClassIndex{i}, decide(c));
    }
}

void Stepper::set_label(ClassIndex index, std::string label) {
    std::string& current = state_.lead.labels[index.value];
    if (current == label) return;
    auto& r = record(HistoryKind::class_changed);
    const CompiledClass& c = playbook_.classes[index.value];
    r.what = c.id;
    r.from = current;
    r.to = label;
    for (const auto& row : c.rows) {
        if (row.label != label) continue;
        explain(row.criteria, r.explanation);
        break;
    }
    current = std::move(label);
    if (index.value >= playbook_.readers_of_class.size()) return;
    dirty_.resize(playbook_.clauses.size(), 0);
    for (const ClauseIndex clause : playbook_.readers_of_class[index.value].clauses) dirty_[clause.value] = 1;
}

Instant Stepper::classes_flip_after(Instant at) const {
    Instant next = Instant::never();
    const auto flips = [&](const std::vector<ClauseIndex>& list) {
        for (const ClauseIndex c : list) {
            const auto& when = playbook_.clauses[c.value].when;
            if (when.depends_on_time()) next = std::min(next, criteria::may_flip_after(when, view_, at));
        }
    };
    for (const CompiledClass& c : playbook_.classes) {
        for (const auto& row : c.rows) {
            flips(row.criteria.all);
            flips(row.criteria.any);
            flips(row.criteria.none);
        }
        if (c.kind != ClassKind::bands || playbook_.scores[c.score.value].kind == playbook::ScoreKind::fit) continue;
        for (const auto& band : c.bands) {
            if (!band.at_least) continue;
            next = std::min(next, comparison_changes_after(playbook_, state_.features, c.score,
                                                           criteria::Comparison::greater_equal, *band.at_least, at));
        }
    }
    return next;
}

}  // namespace baton::engine
