#include "http/framing.h"

#include <algorithm>
#include <cctype>

namespace baton::http {
namespace {

bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

/// The only value of a field; `times` says how often it stands there.
std::string_view field(const Header& header, std::string_view name, std::size_t& times) {
    std::string_view value;
    times = 0;
    for (const auto& [key, text] : header.fields) {
        if (!same(key, name)) continue;
        value = text;
        ++times;
    }
    return value;
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

bool is_host(std::string_view host) {
    return std::ranges::none_of(host, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 ||
               std::string_view("/\\@?#,\"<>").find(c) != std::string_view::npos;
    });
}

std::optional<Response> bad(std::string_view what) { return problem(400, "bad_request", what); }

std::optional<Response> refuse_length(const Header& header) {
    std::size_t lengths = 0, codings = 0;
    const std::string_view length = field(header, "content-length", lengths);
    const std::string_view coding = field(header, "transfer-encoding", codings);
    if (lengths > 1) return bad("Content-Length stands there more than once.");
    const bool digits = !length.empty() && length.size() <= 18 &&
                        std::ranges::all_of(length, [](char c) { return c >= '0' && c <= '9'; });
    if (lengths == 1 && !digits) return bad("Content-Length is no whole number.");
    if (codings == 0) return std::nullopt;
    if (lengths > 0) return bad("Content-Length and Transfer-Encoding exclude each other.");
    if (header.version < 11) return bad("HTTP/1.0 knows no Transfer-Encoding.");
    if (codings > 1 || !same(coding, "chunked")) return bad("Of transfer codings only 'chunked' is taken, once.");
    return std::nullopt;
}

}  // namespace

std::optional<Response> refuse_header(const Header& header) {
    if (header.target.size() > longest_target) return problem(414, "target_too_long", "The address is too long.");
    if (header.fields.size() > most_fields)
        return problem(431, "header_too_large", "The request has more than 100 header fields.");
    for (const auto& [name, value] : header.fields)
        if (std::ranges::any_of(value, is_control)) return bad("A header field holds a control character.");
    std::size_t hosts = 0;
    const std::string_view host = field(header, "host", hosts);
    if (hosts > 1 || (hosts == 0 && header.version == 11) || !is_host(host))
        return bad("A request names its host once, in the field Host.");
    return refuse_length(header);
}

}  // namespace baton::http
