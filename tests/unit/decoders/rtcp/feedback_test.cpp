// Feedback messages but transport-wide congestion control: NACK, PLI, SLI, FIR, REMB, RFC 8888.

#include "tests/unit/decoders/rtcp/rtcp_octets.hpp"

namespace rtcscope::rtcp {
namespace {

using testing::body_error;
using testing::Octets;
using testing::only_block;
using testing::rtcp_block;
using testing::Writer;

TEST(GenericNack, ReadsEachEntry) {
  const Octets datagram =
      rtcp_block(0x81, 205, Writer{}.u32(1).u32(2).u16(1000).u16(0).u16(0xffff).u16(0x8001).octets);
  const auto nack = only_block<GenericNackView>(datagram);
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->sender_ssrc, 1U);
  EXPECT_EQ(nack->media_ssrc, 2U);
  ASSERT_EQ(nack->entries.size(), 2U);
  EXPECT_EQ(nack->entries[0].packet_id, 1000);
  EXPECT_EQ(nack->entries[0].packets(), 1U);
  EXPECT_EQ(nack->entries[1].packet_id, 65535);
  EXPECT_EQ(nack->entries[1].lost_bitmask, 0x8001);
  EXPECT_EQ(nack->packets(), 4U);
}

TEST(GenericNack, NamesEachFault) {
  EXPECT_EQ(body_error(rtcp_block(0x81, 205, Writer{}.u32(1).octets)),
            (RtcpError{RtcpErrc::kTruncatedBody, 8}));
  EXPECT_EQ(body_error(rtcp_block(0x81, 205, Writer{}.u32(1).u32(2).octets)),
            (RtcpError{RtcpErrc::kBadNackLength, 12}));
  // Two octets of padding leave half an entry.
  EXPECT_EQ(body_error(rtcp_block(0xa1, 205, Writer{}.u32(1).u32(2).u16(7).u16(2).octets)),
            (RtcpError{RtcpErrc::kBadNackLength, 12}));
}

TEST(PictureLossIndication, ReadsBothSources) {
  const auto pli = only_block<PictureLossIndication>(rtcp_block(0x81, 206, Writer{}.u32(1).u32(2).octets));
  ASSERT_TRUE(pli);
  EXPECT_EQ(pli->sender_ssrc, 1U);
  EXPECT_EQ(pli->media_ssrc, 2U);
}

TEST(PictureLossIndication, NamesEachFault) {
  EXPECT_EQ(body_error(rtcp_block(0x81, 206, Writer{}.u32(1).octets)),
            (RtcpError{RtcpErrc::kTruncatedBody, 8}));
  EXPECT_EQ(body_error(rtcp_block(0x81, 206, Writer{}.u32(1).u32(2).u32(3).octets)),
            (RtcpError{RtcpErrc::kBadPliLength, 12}));
}

TEST(SliceLossIndication, ReadsEachField) {
  // first 4097, number 8190, picture 42
  const std::uint32_t entry = 4097U << 19 | 8190U << 6 | 42U;
  const Octets datagram = rtcp_block(0x82, 206, Writer{}.u32(1).u32(2).u32(entry).octets);
  const auto sli = only_block<SliceLossIndicationView>(datagram);
  ASSERT_TRUE(sli);
  ASSERT_EQ(sli->entries.size(), 1U);
  EXPECT_EQ(sli->entries[0].first, 4097);
  EXPECT_EQ(sli->entries[0].number, 8190);
  EXPECT_EQ(sli->entries[0].picture_id, 42);
  EXPECT_EQ(sli->media_ssrc, 2U);
  EXPECT_EQ(body_error(rtcp_block(0x82, 206, Writer{}.u32(1).u32(2).octets)),
            (RtcpError{RtcpErrc::kBadSliLength, 12}));
  EXPECT_EQ(body_error(rtcp_block(0x82, 206, {})), (RtcpError{RtcpErrc::kTruncatedBody, 4}));
}

TEST(FullIntraRequest, ReadsEachEntry) {
  const Octets datagram =
      rtcp_block(0x84, 206, Writer{}.u32(1).u32(0).u32(7).u8(3).u24(0).u32(8).u8(255).u24(0).octets);
  const auto fir = only_block<FullIntraRequestView>(datagram);
  ASSERT_TRUE(fir);
  EXPECT_EQ(fir->sender_ssrc, 1U);
  ASSERT_EQ(fir->entries.size(), 2U);
  EXPECT_EQ(fir->entries[0].ssrc, 7U);
  EXPECT_EQ(fir->entries[0].sequence_number, 3);
  EXPECT_EQ(fir->entries[1].ssrc, 8U);
  EXPECT_EQ(fir->entries[1].sequence_number, 255);
}

TEST(FullIntraRequest, NamesEachFault) {
  EXPECT_EQ(body_error(rtcp_block(0x84, 206, Writer{}.u32(1).octets)),
            (RtcpError{RtcpErrc::kTruncatedBody, 8}));
  EXPECT_EQ(body_error(rtcp_block(0x84, 206, Writer{}.u32(1).u32(0).octets)),
            (RtcpError{RtcpErrc::kBadFirLength, 12}));
  EXPECT_EQ(body_error(rtcp_block(0x84, 206, Writer{}.u32(1).u32(0).u32(7).octets)),
            (RtcpError{RtcpErrc::kBadFirLength, 12}));
}

Octets remb(unsigned count, std::uint32_t exponent, std::uint32_t mantissa, unsigned sources) {
  Writer body;
  body.u32(1).u32(0).text("REMB").u8(count).u24(exponent << 18 | mantissa);
  for (unsigned i = 0; i < sources; ++i) body.u32(100 + i);
  return rtcp_block(0x8f, 206, body.octets);
}

TEST(Remb, ReadsRateAndSources) {
  const Octets datagram = remb(2, 3, 0x3fffb, 2);
  const auto view = only_block<RembView>(datagram);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->sender_ssrc, 1U);
  EXPECT_EQ(view->bitrate_bps, 0x3fffbU * 8U);
  ASSERT_EQ(view->ssrcs.size(), 2U);
  EXPECT_EQ(view->ssrcs[1].value, 101U);
}

