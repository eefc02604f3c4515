// Hashes that end up on disk: BLAKE2b-256 for chains and content, SipHash-2-4 for keyed 64-bit keys. libsodium does both.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace baton {

using Digest = std::array<std::uint8_t, 32>;
using Bytes = std::string;  ///< raw bytes; std::string for its small-string storage

Digest blake2b(std::string_view bytes);
/// Next link of a chain: BLAKE2b(previous ‖ bytes).
Digest chain(const Digest& previous, std::string_view bytes);
std::string to_hex(const Digest& digest);

/// A secret 128-bit key, one an installation, kept for ever.
using HashKey = std::array<std::uint8_t, 16>;
std::uint64_t siphash(const HashKey& key, std::string_view bytes);
/// Random numbers that nobody can guess, none of them 0; fetched many at a time.
class Salts {
   public:
    std::uint64_t next();

   private:
    std::array<std::uint64_t, 64> some_{};
    std::size_t left_ = 0;
};
/// Unkeyed, for values inside one state (assets): stable across runs and compilers. FNV-1a 64.
std::uint64_t stable_hash(std::string_view bytes);

}  // namespace baton
