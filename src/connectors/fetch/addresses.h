// Which addresses are of the public Internet: what a provider's name leads to must be one, or a name could lead into our own network.
#pragma once

#include <sys/socket.h>

namespace baton::fetch {

/// False for this machine, private, link-local, shared, reserved, documentation and multicast addresses, and for IPv6 addresses that
/// hold such an IPv4 one (mapped, NAT64, 6to4). Source: IANA's registries of special-purpose addresses (RFC 6890).
bool is_public(const sockaddr& address);

}  // namespace baton::fetch
