#include "http/proxies.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace baton::http {
namespace {

using Address = std::array<std::uint8_t, 16>;

std::optional<Address> parse(std::string_view text) {
    const std::string name(text);
    Address address{};
    if (name.find(':') != std::string::npos)
        return inet_pton(AF_INET6, name.c_str(), address.data()) == 1 ? std::optional(address) : std::nullopt;
    address[10] = address[11] = 0xff;
    return inet_pton(AF_INET, name.c_str(), address.data() + 12) == 1 ? std::optional(address) : std::nullopt;
}

bool is_v4(const Address& a) {
    return std::all_of(a.begin(), a.begin() + 10, [](std::uint8_t b) { return b == 0; }) && a[10] == 0xff &&
           a[11] == 0xff;
}

std::string text_of(const Address& address) {
    char room[INET6_ADDRSTRLEN] = {};
    if (is_v4(address)) return inet_ntop(AF_INET, address.data() + 12, room, sizeof room);
    return inet_ntop(AF_INET6, address.data(), room, sizeof room);
}

bool inside(const Network& network, const Address& address) {
    for (unsigned i = 0; i < network.bits; ++i) {
        const unsigned mask = 0x80U >> (i % 8);
        if ((network.address[i / 8] & mask) != (address[i / 8] & mask)) return false;
    }
    return true;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// "[2001:db8::1]:443" and "192.0.2.7:80" without port and brackets.
std::string_view without_port(std::string_view text) {
    if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
    return std::ranges::count(text, ':') == 1 ? text.substr(0, text.find(':')) : text;
}

}  // namespace

std::optional<std::string> plain_address(std::string_view text) {
    const auto address = parse(text);
    return address ? std::optional(text_of(*address)) : std::nullopt;
}

std::string share_of(std::string_view text) {
    auto address = parse(text);
    if (!address || is_v4(*address)) return std::string(text);
    std::fill(address->begin() + 8, address->end(), std::uint8_t{0});
    return text_of(*address);
}

Status Proxies::add(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse(text.substr(0, slash));
    const Error wrong{"bad_proxy", "'" + std::string(text) + "' is no address or network, such as 10.0.0.0/8 or ::1"};
    if (!address) return std::unexpected(wrong);
    const unsigned all = is_v4(*address) ? 32 : 128;
    unsigned bits = all;
    if (slash != std::string_view::npos) {
        const std::string_view given = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), bits);
        if (error != std::errc() || end != given.data() + given.size() || bits > all) return std::unexpected(wrong);
    }
    networks_.push_back({*address, bits + 128 - all});
    return {};
}

bool Proxies::holds(std::string_view text) const {
    const auto address = parse(text);
    return address && std::ranges::any_of(networks_, [&](const Network& n) { return inside(n, *address); });
}

Proxies::Seen Proxies::look(const std::string& peer, std::map<std::string, std::string>& headers) const {
    Seen seen{peer, false};
    const std::string chain = std::exchange(headers["x-forwarded-for"], "");
    const std::string protocol = std::exchange(headers["x-forwarded-proto"], "");
    for (const char* name : {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port",
                             "x-real-ip", "forwarded", "client-ip", "true-client-ip"})
        headers.erase(name);
    if (!holds(peer)) return seen;
    seen.secure = protocol == "https";
    std::string_view rest = chain;
    while (!rest.empty() && holds(seen.address)) {
        const std::size_t comma = rest.rfind(',');
        const std::string_view last = trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
        const auto address = plain_address(without_port(last));
        if (!address) break;  // rubbish: the proxy that passed it on is who called
        seen.address = *address;
    }
    return seen;
}

}  // namespace baton::http
