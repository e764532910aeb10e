// Sender and receiver reports, source descriptions, goodbyes and application-defined packets.

#include "tests/unit/decoders/rtcp/rtcp_octets.hpp"

namespace rtcscope::rtcp {
namespace {

using testing::body_error;
using testing::Octets;
using testing::only_block;
using testing::report_block;
using testing::rtcp_block;
using testing::Writer;
using testing::operator+;

Octets sender_info() {
  return Writer{}
      .u32(0x11223344)  // SSRC
      .u32(0xeeaab705)  // NTP, seconds
      .u32(0x2000abcd)  // NTP, fraction
      .u32(90000)       // RTP timestamp
      .u32(42)          // packets
      .u32(4200)        // octets
      .octets;
}

TEST(SenderReport, ReadsTheSenderAndItsReports) {
  const Octets datagram = rtcp_block(0x82, 200, sender_info() + report_block(5) + report_block(6));
  const auto sr = only_block<SenderReportView>(datagram);
  ASSERT_TRUE(sr);
  EXPECT_EQ(sr->sender_ssrc, 0x11223344U);
  EXPECT_EQ(sr->ntp_timestamp, 0xeeaab7052000abcdU);
  EXPECT_EQ(sr->ntp_middle(), 0xb7052000U);
  EXPECT_EQ(sr->rtp_timestamp, 90000U);
  EXPECT_EQ(sr->packet_count, 42U);
  EXPECT_EQ(sr->octet_count, 4200U);
  ASSERT_EQ(sr->reports.size(), 2U);
  EXPECT_EQ(sr->reports[0].ssrc, 5U);
  const ReportBlock block = sr->reports[1];
  EXPECT_EQ(block.ssrc, 6U);
  EXPECT_EQ(block.fraction_lost, 0x40);
  EXPECT_EQ(block.cumulative_lost, -2);
  EXPECT_EQ(block.extended_highest_sequence_number, 0x10005U);
  EXPECT_EQ(block.interarrival_jitter, 77U);
  EXPECT_EQ(block.lsr, 0xb7052000U);
  EXPECT_EQ(block.dlsr, 0x00054000U);
  EXPECT_TRUE(sr->profile_extension.empty());
}

TEST(SenderReport, NamesEachFault) {
  EXPECT_EQ(body_error(rtcp_block(0x80, 200, Writer{}.zeros(20).octets)),
            (RtcpError{RtcpErrc::kTruncatedBody, 4 + 20}));
  EXPECT_EQ(body_error(rtcp_block(0x82, 200, sender_info() + report_block(5))),
            (RtcpError{RtcpErrc::kBadReportCount, 4 + 24}));
}

TEST(ReceiverReport, CumulativeLostIsSigned24Bits) {
  const std::pair<std::uint32_t, std::int32_t> cases[] = {
      {0, 0}, {1, 1}, {0x7fffff, 8388607}, {0x800000, -8388608}, {0xffffff, -1}};
  for (const auto& [wire, want] : cases) {
    const Octets block = Writer{}.u32(5).u8(0).u24(wire).zeros(16).octets;
    const Octets datagram = rtcp_block(0x81, 201, Writer{}.u32(1).bytes(block).octets);
    const auto rr = only_block<ReceiverReportView>(datagram);
    ASSERT_TRUE(rr);
    EXPECT_EQ(rr->reports[0].cumulative_lost, want);
  }
}

TEST(ReceiverReport, KeepsAProfileExtension) {
  const Octets datagram = rtcp_block(0x81, 201, Writer{}.u32(1).bytes(report_block(5)).u32(9).octets);
  const auto rr = only_block<ReceiverReportView>(datagram);
  ASSERT_TRUE(rr);
  EXPECT_EQ(rr->reports.size(), 1U);
  EXPECT_EQ(rr->profile_extension.size(), 4U);
}

TEST(ReceiverReport, NamesEachFault) {
  EXPECT_EQ(body_error(rtcp_block(0x80, 201, {})), (RtcpError{RtcpErrc::kTruncatedBody, 4}));
  EXPECT_EQ(body_error(rtcp_block(0x9f, 201, Writer{}.u32(1).bytes(report_block(5)).octets)),
            (RtcpError{RtcpErrc::kBadReportCount, 8}));
}

// RFC 3550, 6.5: two chunks; the first ends on a word border and needs a whole word of nulls.
Octets two_chunks() {
  return Writer{}
      .u32(0xa)
      .u8(1)
      .u8(6)
      .text("a@host")
      .u32(0)  // CNAME, four nulls
      .u32(0xb)
      .u8(1)
      .u8(1)
      .text("b")
      .u8(15)
      .u8(1)
      .text("0")  // CNAME, MID
      .u8(0)
      .u8(0)  // end and padding
      .octets;
}

TEST(SourceDescription, WalksChunksAndItems) {
  const Octets datagram = rtcp_block(0x82, 202, two_chunks());
  const auto sdes = only_block<SourceDescriptionView>(datagram);
  ASSERT_TRUE(sdes);
  SdesItemReader items(*sdes);
  const auto first = items.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->ssrc, 0xaU);
  EXPECT_EQ(first->type, SdesType::kCname);
  EXPECT_EQ(first->text, "a@host");
  const auto second = items.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->ssrc, 0xbU);
  EXPECT_EQ(second->text, "b");
  const auto third = items.next();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->ssrc, 0xbU);
  EXPECT_EQ(third->type, SdesType::kMid);
  EXPECT_EQ(third->text, "0");
  EXPECT_FALSE(items.next());
  EXPECT_TRUE(items.ok());
}

