// Recursive descent over the tokens; the first mistake ends it.
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "domain/criteria/lexer.h"
#include "domain/criteria/syntax.h"

namespace baton::criteria {
namespace {

using std::string_view;

struct WordHint {
    string_view word;
    string_view hint;
};
constexpr std::array<WordHint, 10> word_hints{{{"and", "write && for and"},
                                               {"AND", "write && for and"},
                                               {"or", "write || for or"},
                                               {"OR", "write || for or"},
                                               {"not", "write ! before the expression"},
                                               {"NOT", "write ! before the expression"},
                                               {"is", "write == to compare"},
                                               {"IN", "write in, in small letters"},
                                               {"contains", "write text.contains(\"part\")"},
                                               {"matches", "write text.matches(r\"pattern\")"}}};

bool is_comparison(const Token& token) {
    if (token.kind == TokenKind::name) return token.text == "in";
    if (token.kind != TokenKind::symbol) return false;
    for (const string_view op : {"<", "<=", ">", ">=", "==", "!="}) {
        if (token.text == op) return true;
    }
    return false;
}

class Parser {
   public:
    explicit Parser(Tokens tokens) : tokens_(std::move(tokens.list)) {
        if (tokens.problem) fail(*tokens.problem);
    }

    Parsed run() {
        if (tokens_.size() == 1 && out_.problems.empty()) {
            fail({0, "the expression is empty", "write a condition, for example person.employees >= 200"});
        }
        out_.tree.root = expression();
        if (token().kind != TokenKind::end) unexpected("the end of the expression");
        if (!out_.problems.empty()) out_.tree = {};
        return std::move(out_);
    }

   private:
    // ---- tokens

    const Token& token() const { return tokens_[next_]; }
    bool at_symbol(string_view text) const { return token().kind == TokenKind::symbol && token().text == text; }
    bool at_name(string_view text) const { return token().kind == TokenKind::name && token().text == text; }
    void advance() {
        end_ = token().end;
        if (next_ + 1 < tokens_.size()) ++next_;
    }
    bool take(string_view symbol) {
        if (!at_symbol(symbol)) return false;
        advance();
        return true;
    }
    void expect(string_view symbol) {
        if (!take(symbol)) unexpected(std::string(symbol));
    }

    /// Notes the first problem and jumps to the end, so that every caller unwinds.
    void fail(Problem problem) {
        if (out_.problems.empty()) out_.problems.push_back(std::move(problem));
        next_ = tokens_.size() - 1;
    }
    bool failed() const { return !out_.problems.empty(); }

    void unexpected(const std::string& wanted) {
        if (failed()) return;
        if (token().kind == TokenKind::end) {
            return fail({token().begin, "the expression ends too early", "expected " + wanted});
        }
        for (const auto& [word, hint] : word_hints) {
            if (at_name(word)) return fail({token().begin, "unexpected " + token().text, std::string(hint)});
        }
        if (is_comparison(token())) {
            return fail({token().begin, "comparisons cannot be chained", "write a < b && b < c"});
        }
        const std::string found = token().kind == TokenKind::string ? "text in quotes" : token().text;
        fail({token().begin, "unexpected " + found, "expected " + wanted});
    }

    // ---- nodes

    SyntaxId add(SyntaxKind kind, std::size_t begin, std::vector<SyntaxId> children = {}, std::string name = {}) {
        if (out_.tree.nodes.size() >= node_limit) {
            fail({begin, "the expression has more than 2,000 parts", "split it into several clauses, or use a list"});
            return 0;
        }
        out_.tree.nodes.push_back({kind, std::move(name), Value(), std::move(children), begin, end_});
        return static_cast<SyntaxId>(out_.tree.nodes.size() - 1);
    }
    SyntaxId literal(Value value, std::size_t begin) {
        const SyntaxId id = add(SyntaxKind::literal, begin);
        if (!failed()) out_.tree.nodes[id].value = std::move(value);
        return id;
    }
    /// Where the operand begins as a node; parentheses around it are not part of it.
    std::size_t begin_of(SyntaxId id) const { return failed() ? 0 : out_.tree.nodes[id].begin; }

