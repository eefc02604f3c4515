// Stages nobody reaches or leaves, transitions that never get their turn, loops that would never end.
#include <algorithm>

#include "domain/playbook/compiler.h"

namespace baton::playbook {

CompiledCriteria Compiler::guard(const CompiledArrow& arrow) const {
    CompiledCriteria both = arrow.when;
    if (!arrow.uses_enter) return both;
    const CompiledCriteria& enter = out_.stages[arrow.to.value].enter;
    both.all.insert(both.all.end(), enter.all.begin(), enter.all.end());
    both.none.insert(both.none.end(), enter.none.begin(), enter.none.end());
    // Two `any` lists would each need one; only one can be kept here, and the stage's is the one that all share.
    if (!enter.any.empty()) both.any = enter.any;
    return both;
}

/// What every lead that passes must show: `all`, the contrary of `none`, and an `any` of one.
std::vector<ClauseAtoms> Compiler::atoms_of(const CompiledCriteria& criteria) const {
    std::vector<ClauseAtoms> list;
    const auto text = [&](ClauseIndex c) -> std::string_view { return origins_[c.value].clause->when.text; };
    for (const ClauseIndex c : criteria.all) list.push_back({c.value, atoms(text(c))});
    if (criteria.any.size() == 1) list.push_back({criteria.any.front().value, atoms(text(criteria.any.front()))});
    for (const ClauseIndex c : criteria.none)
        if (auto atom = contrary(text(c))) list.push_back({c.value, {std::move(*atom)}});
    return list;
}

// ---- ways in and out ------------------------------------------------------------------------------------------------

void Compiler::warn_unreachable() {
    std::vector<bool> reached(out_.stages.size(), false);
    reached[0] = true;
    for (std::size_t i = 0; i < source_.stages.size(); ++i)
        reached[i] = reached[i] || !source_.stages[i].observed_by.empty();
    for (bool more = true; more;) {
        more = false;
        const auto reach = [&](std::size_t to) {
            more = more || !reached[to];
            reached[to] = true;
        };
        for (const CompiledArrow& a : out_.arrows) {
            if (!reached[a.from.value]) continue;
            reach(a.to.value);
            if (a.reasons < 0) continue;
            for (const Reason& r : source_.reasons[static_cast<std::size_t>(a.reasons)].reasons)
                if (const auto to = out_.stage(r.to.text)) reach(to->value);
        }
    }
    for (std::size_t i = 0; i < reached.size(); ++i)
        if (!reached[i])
            warn(source_.stages[i].place, "no way leads to the stage '" + source_.stages[i].id + "'",
                 "add a transition to it, or 'observed_by' with a fact that proves it");
}

void Compiler::warn_dead_ends() {
    for (std::size_t i = 0; i < out_.stages.size(); ++i) {
        if (out_.stages[i].kind == StageKind::closed || !out_.stages[i].leaving.empty()) continue;
        bool observed_out = false;
        for (std::size_t j = 0; j < source_.stages.size(); ++j)
            observed_out = observed_out || (j != i && !source_.stages[j].observed_by.empty() &&
                                            (j > i || source_.stages[j].kind == StageKind::closed));
        if (!observed_out)
            warn(source_.stages[i].place,
                 "no way leads out of the stage '" + out_.stages[i].id + "': leads stay there for ever",
                 "add a transition that leaves it, or write 'kind: closed' with an outcome");
    }
}

// ---- order of preference ----------------------------------------------------------------------------------------------

bool Compiler::contains(const std::vector<ClauseIndex>& list, ClauseIndex clause) const {
    const std::string& text = origins_[clause.value].clause->when.text;
    return std::any_of(list.begin(), list.end(),
                       [&](ClauseIndex c) { return origins_[c.value].clause->when.text == text; });
}

/// Whether everyone who passes `strong` passes `weak`, seen from the words alone.
bool Compiler::implies(const CompiledCriteria& strong, const CompiledCriteria& weak) const {
    const auto in_all = [&](ClauseIndex c) {
        return contains(strong.all, c) || (strong.any.size() == 1 && contains(strong.any, c));
    };
    const auto in_none = [&](ClauseIndex c) { return contains(strong.none, c); };
    if (!std::all_of(weak.all.begin(), weak.all.end(), in_all) ||
        !std::all_of(weak.none.begin(), weak.none.end(), in_none))
        return false;
    if (weak.any.empty() || std::any_of(weak.any.begin(), weak.any.end(), in_all)) return true;
    return !strong.any.empty() &&
           std::all_of(strong.any.begin(), strong.any.end(), [&](ClauseIndex c) { return contains(weak.any, c); });
}

bool Compiler::shadows(const CompiledArrow& earlier, const CompiledArrow& later) const {
    if (earlier.trigger != later.trigger || earlier.on != later.on) return false;
    if (earlier.after && (!later.after || *later.after < *earlier.after)) return false;
    const bool two_any_lists =
        earlier.uses_enter && !earlier.when.any.empty() && !out_.stages[earlier.to.value].enter.any.empty();
    return !two_any_lists && implies(guard(later), guard(earlier));
}

void Compiler::warn_shadowed() {
    for (const CompiledStage& stage : out_.stages) {
        for (std::size_t i = 0; i < stage.leaving.size(); ++i) {
            const CompiledArrow& later = out_.arrows[stage.leaving[i].value];
            const auto wins = [&](ArrowIndex a) { return shadows(out_.arrows[a.value], later); };
            const auto end = stage.leaving.begin() + static_cast<std::ptrdiff_t>(i);
            const auto winner = std::find_if(stage.leaving.begin(), end, wins);
            if (winner == end) continue;
            const Arrow& first = source_.arrows[static_cast<std::size_t>(out_.arrows[winner->value].source)];
            warn(source_.arrows[static_cast<std::size_t>(later.source)].place,
                 "the transition from '" + stage.id + "' to '" + out_.stages[later.to.value].id +
                     "' is never taken: the one to '" + out_.stages[out_.arrows[winner->value].to.value].id +
                     "' on line " + std::to_string(first.place.line) + " always comes first",
                 "move it up, or give the other one a condition that tells them apart");
        }
    }
    for (const CompiledStage& stage : out_.stages) {
        warn_constant(stage.enter);
        warn_contradiction(stage.enter, "nobody can enter '" + stage.id + "' by it");
    }
    for (std::size_t i = 0; i < out_.arrows.size(); ++i) {
        const CompiledArrow& a = out_.arrows[i];
        if (i > 0 && out_.arrows[i - 1].source == a.source) continue;
        warn_constant(a.when);
        if (!a.when.empty()) warn_contradiction(guard(a), "this transition is never taken");
    }
}

// ---- loops ------------------------------------------------------------------------------------------------------------

bool Compiler::any_is_barred(const CompiledCriteria& a, const CompiledCriteria& b) const {
    return !a.any.empty() &&
           std::all_of(a.any.begin(), a.any.end(), [&](ClauseIndex c) { return contains(b.none, c); });
}

/// Whether all guards of the way could hold at the same moment, so that nothing would stop the lead.
bool Compiler::can_go_round(const std::vector<ArrowIndex>& path) const {
    std::vector<Atom> needed;
    for (const ArrowIndex index : path) {
        const CompiledArrow& arrow = out_.arrows[index.value];
        const CompiledCriteria criteria = guard(arrow);
        if (arrow.new_cycle) return false;
        for (const auto* list : {&criteria.all, &criteria.any, &criteria.none})
            for (const ClauseIndex c : *list)
                if (std::find(out_.readers_of_lead.begin(), out_.readers_of_lead.end(), c) !=
                    out_.readers_of_lead.end())
                    return false;
        for (const ArrowIndex other : path) {
            const CompiledCriteria theirs = guard(out_.arrows[other.value]);
            if (any_is_barred(criteria, theirs)) return false;
            if (std::any_of(criteria.all.begin(), criteria.all.end(),
                            [&](ClauseIndex c) { return contains(theirs.none, c); }))
                return false;
        }
        for (ClauseAtoms& clause : atoms_of(criteria))
            needed.insert(needed.end(), clause.atoms.begin(), clause.atoms.end());
    }
    for (const Atom& a : needed)
        if (std::any_of(needed.begin(), needed.end(), [&](const Atom& b) { return exclude(a, b); })) return false;
    return true;
}

/// Extends the way by automatic arrows; every loop is found once, from its lowest stage.
void Compiler::follow_loop(std::vector<ArrowIndex>& path) {
    constexpr std::size_t longest = 4;
    const StageIndex start = out_.arrows[path.front().value].from;
    for (const ArrowIndex next : out_.stages[out_.arrows[path.back().value].to.value].leaving) {
        const CompiledArrow& arrow = out_.arrows[next.value];
        if (arrow.trigger != Trigger::automatic || arrow.after || arrow.to < start) continue;
        const auto leaves = [&](ArrowIndex a) { return out_.arrows[a.value].from == arrow.to; };
        if (arrow.to != start && std::any_of(path.begin(), path.end(), leaves)) continue;
        if (++loop_steps_ > most_loop_steps) return;
        path.push_back(next);
        if (arrow.to == start) {
            if (can_go_round(path)) {
                std::string way = "'" + out_.stages[start.value].id + "'";
                for (const ArrowIndex a : path) way += " → '" + out_.stages[out_.arrows[a.value].to.value].id + "'";
                warn(source_.arrows[static_cast<std::size_t>(arrow.source)].place,
                     "a lead can go round for ever: " + way + " can all hold at once",
                     "make the conditions exclude each other, or let one of them wait for a fact or a decision with "
                     "'on'");
            }
        } else if (path.size() < longest) {
            follow_loop(path);
        }
        path.pop_back();
    }
}

void Compiler::warn_loops() {
    for (std::size_t i = 0; i < out_.arrows.size(); ++i) {
        if (out_.arrows[i].trigger != Trigger::automatic || out_.arrows[i].after ||
            out_.arrows[i].to < out_.arrows[i].from)
            continue;
        std::vector<ArrowIndex> path = {{static_cast<std::uint16_t>(i)}};
        follow_loop(path);
    }
}

}  // namespace baton::playbook
