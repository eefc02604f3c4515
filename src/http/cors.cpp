#include "http/cors.h"

#include <algorithm>

namespace baton::http {

bool Cors::allows(const Request& request, bool open) const {
    const std::string origin = request.header("origin");
    if (origin.empty()) return false;
    return open || std::ranges::any_of(origins_, [&](const auto& o) { return o == "*" || o == origin; });
}

void Cors::tell(const Request& request, bool open, Response& response) const {
    if (!origins_.empty() || open) response.headers.emplace_back("vary", "origin");
    if (!allows(request, open)) return;
    response.headers.emplace_back("access-control-allow-origin", request.header("origin"));
    response.headers.emplace_back("access-control-expose-headers",
                                  "etag, location, ratelimit, ratelimit-policy, retry-after");
}

Response Cors::preflight(const Request& request, const std::string& methods, bool open) const {
    Response response{204, "application/json", "", {{"allow", methods + ", OPTIONS"}}};
    if (request.header("access-control-request-method").empty()) return response;
    if (!allows(request, open))
        return problem(403, "cross_origin", "Pages of this site may not call; baton serve --allow-origin lets them.");
    response.headers.emplace_back("access-control-allow-methods", methods);
    response.headers.emplace_back("access-control-allow-headers",
                                  "authorization, content-type, idempotency-key, if-match, x-retry-count, x-write-key");
    response.headers.emplace_back("access-control-max-age", "600");
    return response;
}

}  // namespace baton::http