    bool enter() {
        if (++depth_ <= depth_limit) return true;
        fail({token().begin, "the expression is nested more than 32 deep", "split it into several clauses"});
        return false;
    }
    SyntaxId leave(SyntaxId id) {
        --depth_;
        return id;
    }

    // ---- grammar

    SyntaxId expression() {
        if (!enter()) return leave(0);
        const SyntaxId condition = any_of();
        if (!take("?")) return leave(condition);
        const SyntaxId then = any_of();
        expect(":");
        const SyntaxId otherwise = expression();
        return leave(add(SyntaxKind::conditional, begin_of(condition), {condition, then, otherwise}));
    }

    SyntaxId any_of() { return chain("||", SyntaxKind::or_, &Parser::all_of); }
    SyntaxId all_of() { return chain("&&", SyntaxKind::and_, &Parser::relation); }

    SyntaxId chain(string_view symbol, SyntaxKind kind, SyntaxId (Parser::*operand)()) {
        const SyntaxId first = (this->*operand)();
        if (!at_symbol(symbol)) return first;
        std::vector<SyntaxId> operands{first};
        while (take(symbol)) operands.push_back((this->*operand)());
        return add(kind, begin_of(first), std::move(operands));
    }

    SyntaxId relation() {
        const SyntaxId left = sum();
        if (!is_comparison(token())) return left;
        const std::string op = token().text;
        advance();
        const SyntaxId right = sum();
        if (is_comparison(token())) unexpected("&&");
        return add(SyntaxKind::binary, begin_of(left), {left, right}, op);
    }

    SyntaxId sum() {
        SyntaxId left = product();
        while (at_symbol("+") || at_symbol("-")) {
            const std::string op = token().text;
            advance();
            const SyntaxId right = product();
            left = add(SyntaxKind::binary, begin_of(left), {left, right}, op);
        }
        return left;
    }

    SyntaxId product() {
        SyntaxId left = unary();
        while (at_symbol("*") || at_symbol("/") || at_symbol("%")) {
            const std::string op = token().text;
            advance();
            const SyntaxId right = unary();
            left = add(SyntaxKind::binary, begin_of(left), {left, right}, op);
        }
        return left;
    }

    SyntaxId unary() {
        const std::size_t begin = token().begin;
        if (at_symbol("-")) return minus(begin);
        if (!take("!")) return member();
        if (!enter()) return leave(0);
        const SyntaxId operand = unary();
        return leave(add(SyntaxKind::not_, begin, {operand}));
    }

    SyntaxId minus(std::size_t begin) {
        advance();
        if (token().kind == TokenKind::integer && token().text == "9223372036854775808") {
            advance();
            return literal(Value(std::numeric_limits<std::int64_t>::min()), begin);
        }
        if (!enter()) return leave(0);
        const SyntaxId operand = unary();
        if (failed()) return leave(0);
        return leave(negated_literal(operand, begin) ? operand : add(SyntaxKind::negate, begin, {operand}));
    }

    /// Turns the literal 5 into the literal -5; a negative one stays and gets a negation of its own.
    bool negated_literal(SyntaxId id, std::size_t begin) {
        Syntax& node = out_.tree.nodes[id];
        if (node.kind != SyntaxKind::literal) return false;
        if (const auto* i = node.value.as<std::int64_t>(); i && *i >= 0) {
            node.value = Value(-*i);
        } else if (const auto* d = node.value.as<Decimal>(); d && d->micros >= 0) {
            node.value = Value(Decimal{-d->micros});
        } else {
            return false;
        }
        node.begin = begin;
        return true;
    }

    SyntaxId member() {
        SyntaxId target = primary();
        while (!failed()) {
            if (take(".")) {
                target = selection(target);
            } else if (take("[")) {
                const SyntaxId index = expression();
                expect("]");
                target = add(SyntaxKind::index, begin_of(target), {target, index});
            } else {
                break;
            }
        }
        return target;
    }

