// The checked tree: names are indexes, constants are computed, patterns are compiled. Immutable once made.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <re2/re2.h>

#include "domain/criteria/cell.h"
#include "domain/criteria/criteria.h"
#include "domain/criteria/syntax.h"

namespace baton::criteria {

using NodeId = std::uint32_t;

enum class Op : std::uint8_t {
    constant,  // index: into cells
    local,     // slot
    // inputs
    attribute,
    account_attribute,
    answer,
    event,
    aggregate,
    count,
    count_this_cycle,
    first,
    last,
    score,
    label,
    stage,
    furthest,
    holder,
    cycle,
    open,
    owner,
    hand_off,
    on_hold,
    square_peg,
    days_in_stage,
    days_in_cycle,
    days_since,
    days_until,  // a: timestamp
    has,         // a: the input asked about
    // logic
    and_,
    or_,  // span of children
    not_,
    conditional,  // a / a ? b : c
    compare,      // a, b
    in_list,
    in_set,  // a in b / a in sets[index]
    // numbers, texts, lists
    arithmetic,
    negate,     // a, b
    index_of,   // a[b]
    make_list,  // span of children
    size,
    contains,
    starts_with,
    ends_with,
    lower_ascii,
    matches,  // a, patterns[index]
    to_int,
    to_double,
    to_string,
    exists,
    all,
    exists_one,
    filter,
    map  // a: list, b: body with `slot` bound
};

/// One node, fields by op. `timed`: its value may change by time alone.
struct Node {
    Op op = Op::constant;
    Comparison comparison = Comparison::equal;
    Arithmetic arithmetic = Arithmetic::add;
    bool timed = false;
    PropertyType expected = PropertyType::string;  ///< event and attributes: as declared
    std::uint8_t slot = 0;
    std::uint16_t index = 0;
    std::int32_t input = -1;
    NodeId a = 0;  ///< or where the span of children begins
    NodeId b = 0;  ///< or how many they are
    NodeId c = 0;
    std::int64_t window_us = 0;
    SyntaxId syntax = 0;
};

/// Sorted texts for `in` a list of constant texts.
using TextSet = std::vector<std::string_view>;

struct Program {
    std::string text;
    SyntaxTree syntax;
    ResultType type = ResultType::any;
    std::vector<Node> nodes;
    NodeId root = 0;
    std::vector<NodeId> children;
    std::deque<Value> constants;  ///< addresses stay: cells refer to them
    std::vector<Cell> cells;
    std::vector<TextSet> sets;
    std::vector<std::unique_ptr<RE2>> patterns;
    std::vector<Input> inputs;
    std::map<std::string, std::string> stage_names;  ///< for people, of the stage ids this expression names

    const Node& at(NodeId id) const { return nodes[id]; }
};

/// Calls `visit` with each child of the node, in the order they stand in the text.
template <class Visit>
void for_each_child(const Program& program, const Node& node, Visit visit) {
    switch (node.op) {
        case Op::and_:
        case Op::or_:
        case Op::make_list:
            for (NodeId i = 0; i < node.b; ++i) visit(program.children[node.a + i]);
            return;
        case Op::conditional:
            visit(node.a);
            visit(node.b);
            visit(node.c);
            return;
        case Op::compare:
        case Op::in_list:
        case Op::arithmetic:
        case Op::index_of:
        case Op::contains:
        case Op::starts_with:
        case Op::ends_with:
        case Op::exists:
        case Op::all:
        case Op::exists_one:
        case Op::filter:
        case Op::map:
            visit(node.a);
            visit(node.b);
            return;
        case Op::days_since:
        case Op::days_until:
        case Op::has:
        case Op::not_:
        case Op::in_set:
        case Op::negate:
        case Op::size:
        case Op::lower_ascii:
        case Op::matches:
        case Op::to_int:
        case Op::to_double:
        case Op::to_string: visit(node.a); return;
        default: return;
    }
}

}  // namespace baton::criteria
