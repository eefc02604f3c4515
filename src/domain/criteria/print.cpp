// Tree → canonical text: one space around operators, parentheses only where the tree needs them.
#include <algorithm>

#include "domain/criteria/syntax.h"

namespace baton::criteria {
namespace {

using std::string_view;

/// How tightly a node binds; a child that binds less tightly than its place needs parentheses.
enum class Binding : std::uint8_t { conditional, or_, and_, relation, sum, product, unary, member };

Binding binding_of_operator(string_view op) {
    if (op == "+" || op == "-") return Binding::sum;
    if (op == "*" || op == "/" || op == "%") return Binding::product;
    return Binding::relation;
}

bool is_negative(const Value& value) {
    if (const auto* i = value.as<std::int64_t>()) return *i < 0;
    const auto* d = value.as<Decimal>();
    return d && d->micros < 0;
}

Binding binding_of(const Syntax& node) {
    switch (node.kind) {
        case SyntaxKind::conditional: return Binding::conditional;
        case SyntaxKind::or_: return Binding::or_;
        case SyntaxKind::and_: return Binding::and_;
        case SyntaxKind::binary: return binding_of_operator(node.name);
        case SyntaxKind::not_:
        case SyntaxKind::negate: return Binding::unary;
        case SyntaxKind::literal: return is_negative(node.value) ? Binding::unary : Binding::member;
        default: return Binding::member;
    }
}

Binding tighter(Binding binding) { return static_cast<Binding>(static_cast<std::uint8_t>(binding) + 1); }

class Printer {
   public:
    explicit Printer(const SyntaxTree& tree) : tree_(tree) {}

    std::string at_least(SyntaxId id, Binding needed) const {
        const Syntax& node = tree_.at(id);
        std::string text = plain(node);
        return binding_of(node) < needed ? '(' + text + ')' : text;
    }

   private:
    std::string plain(const Syntax& node) const {
        const auto child = [&](std::size_t i, Binding needed) { return at_least(node.children[i], needed); };
        switch (node.kind) {
            case SyntaxKind::literal: return literal_text(node.value);
            case SyntaxKind::name: return node.name;
            case SyntaxKind::select: return child(0, Binding::member) + '.' + node.name;
            case SyntaxKind::call: return node.name + '(' + joined(node, 0, ", ", Binding::conditional) + ')';
            case SyntaxKind::method:
                return child(0, Binding::member) + '.' + node.name + '(' + joined(node, 1, ", ", Binding::conditional) +
                       ')';
            case SyntaxKind::index: return child(0, Binding::member) + '[' + child(1, Binding::conditional) + ']';
            case SyntaxKind::list: return '[' + joined(node, 0, ", ", Binding::conditional) + ']';
            case SyntaxKind::not_: return '!' + child(0, Binding::unary);
            case SyntaxKind::negate: return '-' + child(0, Binding::unary);
            case SyntaxKind::binary: return binary(node);
            case SyntaxKind::and_: return joined(node, 0, " && ", Binding::relation);
            case SyntaxKind::or_: return joined(node, 0, " || ", Binding::and_);
            case SyntaxKind::conditional:
                return child(0, Binding::or_) + " ? " + child(1, Binding::or_) + " : " + child(2, Binding::conditional);
        }
        return {};
    }

    std::string binary(const Syntax& node) const {
        const Binding own = binding_of(node);
        const Binding left = own == Binding::relation ? tighter(own) : own;
        return at_least(node.children[0], left) + ' ' + node.name + ' ' + at_least(node.children[1], tighter(own));
    }

    std::string joined(const Syntax& node, std::size_t from, string_view between, Binding needed) const {
        std::string text;
        for (std::size_t i = from; i < node.children.size(); ++i) {
            if (i != from) text += between;
            text += at_least(node.children[i], needed);
        }
        return text;
    }

    const SyntaxTree& tree_;
};

std::string quoted(string_view text) {
    constexpr string_view hex = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7F) {
            out += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace

std::string literal_text(const Value& value) {
    if (value.is_null()) return "null";
    if (const auto* text = value.as<std::string>()) return quoted(*text);
    if (const auto* decimal = value.as<Decimal>()) {
        const std::string text = to_string(*decimal);
        return text.find('.') == std::string::npos ? text + ".0" : text;
    }
    if (const auto* instant = value.as<Instant>()) return "timestamp(" + quoted(to_string(*instant)) + ')';
    if (const auto* duration = value.as<Duration>()) return "duration(" + quoted(to_string(*duration)) + ')';
    if (const auto* list = value.as<ValueList>()) {
        std::string text = "[";
        for (const Value& element : *list) text += (&element == list->data() ? "" : ", ") + literal_text(element);
        return text + ']';
    }
    return to_text(value);
}

std::string print(const SyntaxTree& tree, SyntaxId id) { return Printer(tree).at_least(id, Binding::conditional); }

bool same_tree(const SyntaxTree& a, SyntaxId in_a, const SyntaxTree& b, SyntaxId in_b) {
    const Syntax& x = a.at(in_a);
    const Syntax& y = b.at(in_b);
    if (x.kind != y.kind || x.name != y.name || x.value != y.value) return false;
    return std::ranges::equal(x.children, y.children, [&](SyntaxId i, SyntaxId j) { return same_tree(a, i, b, j); });
}

}  // namespace baton::criteria
