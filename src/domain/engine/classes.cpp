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
        case ClassKind::bands: return dirty_score_[c.score.value] != 0;
        case ClassKind::matrix: return true;  // two labels are compared: cheaper than tracking
        case ClassKind::rules: return std::ranges::any_of(c.rows, [&](const auto& row) { return dirty(row.criteria); });
    }
    return true;
}

std::string_view Stepper::decide(const CompiledClass& c) const {
    if (c.kind == ClassKind::bands) {
        const Decimal value = view_.score(c.score, now());
        for (const auto& band : c.bands)
            if (!band.at_least || value >= *band.at_least) return band.label;
        return "";
    }
    if (c.kind == ClassKind::matrix) {
        const std::string& row = state_.lead.labels[c.row_class.value];
        const std::string& column = state_.lead.labels[c.column_class.value];
        for (const auto& cell : c.cells)
            if (cell.row == row && cell.column == column) return cell.label;
        return "";
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

void Stepper::set_label(ClassIndex index, std::string_view label) {
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
    current = label;
    if (index.value >= playbook_.readers_of_class.size()) return;
    for (const ClauseIndex clause : playbook_.readers_of_class[index.value].clauses) dirty_[clause.value] = 1;
}

}  // namespace baton::engine
