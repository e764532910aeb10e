#include "api/access/token.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rtcscope::api::access {
namespace {

TEST(Token, HasItsFormAndIsNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string text = new_token_text();
    EXPECT_EQ(text.size(), 46U);
    EXPECT_TRUE(looks_like_token(text)) << text;
    EXPECT_TRUE(seen.insert(text).second);
  }
}

TEST(Token, OnlyItsFormIsTaken) {
  const std::string good = new_token_text();
  EXPECT_FALSE(looks_like_token(""));
  EXPECT_FALSE(looks_like_token(good.substr(1)));
  EXPECT_FALSE(looks_like_token(good + "A"));
  EXPECT_FALSE(looks_like_token("rs_" + std::string(42, 'A') + "="));
  EXPECT_FALSE(looks_like_token("rs-" + std::string(43, 'A')));
}

// FIPS 180-4's example "abc".
TEST(Token, IsKeptAsSha256) {
  EXPECT_EQ(token_digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Token, SecretsAreComparedWhole) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "abcd"));
  EXPECT_FALSE(same_secret("", "a"));
}

// RFC 4648, 10.
TEST(Role, IsAStepOfOneLadderButForIngest) {
  const auto allowed = [](Role role) {
    std::string needs;
    for (const Need need : {Need::kNothing, Need::kIngest, Need::kViewer, Need::kOperator, Need::kAdmin}) {
      if (permits(role, need)) needs += std::string(to_string(need)) + ' ';
    }
    return needs;
  };
  EXPECT_EQ(allowed(Role::kIngest), "nothing ingest ");
  EXPECT_EQ(allowed(Role::kViewer), "nothing viewer ");
  EXPECT_EQ(allowed(Role::kOperator), "nothing viewer operator ");
  EXPECT_EQ(allowed(Role::kAdmin), "nothing viewer operator admin ");
}

}  // namespace
}  // namespace rtcscope::api::access
