#include "http/access.h"

#include <array>

namespace baton::http {
namespace {

/// Takes as long whatever differs, once the lengths agree.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
    return difference == 0;
}

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

/// RFC 4648 §4; stops at padding, gives "" for rubbish.
std::string from_base64(std::string_view text) {
    std::string out;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        if (c == '=') break;
        const int value = base64_value(c);
        if (value < 0) return "";
        bits = bits << 6 | static_cast<unsigned>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 0xff);
    }
    return out;
}

/// The secret the caller shows: a bearer token, or the password of HTTP Basic (so that a browser can ask for it).
std::string secret_of(const Request& request) {
    const std::string given = request.header("authorization");
    if (given.starts_with("Bearer ")) return given.substr(7);
    if (!given.starts_with("Basic ")) return "";
    const std::string pair = from_base64(std::string_view(given).substr(6));
    const std::size_t colon = pair.find(':');
    return colon == std::string::npos ? "" : pair.substr(colon + 1);
}

std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

/// A browser names the site of the page that sends; only our own pages may change anything.
bool from_another_site(const Request& request) {
    const std::string origin = request.header("origin");
    if (!origin.empty()) {
        const std::string host = request.header("host");
        return origin != "http://" + host && origin != "https://" + host;
    }
    return request.header("sec-fetch-site") == "cross-site";
}

}  // namespace

std::string_view to_string(Access access) {
    switch (access) {
        case Access::probe: return "probe";
        case Access::read: return "read";
        case Access::write: return "write";
    }
    return "";
}

bool is_loopback_host(std::string_view host) {
    const std::string_view name = without_port(host);
    return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

bool is_loopback_address(std::string_view address) { return is_loopback_host(address); }

std::optional<Response> Gate::refuse(const Request& request, Access access) const {
    if (access == Access::probe) return std::nullopt;
    if (token.empty() && !is_loopback_host(request.header("host")))
        return problem(421, "unknown_host",
                       "Without a token Baton answers only to localhost, 127.0.0.1 and [::1]; set one with --token or "
                       "in BATON_TOKEN.");
    if (!token.empty() && !equal_in_constant_time(secret_of(request), token)) {
        Response response = problem(401, "token_needed", "Send the token as 'Authorization: Bearer …'.");
        response.headers.emplace_back("www-authenticate", "Basic realm=\"Baton\", charset=\"UTF-8\"");
        return response;
    }
    if (access == Access::write && from_another_site(request))
        return problem(403, "cross_origin", "Pages of other sites may not write here.");
    return std::nullopt;
}

}  // namespace baton::http
