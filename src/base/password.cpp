#include "base/password.h"

#include <sodium.h>

#include <array>
#include <mutex>

namespace baton {
namespace {

/// Many at once would take 64 MiB each.
std::mutex one_at_a_time;

void ready() {
    static const int begun = sodium_init();
    static_cast<void>(begun);
}

}  // namespace

Result<std::string> hash_password(std::string_view password) {
    ready();
    const std::lock_guard lock(one_at_a_time);
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return fail("out_of_memory", "64 MiB are needed to hash a password, and are not to be had");
    return std::string(hash.data());
}

bool is_password(std::string_view hash, std::string_view password) {
    ready();
    const std::lock_guard lock(one_at_a_time);
    const std::string text(hash);
    return crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
}

std::string random_token() {
    ready();
    std::array<unsigned char, 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_URLSAFE_NO_PADDING)> text{};
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return std::string(text.data());
}

}  // namespace baton
