// Passwords as argon2id (RFC 9106, libsodium's string format with its own salt and limits) and unguessable tokens.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace baton {

/// Takes about 0.1 s and 64 MiB; one at a time in a process. Code out_of_memory.
Result<std::string> hash_password(std::string_view password);
/// As long as hashing takes, whether it is right or not.
bool is_password(std::string_view hash, std::string_view password);
/// 256 random bits as 43 letters, digits, - and _.
std::string random_token();

}  // namespace baton
