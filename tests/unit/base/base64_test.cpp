#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace rtcscope {
namespace {

struct Vector {
  const char* plain;
  const char* encoded;
};

// RFC 4648, 10.
constexpr Vector kVectors[] = {{"f", "Zg=="},        {"fo", "Zm8="},        {"foo", "Zm9v"},
                               {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};

TEST(Base64, OfTheStandardsVectors) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(base64(vector.plain), vector.encoded);
    EXPECT_EQ(decode_base64(vector.encoded), vector.plain);
  }
  EXPECT_EQ(base64(""), "");
}

TEST(Base64, UrlHasItsOwnAlphabetAndNoPadding) {
  EXPECT_EQ(base64("\xfb\xff\xfe!"), "+//+IQ==");
  EXPECT_EQ(base64url("\xfb\xff\xfe!"), "-__-IQ");
  EXPECT_EQ(decode_base64url("-__-IQ"), "\xfb\xff\xfe!");
  EXPECT_EQ(decode_base64url("+//+IQ=="), std::nullopt);
}

TEST(Base64, TakesNothingElse) {
  for (const char* wrong : {"", "Zg=", "Zg", "Z===", "Zm9_", "Zg==Zg=="}) {
    EXPECT_EQ(decode_base64(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace rtcscope
