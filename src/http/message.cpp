#include "http/message.h"

#include <algorithm>

#include "codec/json_writer.h"

namespace baton::http {
namespace {

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool unescape(std::string_view text, bool plus_is_space, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return false;
            const int high = hex(text[i + 1]);
            const int low = hex(text[i + 2]);
            if (high < 0 || low < 0 || high * 16 + low == 0) return false;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return true;
}

/// How many bytes of a UTF-8 sequence follow the lead byte; -1 for none. Source: RFC 3629 §4.
int continuation_of(unsigned char lead) {
    if (lead < 0x80) return 0;
    if (lead >= 0xc2 && lead <= 0xdf) return 1;
    if (lead >= 0xe0 && lead <= 0xef) return 2;
    if (lead >= 0xf0 && lead <= 0xf4) return 3;
    return -1;
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const int more = continuation_of(lead);
        if (more < 0 || i + static_cast<std::size_t>(more) >= text.size()) return false;
        for (int k = 1; k <= more; ++k) {
            const auto c = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
            if ((c & 0xc0) != 0x80) return false;
            if (k == 1 && ((lead == 0xe0 && c < 0xa0) || (lead == 0xed && c > 0x9f) || (lead == 0xf0 && c < 0x90) ||
                           (lead == 0xf4 && c > 0x8f)))
                return false;
        }
        i += static_cast<std::size_t>(more) + 1;
    }
    return true;
}

bool parse_query(std::string_view text, std::map<std::string, std::string>& query) {
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        std::string name;
        std::string value;
        if (!unescape(pair.substr(0, equals), true, name)) return false;
        if (equals != std::string_view::npos && !unescape(pair.substr(equals + 1), true, value)) return false;
        if (!is_utf8(name) || !is_utf8(value)) return false;
        if (name.empty()) continue;
        std::string& known = query[name];
        const bool listed = name == "properties" && !known.empty();  // HubSpot's client says a list so
        known = listed ? known + "," + value : value;
    }
    return true;
}

std::string_view title_of(int status) {
    switch (status) {
        case 400: return "Bad request";
        case 401: return "Not signed in";
        case 403: return "Not allowed";
        case 404: return "Not found";
        case 405: return "Method not allowed";
        case 409: return "In the way";
        case 412: return "Changed meanwhile";
        case 413: return "Too large";
        case 414: return "Address too long";
        case 415: return "Unsupported content type";
        case 417: return "Expectation failed";
        case 421: return "Misdirected request";
        case 422: return "Not acceptable as it stands";
        case 428: return "Condition needed";
        case 429: return "Too many requests";
        case 431: return "Header too large";
        case 500: return "Internal error";
        case 501: return "Not set up here";
        case 503: return "Not available now";
        default: return "Error";
    }
}

}  // namespace

std::string Request::header(std::string_view name) const {
    const auto at = headers.find(std::string(name));
    return at == headers.end() ? std::string() : at->second;
}

std::string Request::parameter(std::string_view name) const {
    const auto at = query.find(std::string(name));
    return at == query.end() ? std::string() : at->second;
}

Response problem(int status, std::string_view code, std::string_view detail) {
    codec::JsonWriter out;
    out.begin_object().field("type", "about:blank").field("title", title_of(status)).field("status", status);
    out.field("code", code).field("detail", detail).end_object();
    return {status, "application/problem+json", out.take(), {}, {}};
}

Response json(std::string body, int status) { return {status, "application/json", std::move(body), {}, {}}; }

Response unavailable(const Error& error) {
    Response response = problem(503, error.code, error.detail);
    response.headers.emplace_back("retry-after", error.code == "disk_full" ? "30" : "1");
    return response;
}

bool parse_target(std::string_view target, Request& into) {
    if (target.empty() || target.front() != '/') return false;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
    if (std::ranges::any_of(target, is_control)) return false;
    const std::size_t mark = target.find('?');
    into.path.clear();
    if (!unescape(target.substr(0, mark), false, into.path) || !is_utf8(into.path)) return false;
    return mark == std::string_view::npos || parse_query(target.substr(mark + 1), into.query);
}

}  // namespace baton::http
