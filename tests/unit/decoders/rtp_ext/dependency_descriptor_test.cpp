// decoders/rtp/dependency_descriptor.hpp, on descriptors written bit by bit (AV1 RTP specification, A.8).

#include <gtest/gtest.h>

#include "decoders/rtp/dependency_descriptor.hpp"
#include "tests/support/hex.hpp"

namespace rtcscope::rtp {
namespace {

using testing::Octets;

/// "1 0 000000 0000000000000001": spaces are for the reader.
Octets bits(const std::string& text) {
  Octets octets;
  std::size_t count = 0;
  for (const char c : text) {
    if (c != '0' && c != '1') continue;
    if (count % 8 == 0) octets.push_back(std::byte{0});
    if (c == '1') octets.back() |= static_cast<std::byte>(0x80 >> count % 8);
    count += 1;
  }
  return octets;
}

// L1T2: template_id_offset 2, two decode targets; two templates, the second one temporal layer up; a chain.
const std::string kHead = "1 0 000010 0000000000000111";
// chain_cnt is ns(3): value 1 is "10"; protected_by is ns(1): no bits at all; then 4 bits a template.
const std::string kChains = "10 0000 0001 ";
// Offset, targets - 1; layers; indications of two templates by two targets; the second depends on one frame.
const std::string kLayers = "000010 00001 01 11 10 10 00 10 0 1 0000 0 ";
const std::string kSize = "1 0000001001111111 0000000101100111";  // 640 x 360

TEST(DependencyDescriptor, ThreeOctetsSayFrameAndTemplate) {
  const auto d = parse_dependency_descriptor(bits("0 1 000101 0000000100000010"), nullptr);
  ASSERT_TRUE(d.has_value());
  EXPECT_FALSE(d->start_of_frame);
  EXPECT_TRUE(d->end_of_frame);
  EXPECT_EQ(d->template_id, 5);
  EXPECT_EQ(d->frame_number, 258);
  EXPECT_FALSE(d->spatial_id.has_value());
}

TEST(DependencyDescriptor, AKeyFrameBringsTheStructure) {
  const auto d = parse_dependency_descriptor(bits(kHead + "1 0 0 0 0" + kLayers + kChains + kSize), nullptr);
  ASSERT_TRUE(d.has_value());
  ASSERT_TRUE(d->structure.has_value());
  EXPECT_EQ(d->structure->template_count, 2);
  EXPECT_EQ(d->structure->decode_target_count, 2);
  EXPECT_EQ(d->structure->chain_count, 1);
  ASSERT_EQ(d->structure->resolution_count, 1);
  EXPECT_EQ(d->structure->resolutions[0].width, 640u);
  EXPECT_EQ(d->structure->resolutions[0].height, 360u);
  EXPECT_EQ(d->temporal_id, 0);
  EXPECT_EQ(d->independent, true);
}

TEST(DependencyDescriptor, LaterFramesAreReadByTheStructure) {
  const auto key =
      parse_dependency_descriptor(bits(kHead + "1 0 0 0 0" + kLayers + kChains + kSize), nullptr);
  const DependencyStructure* known = &*key->structure;
  const auto upper = parse_dependency_descriptor(bits("1 1 000011 0000000000001000"), known);
  ASSERT_TRUE(upper.has_value());
  EXPECT_EQ(upper->temporal_id, 1);
  EXPECT_EQ(upper->independent, false);
  // Custom frame differences: one of four bits, then the end; and which targets are still sent.
  const auto custom =
      parse_dependency_descriptor(bits("1 1 000010 0000000000001001 0 1 0 1 0 01 01 0010 00"), known);
  ASSERT_TRUE(custom.has_value());
  EXPECT_EQ(custom->active_decode_targets, 1u);
  EXPECT_EQ(custom->independent, false);
}

TEST(DependencyDescriptor, FaultsAreNamed) {
  const auto code = [](const std::string& text, const DependencyStructure* known = nullptr) {
    return std::string(to_string(parse_dependency_descriptor(bits(text), known).error().code));
  };
  EXPECT_EQ(code("1 0 000000 00000000"), "truncated");
  EXPECT_EQ(code(kHead + "0 0 0 0 0 000"), "no_structure");
  EXPECT_EQ(code(kHead + "1 0 0 0 0 000010 00001 01 11"), "truncated") << "in the indications";
  EXPECT_EQ(code("1 0 000000 0000000000000000 1 0 0 0 0" + kLayers + kChains + "0"), "unknown_template");
  EXPECT_EQ(code(kHead + "1 0 0 0 0 000010 00001 10 10 10 10"), "too_many_templates")
      << "a fifth spatial layer";
}

TEST(DependencyDescriptor, EachTruncationEnds) {
  const Octets whole = bits(kHead + "1 0 0 0 0" + kLayers + kChains + kSize);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto d = parse_dependency_descriptor(Bytes(whole).first(size), nullptr);
    EXPECT_EQ(d.has_value(), size == 3) << size;
  }
}

}  // namespace
}  // namespace rtcscope::rtp
