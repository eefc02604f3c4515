#include "domain/criteria/lexer.h"

#include <algorithm>
#include <array>

namespace baton::criteria {
namespace {

using std::string_view;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

unsigned char byte_at(string_view text, std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

/// Bytes of the UTF-8 character at `at`; 0 when it is none (RFC 3629 table of well-formed sequences).
std::size_t character_length(string_view text, std::size_t at) {
    const unsigned char lead = byte_at(text, at);
    const unsigned char second = byte_at(text, at + 1);
    const auto tail = [&](std::size_t i) { return (byte_at(text, at + i) & 0xC0) == 0x80; };
    if (lead == 0) return 0;
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
        return tail(1) && tail(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
        return tail(1) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

void append_code_point(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
        put(0xC0 | (code >> 6));
    } else if (code < 0x10000) {
        put(0xE0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3F));
    } else {
        put(0xF0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3F));
        put(0x80 | ((code >> 6) & 0x3F));
    }
    put(0x80 | (code & 0x3F));
}

struct SimpleEscape {
    char written;
    char meant;
};
constexpr std::array<SimpleEscape, 12> simple_escapes{{{'a', '\a'},
                                                       {'b', '\b'},
                                                       {'f', '\f'},
                                                       {'n', '\n'},
                                                       {'r', '\r'},
                                                       {'t', '\t'},
                                                       {'v', '\v'},
                                                       {'\\', '\\'},
                                                       {'?', '?'},
                                                       {'"', '"'},
                                                       {'\'', '\''},
                                                       {'`', '`'}}};

constexpr std::array<string_view, 11> long_symbols{"&&", "||", "==", "!=", "<=", ">=", "<>", "=>", "=<", "++", "**"};

struct Mistyped {
    string_view written;
    string_view hint;
};
/// What people write who come from another language.
constexpr std::array<Mistyped, 11> mistyped{{{"=", "write == to compare"},
                                             {"&", "write && for and"},
                                             {"|", "write || for or"},
                                             {"<>", "write != for not equal"},
                                             {"=>", "write >= for at least"},
                                             {"=<", "write <= for at most"},
                                             {"{", "write a list in brackets: [\"a\", \"b\"]"},
                                             {"\xE2\x80\x9C", "write plain quotes: \"text\""},
                                             {"\xE2\x80\x9D", "write plain quotes: \"text\""},
                                             {"\xE2\x80\x98", "write plain quotes: 'text'"},
                                             {"\xE2\x89\xA5", "write >= for at least"}}};

class Lexer {
   public:
    explicit Lexer(string_view text) : text_(text) {}

    Tokens run() {
        while (!out_.problem && skip_space()) next();
        add(TokenKind::end, {}, text_.size());
        return std::move(out_);
    }

   private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    void fail(std::size_t offset, std::string message, std::string hint = {}) {
        if (!out_.problem) out_.problem = Problem{offset, std::move(message), std::move(hint)};
    }

    void add(TokenKind kind, std::string text, std::size_t begin) {
        out_.list.push_back({kind, std::move(text), begin, at_});
    }

    /// Past blanks and // comments; false at the end of the text.
    bool skip_space() {
        while (at_ < text_.size()) {
            if (is_space(peek())) {
                ++at_;
            } else if (peek() == '/' && peek(1) == '/') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else {
                return true;
            }
        }
        return false;
    }

    void next() {
        const char c = peek();
        const bool raw = (c == 'r' || c == 'R') && (peek(1) == '"' || peek(1) == '\'');
        if (c == '"' || c == '\'' || raw) return string(raw);
        if ((c == 'b' || c == 'B') && (peek(1) == '"' || peek(1) == '\'')) {
            return fail(at_, "bytes are not part of the criteria language", "leave out the b before the quote");
        }
        if (is_letter(c)) return name();
        if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
        symbol();
    }

    void name() {
        const std::size_t begin = at_;
        while (is_letter(peek()) || is_digit(peek())) ++at_;
        add(TokenKind::name, std::string(text_.substr(begin, at_ - begin)), begin);
    }

    void digits() {
        while (is_digit(peek())) ++at_;
    }

