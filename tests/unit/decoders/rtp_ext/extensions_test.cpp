#include "decoders/rtp/extensions.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/support/extension_uris.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::rtp {
namespace {

using testing::kExtensionUris;
using testing::Octets;
using testing::Writer;
using namespace std::chrono_literals;

// The id of each is its place in kExtensionUris, counted from 1.
enum : unsigned { kLevel = 1, kAst, kTwcc, kTwcc02, kMid, kRid, kRrid, kCvo, kDelay };

ExtensionMap all() {
  ExtensionMap map;
  for (unsigned id = 1; const std::string_view uri : kExtensionUris) EXPECT_TRUE(map.assign(id++, uri));
  return map;
}

Octets packet(unsigned profile, Octets elements) {
  elements.resize((elements.size() + 3) / 4 * 4);
  return Writer{}
      .u8(0x90)
      .u8(111)
      .u16(1)
      .u32(2)
      .u32(3)
      .u16(profile)
      .u16(static_cast<unsigned>(elements.size() / 4))
      .bytes(elements)
      .zeros(10)
      .octets;
}

Octets one_byte(unsigned id, const Octets& value) {
  return Writer{}.u8(id << 4 | static_cast<unsigned>(value.size() - 1)).bytes(value).octets;
}
Octets two_byte(unsigned id, const Octets& value) {
  return Writer{}.u8(id).u8(static_cast<unsigned>(value.size())).bytes(value).octets;
}

// Keeps the octets that the views point into.
struct Read {
  Octets octets;
  RtpExtensions extensions;
};
Read read(Octets octets, const ExtensionMap& map = all()) {
  Read result{std::move(octets), {}};
  const auto parsed = parse_rtp(result.octets);
  EXPECT_TRUE(parsed);
  if (parsed) result.extensions = read_extensions(*parsed, map);
  return result;
}
Read read_one(unsigned id, const Octets& value) {
  return read(packet(0x1000, two_byte(id, value)));
}

Octets all_elements(Octets (*element)(unsigned, const Octets&)) {
  using testing::operator+;
  return element(kLevel, Writer{}.u8(0x80 | 42).octets) +         // voice, -42 dBov
         element(kAst, Writer{}.u24(0x040000 * 5 / 2).octets) +   // 2.5 s
         element(kTwcc, Writer{}.u16(65535).octets) +             //
         element(kMid, Writer{}.text("audio_1").octets) +         //
         Writer{}.u8(0).octets +                                  // padding between elements
         element(kRid, Writer{}.text("h").octets) +               //
         element(kRrid, Writer{}.text("h-2").octets) +            //
         element(kCvo, Writer{}.u8(0x0f).octets) +                // back, flipped, 270
         element(kDelay, Writer{}.u24(5U << 12 | 4095U).octets);  // 50 ms, 40.95 s
}

void expect_all(const RtpExtensions& e) {
  ASSERT_TRUE(e.audio_level && e.abs_send_time && e.transport_sequence && e.mid && e.rid && e.repaired_rid &&
              e.video_orientation && e.playout_delay);
  EXPECT_TRUE(e.audio_level->voice_activity);
  EXPECT_EQ(e.audio_level->level, 42);
  EXPECT_EQ(abs_send_time_duration(*e.abs_send_time), 2500ms);
  EXPECT_EQ(e.transport_sequence->sequence_number, 65535);
  EXPECT_EQ(e.transport_sequence->feedback_count, 0);
  EXPECT_EQ(*e.mid, "audio_1");
  EXPECT_EQ(*e.rid, "h");
  EXPECT_EQ(*e.repaired_rid, "h-2");
  EXPECT_TRUE(e.video_orientation->back_facing_camera);
  EXPECT_TRUE(e.video_orientation->flipped);
  EXPECT_EQ(e.video_orientation->rotation_degrees, 270);
  EXPECT_EQ(e.playout_delay->min, 50ms);
  EXPECT_EQ(e.playout_delay->max, 40950ms);
  EXPECT_EQ(e.elements, 8);
  EXPECT_EQ(e.faults, 0);
  EXPECT_FALSE(e.first_fault);
}

TEST(RtpExtensions, ReadsOneByteElements) {
  const Read result = read(packet(0xbede, all_elements(one_byte)));
  expect_all(result.extensions);
}

TEST(RtpExtensions, ReadsTwoByteElements) {
  const Read result = read(packet(0x1005, all_elements(two_byte)));
  expect_all(result.extensions);
}

// Of two elements one has an id that SDP did not name.
TEST(RtpExtensions, LeavesUnknownElementsAlone) {
  const Octets elements = Writer{}.u8(0xe0).u8(7).u8(0x10).u8(0x7f).octets;
  const Read result = read(packet(0xbede, elements));
  EXPECT_EQ(result.extensions.elements, 2);
  EXPECT_EQ(result.extensions.audio_level->level, 127);
  EXPECT_FALSE(result.extensions.audio_level->voice_activity);
  EXPECT_FALSE(read(packet(0xbede, elements), ExtensionMap{}).extensions.audio_level);
}

TEST(RtpExtensions, IdFifteenEndsOneByteElementsOnly) {
  using testing::operator+;
  const Octets level = Writer{}.u8(3).octets;
  const Read one = read(packet(0xbede, one_byte(15, level) + one_byte(kLevel, level)));
  EXPECT_FALSE(one.extensions.audio_level);
  const Read two = read(packet(0x1000, two_byte(15, level) + two_byte(kLevel, level)));
  EXPECT_TRUE(two.extensions.audio_level);
}

TEST(RtpExtensions, OtherProfilesHaveNone) {
  for (const unsigned profile : {0xc0deU, 0xc2deU, 0xdebeU, 0x2000U}) {
    EXPECT_EQ(read(packet(profile, all_elements(one_byte))).extensions.elements, 0) << profile;
  }
  EXPECT_EQ(read(testing::rtp(1, 2, 3)).extensions.elements, 0);
}

TEST(RtpExtensions, FeedbackRequestOfVersion02) {
  const Read request = read_one(kTwcc02, Writer{}.u16(7).u16(0x8000 | 300).octets);
  ASSERT_TRUE(request.extensions.transport_sequence);
  EXPECT_EQ(request.extensions.transport_sequence->sequence_number, 7);
  EXPECT_EQ(request.extensions.transport_sequence->feedback_count, 300);
  EXPECT_TRUE(request.extensions.transport_sequence->feedback_timestamps);
  const Read plain = read_one(kTwcc02, Writer{}.u16(8).octets);
  ASSERT_TRUE(plain.extensions.transport_sequence);
  EXPECT_EQ(plain.extensions.transport_sequence->feedback_count, 0);
}

TEST(RtpExtensions, EachRotation) {
  for (unsigned rotation = 0; rotation < 4; ++rotation) {
    const Read result = read_one(kCvo, Writer{}.u8(0xf0 | rotation).octets);
    ASSERT_TRUE(result.extensions.video_orientation);
    EXPECT_EQ(result.extensions.video_orientation->rotation_degrees, rotation * 90);
    EXPECT_FALSE(result.extensions.video_orientation->flipped);
  }
}

TEST(RtpExtensions, NullsBehindATextAreFill) {
  const Read result = read_one(kMid, Writer{}.text("v").zeros(3).octets);
  ASSERT_TRUE(result.extensions.mid);
  EXPECT_EQ(*result.extensions.mid, "v");
}

TEST(RtpExtensions, AbsSendTimeCoversItsRange) {
  EXPECT_EQ(abs_send_time_duration(0), 0ns);
  EXPECT_EQ(abs_send_time_duration(1), 3814ns);
  EXPECT_EQ(abs_send_time_duration(0xffffff), 63'999'996'185ns);
}

struct FaultCase {
  unsigned id;
  Octets value;
  ExtensionErrc code;
};

TEST(RtpExtensions, NamesEachFault) {
  const FaultCase cases[] = {
      {kLevel, {}, ExtensionErrc::kBadAudioLevelSize},
      {kLevel, Writer{}.zeros(2).octets, ExtensionErrc::kBadAudioLevelSize},
      {kAst, Writer{}.zeros(2).octets, ExtensionErrc::kBadAbsSendTimeSize},
      {kAst, Writer{}.zeros(4).octets, ExtensionErrc::kBadAbsSendTimeSize},
      {kTwcc, Writer{}.zeros(1).octets, ExtensionErrc::kBadTransportSequenceSize},
      {kTwcc, Writer{}.zeros(4).octets, ExtensionErrc::kBadTransportSequenceSize},
      {kTwcc02, Writer{}.zeros(3).octets, ExtensionErrc::kBadTransportSequenceSize},
      {kMid, {}, ExtensionErrc::kBadMid},
      {kMid, Writer{}.u8(0).text("a").octets, ExtensionErrc::kBadMid},
      {kMid, Writer{}.text("a b").octets, ExtensionErrc::kBadMid},
      {kMid, Writer{}.u8(0xc3).u8(0xa4).octets, ExtensionErrc::kBadMid},
      {kRid, {}, ExtensionErrc::kBadRtpStreamId},
      {kRid, Writer{}.text("a.b").octets, ExtensionErrc::kBadRtpStreamId},
      {kRrid, Writer{}.text("a\n").octets, ExtensionErrc::kBadRtpStreamId},
      {kCvo, {}, ExtensionErrc::kBadVideoOrientationSize},
      {kCvo, Writer{}.zeros(2).octets, ExtensionErrc::kBadVideoOrientationSize},
      {kDelay, Writer{}.zeros(2).octets, ExtensionErrc::kBadPlayoutDelaySize},
      {kDelay, Writer{}.u24(2U << 12 | 1U).octets, ExtensionErrc::kPlayoutDelayOrder},
  };
  using testing::operator+;
  for (const FaultCase& c : cases) {
    // One good element of a kind that no case has behind it: it is read all the same.
    const unsigned other = c.id == kLevel ? kCvo : kLevel;
    const Octets elements = two_byte(c.id, c.value) + two_byte(other, Writer{}.u8(1).octets);
    const Read result = read(packet(0x1000, elements));
    const RtpExtensions& e = result.extensions;
    ASSERT_TRUE(e.first_fault) << to_string(c.code);
    EXPECT_EQ(e.first_fault->code, c.code) << to_string(e.first_fault->code);
    EXPECT_EQ(e.first_fault->offset, 2U);
    EXPECT_EQ(e.faults, 1);
    EXPECT_EQ(e.elements, 2);
    EXPECT_TRUE(other == kLevel ? e.audio_level.has_value() : e.video_orientation.has_value());
  }
}

TEST(RtpExtensions, FirstFaultIsKeptAndAllAreCounted) {
  using testing::operator+;
  const Octets elements = two_byte(kMid, {}) + two_byte(kCvo, {});
  const Read result = read(packet(0x1000, elements));
  EXPECT_EQ(result.extensions.faults, 2);
  EXPECT_EQ(result.extensions.first_fault, (ExtensionError{ExtensionErrc::kBadMid, 2}));
}

TEST(ExtensionMap, RefusesIdsThatNoPacketCarries) {
  ExtensionMap map;
  const std::string_view mid = kExtensionUris[kMid - 1];
  EXPECT_FALSE(map.assign(0, mid));
  EXPECT_FALSE(map.assign(256, mid));
  EXPECT_FALSE(map.assign(4096, mid));
  EXPECT_TRUE(map.assign(255, mid));
  EXPECT_EQ(map.kind(255), ExtensionKind::kMid);
  EXPECT_TRUE(map.assign(255, "urn:example:other"));
  EXPECT_EQ(map.kind(255), ExtensionKind::kUnknown);
}

TEST(ExtensionKinds, EachUriHasItsOwn) {
  std::set<ExtensionKind> kinds{ExtensionKind::kUnknown};
  for (const std::string_view uri : kExtensionUris) kinds.insert(extension_kind(uri));
  EXPECT_EQ(kinds.size(), std::size(kExtensionUris) + 1);
  EXPECT_EQ(extension_kind("urn:ietf:params:rtp-hdrext:encrypt urn:ietf:params:rtp-hdrext:sdes:mid"),
            ExtensionKind::kUnknown);
}

TEST(ExtensionErrcNames, EachCodeHasItsOwn) {
  std::set<std::string> names;
  const auto last = static_cast<unsigned>(ExtensionErrc::kBadVideoTimingSize);
  for (unsigned code = 0; code <= last; ++code) names.insert(to_string(static_cast<ExtensionErrc>(code)));
  EXPECT_EQ(names.size(), last + 1);
  EXPECT_EQ(names.count("unknown"), 0U);
  EXPECT_STREQ(to_string(ExtensionErrc::kBadAudioLevelSize), "bad_audio_level_size");
  EXPECT_STREQ(to_string(ExtensionErrc::kBadMid), "bad_mid");
  EXPECT_STREQ(to_string(ExtensionErrc::kPlayoutDelayOrder), "playout_delay_order");
}

}  // namespace
}  // namespace rtcscope::rtp
