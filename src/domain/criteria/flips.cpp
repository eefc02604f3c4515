// When may the truth of an expression change by time alone? Candidates are the moments at which a time-dependent value
// inside changes; walking them forward finds the first at which the whole really differs.
#include <algorithm>
#include <array>
#include <limits>

#include "domain/criteria/evaluation.h"
#include "domain/criteria/words.h"

namespace baton::criteria {
namespace {

using Wide = __int128;

constexpr int candidate_limit = 4'000;

bool is_days(Op op) {
    return op == Op::days_since || op == Op::days_until || op == Op::days_in_stage || op == Op::days_in_cycle;
}

/// `moment` if it lies after `t` and is one, else never.
Instant later(Wide moment, Instant t) {
    if (moment <= t.us || moment >= std::numeric_limits<std::int64_t>::max()) return Instant::never();
    return Instant{static_cast<std::int64_t>(moment)};
}

/// Whole values c at which `v <op> bound` changes its truth as v passes from below c to c; at most two.
struct Crossings {
    std::array<Wide, 2> at{};
    std::size_t count = 0;
    void add(Wide c) { at[count++] = c; }
};

Crossings crossings(Comparison comparison, const Cell& bound) {
    const bool integer = bound.is(CellKind::integer);
    const Wide micros = integer ? static_cast<Wide>(bound.number) * Decimal::scale : bound.number;
    const Wide rest = (micros % Decimal::scale + Decimal::scale) % Decimal::scale;
    const Wide floor = (micros - rest) / Decimal::scale;
    const bool equality = comparison == Comparison::equal || comparison == Comparison::not_equal;
    Crossings found;
    if (rest != 0) {
        if (!equality) found.add(floor + 1);
        return found;
    }
    if (equality || comparison == Comparison::less || comparison == Comparison::greater_equal) found.add(floor);
    if (equality || comparison == Comparison::less_equal || comparison == Comparison::greater) found.add(floor + 1);
    return found;
}

class Flips {
   public:
    Flips(const Program& program, const Inputs& inputs, Instant t)
        : program_(program), inputs_(inputs), t_(t), evaluation_(program, inputs, t) {}

    /// The earliest moment after t at which the node's value may change.
    Instant next(NodeId id) {
        const Node& node = program_.at(id);
        if (!node.timed) return Instant::never();
        switch (node.op) {
            case Op::count: return inputs_.count_changes_after(TypeIndex{node.index}, Duration{node.window_us}, t_);
            case Op::score: return inputs_.score_changes_after(ScoreIndex{node.index}, t_);
            case Op::days_since:
            case Op::days_until:
            case Op::days_in_stage:
            case Op::days_in_cycle: return std::min(next_day(id), next_of_children(node));
            case Op::compare: return next_comparison(node);
            case Op::and_: return decided(node, false) ? Instant::never() : next_of_children(node);
            case Op::or_: return decided(node, true) ? Instant::never() : next_of_children(node);
            case Op::conditional: return next_conditional(node);
            case Op::exists:
            case Op::all:
            case Op::exists_one:
            case Op::filter:
            case Op::map: return next_loop(node);
            default: return next_of_children(node);
        }
    }

   private:
    Instant next_of_children(const Node& node) {
        Instant earliest = Instant::never();
        for_each_child(program_, node, [&](NodeId child) { earliest = std::min(earliest, next(child)); });
        return earliest;
    }

    /// A side that time cannot change settles && or || for ever.
    bool decided(const Node& node, bool settling) {
        for (NodeId i = 0; i < node.b; ++i) {
            const NodeId side = program_.children[node.a + i];
            if (program_.at(side).timed) continue;
            const Cell cell = evaluation_.run(side);
            if (settling ? cell.is_true() : cell.is_false()) return true;
        }
        return false;
    }

    Instant next_conditional(const Node& node) {
        if (program_.at(node.a).timed) return next_of_children(node);
        const Cell condition = evaluation_.run(node.a);
        if (!condition.is(CellKind::boolean)) return Instant::never();
        return next(condition.number == 1 ? node.b : node.c);
    }

    Instant next_loop(const Node& node) {
        Instant earliest = next(node.a);
        const Cell range = evaluation_.run(node.a);
        if (!range.is(CellKind::list)) return earliest;
        for (const Value& element : range.list()) {
            evaluation_.bind(node.slot, Cell::of(element));
            earliest = std::min(earliest, next(node.b));
        }
        return earliest;
    }

    // ---- whole days

    /// The moment that days are counted from or to.
    std::optional<Instant> base(const Node& node) {
        if (node.op == Op::days_in_stage) return inputs_.stage_entered_at();
        if (node.op == Op::days_in_cycle) return inputs_.cycle_started_at();
        const Cell moment = evaluation_.run(node.a);
        if (!moment.is(CellKind::instant)) return std::nullopt;
        return Instant{moment.number};
    }

