// flows/rtcp_reader.hpp: what receivers say, from SRTCP that a known key opens.

#include <gtest/gtest.h>

#include "flows/rtcp_reader.hpp"
#include "tests/support/no_flow_sink.hpp"
#include "tests/support/srtp_sender.hpp"

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;
using testing::Octets;
using testing::SrtpSender;
using testing::Writer;
using testing::operator+;

constexpr srtp::Profile kProfile = srtp::Profile::kAes128CmSha1_80;
constexpr std::uint32_t kMedia = 4242;
constexpr std::uint32_t kReporter = 99;
constexpr FlowId kFlow{1};
constexpr UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);

struct Recorder : testing::NoFlowSink {
  std::vector<RemoteReport> reports;

  void on_remote_report(const RemoteReport& report) override { reports.push_back(report); }
};

Octets sender_report(std::uint32_t ssrc, std::uint32_t ntp_middle) {
  return Writer{}
      .u8(0x80)
      .u8(200)
      .u16(6)
      .u32(ssrc)
      .u32(ntp_middle >> 16)
      .u32(ntp_middle << 16)
      .zeros(12)
      .octets;
}

/// RFC 3550, 6.4.2, with one block.
Octets receiver_report(std::uint32_t lost, std::uint32_t lsr = 0, std::uint32_t dlsr = 0) {
  return Writer{}
      .u8(0x81)
      .u8(201)
      .u16(7)
      .u32(kReporter)
      .u32(kMedia)
      .u8(64)
      .u24(lost & 0xffffff)
      .u32(1000)
      .u32(480)
      .u32(lsr)
      .u32(dlsr)
      .octets;
}

Octets generic_nack() {
  return Writer{}.u8(0x81).u8(205).u16(3).u32(kReporter).u32(kMedia).u16(500).u16(0b101).octets;
}
Octets picture_loss() {
  return Writer{}.u8(0x81).u8(206).u16(2).u32(kReporter).u32(kMedia).octets;
}
Octets full_intra_request(unsigned number) {
  return Writer{}.u8(0x84).u8(206).u16(4).u32(kReporter).u32(0).u32(kMedia).u8(number).zeros(3).octets;
}

class RtcpReaderTest : public ::testing::Test {
 protected:
  RtcpReaderTest() { reader.add_key(srtp::KeyingMaterial{Bytes(testing::exported(kProfile))}); }
  /// A, the DTLS client, is the media's sender; B receives it.
  void a_says(const Octets& rtcp, Duration at = 0s) {
    reader.on_rtcp(kFlow, Side::kA, kStart + at, a.protect_rtcp(rtcp), DtlsSeen::kConnected);
  }
  void b_says(const Octets& rtcp, Duration at = 0s) {
    reader.on_rtcp(kFlow, Side::kB, kStart + at, b.protect_rtcp(rtcp), DtlsSeen::kConnected);
  }

  Recorder sink;
  RtcpReader reader{sink};
  SrtpSender a{kProfile, srtp::Writer::kDtlsClient};
  SrtpSender b{kProfile, srtp::Writer::kDtlsServer};
};

TEST_F(RtcpReaderTest, ReportBlockIsAboutTheOtherSidesStream) {
  b_says(receiver_report(7));
  ASSERT_EQ(sink.reports.size(), 1U);
  const RemoteReport& report = sink.reports[0];
  EXPECT_EQ(report.ssrc, kMedia);
  EXPECT_EQ(report.media_sender, Side::kA);
  EXPECT_EQ(report.lost, 7);
  EXPECT_EQ(report.fraction_lost, 0.25);
  EXPECT_EQ(report.jitter_ticks, 480U);
  EXPECT_EQ(report.highest_sequence, 1000U);
  EXPECT_FALSE(report.round_trip);
}

struct BlockKeeper : FeedbackListener {
  std::vector<SeenReportBlock> blocks;
  std::vector<std::uint32_t> key_frames_asked;
  std::vector<std::uint64_t> ntp_timestamps;

  void on_sender_report(Side sender, const rtcp::SenderReportView& report) override {
    EXPECT_EQ(sender, Side::kA);
    ntp_timestamps.push_back(report.ntp_timestamp);
  }
  void on_transport_feedback(Side, UtcTime, const rtcp::TransportCcFeedbackView&) override {}
  void on_congestion_feedback(Side, UtcTime, const rtcp::CongestionControlFeedbackView&) override {}
  void on_nack(Side, UtcTime, const rtcp::GenericNackView&) override {}
  void on_report_block(Side, SeenReportBlock& seen) override { blocks.push_back(seen); }
  void on_key_frame_request(Side reporter, UtcTime, std::uint32_t ssrc) override {
    EXPECT_EQ(reporter, Side::kB);
    key_frames_asked.push_back(ssrc);
  }
};

