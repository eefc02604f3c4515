// The evaluator. CEL's rules (cel-spec doc/langdef.md, "Evaluation"), errors as unknown cells with their reason.
#include "domain/criteria/evaluation.h"

#include <algorithm>

#include "domain/criteria/functions.h"

namespace baton::criteria {
namespace {

Cell too_long() { return Cell::unknown(UnknownKind::too_long); }
Cell wrong_type() { return Cell::unknown(UnknownKind::wrong_type); }

/// Position in Value::held of what a property of this type holds.
constexpr std::size_t held_index(PropertyType type) {
    switch (type) {
        case PropertyType::string: return 4;
        case PropertyType::integer: return 2;
        case PropertyType::number: return 3;
        case PropertyType::boolean: return 1;
        case PropertyType::timestamp: return 5;
        case PropertyType::strings: return 7;
    }
    return 0;
}

constexpr std::size_t bytes_a_step = 64;

std::size_t weight(const Value& value) {
    if (const auto* text = value.as<std::string>()) return 1 + text->size() / bytes_a_step;
    const auto* list = value.as<ValueList>();
    if (!list) return 1;
    std::size_t sum = 1;
    for (const Value& element : *list) sum += weight(element);
    return sum;
}

}  // namespace

bool Evaluation::charge(std::size_t steps) {
    const auto left = static_cast<std::size_t>(std::max(step_limit - steps_, 0));
    steps_ = steps > left ? step_limit + 1 : steps_ + static_cast<int>(steps);
    return steps_ <= step_limit;
}

bool Evaluation::charge_whole(const Cell& cell) {
    if (cell.is(CellKind::string)) return charge(cell.text().size() / bytes_a_step);
    if (!cell.is(CellKind::list)) return true;
    std::size_t sum = 0;
    for (const Value& element : cell.list()) sum += weight(element);
    return charge(sum);
}

Cell Evaluation::run(NodeId id) {
    if (++steps_ > step_limit) {
        steps_ = step_limit + 1;
        return Cell::unknown(UnknownKind::too_long);
    }
    const Node& node = program_.nodes[id];
    switch (node.op) {
        case Op::constant: return program_.cells[node.index];
        case Op::local: return locals_[node.slot];
        case Op::and_: return all_of(node);
        case Op::or_: return any_of(node);
        case Op::not_: return negation(node);
        case Op::conditional: return conditional(node);
        case Op::compare: return comparison(node);
        case Op::in_list: return membership(node);
        case Op::in_set: return set_membership(node);
        case Op::has: return presence(node);
        case Op::arithmetic: return arithmetic(node);
        case Op::index_of: return element(node);
        case Op::make_list: return list(node);
        case Op::exists:
        case Op::all:
        case Op::exists_one:
        case Op::filter:
        case Op::map: return loop(node);
        case Op::negate:
        case Op::size:
        case Op::contains:
        case Op::starts_with:
        case Op::ends_with:
        case Op::lower_ascii:
        case Op::matches:
        case Op::to_int:
        case Op::to_double:
        case Op::to_string: return function(node);
        default: return input(node);
    }
}

// ---- inputs -----------------------------------------------------------------------------------------------------

Cell Evaluation::input(const Node& node) {
    const TypeIndex type{node.index};
    switch (node.op) {
        case Op::attribute: return attribute(node, inputs_.attribute(PropertyIndex{node.index}));
        case Op::account_attribute: return attribute(node, inputs_.account_attribute(PropertyIndex{node.index}));
        case Op::answer: return attribute(node, inputs_.answer(PropertyIndex{node.index}));
        case Op::event: return attribute(node, inputs_.event(program_.cells[node.index].text()));
        case Op::aggregate: return Cell::of(inputs_.aggregate(AggregateIndex{node.index}));
        case Op::count: return Cell::of(inputs_.count(type, Duration{node.window_us}, at_));
        case Op::count_this_cycle: return Cell::of(inputs_.count_this_cycle(type));
        case Op::first: return moment(node, inputs_.first(type));
        case Op::last: return moment(node, inputs_.last(type));
        case Op::score: return Cell::of(inputs_.score(ScoreIndex{node.index}, at_));
        case Op::label: return Cell::of(inputs_.label(ClassIndex{node.index}));
        case Op::stage: return Cell::of(inputs_.stage());
        case Op::furthest: return Cell::of(inputs_.furthest());
        case Op::holder: return Cell::of(inputs_.holder());
        case Op::cycle: return Cell::of(inputs_.cycle());
        case Op::open: return Cell::of(inputs_.open());
        case Op::owner: return Cell::of(inputs_.owner());
        case Op::hand_off: return Cell::of(inputs_.hand_off());
        case Op::on_hold: return Cell::of(inputs_.on_hold());
        case Op::square_peg: return Cell::of(inputs_.square_peg());
        case Op::days_in_stage: return Cell::of(whole_days(inputs_.stage_entered_at(), at_));
        case Op::days_in_cycle: return Cell::of(whole_days(inputs_.cycle_started_at(), at_));
        case Op::days_since:
        case Op::days_until: return days(node);
        default: return wrong_type();
    }
}

Cell Evaluation::attribute(const Node& node, const Value* value) {
    if (!value || value->is_null()) return Cell::unknown(UnknownKind::missing, node.input);
    if (value->held.index() == held_index(node.expected)) return Cell::of(*value);
    return read_as_declared(node, *value);
}

/// A value that the fact carries in another form than declared: read as declared, else missing (PLAYBOOK §1).
Cell Evaluation::read_as_declared(const Node& node, const Value& value) {
    auto converted = convert(value, node.expected);
    if (!converted || converted->is_null()) return Cell::unknown(UnknownKind::missing, node.input);
    return keep(std::move(*converted));
}

Cell Evaluation::moment(const Node& node, std::optional<Instant> t) {
    return t ? Cell::of(*t) : Cell::unknown(UnknownKind::missing, node.input);
}

Cell Evaluation::days(const Node& node) {
    const Cell t = run(node.a);
    if (t.is(CellKind::unknown)) return t;
    if (!t.is(CellKind::instant)) return wrong_type();
    const bool since = node.op == Op::days_since;
    std::int64_t us = 0;
    if (__builtin_sub_overflow(since ? at_.us : t.number, since ? t.number : at_.us, &us)) {
        return Cell::unknown(UnknownKind::overflow);
    }
    return Cell::of(whole_days(Instant{0}, Instant{us}));
}

Cell Evaluation::presence(const Node& node) {
    const Cell value = run(node.a);
    if (!value.is(CellKind::unknown)) return Cell::of(true);
    return value.reason == UnknownKind::missing ? Cell::of(false) : value;
}

// ---- logic ------------------------------------------------------------------------------------------------------

Cell Evaluation::all_of(const Node& node) {
    Cell result = Cell::of(true);
    for (NodeId i = 0; i < node.b; ++i) {
        const Cell side = run(program_.children[node.a + i]);
        if (side.is_false()) return side;
        if (side.is_true() || result.is(CellKind::unknown)) continue;
        result = side.is(CellKind::unknown) ? side : wrong_type();
    }
    return result;
}

Cell Evaluation::any_of(const Node& node) {
    Cell result = Cell::of(false);
    for (NodeId i = 0; i < node.b; ++i) {
        const Cell side = run(program_.children[node.a + i]);
        if (side.is_true()) return side;
        if (side.is_false() || result.is(CellKind::unknown)) continue;
        result = side.is(CellKind::unknown) ? side : wrong_type();
    }
    return result;
}

Cell Evaluation::negation(const Node& node) {
    const Cell operand = run(node.a);
    if (operand.is(CellKind::boolean)) return Cell::of(operand.number == 0);
    return operand.is(CellKind::unknown) ? operand : wrong_type();
}

Cell Evaluation::conditional(const Node& node) {
    const Cell condition = run(node.a);
    if (condition.is(CellKind::boolean)) return run(condition.number == 1 ? node.b : node.c);
    return condition.is(CellKind::unknown) ? condition : wrong_type();
}

Cell Evaluation::comparison(const Node& node) {
    const Cell a = run(node.a);
    if (a.is(CellKind::unknown)) return a;
    const Cell b = operand(node.b);
    if (b.is(CellKind::unknown)) return b;
    if (a.is(CellKind::list) && !charge_whole(a)) return too_long();
    if (node.comparison == Comparison::equal) return Cell::of(equal(a, b));
    if (node.comparison == Comparison::not_equal) return Cell::of(!equal(a, b));
    return ordered(node.comparison, a, b);
}

Cell Evaluation::membership(const Node& node) {
    const Cell element = run(node.a);
    if (element.is(CellKind::unknown)) return element;
    const Cell list = operand(node.b);
    if (list.is(CellKind::unknown)) return list;
    if (!list.is(CellKind::list)) return wrong_type();
    if (!charge_whole(list)) return too_long();
    return Cell::of(std::ranges::any_of(list.list(), [&](const Value& v) { return equal(element, Cell::of(v)); }));
}

Cell Evaluation::set_membership(const Node& node) {
    const Cell element = run(node.a);
    if (element.is(CellKind::unknown)) return element;
    return Cell::of(element.is(CellKind::string) &&
                    std::ranges::binary_search(program_.sets[node.index], element.text()));
}

// ---- numbers, texts, lists --------------------------------------------------------------------------------------

Cell Evaluation::arithmetic(const Node& node) {
    const Cell a = run(node.a);
    if (a.is(CellKind::unknown)) return a;
    const Cell b = run(node.b);
    if (b.is(CellKind::unknown)) return b;
    if (node.arithmetic == Arithmetic::add && a.kind == b.kind) {
        if (a.is(CellKind::string)) return joined_text(a, b);
        if (a.is(CellKind::list)) return joined_list(a, b);
    }
    return calculate(node.arithmetic, a, b);
}

Cell Evaluation::joined_text(const Cell& a, const Cell& b) {
    if (!charge_whole(a) || !charge_whole(b)) return too_long();
    std::string text(a.text());
    return keep(Value(text += b.text()));
}

Cell Evaluation::joined_list(const Cell& a, const Cell& b) {
    if (!charge_whole(a) || !charge_whole(b)) return too_long();
    ValueList list = a.list();
    list.insert(list.end(), b.list().begin(), b.list().end());
    return keep(Value(std::move(list)));
}

Cell Evaluation::element(const Node& node) {
    const Cell list = run(node.a);
    if (list.is(CellKind::unknown)) return list;
    const Cell index = run(node.b);
    if (index.is(CellKind::unknown)) return index;
    if (!list.is(CellKind::list) || !index.is(CellKind::integer)) return wrong_type();
    const auto size = static_cast<std::int64_t>(list.list().size());
    if (index.number < 0 || index.number >= size) return Cell::unknown(UnknownKind::bad_argument);
    return Cell::of(list.list()[static_cast<std::size_t>(index.number)]);
}

Cell Evaluation::list(const Node& node) {
    ValueList list;
    list.reserve(node.b);
    for (NodeId i = 0; i < node.b; ++i) {
        const Cell element = run(program_.children[node.a + i]);
        if (element.is(CellKind::unknown)) return element;
        if (!charge_whole(element)) return too_long();
        list.push_back(to_value(element));
    }
    return keep(Value(std::move(list)));
}

Cell Evaluation::function(const Node& node) {
    const Cell operand = run(node.a);
    if (operand.is(CellKind::unknown)) return operand;
    switch (node.op) {
        case Op::negate: return negated(operand);
        case Op::to_int: return to_int(operand);
        case Op::to_double: return to_double(operand);
        case Op::to_string: {
            auto text = to_string_cel(operand);
            return text ? keep(Value(std::move(*text))) : wrong_type();
        }
        case Op::size:
            if (operand.is(CellKind::list)) return Cell::of(static_cast<std::int64_t>(operand.list().size()));
            return operand.is(CellKind::string) ? Cell::of(code_points(operand.text())) : wrong_type();
        default: break;
    }
    if (!operand.is(CellKind::string)) return wrong_type();
    if (!charge_whole(operand)) return too_long();
    if (node.op == Op::lower_ascii) return keep(Value(lower_ascii(operand.text())));
    if (node.op != Op::matches) {
        const Cell part = run(node.b);
        if (!part.is(CellKind::string)) return part.is(CellKind::unknown) ? part : wrong_type();
        const std::string_view text = operand.text();
        if (node.op == Op::starts_with) return Cell::of(text.starts_with(part.text()));
        if (node.op == Op::ends_with) return Cell::of(text.ends_with(part.text()));
        return Cell::of(text.find(part.text()) != std::string_view::npos);
    }
    const re2::StringPiece text(operand.text().data(), operand.text().size());
    return Cell::of(RE2::PartialMatch(text, *program_.patterns[node.index]));
}

// ---- macros -----------------------------------------------------------------------------------------------------

Cell Evaluation::loop(const Node& node) {
    const Cell range = run(node.a);
    if (range.is(CellKind::unknown)) return range;
    if (!range.is(CellKind::list)) return wrong_type();
    switch (node.op) {
        case Op::exists: return exists(node, range.list());
        case Op::all: return all(node, range.list());
        case Op::exists_one: return exists_one(node, range.list());
        case Op::filter: return filter(node, range.list());
        default: return map(node, range.list());
    }
}

/// Like || over the elements: one that holds decides, whatever is unknown about the others.
Cell Evaluation::exists(const Node& node, const ValueList& range) {
    Cell result = Cell::of(false);
    for (const Value& value : range) {
        locals_[node.slot] = Cell::of(value);
        const Cell holds = run(node.b);
        if (holds.is_true()) return holds;
        if (holds.is_false() || result.is(CellKind::unknown)) continue;
        result = holds.is(CellKind::unknown) ? holds : wrong_type();
    }
    return result;
}

Cell Evaluation::all(const Node& node, const ValueList& range) {
    Cell result = Cell::of(true);
    for (const Value& value : range) {
        locals_[node.slot] = Cell::of(value);
        const Cell holds = run(node.b);
        if (holds.is_false()) return holds;
        if (holds.is_true() || result.is(CellKind::unknown)) continue;
        result = holds.is(CellKind::unknown) ? holds : wrong_type();
    }
    return result;
}

/// Every element must be decided: there is nothing to absorb an unknown one.
Cell Evaluation::exists_one(const Node& node, const ValueList& range) {
    int found = 0;
    for (const Value& value : range) {
        locals_[node.slot] = Cell::of(value);
        const Cell holds = run(node.b);
        if (!holds.is(CellKind::boolean)) return holds.is(CellKind::unknown) ? holds : wrong_type();
        found += holds.is_true() ? 1 : 0;
    }
    return Cell::of(found == 1);
}

Cell Evaluation::filter(const Node& node, const ValueList& range) {
    ValueList kept;
    for (const Value& value : range) {
        locals_[node.slot] = Cell::of(value);
        const Cell holds = run(node.b);
        if (!holds.is(CellKind::boolean)) return holds.is(CellKind::unknown) ? holds : wrong_type();
        if (holds.is_true() && !charge_whole(Cell::of(value))) return too_long();
        if (holds.is_true()) kept.push_back(value);
    }
    return keep(Value(std::move(kept)));
}

Cell Evaluation::map(const Node& node, const ValueList& range) {
    ValueList mapped;
    for (const Value& value : range) {
        locals_[node.slot] = Cell::of(value);
        const Cell element = run(node.b);
        if (element.is(CellKind::unknown)) return element;
        if (!charge_whole(element)) return too_long();
        mapped.push_back(to_value(element));
    }
    return keep(Value(std::move(mapped)));
}

}  // namespace baton::criteria
