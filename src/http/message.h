// Requests and responses as routes see them. No Boost here: only server.cpp knows Beast (compile time, and so that
// routes are plain functions to test).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/spooled.h"

namespace baton::http {

struct Request {
    std::string method;                          ///< upper case
    std::string path;                            ///< percent-decoded, without query
    std::map<std::string, std::string> query;    ///< percent-decoded; of repeated names the last, but all `properties`
    std::map<std::string, std::string> headers;  ///< names lower case; of repeated names joined by ", "
    std::string body;
    std::shared_ptr<Spooled> spooled;  ///< where the body is when it is not held: a file that is uploaded
    std::string remote;   ///< address of the caller, without port, as a configured proxy names it; "" = not known
    bool secure = false;  ///< came by TLS, to the server itself or to a configured proxy

    std::string header(std::string_view name) const;
    std::string parameter(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string file;  ///< path of what is the body instead; "" = none
};

/// RFC 9457 application/problem+json: {"type","title","status","code","detail"}.
Response problem(int status, std::string_view code, std::string_view detail);
Response json(std::string body, int status = 200);
/// The store cannot now: 503 with Retry-After, longer when the disk is full.
Response unavailable(const Error& error);

/// "/a%20b?x=1&y=" → path and query. Nothing when an escape is broken, or gives NUL or bad UTF-8.
bool parse_target(std::string_view target, Request& into);

}  // namespace baton::http