TEST(Remb, RateFillsSixtyFourBitsAndNoMore) {
  const auto largest = only_block<RembView>(remb(0, 46, 0x3ffff, 0));
  ASSERT_TRUE(largest);
  EXPECT_EQ(largest->bitrate_bps, 0x3ffffULL << 46);
  const auto highest_exponent = only_block<RembView>(remb(0, 63, 1, 0));
  ASSERT_TRUE(highest_exponent);
  EXPECT_EQ(highest_exponent->bitrate_bps, 1ULL << 63);
  EXPECT_EQ(body_error(remb(0, 47, 0x3ffff, 0)), (RtcpError{RtcpErrc::kRembOverflow, 17}));
  EXPECT_EQ(body_error(remb(0, 63, 2, 0)), (RtcpError{RtcpErrc::kRembOverflow, 17}));
}

TEST(Remb, NamesEachFault) {
  EXPECT_EQ(body_error(remb(2, 0, 1, 1)), (RtcpError{RtcpErrc::kBadRembCount, 20}));
  EXPECT_EQ(body_error(remb(1, 0, 1, 2)), (RtcpError{RtcpErrc::kBadRembCount, 20}));
  EXPECT_EQ(body_error(rtcp_block(0x8f, 206, Writer{}.u32(1).u32(0).text("REMB").octets)),
            (RtcpError{RtcpErrc::kTruncatedBody, 16}));
}

TEST(CongestionControlFeedback, WalksStreamsAndMetrics) {
  const Octets datagram = rtcp_block(0x8b, 205,
                                     Writer{}
                                         .u32(1)  // sender
                                         .u32(7)
                                         .u16(65534)
                                         .u16(3)  // stream 7, three packets
                                         .u16(0xa064)
                                         .u16(0x0000)
                                         .u16(0x9ffe)
                                         .u16(0)  // ECT(1) 100; lost; over range
                                         .u32(8)
                                         .u16(5)
                                         .u16(0)  // stream 8, none
                                         .u32(0xb7052000)
                                         .octets);
  const auto feedback = only_block<CongestionControlFeedbackView>(datagram);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->sender_ssrc, 1U);
  EXPECT_EQ(feedback->report_timestamp, 0xb7052000U);
  StreamArrivalsReader streams(feedback->streams);
  const auto first = streams.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->ssrc, 7U);
  EXPECT_EQ(first->begin_sequence_number, 65534);
  ASSERT_EQ(first->metrics.size(), 3U);
  EXPECT_TRUE(first->metrics[0].received);
  EXPECT_EQ(first->metrics[0].ecn, 1);
  EXPECT_EQ(first->metrics[0].arrival_time_offset, 100);
  EXPECT_FALSE(first->metrics[1].received);
  EXPECT_EQ(first->metrics[2].arrival_time_offset, ArrivalMetric::kOverRange);
  const auto second = streams.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->ssrc, 8U);
  EXPECT_TRUE(second->metrics.empty());
  EXPECT_FALSE(streams.next());
  EXPECT_TRUE(streams.ok());
}

TEST(CongestionControlFeedback, NamesEachFault) {
  EXPECT_EQ(body_error(rtcp_block(0x8b, 205, Writer{}.u32(1).octets)),
            (RtcpError{RtcpErrc::kTruncatedBody, 8}));
  const auto error =
      body_error(rtcp_block(0x8b, 205, Writer{}.u32(1).u32(7).u16(0).u16(3).u32(0).u32(9).octets));
  EXPECT_EQ(error, (RtcpError{RtcpErrc::kTruncatedCcReport, 4 + 4 + 8}));
}

}  // namespace
}  // namespace rtcscope::rtcp
