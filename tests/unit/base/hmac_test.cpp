// base/hmac.hpp against the vectors of RFC 4231.

#include "base/hmac.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace rtcscope {
namespace {

TEST(HmacSha256, OfTheStandardsVectors) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const std::string longer_than_a_block(131, '\xaa');
  EXPECT_EQ(
      to_hex(hmac_sha256(longer_than_a_block, "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace rtcscope