TEST(SourceDescription, EmptyChunkAndNoChunk) {
  const Octets empty_chunk = rtcp_block(0x81, 202, Writer{}.u32(0xa).u32(0).octets);
  const auto sdes = only_block<SourceDescriptionView>(empty_chunk);
  ASSERT_TRUE(sdes);
  EXPECT_FALSE(SdesItemReader(*sdes).next());
  EXPECT_TRUE(only_block<SourceDescriptionView>(rtcp_block(0x80, 202, {})));
}

TEST(SourceDescription, NamesEachFault) {
  const std::pair<const char*, Octets> cases[] = {
      {"no chunk where one is counted", {}},
      {"item over the block", Writer{}.u32(0xa).u8(1).u8(200).u16(0).octets},
      {"no end of the items", Writer{}.u32(0xa).u8(1).u8(2).text("ab").octets},
      {"type without length", Writer{}.u32(0xa).u8(1).u8(1).text("a").u8(1).octets},
  };
  for (const auto& [name, body] : cases) {
    const auto error = body_error(rtcp_block(0x81, 202, body));
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->code, RtcpErrc::kTruncatedSdesChunk) << name;
    EXPECT_LE(error->offset, 4 + body.size()) << name;
  }
}

TEST(Bye, ReadsSourcesAndReason) {
  const Octets datagram =
      rtcp_block(0x82, 203, Writer{}.u32(7).u32(8).u8(6).text("left").text("it").u8(0).octets);
  const auto bye = only_block<ByeView>(datagram);
  ASSERT_TRUE(bye);
  ASSERT_EQ(bye->sources.size(), 2U);
  EXPECT_EQ(bye->sources[0].value, 7U);
  EXPECT_EQ(bye->sources[1].value, 8U);
  EXPECT_EQ(bye->reason, "leftit");
}

TEST(Bye, SourcesAndReasonAreOptional) {
  const Octets nobody = rtcp_block(0x80, 203, {});
  const auto bye = only_block<ByeView>(nobody);
  ASSERT_TRUE(bye);
  EXPECT_TRUE(bye->sources.empty());
  EXPECT_TRUE(bye->reason.empty());
}

TEST(Bye, NamesEachFault) {
  EXPECT_EQ(body_error(rtcp_block(0x82, 203, Writer{}.u32(7).octets)),
            (RtcpError{RtcpErrc::kBadByeCount, 4}));
  EXPECT_EQ(body_error(rtcp_block(0x81, 203, Writer{}.u32(7).u8(4).text("abc").octets)),
            (RtcpError{RtcpErrc::kTruncatedByeReason, 9}));
}

TEST(App, ReadsNameAndData) {
  const Octets datagram = rtcp_block(0x8d, 204, Writer{}.u32(7).text("goog").u32(1).octets);
  const auto app = only_block<AppView>(datagram);
  ASSERT_TRUE(app);
  EXPECT_EQ(app->subtype, 13);
  EXPECT_EQ(app->sender_ssrc, 7U);
  EXPECT_EQ(app->name, "goog");
  EXPECT_EQ(app->data.size(), 4U);
  EXPECT_EQ(body_error(rtcp_block(0x80, 204, Writer{}.u32(7).octets)),
            (RtcpError{RtcpErrc::kTruncatedBody, 8}));
}

}  // namespace
}  // namespace rtcscope::rtcp
