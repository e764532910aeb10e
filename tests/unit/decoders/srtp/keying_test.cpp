#include "decoders/srtp/keying.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "capture/bpf/key_probe.h"

namespace rtcscope::srtp {
namespace {

// RFC 5764, 4.1.2 and RFC 7714, 14.2: two master keys and two salts.
TEST(Profiles, LengthOfTheExportNamesThem) {
  EXPECT_EQ(srtcp_profile_of_length(60), Profile::kAes128CmSha1_80);
  EXPECT_EQ(srtcp_profile_of_length(56), Profile::kAeadAes128Gcm);
  EXPECT_EQ(srtcp_profile_of_length(88), Profile::kAeadAes256Gcm);
  for (const std::size_t other : {0U, 1U, 55U, 59U, 61U, 87U, 89U, 120U}) {
    EXPECT_FALSE(srtcp_profile_of_length(other)) << other;
  }
}

// RFC 3711, 8.2 and RFC 7714, 12: one master key and one salt.
TEST(Profiles, LengthOfOneWritersKeyNamesThem) {
  const std::pair<std::size_t, Profile> kCases[] = {
      {30, Profile::kAes128CmSha1_80}, {28, Profile::kAeadAes128Gcm}, {44, Profile::kAeadAes256Gcm}};
  const std::vector<std::byte> octets(88, std::byte{7});
  for (const auto& [size, profile] : kCases) {
    EXPECT_EQ(srtcp_profile_of_length(size), profile) << size;
    EXPECT_TRUE(KeyingMaterial(Bytes(octets).first(size)).one_writer());
    EXPECT_FALSE(KeyingMaterial(Bytes(octets).first(2 * size)).one_writer());
  }
  for (const std::size_t other : {14U, 27U, 29U, 31U, 43U, 45U, 48U}) {
    EXPECT_FALSE(srtcp_profile_of_length(other)) << other;
  }
}

// The two may not include each other.
TEST(Profiles, TheKeyProbeTakesTheLengthsThatOpen) {
  for (rtc_u64 octets = 0; octets <= 200; ++octets) {
    const auto profile = srtcp_profile_of_length(octets);
    const bool one_writer = profile && octets == key_sizes(*profile).one_writer();
    EXPECT_EQ(rtc_is_policy_octets(octets) != 0, one_writer) << octets;
    EXPECT_EQ(rtc_is_export_octets(octets) != 0, profile.has_value() && !one_writer) << octets;
  }
}

TEST(KeyingMaterial, FingerprintsTellSecretsApart) {
  std::vector<std::byte> octets(30, std::byte{7});
  const auto first = KeyingMaterial{Bytes(octets)}.fingerprint();
  ASSERT_TRUE(first);
  EXPECT_EQ(KeyingMaterial{Bytes(octets)}.fingerprint(), first);
  EXPECT_NE(KeyingMaterial(Bytes(octets).first(28)).fingerprint(), first);
  octets.back() = std::byte{8};
  EXPECT_NE(KeyingMaterial{Bytes(octets)}.fingerprint(), first);
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
