// A narrow reader of comparisons; the criteria library has the real parser.
#include "domain/playbook/atoms.h"

#include <array>

namespace baton::playbook {
namespace {

using criteria::Comparison;

std::string_view trimmed(std::string_view s) {
    const std::size_t first = s.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {};
    return s.substr(first, s.find_last_not_of(" \t\n") - first + 1);
}

/// Walks the text outside strings; calls `at(position, depth)` for each character outside.
template <class At>
bool outside_strings(std::string_view s, At at) {
    int depth = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        const char c = s[i];
        if (c == '"' || c == '\'') {
            const bool raw = i > 0 && (s[i - 1] == 'r' || s[i - 1] == 'R');
            const char quote = c;
            for (++i; i < s.size() && s[i] != quote; ++i)
                if (s[i] == '\\' && !raw) ++i;
            continue;
        }
        if (c == ')' || c == ']') --depth;
        at(i, depth);
        if (c == '(' || c == '[') ++depth;
    }
    return depth == 0;
}

bool has_at_top(std::string_view s, std::string_view word) {
    bool found = false;
    outside_strings(s,
                    [&](std::size_t i, int depth) { found = found || (depth == 0 && s.substr(i).starts_with(word)); });
    return found;
}

std::string_view without_parentheses(std::string_view s) {
    s = trimmed(s);
    while (s.size() >= 2 && s.front() == '(' && s.back() == ')') {
        bool whole = true;
        outside_strings(s,
                        [&](std::size_t i, int depth) { whole = whole && (depth > 0 || i == 0 || i + 1 == s.size()); });
        if (!whole) break;
        s = trimmed(s.substr(1, s.size() - 2));
    }
    return s;
}

std::vector<std::string_view> conjuncts(std::string_view s) {
    s = without_parentheses(s);
    if (has_at_top(s, "||") || has_at_top(s, "?")) return {};
    std::vector<std::string_view> parts;
    std::size_t start = 0;
    outside_strings(s, [&](std::size_t i, int depth) {
        if (depth != 0 || i < start || !s.substr(i).starts_with("&&")) return;
        parts.push_back(s.substr(start, i - start));
        start = i + 2;
    });
    parts.push_back(s.substr(start));
    return parts;
}

std::optional<Value> literal(std::string_view s) {
    if (s == "true") return Value(true);
    if (s == "false") return Value(false);
    if (s.size() >= 2 && (s.front() == '"' || s.front() == '\'') && s.back() == s.front()) {
        const std::string_view inside = s.substr(1, s.size() - 2);
        if (inside.find_first_of("\\\"'") == std::string_view::npos) return Value(inside);
        return std::nullopt;
    }
    const bool digits = !s.empty() && s.find_first_not_of("0123456789.-") == std::string_view::npos;
    const std::optional<Decimal> number = digits ? Decimal::parse(s) : std::nullopt;
    return number ? std::optional<Value>(Value(*number)) : std::nullopt;
}

struct Operator {
    std::string_view text;
    Comparison comparison, flipped, negated;
};
constexpr std::array<Operator, 6> operators = {{
    {">=", Comparison::greater_equal, Comparison::less_equal, Comparison::less},
    {"<=", Comparison::less_equal, Comparison::greater_equal, Comparison::greater},
    {"==", Comparison::equal, Comparison::equal, Comparison::not_equal},
    {"!=", Comparison::not_equal, Comparison::not_equal, Comparison::equal},
    {">", Comparison::greater, Comparison::less, Comparison::less_equal},
    {"<", Comparison::less, Comparison::greater, Comparison::greater_equal},
}};

const Operator& operator_of(Comparison comparison) {
    for (const Operator& op : operators)
        if (op.comparison == comparison) return op;
    return operators.front();
}

/// Spaces outside strings carry nothing.
std::string canonical(std::string_view s) {
    std::string text;
    bool inside = false;
    char quote = '"';
    for (const char c : s) {
        if (inside ? c == quote : c == '"' || c == '\'') {
            if (!inside) quote = c;
            inside = !inside;
            text += '"';
        } else if (inside || (c != ' ' && c != '\t' && c != '\n')) {
            text += c;
        }
    }
    return text;
}

struct Found {
    std::size_t at = std::string_view::npos;
    const Operator* op = nullptr;
};

Found comparison_in(std::string_view s) {
    Found found;
    outside_strings(s, [&](std::size_t i, int depth) {
        if (depth != 0 || found.op != nullptr) return;
        for (const Operator& op : operators) {
            if (!s.substr(i).starts_with(op.text)) continue;
            found = {i, &op};
            return;
        }
    });
    return found;
}

std::optional<Atom> atom(std::string_view s) {
    s = without_parentheses(s);
    if (s.empty() || has_at_top(s, "||") || has_at_top(s, "&&") || has_at_top(s, "?") || has_at_top(s, " in "))
        return std::nullopt;
    const Found found = comparison_in(s);
    if (found.op == nullptr) {
        const bool negated = s.front() == '!';
        const std::string subject = canonical(without_parentheses(negated ? s.substr(1) : s));
        if (subject.empty() || subject.front() == '!' || literal(subject)) return std::nullopt;
        return Atom{subject, Comparison::equal, Value(!negated)};
    }
    const std::string_view left = without_parentheses(s.substr(0, found.at));
    const std::string_view right = without_parentheses(s.substr(found.at + found.op->text.size()));
    const auto left_value = literal(left);
    const auto right_value = literal(right);
    if (left_value.has_value() == right_value.has_value()) return std::nullopt;
    if (right_value) return Atom{canonical(left), found.op->comparison, *right_value};
    return Atom{canonical(right), found.op->flipped, *left_value};
}

/// Whether some number meets both: each bounds one side, both the same side, or one names a single value.
bool numbers_exclude(const Atom& a, Decimal x, const Atom& b, Decimal y) {
    const auto meets = [](Decimal value, Comparison c, Decimal bound) {
        switch (c) {
            case Comparison::less: return value < bound;
            case Comparison::less_equal: return value <= bound;
            case Comparison::greater: return value > bound;
            case Comparison::greater_equal: return value >= bound;
            case Comparison::equal: return value == bound;
            case Comparison::not_equal: return value != bound;
        }
        return true;
    };
    if (a.comparison == Comparison::equal) return !meets(x, b.comparison, y);
    if (b.comparison == Comparison::equal) return !meets(y, a.comparison, x);
    const auto is_lower = [](Comparison c) { return c == Comparison::greater || c == Comparison::greater_equal; };
    const auto is_upper = [](Comparison c) { return c == Comparison::less || c == Comparison::less_equal; };
    const auto crossed = [](Decimal low, Comparison lc, Decimal high, Comparison hc) {
        return low > high || (low == high && (lc == Comparison::greater || hc == Comparison::less));
    };
    if (is_lower(a.comparison) && is_upper(b.comparison)) return crossed(x, a.comparison, y, b.comparison);
    if (is_upper(a.comparison) && is_lower(b.comparison)) return crossed(y, b.comparison, x, a.comparison);
    return false;
}

}  // namespace