    SyntaxId selection(SyntaxId target) {
        if (token().kind != TokenKind::name) {
            unexpected("a name after the point");
            return 0;
        }
        const std::string name = token().text;
        advance();
        if (!take("(")) return add(SyntaxKind::select, begin_of(target), {target}, name);
        std::vector<SyntaxId> children = list_until(")");
        children.insert(children.begin(), target);
        return add(SyntaxKind::method, begin_of(target), std::move(children), name);
    }

    std::vector<SyntaxId> list_until(string_view close) {
        std::vector<SyntaxId> elements;
        if (take(close)) return elements;
        do {
            elements.push_back(expression());
        } while (take(","));
        expect(close);
        return elements;
    }

    SyntaxId primary() {
        const std::size_t begin = token().begin;
        if (take("(")) {
            const SyntaxId inner = expression();
            expect(")");
            return inner;
        }
        if (take("[")) {
            std::vector<SyntaxId> elements = list_until("]");
            return add(SyntaxKind::list, begin, std::move(elements));
        }
        switch (token().kind) {
            case TokenKind::name: return name();
            case TokenKind::integer: return integer();
            case TokenKind::decimal: return decimal();
            case TokenKind::string: {
                std::string text = token().text;
                advance();
                return literal(Value(std::move(text)), begin);
            }
            default: unexpected("a value"); return 0;
        }
    }

    SyntaxId name() {
        const Token word = token();
        if (word.text == "true" || word.text == "false" || word.text == "null") {
            advance();
            return literal(word.text == "null" ? Value() : Value(word.text == "true"), word.begin);
        }
        if (is_reserved(word.text) || word.text == "not" || word.text == "NOT") {
            unexpected("a value");
            return 0;
        }
        advance();
        if (!take("(")) return add(SyntaxKind::name, word.begin, {}, word.text);
        std::vector<SyntaxId> arguments = list_until(")");
        return add(SyntaxKind::call, word.begin, std::move(arguments), word.text);
    }

    SyntaxId integer() {
        const Token number = token();
        string_view digits = number.text;
        const bool hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
        if (hexadecimal) digits.remove_prefix(2);
        std::int64_t value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
        if (error != std::errc{}) {
            fail({number.begin, "this number is too large", "whole numbers go up to 9223372036854775807"});
            return 0;
        }
        advance();
        return literal(Value(value), number.begin);
    }

    SyntaxId decimal() {
        const Token number = token();
        const auto value = Decimal::parse(number.text);
        if (!value) {
            fail({number.begin, "this number is too large", "decimals go up to 9223372036854.775807"});
            return 0;
        }
        if (has_seventh_place(number.text)) {
            fail({number.begin, "this number has more than six decimal places", "round it to six places"});
            return 0;
        }
        advance();
        return literal(Value(*value), number.begin);
    }

    /// Counted on the text, since reading rounds; zeros at the end do not count.
    static bool has_seventh_place(string_view text) {
        const std::size_t exponent = text.find_first_of("eE");
        string_view mantissa = text.substr(0, exponent);
        const std::size_t point = mantissa.find('.');
        if (point != string_view::npos) {
            while (mantissa.ends_with('0')) mantissa.remove_suffix(1);
        }
        int places = point == string_view::npos ? 0 : static_cast<int>(mantissa.size() - point - 1);
        if (exponent != string_view::npos) places -= exponent_of(text.substr(exponent + 1));
        return places > 6 && mantissa.find_first_of("123456789") != string_view::npos;
    }
    static int exponent_of(string_view digits) {
        if (digits.starts_with('+')) digits.remove_prefix(1);
        int value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return error == std::errc{} ? value : (digits.starts_with('-') ? -1'000'000 : 1'000'000);
    }

    std::vector<Token> tokens_;
    std::size_t next_ = 0;
    std::size_t end_ = 0;
    int depth_ = 0;
    Parsed out_;
};

}  // namespace

Parsed parse(std::string_view text) { return Parser(tokens_of(text)).run(); }

}  // namespace baton::criteria
