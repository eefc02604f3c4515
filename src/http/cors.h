// Pages of other sites that may call (Fetch standard, §3.2 CORS protocol). Never with cookies: such a page shows a key.
#pragma once

#include <string>
#include <vector>

#include "http/message.h"

namespace baton::http {

class Cors {
   public:
    Cors() = default;
    /// "https://www.example.com", or "*" for every site.
    explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

    /// `open`: a route that every site may call (tracking).
    bool allows(const Request& request, bool open) const;
    /// What lets the page read the answer; nothing for callers that are no such page.
    void tell(const Request& request, bool open, Response& response) const;
    /// The answer to OPTIONS: which methods ("GET, POST") there are, and to a page that asks whether it may.
    Response preflight(const Request& request, const std::string& methods, bool open) const;

   private:
    std::vector<std::string> origins_;
};

}  // namespace baton::http
