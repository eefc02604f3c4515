// Who may call what. Every route states one of these; a route without one does not compile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/message.h"

namespace baton::http {

enum class Access : std::uint8_t {
    probe,  ///< anybody who reaches the port: liveness, readiness
    read,   ///< who holds the token, or a loopback caller where none is set
    write,  ///< the same, and never a page of another site
};
std::string_view to_string(Access access);

struct Gate {
    std::string token;  ///< "" = loopback only

    /// What to answer instead of the route; nothing when the caller may.
    std::optional<Response> refuse(const Request& request, Access access) const;
};

/// "localhost:8080", "127.0.0.1", "[::1]:80": names only this machine has.
bool is_loopback_host(std::string_view host);
/// Whether "HOST:PORT" to listen on is reachable from this machine only.
bool is_loopback_address(std::string_view address);

}  // namespace baton::http