    /// When the count of days passes `c`: it is at least c from this moment on, or (days_until) no longer so.
    static Wide crossing(Op op, Instant base, Wide c) {
        const Wide day = one_day.us;
        return op == Op::days_until ? base.us - c * day + 1 : base.us + c * day;
    }

    Instant next_day(NodeId id) {
        const Node& node = program_.at(id);
        const auto from = base(node);
        const Cell now = evaluation_.run(id);
        if (!from || !now.is(CellKind::integer)) return Instant::never();
        const Wide c = static_cast<Wide>(now.number) + (node.op == Op::days_until ? 0 : 1);
        return later(crossing(node.op, *from, c), t_);
    }

    // ---- comparisons with what time does not change

    Instant next_comparison(const Node& node) {
        const bool left = program_.at(node.a).timed;
        if (left && program_.at(node.b).timed) return next_of_children(node);
        const Node& timed = program_.at(left ? node.a : node.b);
        if (timed.op != Op::score && !is_days(timed.op)) return next_of_children(node);
        const Cell bound = evaluation_.run(left ? node.b : node.a);
        if (!bound.is_number()) return Instant::never();
        const Comparison comparison = left ? node.comparison : mirrored(node.comparison);
        return timed.op == Op::score ? next_score(timed, comparison, bound) : next_days(timed, comparison, bound);
    }

    Instant next_score(const Node& score, Comparison comparison, const Cell& bound) {
        const auto decimal = bound.is(CellKind::integer) ? Decimal::of(bound.number) : Decimal{bound.number};
        if (!decimal) return Instant::never();  // beyond what a score can be
        return inputs_.score_comparison_changes_after(ScoreIndex{score.index}, comparison, *decimal, t_);
    }

    Instant next_days(const Node& days, Comparison comparison, const Cell& bound) {
        Instant earliest = next_of_children(days);
        const auto from = base(days);
        if (!from) return earliest;
        const Crossings found = crossings(comparison, bound);
        for (std::size_t i = 0; i < found.count; ++i) {
            earliest = std::min(earliest, later(crossing(days.op, *from, found.at[i]), t_));
        }
        return earliest;
    }

    const Program& program_;
    const Inputs& inputs_;
    Instant t_;
    Evaluation evaluation_;
};

}  // namespace

std::optional<ScoreThreshold> score_threshold(const Expression& expression) {
    const Program& program = expression.program();
    const Node& root = program.at(program.root);
    if (root.op != Op::compare) return std::nullopt;
    const bool left = program.at(root.a).op == Op::score;
    const Node& score = program.at(left ? root.a : root.b);
    const Node& other = program.at(left ? root.b : root.a);
    if (score.op != Op::score || other.op != Op::constant) return std::nullopt;
    const Cell& cell = program.cells[other.index];
    if (!cell.is_number()) return std::nullopt;
    const auto bound = cell.is(CellKind::integer) ? Decimal::of(cell.number) : Decimal{cell.number};
    if (!bound) return std::nullopt;
    return ScoreThreshold{ScoreIndex{score.index}, left ? root.comparison : mirrored(root.comparison), *bound};
}

namespace {

void need(const Program& program, const Node& node, Needed& into) {
    if (node.op == Op::open) into.open = true;
    if (node.op == Op::not_ && program.at(node.a).op == Op::open) into.open = false;
    if (node.op == Op::and_)
        for_each_child(program, node, [&](NodeId child) { need(program, program.at(child), into); });
    if (node.op != Op::compare || node.comparison != Comparison::equal) return;
    for (const auto& [stage, other] : {std::pair(node.a, node.b), std::pair(node.b, node.a)}) {
        if (program.at(stage).op != Op::stage || program.at(other).op != Op::constant) continue;
        const Cell& cell = program.cells[program.at(other).index];
        if (cell.is(CellKind::string)) into.stage = std::string(cell.text());
    }
}

}  // namespace

Needed needed(const Expression& expression) {
    Needed all;
    need(expression.program(), expression.program().at(expression.program().root), all);
    return all;
}

Instant may_flip_after(const Expression& expression, const Inputs& inputs, Instant at) {
    const Program& program = expression.program();
    if (!expression.depends_on_time()) return Instant::never();
    const Truth now = judge(expression, inputs, at).truth;
    Instant t = at;
    for (int i = 0; i < candidate_limit; ++i) {
        const Instant candidate = Flips(program, inputs, t).next(program.root);
        if (candidate == Instant::never()) return candidate;
        t = candidate;
        if (judge(expression, inputs, t).truth != now) return t;
    }
    return t;  // early: the next question goes on from here
}

}  // namespace baton::criteria
