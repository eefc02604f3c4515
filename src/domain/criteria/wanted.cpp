// Why not yet: the smallest changes that would turn a condition round, and the words for it.
#include <optional>

#include "domain/criteria/evaluation.h"
#include "domain/criteria/words.h"

namespace baton::criteria {
namespace {

using Wants = std::optional<std::vector<Wanted>>;  // nothing: no change of inputs can do it

class Wanting {
   public:
    Wanting(const Program& program, const Inputs& inputs, Instant at)
        : program_(program), words_(program), evaluation_(program, inputs, at) {}

    Wants smallest(NodeId id, bool goal) {
        const Cell now = evaluation_.run(id);
        if (goal ? now.is_true() : now.is_false()) return std::vector<Wanted>{};
        const Node& node = program_.at(id);
        switch (node.op) {
            case Op::constant: return std::nullopt;
            case Op::not_: return smallest(node.a, !goal);
            case Op::and_: return goal ? every(node, goal) : cheapest(node, goal);
            case Op::or_: return goal ? cheapest(node, goal) : every(node, goal);
            case Op::conditional: {
                const Cell condition = evaluation_.run(node.a);
                if (condition.is(CellKind::boolean)) return smallest(condition.number == 1 ? node.b : node.c, goal);
                break;
            }
            default: break;
        }
        return std::vector<Wanted>{leaf(id, goal)};
    }

   private:
    Wants every(const Node& node, bool goal) {
        std::vector<Wanted> all;
        for (NodeId i = 0; i < node.b; ++i) {
            auto side = smallest(program_.children[node.a + i], goal);
            if (!side) return std::nullopt;
            all.insert(all.end(), side->begin(), side->end());
        }
        return all;
    }

    /// The side with the fewest changes; the first of equals.
    Wants cheapest(const Node& node, bool goal) {
        Wants best;
        for (NodeId i = 0; i < node.b; ++i) {
            auto side = smallest(program_.children[node.a + i], goal);
            if (side && (!best || side->size() < best->size())) best = std::move(side);
        }
        return best;
    }

    Wanted leaf(NodeId id, bool goal) {
        const Node& node = program_.at(id);
        Wanted wanted;
        wanted.input = first_input(id);
        wanted.text = words_.sentence(id, goal);
        switch (node.op) {
            case Op::compare: compare(wanted, node, goal); break;
            case Op::in_list:
            case Op::in_set: {
                wanted.comparison = goal ? Comparison::equal : Comparison::not_equal;
                const NodeId list = program_.at(node.b).op == Op::constant ? node.b : node.a;
                wanted.bound = value_of(list);
                wanted.now = standing(list == node.b ? node.a : node.b);
                break;
            }
            case Op::has: break;  // "phone known" says it all
            case Op::contains:
            case Op::starts_with:
            case Op::ends_with:
            case Op::matches:
            case Op::exists:
            case Op::all:
            case Op::exists_one: wanted.now = standing(node.a); break;
            default: wanted.bound = Value(goal); wanted.now = standing(id);
        }
        return wanted;
    }

    void compare(Wanted& wanted, const Node& node, bool goal) {
        const Sides sides = words_.sides(node, goal);
        wanted.comparison = sides.comparison;
        wanted.bound = value_of(sides.bound);
        if (const int input = first_input(sides.value); input >= 0) wanted.input = input;
        wanted.now = standing(sides.value);
        if (!wanted.bound) wanted.now = named_missing(sides.bound);
    }

    std::optional<Value> value_of(NodeId id) {
        const Cell cell = evaluation_.run(id);
        if (cell.is(CellKind::unknown)) return std::nullopt;
        return to_value(cell);
    }

    /// "is 150", "is missing", "2 so far".
    std::string standing(NodeId id) {
        const Op op = program_.at(id).op;
        const auto value = value_of(id);
        if (!value) return missing(id);
        switch (op) {
            case Op::count:
            case Op::count_this_cycle: return *value == Value(0) ? "none so far" : to_text(*value) + " so far";
            case Op::days_in_stage:
            case Op::days_in_cycle:
            case Op::days_since: return to_text(*value) + " so far";
            default: break;
        }
        if (const auto* number = value->as<Decimal>(); number != nullptr && op == Op::score)
            return "is " + to_short_string(*number);
        if (const auto* truth = value->as<bool>()) return *truth ? "is yes" : "is no";
        if (const auto* list = value->as<ValueList>()) return list->empty() ? "is empty" : "is " + to_text(*value);
        return to_text(*value).empty() ? "is empty" : "is " + to_text(*value);
    }

    std::string missing(NodeId id) {
        const Cell cell = evaluation_.run(id);
        const bool itself = cell.reason == UnknownKind::missing && program_.at(id).input == cell.input;
        return itself && cell.input >= 0 ? "is missing" : named_missing(id);
    }

    std::string named_missing(NodeId id) {
        const Cell cell = evaluation_.run(id);
        if (cell.reason != UnknownKind::missing || cell.input < 0) return "cannot be computed";
        return uncapitalised(program_.inputs[static_cast<std::size_t>(cell.input)].label) + " is missing";
    }

    int first_input(NodeId id) const {
        const Node& node = program_.at(id);
        if (node.input >= 0) return node.input;
        int found = -1;
        for_each_child(program_, node, [&](NodeId child) {
            if (found < 0) found = first_input(child);
        });
        return found;
    }

    const Program& program_;
    Words words_;
    Evaluation evaluation_;
};

}  // namespace

std::vector<Wanted> wanted(const Expression& expression, const Inputs& inputs, Instant at, Truth goal) {
    const Program& program = expression.program();
    auto wants = Wanting(program, inputs, at).smallest(program.root, goal == Truth::yes);
    if (wants) return std::move(*wants);
    Wanted impossible;
    impossible.text = "a change of the playbook: this never " + std::string(goal == Truth::yes ? "holds" : "fails");
    return {impossible};
}

std::string describe(const Expression& expression, Truth goal) {
    const Program& program = expression.program();
    return Words(program).sentence(program.root, goal != Truth::no);
}

}  // namespace baton::criteria
