// `baton serve`: the API, the page and the probes over one ledger. main wires it to the command line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/ledger.h"
#include "base/result.h"
#include "http/fetches.h"
#include "http/imports.h"
#include "ports/clock.h"

namespace baton::http {

struct ServeOptions {
    std::string listen = "127.0.0.1:8080";
    /// Asked of every caller but the probes, as `Authorization: Bearer …` or as the password of HTTP Basic. Without one only
    /// loopback addresses may be listened on, and requests must name a loopback host (against DNS rebinding).
    std::string token;
    std::string certificate, key;           ///< PEM files; both empty = no TLS
    std::vector<std::string> proxies;       ///< addresses and networks whose forwarding fields are believed
    std::vector<std::string> origins;       ///< sites whose pages may call; "*" = all
    std::uint32_t requests_per_minute = 0;  ///< of one caller; 0 = no limit
    FetchOptions fetch;
    ImportOptions imports;
    /// Called once connections are taken, with the port.
    std::function<void(std::uint16_t)> on_ready;
};

/// Serves until SIGINT or SIGTERM. Codes: bad_address, in_use, bad_certificate, bad_proxy, token_needed, store errors.
Status serve(app::Ledger& ledger, ports::Clock& clock, const ServeOptions& options);

}  // namespace baton::http
