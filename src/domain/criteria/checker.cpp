#include "domain/criteria/checker.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/result.h"
#include "domain/criteria/evaluation.h"
#include "domain/criteria/names.h"
#include "domain/criteria/no_inputs.h"

namespace baton::criteria {
namespace {

using std::string_view;

bool is_timed(const Node& node) {
    switch (node.op) {
        case Op::count: return node.window_us != 0;
        case Op::score:
        case Op::days_in_stage:
        case Op::days_in_cycle:
        case Op::days_since:
        case Op::days_until: return true;
        default: return false;
    }
}

bool is_foldable(Op op) {
    switch (op) {
        case Op::constant:
        case Op::local:
        case Op::days_since:
        case Op::days_until: return false;
        default: return true;
    }
}

}  // namespace

std::vector<Problem> Checker::run() {
    const Checked root = check(tree_.root);
    program_.root = root.node;
    program_.type = result_type(root.type.kind);
    std::ranges::sort(problems_, {}, [](const Problem& p) { return std::pair(p.offset, std::string_view(p.message)); });
    return std::move(problems_);
}

// ---- making nodes -----------------------------------------------------------------------------------------------

Checked Checker::emit(Node node, SyntaxId syntax, Type type, Children children) {
    node.syntax = syntax;
    node.timed = node.timed || is_timed(node);
    bool all_constant = children.size() != 0;
    for (const Checked& child : children) {
        if (child.wrong()) return already_wrong();
        node.timed = node.timed || program_.at(child.node).timed;
        all_constant = all_constant && child.constant;
    }
    program_.nodes.push_back(node);
    const Checked made{static_cast<NodeId>(program_.nodes.size() - 1), type, false, syntax};
    return all_constant && is_foldable(node.op) ? fold(made) : made;
}

Checked Checker::constant(Value value, SyntaxId syntax, Type type) {
    program_.constants.push_back(std::move(value));
    program_.cells.push_back(Cell::of(program_.constants.back()));
    const auto index = static_cast<std::uint16_t>(program_.cells.size() - 1);
    Checked made = emit({.op = Op::constant, .index = index}, syntax, type);
    made.constant = true;
    return made;
}

Checked Checker::fold(const Checked& checked) {
    const NoInputs nothing;  // for computing constants: nothing of it is ever asked
    Evaluation evaluation(program_, nothing, Instant{0});
    const Cell cell = evaluation.run(checked.node);
    if (!cell.is(CellKind::unknown)) return constant(to_value(cell), checked.syntax, checked.type);
    switch (cell.reason) {
        case UnknownKind::overflow:
            return wrong(checked.syntax, written(checked.syntax) + " is out of range or divides by zero");
        case UnknownKind::bad_argument:
            return wrong(checked.syntax, written(checked.syntax) + " cannot be computed",
                         "the text is no number or time, or the position lies outside the list");
        case UnknownKind::too_long: return wrong(checked.syntax, "this takes too long to compute");
        default: return wrong(checked.syntax, written(checked.syntax) + " mixes types that do not fit");
    }
}

Checked Checker::wrong(std::size_t offset, std::string message, std::string hint) {
    problems_.push_back({offset, std::move(message), std::move(hint)});
    return already_wrong();
}

Checked Checker::wrong(SyntaxId id, std::string message, std::string hint) {
    return wrong(at(id).begin, std::move(message), std::move(hint));
}

int Checker::input(InputKind kind, std::uint16_t index, Duration window, SyntaxId syntax, std::string label) {
    Input wanted{kind, index, window, written(syntax), std::move(label)};
    const auto known = std::ranges::find(program_.inputs, wanted);
    const auto position = static_cast<int>(known - program_.inputs.begin());
    if (known == program_.inputs.end()) program_.inputs.push_back(std::move(wanted));
    return position;
}

const Value* Checker::constant_value(const Checked& checked) const {
    return checked.constant ? &program_.constants[program_.at(checked.node).index] : nullptr;
}

int Checker::closed(std::string what, std::vector<std::string> values) {
    if (values.empty()) return -1;
    closed_.push_back({std::move(what), std::move(values)});
    return static_cast<int>(closed_.size() - 1);
}

// ---- structure --------------------------------------------------------------------------------------------------

Checked Checker::check(SyntaxId id) {
    switch (at(id).kind) {
        case SyntaxKind::literal: {
            const Value& value = at(id).value;
            constexpr std::array<Kind, 5> kinds{Kind::null, Kind::boolean, Kind::integer, Kind::number, Kind::string};
            return constant(value, id, {.kind = kinds.at(value.held.index())});
        }
        case SyntaxKind::name: return check_name(id);
        case SyntaxKind::select: return check_select(id);
        case SyntaxKind::call: return check_call(id);
        case SyntaxKind::method: return check_method(id);
        case SyntaxKind::index: return check_index(id);
        case SyntaxKind::list: return check_list(id);
        case SyntaxKind::not_: return check_not(id);
        case SyntaxKind::negate: return check_negate(id);
        case SyntaxKind::binary: return check_binary(id);
        case SyntaxKind::and_: return check_logic(id, Op::and_, "&&");
        case SyntaxKind::or_: return check_logic(id, Op::or_, "||");
        case SyntaxKind::conditional: return check_conditional(id);
    }
    return already_wrong();
}

Checked Checker::check_name(SyntaxId id) {
    const std::string& name = at(id).name;
    for (std::size_t slot = locals_.size(); slot-- > 0;) {
        if (locals_[slot].name != name) continue;
        return emit({.op = Op::local, .slot = static_cast<std::uint8_t>(slot)}, id, locals_[slot].type);
    }
    if (is_root(name)) return wrong(id, name + " is not a value by itself", "name what to read: " + name + ".<name>");
    if (position_of(names_.person, name)) return wrong(id, "unknown name " + name, "did you mean person." + name + '?');
    if (position_of(names_.account, name))
        return wrong(id, "unknown name " + name, "did you mean account." + name + '?');
    std::vector<std::string> known{"person", "account", "answer", "event", "score", "class", "lists", "lead"};
    return wrong(id, "unknown name " + name, suggestion(known, name, ""));
}

bool Checker::require_boolean(const Checked& operand, const std::string& place) {
    if (operand.may_be(Kind::boolean)) return !operand.wrong();
    const std::string text = written(operand.syntax);
    std::string hint = "compare it with something, for example " + text + " > 0";
    if (operand.is(Kind::string)) hint = "compare it with something, for example " + text + " == \"…\"";
    if (operand.is(Kind::list)) hint = "ask for an element: \"…\" in " + text;
    wrong(operand.syntax, place + " needs yes or no, but " + text + " is " + words(operand.type), hint);
    return false;
}

Checked Checker::check_logic(SyntaxId id, Op op, string_view symbol) {
    std::vector<Checked> sides;
    bool sound = true;
    for (const SyntaxId child : at(id).children) {
        sides.push_back(check(child));
        sound = require_boolean(sides.back(), std::string(symbol)) && sound;
    }
    if (!sound) return already_wrong();
    Node node{.op = op, .a = static_cast<NodeId>(program_.children.size()), .b = static_cast<NodeId>(sides.size())};
    for (const Checked& side : sides) {
        program_.children.push_back(side.node);
        node.timed = node.timed || program_.at(side.node).timed;
    }
    return emit(node, id, {.kind = Kind::boolean});
}

Checked Checker::check_not(SyntaxId id) {
    const Checked operand = check(at(id).children[0]);
    if (!require_boolean(operand, "!")) return already_wrong();
    return emit({.op = Op::not_, .a = operand.node}, id, {.kind = Kind::boolean}, {operand});
}

Checked Checker::check_negate(SyntaxId id) {
    const Checked operand = check(at(id).children[0]);
    if (operand.wrong()) return operand;
    if (!operand.may_be_number()) {
        return wrong(id, "- needs a number, but " + written(operand.syntax) + " is " + words(operand.type));
    }
    return emit({.op = Op::negate, .a = operand.node}, id, operand.type, {operand});
}

Type Checker::common(const Type& a, const Type& b) const {
    if (a.kind == b.kind) return {.kind = a.kind, .element = a.element == b.element ? a.element : Kind::any};
    const auto number = [](Kind k) { return k == Kind::integer || k == Kind::number; };
    return {.kind = number(a.kind) && number(b.kind) ? Kind::number : Kind::any};
}

Checked Checker::check_conditional(SyntaxId id) {
    const auto& children = at(id).children;
    const Checked condition = check(children[0]);
    const Checked then = check(children[1]);
    const Checked otherwise = check(children[2]);
    if (!require_boolean(condition, "the condition before ?")) return already_wrong();
    if (then.wrong() || otherwise.wrong()) return already_wrong();
    return emit({.op = Op::conditional, .a = condition.node, .b = then.node, .c = otherwise.node}, id,
                common(then.type, otherwise.type), {condition, then, otherwise});
}

Checked Checker::check_list(SyntaxId id) {
    std::vector<Checked> elements;
    bool sound = true;
    bool constants = true;
    for (const SyntaxId child : at(id).children) {
        elements.push_back(check(child));
        sound = sound && !elements.back().wrong();
        constants = constants && elements.back().constant;
    }
    if (!sound) return already_wrong();
    Type type{.kind = Kind::list, .element = elements.empty() ? Kind::any : elements[0].type.kind};
    Node node{.op = Op::make_list,
              .a = static_cast<NodeId>(program_.children.size()),
              .b = static_cast<NodeId>(elements.size())};
    for (const Checked& element : elements) {
        type.element = common({.kind = type.element}, element.type).kind;
        program_.children.push_back(element.node);
        node.timed = node.timed || program_.at(element.node).timed;
    }
    const Checked made = emit(node, id, type);
    return constants ? fold(made) : made;
}

Checked Checker::check_index(SyntaxId id) {
    const SyntaxId target = at(id).children[0];
    if (at(target).kind == SyntaxKind::name && is_root(at(target).name)) {
        return wrong(id, at(target).name + " is read with a point", "write " + at(target).name + ".<name>");
    }
    const Checked list = check(target);
    const Checked index = check(at(id).children[1]);
    if (list.wrong() || index.wrong()) return already_wrong();
    if (!list.may_be(Kind::list)) {
        return wrong(id, "[ ] needs a list, but " + written(target) + " is " + words(list.type));
    }
    if (!index.may_be(Kind::integer)) {
        return wrong(index.syntax, "a position is a whole number from 0, not " + words(index.type));
    }
    const Type element{.kind = list.is(Kind::list) ? list.type.element : Kind::any, .closed = list.type.closed};
    return emit({.op = Op::index_of, .a = list.node, .b = index.node}, id, element, {list, index});
}

Checked Checker::check_binary(SyntaxId id) {
    const string_view op = at(id).name;
    const Checked a = check(at(id).children[0]);
    const Checked b = check(at(id).children[1]);
    if (a.wrong() || b.wrong()) return already_wrong();
    if (op == "in") return check_in(id, a, b);
    constexpr string_view arithmetic_symbols = "+-*/%";
    if (arithmetic_symbols.find(op) != string_view::npos) return check_arithmetic(id, a, b);
    return check_comparison(id, a, b);
}

// ---- types ------------------------------------------------------------------------------------------------------

Type type_of(PropertyType type) {
    switch (type) {
        case PropertyType::string: return {.kind = Kind::string};
        case PropertyType::integer: return {.kind = Kind::integer};
        case PropertyType::number: return {.kind = Kind::number};
        case PropertyType::boolean: return {.kind = Kind::boolean};
        case PropertyType::timestamp: return {.kind = Kind::timestamp};
        case PropertyType::strings: return {.kind = Kind::list, .element = Kind::string};
    }
    return {};
}

ResultType result_type(Kind kind) {
    switch (kind) {
        case Kind::boolean: return ResultType::boolean;
        case Kind::integer: return ResultType::integer;
        case Kind::number: return ResultType::number;
        case Kind::string: return ResultType::string;
        case Kind::timestamp: return ResultType::timestamp;
        case Kind::duration: return ResultType::duration;
        case Kind::list: return ResultType::list;
        case Kind::wrong:
        case Kind::any:
        case Kind::null: return ResultType::any;
    }
    return ResultType::any;
}

std::string words(const Type& type) {
    switch (type.kind) {
        case Kind::boolean: return "yes or no";
        case Kind::integer: return "a whole number";
        case Kind::number: return "a number";
        case Kind::string: return "text";
        case Kind::timestamp: return "a moment";
        case Kind::duration: return "a length of time";
        case Kind::list: return "a list";
        case Kind::null: return "null";
        case Kind::wrong:
        case Kind::any: return "a value";
    }
    return {};
}

}  // namespace baton::criteria
