// What the server reads before a route sees it. A header that is let through says the length of its body in one way, as somebody
// who reads it line by line finds too; a gzip body stays within its limits; a target is UTF-8 without NUL.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>
#include <cctype>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "http/framing.h"
#include "http/inflate.h"
#include "http/message.h"
#include "http/proxies.h"

namespace {

using namespace baton;
namespace bhttp = boost::beast::http;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

/// Lines of the header whose name is `name`, whatever stands between name and colon.
std::size_t lines_of(std::string_view head, std::string_view name) {
    std::size_t found = 0;
    while (!head.empty()) {
        const std::string line = lower(head.substr(0, head.find('\n')));
        head.remove_prefix(std::min(head.size(), line.size() + 1));
        if (line.starts_with(name) && line.find_first_not_of(" \t", name.size()) == line.find(':')) ++found;
    }
    return found;
}

void request(std::string_view text) {
    bhttp::request_parser<bhttp::string_body> parser;
    parser.header_limit(16'384);
    parser.body_limit(65'536);
    boost::beast::error_code error;
    const std::size_t read = parser.put(boost::asio::buffer(text.data(), text.size()), error);
    if (error || !parser.is_header_done()) return;
    const auto& message = parser.get();
    const auto view = [](auto part) { return std::string_view(part.data(), part.size()); };
    http::Header header{view(message.method_string()), view(message.target()), message.version(), {}};
    for (const auto& field : message) header.fields.emplace_back(view(field.name_string()), view(field.value()));
    if (http::refuse_header(header)) return;
    const std::string_view head = text.substr(0, read);
    BATON_CHECK(lines_of(head, "content-length") + lines_of(head, "transfer-encoding") <= 1);
    http::Request into;
    if (!http::parse_target(view(message.target()), into)) return;
    BATON_CHECK(into.path.starts_with('/') && into.path.find('\0') == std::string::npos);
}

void gzip(std::string_view text) {
    const http::InflateLimits limits{.bytes = 65'536, .ratio = 20, .unratioed = 1'024};
    const auto inflated = http::inflate(text, limits);
    if (inflated) BATON_CHECK(inflated->size() <= std::max<std::size_t>(limits.unratioed, text.size() * limits.ratio));
}

void target(std::string_view text) {
    http::Request into;
    if (!http::parse_target(text, into)) return;
    BATON_CHECK(into.path.find('\0') == std::string::npos);
    for (const auto& [name, value] : into.query) BATON_CHECK(!name.empty() && value.find('\0') == std::string::npos);
}

void forwarded(std::string_view text) {
    http::Proxies proxies;
    static_cast<void>(proxies.add("10.0.0.0/8"));
    static_cast<void>(proxies.add(text));
    std::map<std::string, std::string> headers{{"x-forwarded-for", std::string(text)}, {"forwarded", "x"}};
    const auto seen = proxies.look("10.0.0.1", headers);
    BATON_CHECK(headers.empty() && http::plain_address(seen.address) == seen.address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    switch (data[0] % 4) {
        case 0: request(text); break;
        case 1: gzip(text); break;
        case 2: target(text); break;
        default: forwarded(text); break;
    }
    return 0;
}
