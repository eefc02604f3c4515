// Hashes against published vectors: what is on disk must read the same for ever.
#include <gtest/gtest.h>

#include "base/digest.h"

namespace baton {
namespace {

TEST(Digest, blake2b_256) {
    // BLAKE2b-256 of "" and "abc"; b2sum -l 256 prints the same.
    EXPECT_EQ(to_hex(blake2b("")), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    EXPECT_EQ(to_hex(blake2b("abc")), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Digest, a_chain_hashes_the_previous_link_and_the_bytes) {
    const Digest first = blake2b("a");
    std::string both(reinterpret_cast<const char*>(first.data()), first.size());
    EXPECT_EQ(chain(first, "b"), blake2b(both + "b"));
    EXPECT_NE(chain(first, "b"), chain(blake2b("b"), "b"));
}

TEST(Digest, siphash_2_4) {
    // J.-P. Aumasson, D. J. Bernstein, "SipHash", appendix A: key 00…0f, message 00…0e.
    HashKey key{};
    std::string message;
    for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
    for (char i = 0; i < 15; ++i) message += i;
    EXPECT_EQ(siphash(key, message), 0xa129ca6149be45e5u);
}

TEST(Digest, stable_hash_is_fnv_1a) {
    EXPECT_EQ(stable_hash(""), 0xcbf29ce484222325u);
    EXPECT_EQ(stable_hash("a"), 0xaf63dc4c8601ec8cu);
    EXPECT_EQ(stable_hash("foobar"), 0x85944171f73967e8u);
}

}  // namespace
}  // namespace baton
