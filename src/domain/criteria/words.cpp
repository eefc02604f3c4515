#include "domain/criteria/words.h"

#include <algorithm>
#include <array>
#include <limits>

#include "domain/criteria/names.h"

namespace baton::criteria {
namespace {

using std::string_view;

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

std::string number_of(std::int64_t n, string_view thing) {
    return std::to_string(n) + ' ' + std::string(thing) + (n == 1 || n == -1 ? "" : "s");
}

/// "at least", "more than" …: for lengths and how often.
std::string amount_words(Comparison comparison) {
    switch (comparison) {
        case Comparison::less: return "less than ";
        case Comparison::less_equal: return "at most ";
        case Comparison::greater: return "more than ";
        case Comparison::greater_equal: return "at least ";
        case Comparison::equal: return "exactly ";
        case Comparison::not_equal: return "not exactly ";
    }
    return {};
}

/// "employees at least 200", "signup before 2026-01-31".
std::string relation_words(Comparison comparison, bool of_moments) {
    switch (comparison) {
        case Comparison::less: return of_moments ? " before " : " below ";
        case Comparison::less_equal: return of_moments ? " not after " : " at most ";
        case Comparison::greater: return of_moments ? " after " : " above ";
        case Comparison::greater_equal: return of_moments ? " not before " : " at least ";
        case Comparison::equal: return " is ";
        case Comparison::not_equal: return " is not ";
    }
    return {};
}

std::string moment_words(Instant t) {
    const std::string text = to_string(t);
    return text.ends_with("T00:00:00Z") ? text.substr(0, text.size() - 10) : text;
}

bool is_equality(Comparison c) { return c == Comparison::equal || c == Comparison::not_equal; }

struct Verb {
    Op op;
    string_view yes;
    string_view no;
};
constexpr std::array<Verb, 4> verbs{{{Op::contains, " contains ", " does not contain "},
                                     {Op::starts_with, " starts with ", " does not start with "},
                                     {Op::ends_with, " ends with ", " does not end with "},
                                     {Op::matches, " matches ", " does not match "}}};

std::string quoted(string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace

std::string uncapitalised(std::string label) {
    if (label.empty() || !is_capital(label[0]) || (label.size() > 1 && is_capital(label[1]))) return label;
    label[0] = static_cast<char>(label[0] - 'A' + 'a');
    return label;
}

std::string duration_words(Duration d) {
    if (d.us % Duration::days(1).us == 0) return number_of(d.us / Duration::days(1).us, "day");
    if (d.us % Duration::hours(1).us == 0) return number_of(d.us / Duration::hours(1).us, "hour");
    if (d.us % Duration::minutes(1).us == 0) return number_of(d.us / Duration::minutes(1).us, "minute");
    return to_string(d);
}

Comparison contrary(Comparison comparison) {
    switch (comparison) {
        case Comparison::less: return Comparison::greater_equal;
        case Comparison::less_equal: return Comparison::greater;
        case Comparison::greater: return Comparison::less_equal;
        case Comparison::greater_equal: return Comparison::less;
        case Comparison::equal: return Comparison::not_equal;
        case Comparison::not_equal: return Comparison::equal;
    }
    return comparison;
}

Comparison mirrored(Comparison comparison) {
    switch (comparison) {
        case Comparison::less: return Comparison::greater;
        case Comparison::less_equal: return Comparison::greater_equal;
        case Comparison::greater: return Comparison::less;
        case Comparison::greater_equal: return Comparison::less_equal;
        default: return comparison;
    }
}

// ---- values -----------------------------------------------------------------------------------------------------

const Value* Words::constant(NodeId id) const {
    const Node& node = program_.at(id);
    return node.op == Op::constant ? &program_.constants[node.index] : nullptr;
}

/// `beside`: what the value is compared with; a stage id beside lead.stage is shown by its name.
std::string Words::value_words(const Value& value, Op beside) const {
    if (const auto* b = value.as<bool>()) return *b ? "yes" : "no";
    if (const auto* t = value.as<Instant>()) return moment_words(*t);
    if (const auto* d = value.as<Duration>()) return duration_words(*d);
    if (const auto* list = value.as<ValueList>()) return list_of(*list, ", ");
    const auto* text = value.as<std::string>();
    if (!text) return value.is_null() ? "nothing" : to_text(value);
    if (beside == Op::stage || beside == Op::furthest) {
        if (const auto name = program_.stage_names.find(*text); name != program_.stage_names.end()) return name->second;
    }
    return text->empty() ? quoted(*text) : *text;
}

std::string Words::list_of(const ValueList& list, string_view last) const {
    std::string text;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i != 0) text += i + 1 == list.size() ? last : ", ";
        text += value_words(list[i], Op::constant);
    }
    return text;
}

std::string Words::input_label(const Node& node) const {
    const std::string label = uncapitalised(program_.inputs[static_cast<std::size_t>(node.input)].label);
    if (node.op == Op::score && label.find("score") == std::string::npos) return label + " score";
    return node.op == Op::count || node.op == Op::count_this_cycle ? "times " + label : label;
}

/// The element a macro names, as part of its list: "one of tags".
std::string Words::local(const Node& node) const { return program_.syntax.at(node.syntax).name; }

std::string Words::arithmetic(const Node& node) const {
    constexpr std::array<string_view, 5> symbols{" + ", " - ", " * ", " / ", " % "};
    const auto operand = [&](NodeId id) {
        return program_.at(id).op == Op::arithmetic ? '(' + term(id) + ')' : term(id);
    };
    return operand(node.a) + std::string(symbols.at(static_cast<std::size_t>(node.arithmetic))) + operand(node.b);
}

std::string Words::term(NodeId id) const {
    const Node& node = program_.at(id);
    if (node.input >= 0) return input_label(node);
    switch (node.op) {
        case Op::constant: {
            const Syntax& syntax = program_.syntax.at(node.syntax);
            const bool list = syntax.kind == SyntaxKind::select;
            return list ? "the list " + humanised(syntax.name) : value_words(*constant(id), Op::constant);
        }
        case Op::days_since: return "days since " + term(node.a);
        case Op::days_until: return "days until " + term(node.a);
        case Op::size:
            return (program_.at(node.a).expected == PropertyType::strings ? "number of " : "length of ") + term(node.a);
        case Op::lower_ascii:
        case Op::to_int:
        case Op::to_double:
        case Op::to_string: return term(node.a);
        case Op::arithmetic: return arithmetic(node);
        case Op::local: return local(node);
        default: return print(program_.syntax, node.syntax);
    }
}

// ---- conditions -------------------------------------------------------------------------------------------------

std::string Words::sentence(NodeId id, bool holds) const {
    const Node& node = program_.at(id);
    switch (node.op) {
        case Op::constant: {
            const auto* truth = constant(id)->as<bool>();
            return truth ? (*truth == holds ? "always" : "never") : otherwise(id, holds);
        }
        case Op::and_:
        case Op::or_: return group(node, holds);
        case Op::not_: return sentence(node.a, !holds);
        case Op::conditional: return conditional(node, holds);
        case Op::compare: return comparison(node, holds);
        case Op::in_list:
        case Op::in_set: return membership(node, holds);
        case Op::has: return presence(node, holds);
        case Op::contains:
        case Op::starts_with:
        case Op::ends_with:
        case Op::matches: return text_test(node, holds);
        case Op::exists:
        case Op::all:
        case Op::exists_one: return loop(node, holds);
        case Op::attribute:
        case Op::account_attribute:
        case Op::answer:
        case Op::event: return input_label(node) + (holds ? " is yes" : " is no");
        default: return otherwise(id, holds);
    }
}

/// For what has no words of its own: the expression itself.
std::string Words::otherwise(NodeId id, bool holds) const {
    const std::string text = print(program_.syntax, program_.at(id).syntax);
    return holds ? text : "not (" + text + ')';
}

/// De Morgan: the contrary of "a and b" is "not a or not b".
std::string Words::group(const Node& node, bool holds) const {
    const bool and_ = (node.op == Op::and_) == holds;
    std::string text;
    for (NodeId i = 0; i < node.b; ++i) {
        const bool last = i + 1 == node.b;
        if (i != 0) text += last ? (and_ ? " and " : " or ") : ", ";
        text += side(program_.children[node.a + i], holds, node.op);
    }
    return text;
}

std::string Words::side(NodeId id, bool holds, Op outer) const {
    NodeId inner = id;
    while (program_.at(inner).op == Op::not_) inner = program_.at(inner).a;
    const Op op = program_.at(inner).op;
    const bool grouped = op == Op::and_ || op == Op::or_ || op == Op::conditional;
    const std::string text = sentence(id, holds);
    return grouped && (op != outer || inner != id) ? '(' + text + ')' : text;
}

std::string Words::conditional(const Node& node, bool holds) const {
    return "if " + sentence(node.a, true) + ": " + sentence(node.b, holds) + ", else " + sentence(node.c, holds);
}

std::string Words::presence(const Node& node, bool holds) const {
    const Node& input = program_.at(node.a);
    const std::string known = input.op == Op::answer ? "answered" : "known";
    return input_label(input) + (holds ? " " : " not ") + known;
}

std::string Words::text_test(const Node& node, bool holds) const {
    const auto* verb = std::ranges::find(verbs, node.op, &Verb::op);
    std::string part;
    if (node.op == Op::matches) {
        part = quoted(program_.patterns[node.index]->pattern());
    } else {
        part = constant(node.b) ? quoted(to_text(*constant(node.b))) : term(node.b);
    }
    return term(node.a) + std::string(holds ? verb->yes : verb->no) + part;
}

std::string Words::loop(const Node& node, bool holds) const {
    const std::string name = program_.syntax.at(program_.syntax.at(node.syntax).children[1]).name;
    if (node.op == Op::exists_one) {
        return (holds ? "for exactly one " : "not for exactly one ") + name + " of " + term(node.a) + ": " +
               sentence(node.b, true);
    }
    const bool one = (node.op == Op::exists) == holds;
    return (one ? "for at least one " : "for each ") + name + " of " + term(node.a) + ": " + sentence(node.b, holds);
}

std::string Words::membership(const Node& node, bool holds) const {
    const Value* values = constant(node.b);
    if (constant(node.a)) return term(node.b) + (holds ? " contain " : " do not contain ") + term(node.a);
    const bool named = program_.syntax.at(program_.at(node.b).syntax).kind == SyntaxKind::select;
    if (!values || named) return term(node.a) + (holds ? " in " : " not in ") + term(node.b);
    const auto& list = *values->as<ValueList>();
    if (list.empty()) return holds ? "never" : "always";
    ValueList shown;
    for (const Value& value : list) shown.emplace_back(value_words(value, program_.at(node.a).op));
    if (list.size() <= 3) return term(node.a) + (holds ? " is " : " is not ") + list_of(shown, " or ");
    return term(node.a) + (holds ? " is one of " : " is none of ") + list_of(shown, ", ");
}

// ---- comparisons ------------------------------------------------------------------------------------------------

Sides Words::sides(const Node& node, bool holds) const {
    const Comparison comparison = holds ? node.comparison : contrary(node.comparison);
    const bool turned = program_.at(node.a).op == Op::constant && program_.at(node.b).op != Op::constant;
    if (turned) return {node.b, node.a, mirrored(comparison)};
    return {node.a, node.b, comparison};
}

std::string Words::comparison(const Node& node, bool holds) const {
    const Sides s = sides(node, holds);
    const Node& value = program_.at(s.value);
    const Value* bound = constant(s.bound);
    const bool whole = bound && bound->as<std::int64_t>();
    switch (value.op) {
        case Op::count:
        case Op::count_this_cycle:
            if (whole) return count(s);
            break;
        case Op::days_since:
        case Op::days_until:
        case Op::days_in_stage:
        case Op::days_in_cycle:
            if (whole) return days(s);
            break;
        default: break;
    }
    if (is_equality(s.comparison)) return equality(s);
    const bool moments = value.op == Op::first || value.op == Op::last || (bound && bound->as<Instant>());
    if (bound && bound->as<std::string>()) return otherwise(static_cast<NodeId>(&node - program_.nodes.data()), holds);
    return term(s.value) + relation_words(s.comparison, moments) + term(s.bound);
}

std::string Words::equality(const Sides& s) const {
    const Node& value = program_.at(s.value);
    const bool is = s.comparison == Comparison::equal;
    const Value* bound = constant(s.bound);
    if (!bound) return term(s.value) + (is ? " is " : " is not ") + term(s.bound);
    const auto* text = bound->as<std::string>();
    if (const auto* truth = bound->as<bool>()) return sentence(s.value, *truth == is);
    if (text && value.op == Op::holder) return holder(*text, is);
    if (text && text->empty()) return (is ? "no " : "has a ") + term(s.value);
    return term(s.value) + (is ? " is " : " is not ") + value_words(*bound, value.op);
}

std::string Words::holder(const std::string& kind, bool is) const {
    const std::string not_ = is ? "" : "not ";
    if (kind.empty()) return is ? "held by nobody" : "held by somebody";
    return not_ + "held by " + (kind == "nurture" ? kind : (kind == "owner" ? "an owner" : "a queue"));
}

/// Thresholds are said as "at least" and "at most"; one is said without a number.
std::string Words::count(const Sides& s) const {
    std::int64_t n = *constant(s.bound)->as<std::int64_t>();
    Comparison comparison = s.comparison;
    if (comparison == Comparison::greater && n < std::numeric_limits<std::int64_t>::max()) {
        comparison = Comparison::greater_equal;
        ++n;
    }
    if (comparison == Comparison::less && n > std::numeric_limits<std::int64_t>::min()) {
        comparison = Comparison::less_equal;
        --n;
    }
    if (n == 0 && comparison == Comparison::equal) comparison = Comparison::less_equal;
    if (n == 0 && comparison == Comparison::not_equal) {
        comparison = Comparison::greater_equal;
        n = 1;
    }
    return counted(program_.at(s.value), comparison, n);
}

std::string Words::counted(const Node& node, Comparison comparison, std::int64_t n) const {
    const Input& input = program_.inputs[static_cast<std::size_t>(node.input)];
    std::string window;
    if (node.op == Op::count_this_cycle) window = " in this cycle";
    if (node.window_us != 0) window = " within " + duration_words(Duration{node.window_us});
    const std::string label = input.label.substr(0, input.label.size() - window.size());
    const Syntax& type = program_.syntax.at(program_.syntax.at(node.syntax).children[0]);
    const bool own_label = label != humanised(to_text(type.value));
    const bool told = own_label && !is_capital(label[0]);  // "asked for a demo": what the person did
    const bool none = comparison == Comparison::less_equal && n == 0;
    const bool some = comparison == Comparison::greater_equal && n == 1;
    if (told) {
        if (some) return label + window;
        if (none) return "has not " + label + window;
        return label + ' ' + amount_words(comparison) + number_of(n, "time") + window;
    }
    const std::string thing = ' ' + quoted(label) + window;
    if (some) return "at least one" + thing;
    if (none) return "no" + thing;
    return amount_words(comparison) + std::to_string(n) + thing;
}

std::string Words::days(const Sides& s) const {
    const Node& value = program_.at(s.value);
    const std::int64_t n = *constant(s.bound)->as<std::int64_t>();
    const std::string amount = amount_words(s.comparison) + number_of(n, "day");
    switch (value.op) {
        case Op::days_since: return term(value.a) + ' ' + amount + " ago";
        case Op::days_until: return term(value.a) + " in " + amount;
        case Op::days_in_stage: return amount + " in the stage";
        default: return amount + " in the cycle";
    }
}

}  // namespace baton::criteria
