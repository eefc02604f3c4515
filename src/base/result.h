// What a call that can fail for reasons outside the program answers. Bugs are checks (BATON_CHECK), not results.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <expected>
#include <string>
#include <utility>

namespace baton {

/// A failure in words a person can act on: what, where, how to mend it. `code` is stable, snake_case.
struct Error {
    std::string code;
    std::string detail;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(std::string code, std::string detail) {
    return std::unexpected(Error{std::move(code), std::move(detail)});
}

}  // namespace baton

/// Always on: a broken assumption of ours stops the process rather than writing a wrong record.
#define BATON_CHECK(condition)                                                                      \
    do {                                                                                            \
        if (!(condition)) {                                                                         \
            std::fprintf(stderr, "%s:%d: broken assumption: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                           \
        }                                                                                           \
    } while (false)
