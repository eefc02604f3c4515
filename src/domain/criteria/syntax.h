// The parse tree: what stands in the text, before names mean anything. Grammar: docs/PLAYBOOK.md, "Criteria language".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/criteria/criteria.h"
#include "domain/value.h"

namespace baton::criteria {

enum class SyntaxKind : std::uint8_t {
    literal,  ///< value
    name,     ///< name
    select,   ///< target . name
    call,     ///< name ( arguments )
    method,   ///< target . name ( arguments )
    index,    ///< target [ index ]
    list,     ///< elements
    not_,
    negate,  ///< never of a literal that is not negative: that is the literal
    binary,  ///< name is the operator: * / % + - < <= > >= == != in
    and_,    ///< two or more
    or_,     ///< two or more
    conditional
};

using SyntaxId = std::uint32_t;

/// `children` in the order they stand in the text; [begin, end) are bytes of the text.
struct Syntax {
    SyntaxKind kind = SyntaxKind::literal;
    std::string name;
    Value value;
    std::vector<SyntaxId> children;
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct SyntaxTree {
    std::vector<Syntax> nodes;
    SyntaxId root = 0;
    const Syntax& at(SyntaxId id) const { return nodes[id]; }
};

inline constexpr std::size_t node_limit = 2'000;
inline constexpr int depth_limit = 32;
inline constexpr int step_limit = 100'000;

/// A tree, or one problem.
struct Parsed {
    SyntaxTree tree;
    std::vector<Problem> problems;
};
Parsed parse(std::string_view text);

/// The one canonical spelling: parse(print(tree)) is the same tree.
std::string print(const SyntaxTree&, SyntaxId);
/// A value as a literal: "text" in quotes, decimals always with a point.
std::string literal_text(const Value&);
bool same_tree(const SyntaxTree& a, SyntaxId in_a, const SyntaxTree& b, SyntaxId in_b);

}  // namespace baton::criteria
