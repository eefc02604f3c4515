// Comparisons, `in` and arithmetic: which types fit, and how to mend those that do not.
#include <algorithm>
#include <array>
#include <map>

#include "domain/criteria/checker.h"
#include "domain/criteria/names.h"

namespace baton::criteria {
namespace {

using std::string_view;

const std::map<string_view, Comparison>& comparisons() {
    static const std::map<string_view, Comparison> table{{"<", Comparison::less},    {"<=", Comparison::less_equal},
                                                         {">", Comparison::greater}, {">=", Comparison::greater_equal},
                                                         {"==", Comparison::equal},  {"!=", Comparison::not_equal}};
    return table;
}

const std::map<string_view, Arithmetic>& arithmetics() {
    static const std::map<string_view, Arithmetic> table{{"+", Arithmetic::add},
                                                         {"-", Arithmetic::subtract},
                                                         {"*", Arithmetic::multiply},
                                                         {"/", Arithmetic::divide},
                                                         {"%", Arithmetic::modulo}};
    return table;
}

bool numbers(const Checked& a, const Checked& b) { return a.may_be_number() && b.may_be_number(); }

bool fit(const Checked& a, const Checked& b) {
    return a.is(Kind::any) || b.is(Kind::any) || a.type.kind == b.type.kind || numbers(a, b);
}

bool fit(Kind a, Kind b) { return fit(Checked{.type = {.kind = a}}, Checked{.type = {.kind = b}}); }

bool is_yes_or_no(string_view text) {
    constexpr std::array<string_view, 8> answers{"true", "false", "yes", "no", "Yes", "No", "1", "0"};
    return std::ranges::find(answers, text) != answers.end();
}

bool is_equality(string_view op) { return op == "==" || op == "!="; }

}  // namespace

Checked Checker::check_comparison(SyntaxId id, const Checked& a, const Checked& b) {
    const string_view op = at(id).name;
    if (!check_null(id, a, b) || !check_mismatch(id, a, b)) return already_wrong();
    if (!is_equality(op) && (a.is(Kind::list) || b.is(Kind::list))) {
        return wrong(id, "lists have no order", "compare their sizes: size(" + written(a.syntax) + ") > 0");
    }
    if (is_equality(op)) {
        check_closed(a, b);
        check_closed(b, a);
    }
    return emit({.op = Op::compare, .comparison = comparisons().at(op), .a = a.node, .b = b.node}, id,
                {.kind = Kind::boolean}, {a, b});
}

/// A missing value is unknown, never null: people who compare with null mean has().
bool Checker::check_null(SyntaxId id, const Checked& a, const Checked& b) {
    if (a.is(Kind::null) == b.is(Kind::null) || a.is(Kind::any) || b.is(Kind::any)) return true;
    const Checked& other = a.is(Kind::null) ? b : a;
    std::string hint;
    if (at(other.syntax).kind == SyntaxKind::select) {
        hint = (at(id).name == "!=" ? "write has(" : "write !has(") + written(other.syntax) + ')';
    }
    wrong(id, written(other.syntax) + " is never null: a missing value is unknown", hint);
    return false;
}

bool Checker::check_mismatch(SyntaxId id, const Checked& a, const Checked& b) {
    if (fit(a, b)) return true;
    const auto side = [&](const Checked& c) { return written(c.syntax) + " (" + words(c.type) + ')'; };
    std::string hint = mismatch_hint(a, b);
    if (hint.empty()) hint = mismatch_hint(b, a);
    wrong(id, "cannot compare " + side(a) + " with " + side(b), hint);
    return false;
}

/// How to mend comparing `a` with the literal `b`; "" when there is no advice.
std::string Checker::mismatch_hint(const Checked& a, const Checked& b) const {
    const Value* value = constant_value(b);
    const std::string left = written(a.syntax);
    if (a.is(Kind::list)) return "write " + written(b.syntax) + " in " + left;
    if (a.is(Kind::timestamp) && (b.may_be_number() || b.is(Kind::duration))) {
        return "compare days: days_since(" + left + ") > 30";
    }
    if (!value) return {};
    const std::string text = to_text(*value);
    if (a.is(Kind::boolean)) return is_yes_or_no(text) ? "write true or false without quotes" : "";
    if (a.is(Kind::timestamp)) return "write timestamp(\"2026-01-31T00:00:00Z\")";
    if (a.may_be_number() && b.is(Kind::string) && Decimal::parse(text)) return "write " + text + " without quotes";
    if (a.is(Kind::string) && !a.constant && !b.is(Kind::list)) return "write \"" + text + "\" in quotes";
    if (a.is(Kind::duration) && b.may_be_number()) return "write days(" + text + ") or hours(" + text + ')';
    return {};
}

void Checker::check_closed(const Checked& value, const Checked& literal) {
    if (value.type.closed >= 0) check_closed_literal(value.type.closed, literal.syntax);
}

/// Only what stands in the text is looked at; a computed text may be anything.
void Checker::check_closed_literal(int index, SyntaxId literal) {
    const auto* text = at(literal).kind == SyntaxKind::literal ? at(literal).value.as<std::string>() : nullptr;
    if (!text) return;
    const ClosedList& list = closed_[static_cast<std::size_t>(index)];
    if (list.what == "lead.stage" || list.what == "lead.furthest") note_stage(*text);
    if (std::ranges::find(list.values, *text) != list.values.end()) return;
    std::vector<std::string> quoted;
    for (const std::string& v : list.values) {
        if (!v.empty()) quoted.push_back(literal_text(Value(v)));
    }
    wrong(literal, list.what + " is never " + literal_text(Value(*text)),
          suggestion(quoted, literal_text(Value(*text)), ""));
}

/// Words for people need the stage's name later, when the declarations are gone.
void Checker::note_stage(const std::string& id) {
    const auto index = position_of(names_.stages, id);
    if (index) program_.stage_names[id] = label_at(names_.stage_names, names_.stages, *index);
}

Checked Checker::check_in(SyntaxId id, const Checked& a, const Checked& b) {
    if (b.is(Kind::string)) {
        return wrong(id, "in needs a list, but " + written(b.syntax) + " is text",
                     "write " + written(b.syntax) + ".contains(" + written(a.syntax) + ')');
    }
    if (!b.may_be(Kind::list)) {
        return wrong(b.syntax, "in needs a list, but " + written(b.syntax) + " is " + words(b.type),
                     "write a list in brackets: [\"a\", \"b\"]");
    }
    check_elements(a, b);
    if (at(b.syntax).kind == SyntaxKind::list) {
        for (const SyntaxId element : at(b.syntax).children) {
            if (a.type.closed >= 0) check_closed_literal(a.type.closed, element);
        }
    }
    check_closed(b, a);
    Node node{.op = Op::in_list, .a = a.node, .b = b.node};
    if (const Value* list = constant_value(b); list && !a.constant && a.may_be(Kind::string)) {
        const auto is_text = [](const Value& v) { return v.as<std::string>() != nullptr; };
        if (std::ranges::all_of(*list->as<ValueList>(), is_text)) {
            node.op = Op::in_set;
            node.index = static_cast<std::uint16_t>(text_set(b));
        }
    }
    return emit(node, id, {.kind = Kind::boolean}, {a, b});
}

void Checker::check_elements(const Checked& value, const Checked& list) {
    const Kind element = list.type.element;
    if (!list.is(Kind::list) || fit(value.type.kind, element)) return;
    wrong(list.syntax, written(value.syntax) + " is " + words(value.type) + ", but the list holds " +
                           words({.kind = element}) + (element == Kind::string ? "s" : ""));
}

NodeId Checker::text_set(const Checked& list) {
    TextSet set;
    for (const Value& text : *constant_value(list)->as<ValueList>()) set.push_back(*text.as<std::string>());
    std::ranges::sort(set);
    program_.sets.push_back(std::move(set));
    return static_cast<NodeId>(program_.sets.size() - 1);
}

Type Checker::arithmetic_type(string_view op, const Checked& a, const Checked& b) const {
    if (a.is(Kind::any) || b.is(Kind::any)) return {.kind = Kind::any};
    const bool whole = a.is(Kind::integer) && b.is(Kind::integer);
    if (numbers(a, b)) return {.kind = op == "%" && !whole ? Kind::wrong : (whole ? Kind::integer : Kind::number)};
    const auto are = [&](Kind x, Kind y) { return a.is(x) && b.is(y); };
    if (op == "+") {
        if (are(Kind::string, Kind::string)) return {.kind = Kind::string};
        if (are(Kind::list, Kind::list)) return common(a.type, b.type);
        if (are(Kind::timestamp, Kind::duration) || are(Kind::duration, Kind::timestamp))
            return {.kind = Kind::timestamp};
        if (are(Kind::duration, Kind::duration)) return {.kind = Kind::duration};
    }
    if (op == "-") {
        if (are(Kind::timestamp, Kind::timestamp) || are(Kind::duration, Kind::duration))
            return {.kind = Kind::duration};
        if (are(Kind::timestamp, Kind::duration)) return {.kind = Kind::timestamp};
    }
    return {};
}

Checked Checker::check_arithmetic(SyntaxId id, const Checked& a, const Checked& b) {
    const string_view op = at(id).name;
    const Type type = arithmetic_type(op, a, b);
    if (type.kind == Kind::wrong) {
        std::string hint;
        if (op == "%" && numbers(a, b)) hint = "% takes whole numbers: int(x) cuts the fraction";
        if (op == "+" && (a.is(Kind::string) || b.is(Kind::string))) hint = "string(x) makes text of a value";
        if (a.is(Kind::timestamp) && b.may_be_number()) hint = "write days(" + written(b.syntax) + ')';
        return wrong(id, std::string(op) + " does not fit " + words(a.type) + " and " + words(b.type), hint);
    }
    return emit({.op = Op::arithmetic, .arithmetic = arithmetics().at(op), .a = a.node, .b = b.node}, id, type, {a, b});
}

}  // namespace baton::criteria
