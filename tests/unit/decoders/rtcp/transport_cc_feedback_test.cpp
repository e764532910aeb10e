#include "decoders/rtcp/transport_cc_feedback.hpp"

#include <vector>

#include "tests/unit/decoders/rtcp/rtcp_octets.hpp"

namespace rtcscope::rtcp {
namespace {

using testing::body_error;
using testing::Octets;
using testing::only_block;
using testing::rtcp_block;
using testing::Writer;
using namespace std::chrono_literals;

Octets feedback(std::uint16_t base, std::uint16_t count, std::uint32_t reference, const Octets& rest) {
  const Octets body = Writer{}.u32(1).u32(2).u16(base).u16(count).u24(reference).u8(9).bytes(rest).octets;
  return rtcp_block(0x8f, 205, body);
}

// Sequence number and delta, or -1000000 for a packet that did not come.
using Walk = std::vector<std::pair<unsigned, int>>;
constexpr int kLost = -1000000;

Walk walk(const TransportCcFeedbackView& view) {
  Walk result;
  PacketStatusReader reader(view);
  while (const auto status = reader.next())
    result.emplace_back(status->sequence_number, status->received ? status->delta : kLost);
  return result;
}

// One packet after a run of one; P is set with a single octet of padding, as libwebrtc sends it.
TEST(TransportCcFeedback, PaddingOfOneOctet) {
  const Octets datagram = Writer{}
                              .u32(0xafcd0005)  // V=2, P, FMT 15, PT 205, six words
                              .u32(0xfa17fa17)  // sender
                              .u32(0x43032fa0)  // media
                              .u16(153)
                              .u16(1)  // base, count
                              .u24(4057090)
                              .u8(23)  // reference time, feedback count
                              .u16(0x2001)
                              .u8(0x94)
                              .u8(1)  // run of one small delta; 37 ms; padding
                              .octets;
  const auto view = only_block<TransportCcFeedbackView>(datagram);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->sender_ssrc, 0xfa17fa17U);
  EXPECT_EQ(view->media_ssrc, 0x43032fa0U);
  EXPECT_EQ(view->base_sequence_number, 153);
  EXPECT_EQ(view->packet_status_count, 1);
  EXPECT_EQ(view->reference_time, 4057090);
  EXPECT_EQ(view->feedback_packet_count, 23);
  EXPECT_EQ(view->received_count, 1U);
  PacketStatusReader reader(*view);
  const auto status = reader.next();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->delta, 148);
  EXPECT_EQ(status->arrival, 4057090 * 64ms + 37ms);
  EXPECT_FALSE(reader.next());
}

TEST(TransportCcFeedback, OneBitVectorAcrossTheWrap) {
  // 10 1100...0: the first two of three came.
  const Octets datagram = feedback(65535, 3, 1, Writer{}.u16(0xb000).u8(4).u8(255).octets);
  const auto view = only_block<TransportCcFeedbackView>(datagram);
  ASSERT_TRUE(view);
  EXPECT_EQ(walk(*view), (Walk{{65535, 4}, {0, 255}, {1, kLost}}));
  EXPECT_EQ(view->received_count, 2U);
}

TEST(TransportCcFeedback, TwoBitVectorWithNegativeDelta) {
  // 11 01 10 00 01 00 00 00: small, large, lost, small.
  const Octets rest = Writer{}.u16(0xd840).u8(8).u16(0xfffc).u8(2).u16(0).octets;
  const Octets datagram = feedback(10, 4, 0xffffff, rest);
  const auto view = only_block<TransportCcFeedbackView>(datagram);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->reference_time, -1);
  EXPECT_EQ(walk(*view), (Walk{{10, 8}, {11, -4}, {12, kLost}, {13, 2}}));
  PacketStatusReader reader(*view);
  EXPECT_EQ(reader.next()->arrival, -64ms + 2ms);
  EXPECT_EQ(reader.next()->arrival, -64ms + 1ms);
  EXPECT_FALSE(reader.next()->received);
  EXPECT_EQ(reader.next()->arrival, -64ms + 1500us);
}

TEST(TransportCcFeedback, ChunksFollowEachOther) {
  // A run of 16 lost ones, an empty run, then 14 bits of which the last is set but not counted.
  const Octets rest = Writer{}.u16(0x0010).u16(0x2000).u16(0x8000 | 0x1001).u8(7).u8(0).octets;
  const Octets datagram = feedback(0, 16 + 13, 0, rest);
  const auto view = only_block<TransportCcFeedbackView>(datagram);
  ASSERT_TRUE(view);
  const Walk statuses = walk(*view);
  ASSERT_EQ(statuses.size(), 29U);
  for (const auto& [sequence_number, delta] : statuses)
    EXPECT_EQ(delta, sequence_number == 17 ? 7 : kLost) << sequence_number;
  EXPECT_EQ(view->received_count, 1U);
}

TEST(TransportCcFeedback, LongestCountOfOneSmallPacket) {
  Writer chunks;
  for (int i = 0; i < 9; ++i) chunks.u16(0x1fff);
  const Octets datagram = feedback(0, 65535, 0, chunks.u16(0).octets);
  const auto view = only_block<TransportCcFeedbackView>(datagram);
  ASSERT_TRUE(view);
  EXPECT_EQ(walk(*view).size(), 65535U);
  EXPECT_EQ(view->received_count, 0U);
}

TEST(TransportCcFeedback, NamesEachFault) {
  EXPECT_EQ(body_error(rtcp_block(0x8f, 205, Writer{}.zeros(12).octets)),
            (RtcpError{RtcpErrc::kTruncatedBody, 16}));
  EXPECT_EQ(body_error(feedback(0, 1, 0, {})), (RtcpError{RtcpErrc::kTruncatedTwccChunks, 20}));
  EXPECT_EQ(body_error(feedback(0, 8, 0, Writer{}.u16(0x0001).u16(0x0001).octets)),
            (RtcpError{RtcpErrc::kTruncatedTwccChunks, 24}));
  EXPECT_EQ(body_error(feedback(0, 1, 0, Writer{}.u16(0x6001).u16(0).octets)),
            (RtcpError{RtcpErrc::kReservedTwccSymbol, 20}));
  EXPECT_EQ(body_error(feedback(0, 7, 0, Writer{}.u16(0xc003).u16(0).octets)),
            (RtcpError{RtcpErrc::kReservedTwccSymbol, 20}));
  EXPECT_EQ(body_error(feedback(0, 3, 0, Writer{}.u16(0x2003).u8(1).u8(2).octets)),
            (RtcpError{RtcpErrc::kTruncatedTwccDeltas, 22}));
  EXPECT_EQ(body_error(feedback(0, 2, 0, Writer{}.u16(0x4002).u16(1).octets)),
            (RtcpError{RtcpErrc::kTruncatedTwccDeltas, 22}));
}

TEST(TransportCcFeedback, ReservedSymbolBehindTheCountIsNobody) {
  // 11 01 00 00 00 00 00 11 with a count of six.
  const Octets datagram = feedback(0, 6, 0, Writer{}.u16(0xd003).u8(5).u8(0).octets);
  EXPECT_TRUE(only_block<TransportCcFeedbackView>(datagram));
}

}  // namespace
}  // namespace rtcscope::rtcp
