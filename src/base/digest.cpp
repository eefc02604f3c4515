#include "base/digest.h"

#include <sodium.h>

#include "base/result.h"

namespace baton {

Digest blake2b(std::string_view bytes) {
    Digest out{};
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    BATON_CHECK(crypto_generichash(out.data(), out.size(), data, bytes.size(), nullptr, 0) == 0);
    return out;
}

Digest chain(const Digest& previous, std::string_view bytes) {
    crypto_generichash_state state;
    Digest out{};
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    BATON_CHECK(crypto_generichash_init(&state, nullptr, 0, out.size()) == 0);
    BATON_CHECK(crypto_generichash_update(&state, previous.data(), previous.size()) == 0);
    BATON_CHECK(crypto_generichash_update(&state, data, bytes.size()) == 0);
    BATON_CHECK(crypto_generichash_final(&state, out.data(), out.size()) == 0);
    return out;
}

std::string to_hex(const Digest& digest) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(digest.size() * 2);
    for (const std::uint8_t byte : digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::uint64_t siphash(const HashKey& key, std::string_view bytes) {
    std::array<unsigned char, 8> out{};
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    BATON_CHECK(crypto_shorthash(out.data(), data, bytes.size(), key.data()) == 0);
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;) value = value << 8 | out[i];
    return value;
}

std::uint64_t Salts::next() {
    for (;;) {
        if (left_ == 0) {
            randombytes_buf(some_.data(), sizeof some_);
            left_ = some_.size();
        }
        if (const std::uint64_t one = some_[--left_]; one != 0) return one;
    }
}

std::uint64_t stable_hash(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

}  // namespace baton
