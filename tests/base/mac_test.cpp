// HMAC-SHA256 by the vectors of RFC 4231, and the texts that bytes are written as.
#include "base/mac.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

TEST(Mac, IsThatOfRfc4231) {
    const struct {
        std::string key, data;
        const char* mac;
    } table[] = {
        {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (const auto& row : table) {
        EXPECT_EQ(hex_of(hmac_sha256(row.key, {row.data})), row.mac);
        EXPECT_EQ(hex_of(hmac_sha256(row.key, {row.data.substr(0, 3), "", row.data.substr(3)})), row.mac);
    }
}

TEST(Mac, ComparesWholeTexts) {
    EXPECT_TRUE(same_bytes("", ""));
    EXPECT_TRUE(same_bytes("ab", "ab"));
    EXPECT_FALSE(same_bytes("ab", "ac"));
    EXPECT_FALSE(same_bytes("ab", "abc"));
}

TEST(Mac, ReadsHexAndBase64Strictly) {
    EXPECT_EQ(from_hex("00fFaB"), std::string("\0\xff\xab", 3));
    for (const char* wrong : {"0", "0g", "00 ", " 00", "00:11"}) EXPECT_FALSE(from_hex(wrong)) << wrong;
    EXPECT_EQ(from_hex(""), "");
    EXPECT_EQ(base64_of("ab\xff"), "YWL/");
    EXPECT_EQ(base64_of("a"), "YQ==");
    for (const char* text : {"YQ==", "YQ"}) EXPECT_EQ(from_base64(text), "a") << text;
    EXPECT_EQ(from_base64("YWL/"), "ab\xff");
    for (const char* wrong : {"Y", "YW L/", "YWL_", "YQ=", "=", "YWL/\n", "\xae\xae\xae\xae"})
        EXPECT_FALSE(from_base64(wrong)) << wrong;
}

}  // namespace
}  // namespace baton
