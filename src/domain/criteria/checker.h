// Parse tree → program: every name bound, every type checked, constants computed. Goes on after a mistake, so that
// several are reported at once; a value of kind `wrong` has been reported already.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "domain/criteria/program.h"

namespace baton::criteria {

enum class Kind : std::uint8_t { wrong, any, null, boolean, integer, number, string, timestamp, duration, list };

/// A static type. `closed` is a position among the checker's closed lists, -1 = open.
struct Type {
    Kind kind = Kind::wrong;
    Kind element = Kind::any;  ///< of a list
    int closed = -1;
};

/// Values a text may take; a comparison with another literal is a mistake.
struct ClosedList {
    std::string what;  ///< "person.industry"
    std::vector<std::string> values;
};

/// A node made, with its type. `constant`: its value is known at load.
struct Checked {
    NodeId node = 0;
    Type type;
    bool constant = false;
    SyntaxId syntax = 0;
    bool wrong() const { return type.kind == Kind::wrong; }
    bool is(Kind kind) const { return type.kind == kind; }
    /// Of this kind, or of a kind only known when it is evaluated.
    bool may_be(Kind kind) const { return type.kind == kind || type.kind == Kind::any || wrong(); }
    bool may_be_number() const { return may_be(Kind::integer) || is(Kind::number); }
};

class Checker {
   public:
    Checker(Program& program, const Declarations& names, Scope scope, const std::vector<DeclaredProperty>& event)
        : program_(program), tree_(program.syntax), names_(names), scope_(scope), event_(event) {}

    std::vector<Problem> run();

   private:
    struct Local {
        std::string name;
        Type type;
    };
    using Children = std::initializer_list<Checked>;

    // checker.cpp: structure and operators
    Checked check(SyntaxId);
    Checked check_name(SyntaxId);
    Checked check_logic(SyntaxId, Op, std::string_view symbol);
    Checked check_not(SyntaxId);
    Checked check_negate(SyntaxId);
    Checked check_conditional(SyntaxId);
    Checked check_list(SyntaxId);
    Checked check_index(SyntaxId);
    Checked check_binary(SyntaxId);
    bool require_boolean(const Checked&, const std::string& place);
    Type common(const Type&, const Type&) const;

    // check_comparison.cpp
    Checked check_comparison(SyntaxId, const Checked& a, const Checked& b);
    Checked check_in(SyntaxId, const Checked& a, const Checked& b);
    Checked check_arithmetic(SyntaxId, const Checked& a, const Checked& b);
    Type arithmetic_type(std::string_view op, const Checked& a, const Checked& b) const;
    bool check_null(SyntaxId, const Checked& a, const Checked& b);
    bool check_mismatch(SyntaxId, const Checked& a, const Checked& b);
    std::string mismatch_hint(const Checked& a, const Checked& b) const;
    void check_closed(const Checked& value, const Checked& literal);
    void check_closed_literal(int closed, SyntaxId literal);
    void note_stage(const std::string& id);
    void check_elements(const Checked& value, const Checked& list);
    NodeId text_set(const Checked& list);

    // check_names.cpp: person.x, lists.x …
    Checked check_select(SyntaxId);
    Checked check_property(SyntaxId, Op, InputKind, const std::vector<DeclaredProperty>&, std::string_view root);
    Checked check_account(SyntaxId);
    Checked check_answer(SyntaxId);
    Checked check_event(SyntaxId);
    Checked check_score(SyntaxId);
    Checked check_class(SyntaxId);
    Checked check_list_name(SyntaxId);
    Checked check_lead(SyntaxId);
    Checked property(SyntaxId, Op, InputKind, const DeclaredProperty&, std::uint16_t index);
    bool allowed(SyntaxId, std::string_view root);
    std::string elsewhere(std::string_view root, std::string_view name) const;

    // check_calls.cpp: functions, methods, macros
    Checked check_call(SyntaxId);
    Checked check_method(SyntaxId);
    Checked check_macro(SyntaxId, Op);
    Checked check_has(SyntaxId);
    Checked check_count(SyntaxId, Op);
    Checked check_first_last(SyntaxId, Op);
    Checked check_days(SyntaxId, Op);
    Checked check_since(SyntaxId, Op);
    Checked check_span(SyntaxId, std::int64_t unit_us);
    Checked check_time_constant(SyntaxId);
    Checked check_conversion(SyntaxId, Op);
    Checked check_size(SyntaxId, SyntaxId operand);
    Checked check_text_method(SyntaxId, Op);
    Checked check_matches(SyntaxId);
    bool arguments(SyntaxId, std::size_t least, std::size_t most, std::string_view usage);
    std::optional<std::uint16_t> fact_type(SyntaxId argument);
    bool window_of(SyntaxId argument, Node& node);
    std::string window_words(const Node&) const;

    // making nodes
    Checked emit(Node, SyntaxId, Type, Children = {});
    Checked constant(Value, SyntaxId, Type);
    Checked fold(const Checked&);
    Checked wrong(std::size_t offset, std::string message, std::string hint = {});
    Checked wrong(SyntaxId, std::string message, std::string hint = {});
    Checked already_wrong() const { return {}; }
    int input(InputKind, std::uint16_t index, Duration window, SyntaxId, std::string label);
    const Value* constant_value(const Checked&) const;
    int closed(std::string what, std::vector<std::string> values);

    std::string written(SyntaxId id) const { return print(tree_, id); }
    const Syntax& at(SyntaxId id) const { return tree_.at(id); }

    Program& program_;
    const SyntaxTree& tree_;
    const Declarations& names_;
    Scope scope_;
    const std::vector<DeclaredProperty>& event_;
    std::vector<ClosedList> closed_;
    std::vector<Local> locals_;
    std::vector<Problem> problems_;
};

bool is_root(std::string_view name);
Type type_of(PropertyType);
ResultType result_type(Kind);
/// "text", "a whole number" …
std::string words(const Type&);

}  // namespace baton::criteria