std::vector<Atom> atoms(std::string_view expression) {
    std::vector<Atom> all;
    for (const std::string_view part : conjuncts(expression))
        if (auto a = atom(part)) all.push_back(std::move(*a));
    return all;
}

std::optional<Atom> contrary(std::string_view expression) {
    std::optional<Atom> a = atom(expression);
    if (!a) return std::nullopt;
    if (const bool* truth = a->bound.as<bool>(); truth != nullptr && a->comparison == Comparison::equal) {
        a->bound = Value(!*truth);
    } else {
        a->comparison = operator_of(a->comparison).negated;
    }
    return a;
}

bool exclude(const Atom& a, const Atom& b) {
    if (a.subject != b.subject) return false;
    const Decimal* x = a.bound.as<Decimal>();
    const Decimal* y = b.bound.as<Decimal>();
    if (x != nullptr && y != nullptr) return numbers_exclude(a, *x, b, *y);
    if (a.bound.held.index() != b.bound.held.index()) return false;
    if (a.comparison == Comparison::equal && b.comparison == Comparison::equal) return a.bound != b.bound;
    const bool opposite = (a.comparison == Comparison::equal && b.comparison == Comparison::not_equal) ||
                          (a.comparison == Comparison::not_equal && b.comparison == Comparison::equal);
    return opposite && a.bound == b.bound;
}

}  // namespace baton::playbook
