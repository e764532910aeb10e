// Signatures as an independent implementation of HMAC computes them for the server's rule: base64 of the hex
// text.

#include "feeds/owt/mauth.hpp"

#include <gtest/gtest.h>

namespace rtcscope::feeds::owt {
namespace {

const Service kService{"5e1a2b3c4d5e6f7081920a1b", "abc"};
constexpr const char* kPlain =
    "NTQwZDA1NjY2ZGM2MzliMTk0NTE0NzUyZGU3MTEwMDFkOTBiNmI4MDVhNzE0Njk5ZmU1N2RlYTUxMjMzNTEwZg==";
constexpr const char* kWithUser =
    "MjcyYjUwYTkxMDliNGJjZjI0ZWYzY2M1NDA4MTA0YTAwN2I5NTc5MWZjMGE3Mzg5YmMwNmE1YzE0MzUyZDBiMg==";

TEST(Mauth, SignsTheHexTextOfTheDigest) {
  EXPECT_EQ(mauth_signature("abc", "1700000000000", "123"), kPlain);
}

TEST(Mauth, HeaderHasNoQuotesAndNoBlanksBetweenMembers) {
  EXPECT_EQ(mauth_header(kService, "1700000000000", "123"),
            std::string("MAuth realm=http://rtcscope,mauth_signature_method=HMAC_SHA256,mauth_serviceid=") +
                "5e1a2b3c4d5e6f7081920a1b,mauth_cnonce=123,mauth_timestamp=1700000000000,mauth_signature=" +
                kPlain);
}

TEST(Mauth, UserIsSignedAsItStandsInTheHeader) {
  const std::string header = mauth_header(kService, "1700000000000", "123", "bob", "presenter");
  EXPECT_NE(header.find(std::string("mauth_signature=") + kWithUser + ","), std::string::npos) << header;
  EXPECT_TRUE(header.ends_with(",mauth_username=Ym9i,mauth_role=presenter")) << header;
}

TEST(Mauth, ServiceIsReadFromOneLine) {
  const Service service = parse_service("5e1a2b3c4d5e6f7081920a1b:key:with:colons");
  EXPECT_EQ(service.id, "5e1a2b3c4d5e6f7081920a1b");
  EXPECT_EQ(service.key, "key:with:colons");
  // The server answers 500 to an id that is none of its database.
  for (const char* wrong : {"", ":", "5e1a2b3c4d5e6f7081920a1b", "5e1a2b3c4d5e6f7081920a1b:", "5e1a:key",
                            "5e1a2b3c4d5e6f7081920a1x:key"}) {
    EXPECT_THROW((void)parse_service(wrong), std::invalid_argument) << wrong;
  }
}

}  // namespace
}  // namespace rtcscope::feeds::owt
