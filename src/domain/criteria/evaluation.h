// One evaluation of a program at one moment.
#pragma once

#include <array>
#include <forward_list>

#include "domain/criteria/program.h"

namespace baton::criteria {

/// Made on the stack for each judgement; allocates only where an expression makes new texts or lists.
class Evaluation {
   public:
    Evaluation(const Program& program, const Inputs& inputs, Instant at)
        : program_(program), inputs_(inputs), at_(at) {}

    Cell run(NodeId id);
    void bind(std::uint8_t slot, const Cell& element) { locals_[slot] = element; }
    /// Keeps `value` for the life of this evaluation.
    Cell keep(Value value) { return Cell::of(kept_.emplace_front(std::move(value))); }

   private:
    /// As run(), without the call for what is known at load: most right-hand sides.
    Cell operand(NodeId id) {
        const Node& node = program_.nodes[id];
        return node.op == Op::constant ? program_.cells[node.index] : run(id);
    }
    Cell input(const Node&);
    Cell attribute(const Node&, const Value*);
    Cell read_as_declared(const Node&, const Value&);
    Cell moment(const Node&, std::optional<Instant>);
    Cell days(const Node&);
    Cell presence(const Node&);
    Cell all_of(const Node&);
    Cell any_of(const Node&);
    Cell negation(const Node&);
    Cell conditional(const Node&);
    Cell comparison(const Node&);
    Cell membership(const Node&);
    Cell set_membership(const Node&);
    Cell arithmetic(const Node&);
    Cell joined_text(const Cell& a, const Cell& b);
    Cell joined_list(const Cell& a, const Cell& b);
    Cell element(const Node&);
    Cell list(const Node&);
    Cell function(const Node&);
    Cell loop(const Node&);
    Cell exists(const Node&, const ValueList&);
    Cell all(const Node&, const ValueList&);
    Cell exists_one(const Node&, const ValueList&);
    Cell filter(const Node&, const ValueList&);
    Cell map(const Node&, const ValueList&);
    /// Counts work beyond one step a node; false when it is too much.
    bool charge(std::size_t steps);
    /// The work of copying or comparing a text or list through and through.
    bool charge_whole(const Cell&);

    const Program& program_;
    const Inputs& inputs_;
    Instant at_;
    int steps_ = 0;
    std::forward_list<Value> kept_;
    std::array<Cell, depth_limit> locals_;  // set before they are read
};

}  // namespace baton::criteria
