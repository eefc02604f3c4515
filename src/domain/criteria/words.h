// A program in plain words of labels, for people who never saw the expression.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/criteria/program.h"

namespace baton::criteria {

/// A comparison with what changes on the left. `bound` is the other side.
struct Sides {
    NodeId value = 0;
    NodeId bound = 0;
    Comparison comparison = Comparison::equal;
};

class Words {
   public:
    explicit Words(const Program& program) : program_(program) {}

    /// A condition; `holds` false says its contrary.
    std::string sentence(NodeId id, bool holds) const;
    /// A value: "employees", "days since last call", "200".
    std::string term(NodeId id) const;
    Sides sides(const Node& comparison, bool holds) const;

   private:
    std::string group(const Node&, bool holds) const;
    std::string side(NodeId, bool holds, Op outer) const;
    std::string conditional(const Node&, bool holds) const;
    std::string presence(const Node&, bool holds) const;
    std::string text_test(const Node&, bool holds) const;
    std::string loop(const Node&, bool holds) const;
    std::string membership(const Node&, bool holds) const;
    std::string comparison(const Node&, bool holds) const;
    std::string equality(const Sides&) const;
    std::string count(const Sides&) const;
    std::string counted(const Node& count, Comparison, std::int64_t bound) const;
    std::string days(const Sides&) const;
    std::string holder(const std::string& kind, bool is) const;
    std::string otherwise(NodeId, bool holds) const;

    std::string input_label(const Node&) const;
    std::string local(const Node&) const;
    std::string arithmetic(const Node&) const;
    std::string list_of(const ValueList&, std::string_view last) const;
    const Value* constant(NodeId) const;
    std::string value_words(const Value&, Op beside) const;

    const Program& program_;
};

std::string duration_words(Duration);
/// Inside a sentence: "Employees" → "employees", but "CRM id" stays.
std::string uncapitalised(std::string label);
Comparison contrary(Comparison);
Comparison mirrored(Comparison);

}  // namespace baton::criteria
