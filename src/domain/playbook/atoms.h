// Simple comparisons inside an expression's text, `person.employees >= 200`, to find what can never hold together.
// It understands only what it is sure of; all else it leaves out, so it may miss a contradiction but never invents one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/criteria/inputs.h"
#include "domain/value.h"

namespace baton::playbook {

/// `subject comparison bound`: the bound is a Decimal, a string or a bool.
struct Atom {
    std::string subject;  ///< the other side's text without spaces
    criteria::Comparison comparison = criteria::Comparison::equal;
    Value bound;
    friend bool operator==(const Atom&, const Atom&) = default;
};

/// What must all be true for the expression to be: its parts joined by && at the top, as far as they are understood.
std::vector<Atom> atoms(std::string_view expression);

/// The contrary, when the whole expression is one understood atom.
std::optional<Atom> contrary(std::string_view expression);

/// One clause's atoms, with who says it.
struct ClauseAtoms {
    std::size_t clause = 0;
    std::vector<Atom> atoms;
};

/// Two atoms about the same subject that exclude each other.
bool exclude(const Atom& a, const Atom& b);

}  // namespace baton::playbook