TEST_F(RtcpReaderTest, ReportBlocksAreHandedOnAsTheyStand) {
  BlockKeeper keeper;
  const auto b_reports = [&] {
    reader.on_rtcp(kFlow, Side::kB, kStart, b.protect_rtcp(receiver_report(0xffffff, 5, 6)),
                   DtlsSeen::kConnected, &keeper);
  };
  b_reports();
  a_says(sender_report(kMedia, 0x12345678));
  b_reports();
  ASSERT_EQ(keeper.blocks.size(), 2U);
  const SeenReportBlock& first = keeper.blocks[0];
  EXPECT_EQ(first.flow, kFlow);
  EXPECT_EQ(first.packet_type, 201);
  EXPECT_EQ(first.sender_ssrc, kReporter);
  EXPECT_EQ(first.block.ssrc, kMedia);
  EXPECT_EQ(first.block.cumulative_lost, -1);
  EXPECT_EQ(first.block.dlsr, 6U);
  EXPECT_FALSE(first.sender_info);  // A has said nothing of itself yet
  ASSERT_TRUE(keeper.blocks[1].sender_info);
  EXPECT_EQ(keeper.blocks[1].sender_info->ntp_timestamp, 0x0000'1234'5678'0000U);
}

TEST_F(RtcpReaderTest, ASenderReportWithoutBlocksIsHandedOn) {
  BlockKeeper keeper;
  reader.on_rtcp(kFlow, Side::kA, kStart, a.protect_rtcp(sender_report(kMedia, 0x12345678)),
                 DtlsSeen::kConnected, &keeper);
  EXPECT_EQ(keeper.ntp_timestamps, (std::vector<std::uint64_t>{0x0000'1234'5678'0000U}));
}

TEST_F(RtcpReaderTest, RequestsForKeyFramesAreHandedOnOnce) {
  BlockKeeper keeper;
  const auto b_asks = [&](const Octets& request) {
    reader.on_rtcp(kFlow, Side::kB, kStart, b.protect_rtcp(request), DtlsSeen::kConnected, &keeper);
  };
  const auto fir = [](unsigned number) {
    return Writer{}.u8(0x84).u8(206).u16(4).u32(kReporter).u32(0).u32(kMedia).u8(number).zeros(3).octets;
  };
  b_asks(Writer{}.u8(0x81).u8(206).u16(2).u32(kReporter).u32(kMedia).octets);
  b_asks(fir(1));
  b_asks(fir(1));
  b_asks(fir(2));
  EXPECT_EQ(keeper.key_frames_asked, (std::vector<std::uint32_t>(3, kMedia)));
}

TEST_F(RtcpReaderTest, CumulativeLossMayFallBelowZero) {
  b_says(receiver_report(3));
  b_says(receiver_report(static_cast<std::uint32_t>(-2)));
  EXPECT_EQ(sink.reports.back().lost, -2);
}

TEST_F(RtcpReaderTest, CumulativeLossGoesOnBehindItsTwentyFourBits) {
  b_says(receiver_report(0x7ffffe));
  b_says(receiver_report(0x800001));
  EXPECT_EQ(sink.reports.back().lost, 0x800001);
}

TEST_F(RtcpReaderTest, RoundTripIsFromTheTapAndLeavesTheReceiversDelayOut) {
  a_says(sender_report(kMedia, 0x12345678), 100ms);
  b_says(receiver_report(0, 0x12345678, 65536 / 2), 640ms);  // DLSR: half a second
  ASSERT_FALSE(sink.reports.empty());
  EXPECT_EQ(sink.reports.back().round_trip, 40ms);
}

// RFC 3611, 4.4 and 4.5: B only receives, so that it has no SR that A could answer.
TEST_F(RtcpReaderTest, AReceiverReferenceTimeGivesTheRoundTripToWhoAnswersIt) {
  b_says(
      Writer{}.u8(0x80).u8(207).u16(4).u32(kReporter).u8(4).u8(0).u16(2).u32(0x1234).u32(0x56780000).octets,
      100ms);
  a_says(Writer{}
             .u8(0x80)
             .u8(207)
             .u16(5)
             .u32(kMedia)
             .u8(5)
             .u8(0)
             .u16(3)
             .u32(kReporter)
             .u32(0x12345678)
             .u32(65536 / 4)
             .octets,
         380ms);
  ASSERT_EQ(sink.reports.size(), 1U);
  EXPECT_EQ(sink.reports[0].ssrc, kReporter);
  EXPECT_EQ(sink.reports[0].media_sender, Side::kB);
  EXPECT_EQ(sink.reports[0].round_trip, 30ms);
  EXPECT_EQ(sink.reports[0].reports, 0U);
}

TEST_F(RtcpReaderTest, TheMedianHasOneRoundTripASecond) {
  for (int i = 0; i < 5; ++i) {
    a_says(sender_report(kMedia, 0x1000U + static_cast<unsigned>(i)), i * 1s);
    // In the last second nine times as many reports as in the others.
    for (int again = 0; again < (i == 4 ? 9 : 1); ++again) {
      b_says(receiver_report(0, 0x1000U + static_cast<unsigned>(i), 0),
             i * 1s + (i == 4 ? 90ms + again * 1ms : 10ms));
    }
  }
  EXPECT_EQ(sink.reports.back().round_trips, 13U);
  EXPECT_NEAR(static_cast<double>(sink.reports.back().round_trip_median->count()) / 1e6, 10, 0.5);
}

TEST_F(RtcpReaderTest, AnLsrThatTheTapDidNotSeeGivesNoRoundTrip) {
  b_says(receiver_report(0, 0x12345678, 0), 640ms);
  EXPECT_FALSE(sink.reports.back().round_trip);
}

TEST_F(RtcpReaderTest, MeanAndLeastRoundTripAreOverAllReports) {
  a_says(sender_report(kMedia, 1), 0ms);
  b_says(receiver_report(0, 1, 0), 10ms);
  b_says(receiver_report(0, 1, 0), 30ms);
  const RemoteReport& report = sink.reports.back();
  EXPECT_EQ(report.min_round_trip, 10ms);
  EXPECT_EQ(report.round_trip_sum / static_cast<int>(report.round_trips), 20ms);
}

TEST_F(RtcpReaderTest, RequestsAreCounted) {
  b_says(generic_nack() + picture_loss());
  b_says(full_intra_request(1));
  b_says(full_intra_request(1));  // a repetition (RFC 5104, 4.3.1.1)
  b_says(full_intra_request(2));
  const RemoteReport& report = sink.reports.back();
  EXPECT_EQ(report.nack_count, 1U);
  EXPECT_EQ(report.nacked_packets, 3U);
  EXPECT_EQ(report.pli_count, 1U);
  EXPECT_EQ(report.fir_count, 2U);
  EXPECT_EQ(report.reports, 0U);
}

TEST_F(RtcpReaderTest, ACopyOfADatagramIsNotCountedTwice) {
  const Octets datagram = b.protect_rtcp(picture_loss());
  reader.on_rtcp(kFlow, Side::kB, kStart, datagram, DtlsSeen::kConnected);
  reader.on_rtcp(kFlow, Side::kB, kStart, datagram, DtlsSeen::kConnected);
  EXPECT_EQ(sink.reports.back().pli_count, 1U);
  EXPECT_EQ(reader.counters().replayed, 1U);
}

TEST_F(RtcpReaderTest, WithoutTheKeyNothingIsSaidAndTriesEnd) {
  RtcpReader other(sink);
  Octets wrong = testing::exported(kProfile);
  wrong[0] ^= std::byte{1};
  wrong[16] ^= std::byte{1};
  other.add_key(srtp::KeyingMaterial{Bytes(wrong)});
  for (int i = 0; i < RtcpReader::kMaxTrials + 1; ++i) {
    other.on_rtcp(kFlow, Side::kB, kStart, b.protect_rtcp(receiver_report(7)), DtlsSeen::kConnected);
  }
  EXPECT_TRUE(sink.reports.empty());
  EXPECT_EQ(other.counters().opaque, static_cast<std::uint64_t>(RtcpReader::kMaxTrials) + 1);
  EXPECT_EQ(other.counters().flows_opened, 0U);
}

TEST_F(RtcpReaderTest, ADamagedDatagramIsRefusedAfterTheKeyWasFound) {
  b_says(picture_loss());
  Octets damaged = b.protect_rtcp(picture_loss());
  damaged.back() ^= std::byte{1};
  reader.on_rtcp(kFlow, Side::kB, kStart, damaged, DtlsSeen::kConnected);
  EXPECT_EQ(sink.reports.back().pli_count, 1U);
  EXPECT_EQ(reader.counters().opaque, 1U);
}

TEST_F(RtcpReaderTest, ManySsrcsFindNoRoomAndAreCounted) {
  for (std::uint32_t ssrc = 1; ssrc <= RtcpReader::kMaxStreamsPerFlow + 5; ++ssrc) {
    a_says(sender_report(ssrc, ssrc));
  }
  EXPECT_EQ(reader.counters().streams_refused, 5U);
}

}  // namespace
}  // namespace rtcscope::flows
