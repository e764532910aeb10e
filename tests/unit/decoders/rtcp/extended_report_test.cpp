#include "decoders/rtcp/extended_report.hpp"

#include "tests/unit/decoders/rtcp/rtcp_octets.hpp"

namespace rtcscope::rtcp {
namespace {

using testing::body_error;
using testing::Octets;
using testing::only_block;
using testing::rtcp_block;
using testing::Writer;

TEST(ExtendedReport, WalksKnownAndOtherBlocks) {
  const Octets datagram = rtcp_block(0x80, 207,
                                     Writer{}
                                         .u32(1)
                                         .u8(4)
                                         .u8(0)
                                         .u16(2)
                                         .u32(0xeeaab705)
                                         .u32(0x20000000)  // RRTR
                                         .u8(42)
                                         .u8(0)
                                         .u16(1)
                                         .u32(0x00000fa0)  // target bitrate
                                         .u8(5)
                                         .u8(0)
                                         .u16(6)  // DLRR, two
                                         .u32(7)
                                         .u32(0xb7052000)
                                         .u32(0x54000)
                                         .u32(8)
                                         .u32(0)
                                         .u32(0)
                                         .octets);
  const auto xr = only_block<ExtendedReportView>(datagram);
  ASSERT_TRUE(xr);
  EXPECT_EQ(xr->sender_ssrc, 1U);
  XrBlockReader blocks(xr->blocks);
  const auto rrtr = blocks.next();
  ASSERT_TRUE(rrtr);
  EXPECT_EQ(rrtr->receiver_reference_time(), 0xeeaab70520000000U);
  EXPECT_TRUE(rrtr->dlrr().empty());
  const auto other = blocks.next();
  ASSERT_TRUE(other);
  EXPECT_EQ(static_cast<unsigned>(other->type), 42U);
  EXPECT_EQ(other->content.size(), 4U);
  EXPECT_FALSE(other->receiver_reference_time());
  const auto dlrr = blocks.next();
  ASSERT_TRUE(dlrr);
  ASSERT_EQ(dlrr->dlrr().size(), 2U);
  EXPECT_EQ(dlrr->dlrr()[0].ssrc, 7U);
  EXPECT_EQ(dlrr->dlrr()[0].lrr, 0xb7052000U);
  EXPECT_EQ(dlrr->dlrr()[0].dlrr, 0x54000U);
  EXPECT_EQ(dlrr->dlrr()[1].ssrc, 8U);
  EXPECT_FALSE(blocks.next());
  EXPECT_TRUE(blocks.ok());
}

TEST(ExtendedReport, MayHoldNoBlock) {
  const auto xr = only_block<ExtendedReportView>(rtcp_block(0x80, 207, Writer{}.u32(1).octets));
  ASSERT_TRUE(xr);
  EXPECT_TRUE(xr->blocks.empty());
}

TEST(ExtendedReport, NamesEachFault) {
  const auto report = [](const Octets& blocks) {
    return rtcp_block(0x80, 207, Writer{}.u32(1).bytes(blocks).octets);
  };
  EXPECT_EQ(body_error(rtcp_block(0x80, 207, {})), (RtcpError{RtcpErrc::kTruncatedBody, 4}));
  EXPECT_EQ(body_error(report(Writer{}.u8(4).u8(0).u16(2).u32(0).octets)),
            (RtcpError{RtcpErrc::kTruncatedXrBlock, 12}));
  EXPECT_EQ(body_error(report(Writer{}.u8(99).u8(0).u16(0).u8(4).u8(0).u16(1).u32(0).octets)),
            (RtcpError{RtcpErrc::kBadXrBlockLength, 12}));
  EXPECT_EQ(body_error(report(Writer{}.u8(5).u8(0).u16(2).u32(0).u32(0).octets)),
            (RtcpError{RtcpErrc::kBadXrBlockLength, 8}));
}

}  // namespace
}  // namespace rtcscope::rtcp
