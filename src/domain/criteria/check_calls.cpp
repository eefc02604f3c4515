// Functions, methods and macros.
#include <algorithm>
#include <array>
#include <limits>

#include "domain/criteria/checker.h"
#include "domain/criteria/names.h"
#include "domain/criteria/words.h"

namespace baton::criteria {
namespace {

using std::string_view;

constexpr std::array<string_view, 19> function_names{"has",        "count",         "count_this_cycle",
                                                     "first",      "last",          "days_since",
                                                     "days_until", "days_in_stage", "days_in_cycle",
                                                     "days",       "hours",         "minutes",
                                                     "duration",   "timestamp",     "size",
                                                     "int",        "double",        "string",
                                                     "now"};
constexpr std::array<string_view, 11> method_names{"contains",   "startsWith", "endsWith", "matches",
                                                   "lowerAscii", "size",       "exists",   "all",
                                                   "exists_one", "filter",     "map"};

std::vector<std::string> texts(auto names) { return {names.begin(), names.end()}; }

bool is_function(string_view name) { return std::ranges::find(function_names, name) != function_names.end(); }
bool is_method(string_view name) { return std::ranges::find(method_names, name) != method_names.end(); }

RE2::Options pattern_options() {
    RE2::Options options(RE2::Quiet);
    options.set_max_mem(1 << 20);
    return options;
}

}  // namespace

bool Checker::arguments(SyntaxId id, std::size_t least, std::size_t most, string_view usage) {
    const std::size_t given = at(id).children.size() - (at(id).kind == SyntaxKind::method ? 1 : 0);
    if (given >= least && given <= most) return true;
    wrong(id, at(id).name + " does not take " + std::to_string(given) + (given == 1 ? " argument" : " arguments"),
          "write " + std::string(usage));
    return false;
}

// ---- functions --------------------------------------------------------------------------------------------------

Checked Checker::check_call(SyntaxId id) {
    const std::string& name = at(id).name;
    if (name == "has") return check_has(id);
    if (name == "count") return check_count(id, Op::count);
    if (name == "count_this_cycle") return check_count(id, Op::count_this_cycle);
    if (name == "first") return check_first_last(id, Op::first);
    if (name == "last") return check_first_last(id, Op::last);
    if (name == "days_since") return check_since(id, Op::days_since);
    if (name == "days_until") return check_since(id, Op::days_until);
    if (name == "days_in_stage") return check_days(id, Op::days_in_stage);
    if (name == "days_in_cycle") return check_days(id, Op::days_in_cycle);
    if (name == "days") return check_span(id, Duration::days(1).us);
    if (name == "hours") return check_span(id, Duration::hours(1).us);
    if (name == "minutes") return check_span(id, Duration::minutes(1).us);
    if (name == "duration" || name == "timestamp") return check_time_constant(id);
    if (name == "int") return check_conversion(id, Op::to_int);
    if (name == "double") return check_conversion(id, Op::to_double);
    if (name == "string") return check_conversion(id, Op::to_string);
    if (name == "size") {
        return arguments(id, 1, 1, "size(x)") ? check_size(id, at(id).children[0]) : already_wrong();
    }
    if (name == "now") return wrong(id, "there is no now()", "use days_since(moment) or days_until(moment)");
    if (is_method(name)) {
        return wrong(id, name + " stands behind a value", "write x." + name + "(…)");
    }
    return wrong(id, "unknown function " + name, suggestion(texts(function_names), name, ""));
}

Checked Checker::check_has(SyntaxId id) {
    if (!arguments(id, 1, 1, "has(person.email)")) return already_wrong();
    const SyntaxId argument = at(id).children[0];
    const bool selects =
        at(argument).kind == SyntaxKind::select && at(at(argument).children[0]).kind == SyntaxKind::name;
    if (!selects) return wrong(argument, "has() asks whether a property is known", "write has(person.email)");
    const Checked value = check(argument);
    if (value.wrong()) return value;
    switch (program_.at(value.node).op) {
        case Op::attribute:
        case Op::account_attribute:
        case Op::answer:
        case Op::event: return emit({.op = Op::has, .a = value.node}, id, {.kind = Kind::boolean}, {value});
        default: return wrong(argument, written(argument) + " always has a value", "leave out has()");
    }
}

std::optional<std::uint16_t> Checker::fact_type(SyntaxId argument) {
    const auto* name = at(argument).kind == SyntaxKind::literal ? at(argument).value.as<std::string>() : nullptr;
    if (!name) {
        wrong(argument, "the fact type is written as text in quotes", "write \"Demo Requested\"");
        return std::nullopt;
    }
    const auto index = position_of(names_.types, *name);
    if (index) return index;
    std::vector<std::string> quoted;
    for (const std::string& type : names_.types) quoted.push_back(literal_text(Value(type)));
    wrong(argument, "unknown fact type " + literal_text(Value(*name)),
          suggestion(quoted, literal_text(Value(*name)), "", "declare it under facts"));
    return std::nullopt;
}

bool Checker::window_of(SyntaxId argument, Node& node) {
    const Checked window = check(argument);
    if (window.wrong()) return false;
    const Value* value = constant_value(window);
    const auto* duration = value ? value->as<Duration>() : nullptr;
    if (!duration) {
        wrong(argument, "the window is a fixed length of time, not " + words(window.type),
              value && value->as<std::int64_t>() ? "write days(" + to_text(*value) + ')' : "write days(14)");
        return false;
    }
    if (duration->us <= 0) {
        wrong(argument, "the window must be longer than nothing", "leave it out to count all facts ever");
        return false;
    }
    node.window_us = duration->us;
    return true;
}

std::string Checker::window_words(const Node& node) const {
    if (node.op == Op::count_this_cycle) return " in this cycle";
    if (node.window_us == 0) return {};
    return " within " + duration_words(Duration{node.window_us});
}

Checked Checker::check_count(SyntaxId id, Op op) {
    if (!allowed(id, "count")) return already_wrong();
    const bool windowed = op == Op::count;
    if (!arguments(id, 1, windowed ? 2 : 1, windowed ? "count(\"type\", days(14))" : "count_this_cycle(\"type\")")) {
        return already_wrong();
    }
    Node node{.op = op};
    const auto type = fact_type(at(id).children[0]);
    const bool sound = at(id).children.size() == 1 || window_of(at(id).children[1], node);
    if (!type || !sound) return already_wrong();
    node.index = *type;
    node.input = input(InputKind::count, *type, Duration{node.window_us}, id,
                       label_at(names_.type_labels, names_.types, *type) + window_words(node));
    return emit(node, id, {.kind = Kind::integer});
}

Checked Checker::check_first_last(SyntaxId id, Op op) {
    if (!allowed(id, "count")) return already_wrong();
    if (!arguments(id, 1, 1, at(id).name + "(\"type\")")) return already_wrong();
    const auto type = fact_type(at(id).children[0]);
    if (!type) return already_wrong();
    Node node{.op = op, .index = *type};
    node.input = input(InputKind::first_last, *type, {}, id,
                       (op == Op::first ? "first " : "last ") + label_at(names_.type_labels, names_.types, *type));
    return emit(node, id, {.kind = Kind::timestamp});
}

Checked Checker::check_days(SyntaxId id, Op op) {
    if (!allowed(id, "count") || !arguments(id, 0, 0, at(id).name + "()")) return already_wrong();
    Node node{.op = op};
    node.input = input(InputKind::lead, 0, {}, id, op == Op::days_in_stage ? "days in the stage" : "days in the cycle");
    return emit(node, id, {.kind = Kind::integer});
}

Checked Checker::check_since(SyntaxId id, Op op) {
    if (!allowed(id, "count")) return already_wrong();
    if (!arguments(id, 1, 1, at(id).name + "(last(\"type\"))")) return already_wrong();
    const Checked moment = check(at(id).children[0]);
    if (moment.wrong()) return moment;
    if (!moment.may_be(Kind::timestamp)) {
        const Value* value = constant_value(moment);
        const auto* text = value ? value->as<std::string>() : nullptr;
        std::string hint;
        if (text && position_of(names_.types, *text))
            hint = "write " + at(id).name + "(last(" + literal_text(*value) + "))";
        if (text && parse_instant(*text)) hint = "write " + at(id).name + "(timestamp(" + literal_text(*value) + "))";
        return wrong(moment.syntax, at(id).name + " needs a moment, not " + words(moment.type), hint);
    }
    return emit({.op = op, .a = moment.node}, id, {.kind = Kind::integer}, {moment});
}

/// days(n), hours(n), minutes(n) of a number that is known at load.
Checked Checker::check_span(SyntaxId id, std::int64_t unit_us) {
    if (!arguments(id, 1, 1, at(id).name + "(14)")) return already_wrong();
    const Checked number = check(at(id).children[0]);
    if (number.wrong()) return number;
    const Value* value = constant_value(number);
    if (!value || !number.may_be_number() || number.is(Kind::any)) {
        return wrong(number.syntax, at(id).name + "() takes a number that is written out",
                     "write " + at(id).name + "(14)");
    }
    const bool whole = value->as<std::int64_t>() != nullptr;
    const __int128 amount = whole ? *value->as<std::int64_t>() : value->as<Decimal>()->micros;
    const __int128 us = amount * unit_us / (whole ? 1 : Decimal::scale);
    if (us > std::numeric_limits<std::int64_t>::max() || us < std::numeric_limits<std::int64_t>::min()) {
        return wrong(number.syntax, "this length of time is too large");
    }
    return constant(Value(Duration{static_cast<std::int64_t>(us)}), id, {.kind = Kind::duration});
}

Checked Checker::check_time_constant(SyntaxId id) {
    const bool duration = at(id).name == "duration";
    const std::string usage = duration ? "duration(\"1d12h\")" : "timestamp(\"2026-01-31T00:00:00Z\")";
    if (!arguments(id, 1, 1, usage)) return already_wrong();
    const Checked argument = check(at(id).children[0]);
    if (argument.wrong()) return argument;
    const Value* value = constant_value(argument);
    const auto* text = value ? value->as<std::string>() : nullptr;
    if (!text) return wrong(argument.syntax, at(id).name + "() takes a text that is written out", "write " + usage);
    if (duration) {
        if (const auto d = parse_duration(*text)) return constant(Value(*d), id, {.kind = Kind::duration});
        return wrong(argument.syntax, literal_text(*value) + " is no length of time", "write " + usage);
    }
    if (const auto t = parse_instant(*text)) return constant(Value(*t), id, {.kind = Kind::timestamp});
    return wrong(argument.syntax, literal_text(*value) + " is no moment", "write " + usage);
}

Checked Checker::check_conversion(SyntaxId id, Op op) {
    if (!arguments(id, 1, 1, at(id).name + "(x)")) return already_wrong();
    const Checked operand = check(at(id).children[0]);
    if (operand.wrong()) return operand;
    const bool simple = operand.may_be_number() || operand.may_be(Kind::string);
    const bool fits = op == Op::to_string ? !operand.is(Kind::list) && !operand.is(Kind::null)
                                          : simple || (op == Op::to_int && operand.is(Kind::timestamp));
    if (!fits) {
        return wrong(operand.syntax, at(id).name + "() cannot convert " + words(operand.type));
    }
    const Kind kind = op == Op::to_int ? Kind::integer : (op == Op::to_double ? Kind::number : Kind::string);
    return emit({.op = op, .a = operand.node}, id, {.kind = kind}, {operand});
}

Checked Checker::check_size(SyntaxId id, SyntaxId operand) {
    const Checked value = check(operand);
    if (value.wrong()) return value;
    if (!value.may_be(Kind::string) && !value.is(Kind::list)) {
        return wrong(operand, "size needs text or a list, but " + written(operand) + " is " + words(value.type));
    }
    return emit({.op = Op::size, .a = value.node}, id, {.kind = Kind::integer}, {value});
}

// ---- methods ----------------------------------------------------------------------------------------------------

Checked Checker::check_method(SyntaxId id) {
    const std::string& name = at(id).name;
    if (name == "exists") return check_macro(id, Op::exists);
    if (name == "all") return check_macro(id, Op::all);
    if (name == "exists_one") return check_macro(id, Op::exists_one);
    if (name == "filter") return check_macro(id, Op::filter);
    if (name == "map") return check_macro(id, Op::map);
    if (name == "size") return arguments(id, 0, 0, "x.size()") ? check_size(id, at(id).children[0]) : already_wrong();
    if (name == "contains") return check_text_method(id, Op::contains);
    if (name == "startsWith") return check_text_method(id, Op::starts_with);
    if (name == "endsWith") return check_text_method(id, Op::ends_with);
    if (name == "lowerAscii") return check_text_method(id, Op::lower_ascii);
    if (name == "matches") return check_matches(id);
    if (is_function(name)) return wrong(id, name + " stands before its value", "write " + name + "(x)");
    return wrong(id, "unknown function ." + name + "()", suggestion(texts(method_names), name, "."));
}

Checked Checker::check_text_method(SyntaxId id, Op op) {
    const bool one = op != Op::lower_ascii;
    if (!arguments(id, one ? 1 : 0, one ? 1 : 0, "x." + at(id).name + (one ? "(\"text\")" : "()")))
        return already_wrong();
    const Checked text = check(at(id).children[0]);
    const Checked part = one ? check(at(id).children[1]) : text;
    if (text.wrong() || part.wrong()) return already_wrong();
    if (!text.may_be(Kind::string)) {
        const std::string target = written(text.syntax);
        return wrong(id, at(id).name + " needs text, but " + target + " is " + words(text.type),
                     text.is(Kind::list) && one ? "write " + written(part.syntax) + " in " + target : "");
    }
    if (!part.may_be(Kind::string)) {
        return wrong(part.syntax, at(id).name + " takes text, not " + words(part.type),
                     part.constant ? "write \"" + written(part.syntax) + "\" in quotes" : "");
    }
    const Type type{.kind = one ? Kind::boolean : Kind::string};
    return emit({.op = op, .a = text.node, .b = part.node}, id, type, {text, part});
}

Checked Checker::check_matches(SyntaxId id) {
    if (!arguments(id, 1, 1, "x.matches(r\"pattern\")")) return already_wrong();
    const Checked text = check(at(id).children[0]);
    const Checked pattern = check(at(id).children[1]);
    if (text.wrong() || pattern.wrong()) return already_wrong();
    if (!text.may_be(Kind::string)) {
        return wrong(id, "matches needs text, but " + written(text.syntax) + " is " + words(text.type));
    }
    const Value* value = constant_value(pattern);
    const auto* source = value ? value->as<std::string>() : nullptr;
    if (!source) return wrong(pattern.syntax, "the pattern is written out as text", "write r\"^(VP|Chief)\"");
    auto compiled = std::make_unique<RE2>(*source, pattern_options());
    if (!compiled->ok()) {
        return wrong(pattern.syntax, "the pattern cannot be read: " + compiled->error(),
                     "patterns are RE2 regular expressions; contains() finds plain text");
    }
    program_.patterns.push_back(std::move(compiled));
    const auto index = static_cast<std::uint16_t>(program_.patterns.size() - 1);
    return emit({.op = Op::matches, .index = index, .a = text.node}, id, {.kind = Kind::boolean}, {text});
}

Checked Checker::check_macro(SyntaxId id, Op op) {
    if (!arguments(id, 2, 2, "list." + at(id).name + "(x, …)")) return already_wrong();
    const SyntaxId variable = at(id).children[1];
    const Checked list = check(at(id).children[0]);
    if (list.wrong()) return list;
    if (!list.may_be(Kind::list)) {
        return wrong(id, at(id).name + " needs a list, but " + written(list.syntax) + " is " + words(list.type));
    }
    if (at(variable).kind != SyntaxKind::name || is_root(at(variable).name)) {
        return wrong(variable, at(id).name + " first names each element", "write list." + at(id).name + "(x, …)");
    }
    const auto slot = static_cast<std::uint8_t>(locals_.size());
    const Kind element = list.is(Kind::list) ? list.type.element : Kind::any;
    locals_.push_back({at(variable).name, {.kind = element, .closed = list.type.closed}});
    const Checked body = check(at(id).children[2]);
    locals_.pop_back();
    if (body.wrong() || (op != Op::map && !require_boolean(body, at(id).name))) return already_wrong();
    Type type{.kind = Kind::boolean};
    if (op == Op::filter) type = list.is(Kind::list) ? list.type : Type{.kind = Kind::list};
    if (op == Op::map) type = {.kind = Kind::list, .element = body.type.kind};
    Checked not_constant = body;  // the body reads the element
    not_constant.constant = false;
    return emit({.op = op, .slot = slot, .a = list.node, .b = body.node}, id, type, {list, not_constant});
}

}  // namespace baton::criteria
