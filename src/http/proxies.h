// Whose word about the caller's address is believed: a proxy's, when it is configured, and nobody else's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace baton::http {

/// An IPv4 address is kept as ::ffff:a.b.c.d.
struct Network {
    std::array<std::uint8_t, 16> address{};
    unsigned bits = 128;
};

class Proxies {
   public:
    /// "10.0.0.0/8", "127.0.0.1", "::1". Code bad_proxy.
    Status add(std::string_view text);
    bool empty() const { return networks_.empty(); }
    bool holds(std::string_view address) const;

    struct Seen {
        std::string address;
        bool secure = false;  ///< the proxy says that the caller came by TLS
    };
    /// Who calls, when `peer` sent these header fields (names lower case). Reads X-Forwarded-For from the right, as far as
    /// proxies speak, and takes every forwarding field out of `headers`: nothing behind this may read them.
    Seen look(const std::string& peer, std::map<std::string, std::string>& headers) const;

   private:
    std::vector<Network> networks_;
};

/// "192.0.2.7", "::1", "::ffff:192.0.2.7" in one spelling; nothing when it is no address.
std::optional<std::string> plain_address(std::string_view text);

/// An address as far as it says who it is: an IPv6 host has a /64 for itself.
std::string share_of(std::string_view address);

}  // namespace baton::http
