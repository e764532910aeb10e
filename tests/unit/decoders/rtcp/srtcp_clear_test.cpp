#include "decoders/rtcp/srtcp_clear.hpp"

#include "tests/unit/decoders/rtcp/rtcp_octets.hpp"

namespace rtcscope::rtcp {
namespace {

using testing::Octets;
using testing::Writer;

// A PLI: eight octets clear, four encrypted.
Octets head() {
  return Writer{}.u8(0x81).u8(206).u16(2).u32(0x11223344).u32(0xdeadbeef).octets;
}

TEST(SrtcpClear, ReadsTheFirstEightOctets) {
  const auto result = parse_srtcp_head(head());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->count, 1);
  EXPECT_EQ(result->payload_type, 206);
  EXPECT_FALSE(result->has_padding);
  EXPECT_EQ(result->first_block_size, 12U);
  EXPECT_EQ(result->sender_ssrc, 0x11223344U);
}

TEST(SrtcpClear, NamesEachFaultOfTheHead) {
  const Octets whole = head();
  for (std::size_t size = 0; size < 8; ++size) {
    const auto result = parse_srtcp_head(Bytes(whole).first(size));
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error().code, RtcpErrc::kTruncatedHeader);
    EXPECT_LE(result.error().offset, size);
  }
  const auto bad_version = parse_srtcp_head(Writer{}.u8(0x41).u8(206).u16(1).u32(1).octets);
  ASSERT_FALSE(bad_version);
  EXPECT_EQ(bad_version.error(), (RtcpError{RtcpErrc::kBadVersion, 0}));
}

TEST(SrtcpClear, IndexStandsBeforeAnHmacTag) {
  const Octets packet = Writer{}.bytes(head()).u32(0x80000005).zeros(10).octets;
  const auto tail = parse_srtcp_tail(packet, kSrtcpSha1);
  ASSERT_TRUE(tail);
  EXPECT_TRUE(tail->encrypted);
  EXPECT_EQ(tail->index, 5U);
  EXPECT_EQ(tail->clear_size, 12U);
}

TEST(SrtcpClear, IndexStandsBehindAnAeadTag) {
  const Octets packet = Writer{}.bytes(head()).zeros(16).u32(0x7fffffff).octets;
  const auto tail = parse_srtcp_tail(packet, kSrtcpAead);
  ASSERT_TRUE(tail);
  EXPECT_FALSE(tail->encrypted);
  EXPECT_EQ(tail->index, 0x7fffffffU);
  EXPECT_EQ(tail->clear_size, 12U);
}

TEST(SrtcpClear, MkiStandsBehindTheIndexInBoth) {
  const Octets sha1 = Writer{}.bytes(head()).u32(0x80000005).u32(0xaaaaaaaa).zeros(10).octets;
  EXPECT_EQ(parse_srtcp_tail(sha1, SrtcpFormat{10, 4, false})->index, 5U);
  const Octets aead = Writer{}.bytes(head()).zeros(16).u32(0x80000006).u32(0xaaaaaaaa).octets;
  EXPECT_EQ(parse_srtcp_tail(aead, SrtcpFormat{16, 4, true})->index, 6U);
}

TEST(SrtcpClear, NeedsRoomBehindTheClearPart) {
  const Octets smallest = Writer{}.u8(0x80).u8(201).u16(1).u32(1).u32(0x80000001).zeros(10).octets;
  const auto tail = parse_srtcp_tail(smallest, kSrtcpSha1);
  ASSERT_TRUE(tail);
  EXPECT_EQ(tail->clear_size, 8U);
  for (std::size_t size = 0; size < smallest.size(); ++size) {
    const auto cut = parse_srtcp_tail(Bytes(smallest).first(size), kSrtcpSha1);
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error(), (RtcpError{RtcpErrc::kTruncatedSrtcpTrailer, static_cast<std::uint32_t>(size)}));
  }
}

}  // namespace
}  // namespace rtcscope::rtcp
