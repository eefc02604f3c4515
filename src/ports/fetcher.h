// Fetching a document from a provider, over HTTP. One adapter reaches the network (connectors/fetch); tests bring their own.
//
// Whoever asks takes the network for what it is: the call ends within a bounded time, what comes is bounded, no redirect is followed,
// and addresses of this machine and of private networks are refused unless the caller says that this one may be.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace baton::ports {

struct FetchWanted {
    std::string url;  ///< https://…; http:// only with `inside`
    std::vector<std::pair<std::string, std::string>> headers;
    bool inside = false;  ///< the operator listed this address: it may be private, and without TLS
    std::size_t most_bytes = std::size_t{1} << 20;
};

struct Fetched {
    int status = 0;    ///< never one that redirects
    std::string body;  ///< at most `most_bytes`
};

class Fetcher {
   public:
    virtual ~Fetcher() = default;
    /// From any thread, one call at a time. Codes: address_refused, redirected, too_much, too_slow, unreachable (also when the
    /// certificate is not right), bad_address.
    virtual Result<Fetched> get(const FetchWanted& wanted) = 0;
};

}  // namespace baton::ports
