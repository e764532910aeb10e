#include "decoders/srtp/keying.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace rtcscope::srtp {
namespace {

// RFC 5764, 4.1.2 and RFC 7714, 14.2: two master keys and two salts.
TEST(Profiles, LengthOfTheExportNamesThem) {
  ASSERT_EQ(profiles_of_length(60).size(), 2U);
  EXPECT_EQ(profiles_of_length(60)[0], Profile::kAes128CmSha1_80);
  EXPECT_EQ(profiles_of_length(60)[1], Profile::kAes128CmSha1_32);
  ASSERT_EQ(profiles_of_length(56).size(), 1U);
  EXPECT_EQ(profiles_of_length(56)[0], Profile::kAeadAes128Gcm);
  ASSERT_EQ(profiles_of_length(88).size(), 1U);
  EXPECT_EQ(profiles_of_length(88)[0], Profile::kAeadAes256Gcm);
  for (const std::size_t other : {0U, 1U, 55U, 59U, 61U, 87U, 89U, 120U}) {
    EXPECT_TRUE(profiles_of_length(other).empty()) << other;
  }
}

TEST(KeyingMaterial, TakesUpToTheLongestProfile) {
  const std::vector<std::byte> octets(KeyingMaterial::kMaxOctets + 1, std::byte{7});
  EXPECT_TRUE(KeyingMaterial(Bytes{}).empty());
  EXPECT_TRUE(KeyingMaterial(octets).empty());
  const KeyingMaterial longest(Bytes(octets).first(KeyingMaterial::kMaxOctets));
  EXPECT_EQ(longest.size(), KeyingMaterial::kMaxOctets);
}

TEST(KeyingMaterial, MovesAndLeavesNothingBehind) {
  const std::vector<std::byte> octets(60, std::byte{7});
  KeyingMaterial first{Bytes(octets)};
  KeyingMaterial second(std::move(first));
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(second.size(), 60U);
  KeyingMaterial third{Bytes(octets).first(56)};
  third = std::move(second);
  EXPECT_EQ(third.size(), 60U);
}

}  // namespace
}  // namespace rtcscope::srtp
