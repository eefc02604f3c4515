// Signatures with a shared secret: HMAC-SHA256 (RFC 2104, FIPS 180-4), and the texts it is written as. libsodium does the work.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace baton {

/// Of the parts one after another; 32 raw bytes.
Bytes hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts);
/// Takes as long whatever differs, once the lengths agree.
bool same_bytes(std::string_view a, std::string_view b);

std::string hex_of(std::string_view bytes);     ///< lower case
std::string base64_of(std::string_view bytes);  ///< RFC 4648 §4, padded
/// Either case, nothing else around it.
std::optional<Bytes> from_hex(std::string_view text);
/// RFC 4648 §4, with its padding or without.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace baton
