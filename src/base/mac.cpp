#include "base/mac.h"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace baton {
namespace {

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace

Bytes hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, raw(key), key.size());
    for (const std::string_view part : parts) crypto_auth_hmacsha256_update(&state, raw(part), part.size());
    Bytes mac(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, raw(mac));
    return mac;
}

bool same_bytes(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hex_of(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

std::string base64_of(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), raw(bytes), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // its NUL
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    Bytes bytes(text.size() / 2, '\0');
    std::size_t size = 0;
    if (text.size() % 2 != 0 ||
        sodium_hex2bin(raw(bytes), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr) != 0 ||
        size != bytes.size())
        return std::nullopt;
    return bytes;
}

std::optional<Bytes> from_base64(std::string_view text) {
    // libsodium 1.0.18 takes bytes beyond ASCII for digits.
    if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; })) return std::nullopt;
    for (const int variant : {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING}) {
        Bytes bytes(text.size() / 4 * 3 + 3, '\0');
        std::size_t size = 0;
        if (sodium_base642bin(raw(bytes), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr, variant) !=
            0)
            continue;
        bytes.resize(size);
        return bytes;
    }
    return std::nullopt;
}

}  // namespace baton