    void number() {
        const std::size_t begin = at_;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) return hexadecimal();
        digits();
        bool whole = true;
        if (peek() == '.' && is_digit(peek(1))) {
            whole = false;
            ++at_;
            digits();
        }
        const bool sign = peek(1) == '+' || peek(1) == '-';
        if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign ? 2 : 1))) {
            whole = false;
            at_ += sign ? 2 : 1;
            digits();
        }
        finish_number(whole ? TokenKind::integer : TokenKind::decimal, begin);
    }

    void hexadecimal() {
        const std::size_t begin = at_;
        at_ += 2;
        while (hex_value(peek()) >= 0) ++at_;
        if (at_ == begin + 2) return fail(begin, "0x needs digits after it", "write the number in decimal digits");
        finish_number(TokenKind::integer, begin);
    }

    void finish_number(TokenKind kind, std::size_t begin) {
        if (is_letter(peek())) {
            const bool unsigned_suffix = peek() == 'u' || peek() == 'U';
            return fail(at_, "a number cannot be followed by a letter",
                        unsigned_suffix ? "leave out the u: there are no unsigned numbers"
                                        : "lengths of time are written days(14), hours(4), duration(\"1d12h\")");
        }
        add(kind, std::string(text_.substr(begin, at_ - begin)), begin);
    }

    void string(bool raw) {
        const std::size_t begin = at_;
        if (raw) ++at_;
        const char quote = peek();
        if (peek(1) == quote && peek(2) == quote) {
            return fail(begin, "texts in triple quotes are not part of the criteria language", "use one quote");
        }
        ++at_;
        std::string value;
        while (at_ < text_.size() && peek() != quote && !out_.problem) character(value, raw);
        if (out_.problem) return;
        if (at_ >= text_.size()) return fail(begin, "this text has no closing quote", std::string("add ") + quote);
        ++at_;
        add(TokenKind::string, std::move(value), begin);
    }

    void character(std::string& value, bool raw) {
        if (peek() == '\\' && !raw) return escape(value);
        if (peek() == '\n' || peek() == '\r') return fail(at_, "a text ends on the line it began", "write \\n");
        const std::size_t length = character_length(text_, at_);
        if (length == 0) return fail(at_, "this is not UTF-8 text", "save the file as UTF-8");
        value.append(text_.substr(at_, length));
        at_ += length;
    }

    void escape(std::string& value) {
        const std::size_t begin = at_;
        ++at_;
        const char c = peek();
        const auto* simple = std::ranges::find(simple_escapes, c, &SimpleEscape::written);
        if (simple != simple_escapes.end()) {
            ++at_;
            value += simple->meant;
            return;
        }
        if (c == 'x' || c == 'X') return coded(value, begin, 1, 2, 16);
        if (c == 'u') return coded(value, begin, 1, 4, 16);
        if (c == 'U') return coded(value, begin, 1, 8, 16);
        if (c >= '0' && c <= '3') return coded(value, begin, 0, 3, 8);
        fail(begin, "unknown escape in a text", "write \\\\ for a backslash, or r\"…\" for a pattern");
    }

    /// `count` digits of `base` after `skip` letters: one code point.
    void coded(std::string& value, std::size_t begin, std::size_t skip, std::size_t count, int base) {
        at_ += skip;
        std::uint32_t code = 0;
        for (std::size_t i = 0; i < count; ++i, ++at_) {
            const int digit = hex_value(peek());
            if (digit < 0 || digit >= base) return fail(begin, "this escape needs more digits");
            code = code * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
        }
        if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
            return fail(begin, "this escape is no character a text may hold");
        }
        append_code_point(value, code);
    }

    void symbol() {
        const std::size_t begin = at_;
        const auto rest = text_.substr(at_);
        const auto* two = std::ranges::find_if(long_symbols, [&](string_view s) { return rest.starts_with(s); });
        std::size_t length = two != long_symbols.end() ? two->size() : character_length(text_, at_);
        if (length == 0) return fail(at_, "this is not UTF-8 text", "save the file as UTF-8");
        const string_view written = rest.substr(0, length);
        const auto* wrong = std::ranges::find(mistyped, written, &Mistyped::written);
        if (wrong != mistyped.end()) {
            return fail(begin, "unexpected " + std::string(written), std::string(wrong->hint));
        }
        if (two == long_symbols.end() && string_view("!<>()[].,?:+-*/%").find(written) == string_view::npos) {
            return fail(begin, "unexpected " + std::string(written));
        }
        at_ += length;
        add(TokenKind::symbol, std::string(written), begin);
    }

    string_view text_;
    std::size_t at_ = 0;
    Tokens out_;
};

}  // namespace

Tokens tokens_of(std::string_view text) { return Lexer(text).run(); }

bool is_reserved(std::string_view name) {
    constexpr std::array<string_view, 21> words{"as",        "break", "const",  "continue", "else", "false", "for",
                                                "function",  "if",    "import", "in",       "let",  "loop",  "package",
                                                "namespace", "null",  "return", "true",     "var",  "void",  "while"};
    return std::ranges::find(words, name) != words.end();
}

}  // namespace baton::criteria
