#include "connectors/fetch/addresses.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace baton::fetch {
namespace {

struct Block {
    std::array<std::uint8_t, 16> bytes;
    int bits;
};

bool within(std::span<const std::uint8_t> address, const Block& block) {
    for (int i = 0; i < block.bits; ++i) {
        const auto at = static_cast<std::size_t>(i / 8);
        const auto bit = static_cast<std::uint8_t>(0x80U >> (i % 8));
        if ((address[at] & bit) != (block.bytes[at] & bit)) return false;
    }
    return true;
}

constexpr std::array<Block, 15> not_public_v4{{{{0}, 8},
                                               {{10}, 8},
                                               {{100, 64}, 10},
                                               {{127}, 8},
                                               {{169, 254}, 16},
                                               {{172, 16}, 12},
                                               {{192, 0, 0}, 24},
                                               {{192, 0, 2}, 24},
                                               {{192, 88, 99}, 24},
                                               {{192, 168}, 16},
                                               {{198, 18}, 15},
                                               {{198, 51, 100}, 24},
                                               {{203, 0, 113}, 24},
                                               {{224}, 4},
                                               {{240}, 4}}};
/// Of what lies in 2000::/3; all else is not public.
constexpr std::array<Block, 3> not_public_v6{{{{0x20, 0x01, 0x00}, 23},  // Teredo and other protocols
                                              {{0x20, 0x01, 0x0d, 0xb8}, 32},
                                              {{0x3f, 0xff}, 20}}};

bool is_public_v4(std::span<const std::uint8_t> address) {
    return std::ranges::none_of(not_public_v4, [&](const Block& block) { return within(address, block); });
}

bool is_public_v6(std::span<const std::uint8_t> address) {
    static constexpr Block mapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
    static constexpr Block nat64{{0x00, 0x64, 0xff, 0x9b}, 96};
    static constexpr Block six_to_four{{0x20, 0x02}, 16};
    static constexpr Block global{{0x20}, 3};
    if (within(address, mapped) || within(address, nat64)) return is_public_v4(address.subspan(12, 4));
    if (within(address, six_to_four)) return is_public_v4(address.subspan(2, 4));
    return within(address, global) &&
           std::ranges::none_of(not_public_v6, [&](const Block& block) { return within(address, block); });
}

}  // namespace

bool is_public(const sockaddr& address) {
    std::array<std::uint8_t, 16> bytes{};
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        std::memcpy(bytes.data(), &v4.sin_addr, 4);
        return is_public_v4(bytes);
    }
    if (address.sa_family != AF_INET6) return false;
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::memcpy(bytes.data(), &v6.sin6_addr, 16);
    return is_public_v6(bytes);
}

}  // namespace baton::fetch
