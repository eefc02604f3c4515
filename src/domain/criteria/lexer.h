// Text → tokens. Source: cel-spec doc/langdef.md "Syntax" (without bytes, unsigned numbers and triple quotes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/criteria/criteria.h"

namespace baton::criteria {

enum class TokenKind : std::uint8_t { end, name, integer, decimal, string, symbol };

/// `text`: the name, the symbol, the digits as written; of a string what it says, escapes undone.
struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// The last token is always `end`. With a problem the tokens before it are of no use.
struct Tokens {
    std::vector<Token> list;
    std::optional<Problem> problem;
};
Tokens tokens_of(std::string_view text);

/// Words that CEL keeps for itself; no name of ours.
bool is_reserved(std::string_view name);

}  // namespace baton::criteria
