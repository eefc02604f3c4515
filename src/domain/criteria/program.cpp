#include "domain/criteria/program.h"

namespace baton::criteria {

void for_each_child(const Program& program, const Node& node, const std::function<void(NodeId)>& visit) {
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
