// flows/rtcp_reader.hpp, flows/srtcp_keys.hpp: which secret belongs to which flow, and when that changes.

#include <gtest/gtest.h>

#include "flows/rtcp_reader.hpp"
#include "tests/support/srtp_sender.hpp"

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;
using testing::Octets;
using testing::SrtpSender;
using testing::Writer;

constexpr srtp::Profile kProfile = srtp::Profile::kAes128CmSha1_80;
constexpr FlowId kFlow{1};
constexpr FlowId kOtherFlow{2};
constexpr UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);

struct Recorder : FlowSink {
  std::vector<RemoteReport> reports;

  void on_flow(const FlowSnapshot&) override {}
  void on_stream_report(const StreamReport&) override {}
  void on_flow_event(const FlowEvent&) override {}
  void on_remote_report(const RemoteReport& report) override { reports.push_back(report); }
};

Octets picture_loss() {
  return Writer{}.u8(0x81).u8(206).u16(2).u32(99).u32(4242).octets;
}

/// One association: both ends of it, and its secret.
struct Association {
  explicit Association(unsigned handshake) : number(handshake) {}
  [[nodiscard]] srtp::KeyingMaterial secret() const {
    return srtp::KeyingMaterial{Bytes(testing::exported(kProfile, number))};
  }
  /// What an SRTP library is given for the packets of one end.
  [[nodiscard]] srtp::KeyingMaterial key_of(srtp::Writer writer) const {
    return srtp::KeyingMaterial{
        Bytes(testing::half_of(kProfile, testing::exported(kProfile, number), writer))};
  }
  unsigned number;
  SrtpSender a{kProfile, srtp::Writer::kDtlsClient, number};
  SrtpSender b{kProfile, srtp::Writer::kDtlsServer, number};
};

class RtcpKeysTest : public ::testing::Test {
 protected:
  void says(SrtpSender& sender, FlowId flow = kFlow, Side side = Side::kB) {
    reader.on_rtcp(flow, side, kStart, sender.protect_rtcp(picture_loss()), true);
  }
  [[nodiscard]] std::uint64_t opened() const { return reader.counters().opened; }

  Recorder sink;
  RtcpReader reader{sink};
  Association first{1};
  Association second{2};
};

TEST_F(RtcpKeysTest, AccessIsWhatCanBeRead) {
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kNone);
  says(first.b);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kOpaque);
  reader.add_key(first.secret());
  says(first.b);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kDecrypted);
  EXPECT_EQ(reader.access(kOtherFlow), RtcpAccess::kNone);
}

TEST_F(RtcpKeysTest, ASecretThatComesLateStillServesWhatFollows) {
  for (int i = 0; i < 3 * RtcpReader::kMaxTrials; ++i) says(first.b);
  reader.add_key(second.secret());
  for (int i = 0; i < 3 * RtcpReader::kMaxTrials; ++i) says(first.b);
  EXPECT_EQ(opened(), 0U);
  EXPECT_EQ(reader.counters().opaque, 6U * RtcpReader::kMaxTrials);
  EXPECT_EQ(reader.counters().no_key_fits, 3U * RtcpReader::kMaxTrials)
      << "those before had none to be tried";
  reader.add_key(first.secret());
  says(first.b);
  says(first.a, kFlow, Side::kA);
  EXPECT_EQ(opened(), 2U);
}

TEST_F(RtcpKeysTest, EachFlowGetsItsOwn) {
  reader.add_key(first.secret());
  reader.add_key(second.secret());
  says(first.b, kFlow);
  says(second.b, kOtherFlow);
  says(second.a, kOtherFlow, Side::kA);
  EXPECT_EQ(opened(), 3U);
  EXPECT_EQ(reader.key_counters().proved, 2U);
  EXPECT_EQ(reader.counters().flows_opened, 2U);
}

TEST_F(RtcpKeysTest, RekeyingOnTheSameFlowIsFollowed) {
  reader.add_key(first.secret());
  says(first.b);
  reader.add_key(second.secret());
  says(second.b);
  says(second.a, kFlow, Side::kA);
  EXPECT_EQ(opened(), 3U);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kDecrypted);
}

TEST_F(RtcpKeysTest, DatagramsOfTheOldKeysThatArriveLateAreStillRead) {
  reader.add_key(first.secret());
  reader.add_key(second.secret());
  says(first.b);
  says(second.b);
  says(first.b);
  says(second.b);
  EXPECT_EQ(opened(), 4U);
}

TEST_F(RtcpKeysTest, RekeyingWithoutTheSecretEndsDecrypted) {
  reader.add_key(first.secret());
  says(first.b);
  for (int i = 0; i < RtcpReader::kMaxFailures - 1; ++i) says(second.b);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kDecrypted);
  says(second.b);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kOpaque);
}

TEST_F(RtcpKeysTest, OneAssociationMayGoOnOverAnotherFiveTuple) {
  reader.add_key(first.secret());
  says(first.b, kFlow);
  says(first.b, kOtherFlow);
  EXPECT_EQ(opened(), 2U);
  reader.on_flow_end(kFlow, kStart);
  says(first.a, kOtherFlow, Side::kA);
  EXPECT_EQ(opened(), 3U) << "the other flow still uses it";
}

TEST_F(RtcpKeysTest, AReusedFiveTupleTakesTheNewCallsSecret) {
  reader.add_key(first.secret());
  says(first.b);
  reader.on_flow_end(kFlow, kStart);
  reader.add_key(second.secret());
  // The new call's client is where the old one's server was.
  says(second.a, kFlow, Side::kB);
  says(second.b, kFlow, Side::kA);
  EXPECT_EQ(opened(), 3U);
}

TEST_F(RtcpKeysTest, AnAssociationWithoutFlowsIsForgottenAfterAWhile) {
  reader.add_key(first.secret());
  says(first.b);
  reader.on_flow_end(kFlow, kStart);
  reader.add_key(second.secret());
  says(second.b, kOtherFlow);
  reader.on_flow_end(kOtherFlow, kStart + SrtcpKeys::kUnusedFor);
  says(first.b, FlowId{3});
  EXPECT_EQ(opened(), 2U);
}

TEST_F(RtcpKeysTest, TheOldestUnprovedSecretGivesWay) {
  reader.add_key(first.secret());
  reader.add_key(second.secret());
  for (std::size_t i = 0; i < SrtcpKeys::kMaxSecrets - 1; ++i) {
    testing::Octets other = testing::exported(kProfile, 3);
    other[0] = static_cast<std::byte>(i >> 8);
    other[1] = static_cast<std::byte>(i);
    reader.add_key(srtp::KeyingMaterial{Bytes(other)});
  }
  EXPECT_EQ(reader.key_counters().secrets_displaced, 1U);
  says(first.b, kFlow);
  EXPECT_EQ(opened(), 0U);
  says(second.b, kOtherFlow);
  EXPECT_EQ(opened(), 1U);
}

TEST_F(RtcpKeysTest, KeysOfOneDirectionEachOpenAFlowTogether) {
  for (const Association* one : {&first, &second}) {
    reader.add_key(one->key_of(srtp::Writer::kDtlsServer));
    reader.add_key(one->key_of(srtp::Writer::kDtlsClient));
  }
  for (int i = 0; i < 3; ++i) {
    says(first.b);
    says(second.a, kOtherFlow, Side::kA);
    says(first.a, kFlow, Side::kA);
    says(second.b, kOtherFlow);
  }
  EXPECT_EQ(opened(), 12U);
  EXPECT_EQ(reader.key_counters().proved, 4U);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kDecrypted);
  EXPECT_EQ(reader.access(kOtherFlow), RtcpAccess::kDecrypted);
}

TEST_F(RtcpKeysTest, AFlowOfWhichOneDirectionIsClosedIsNotDecrypted) {
  reader.add_key(first.key_of(srtp::Writer::kDtlsServer));
  says(first.b);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kDecrypted) << "nothing else was said";
  says(first.a, kFlow, Side::kA);
  says(first.b);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kOpaque);
  reader.add_key(first.key_of(srtp::Writer::kDtlsClient));
  says(first.a, kFlow, Side::kA);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kDecrypted);
  EXPECT_EQ(opened(), 3U);
}

TEST_F(RtcpKeysTest, NewKeysOfOneDirectionEachAreFollowed) {
  for (Association* one : {&first, &second}) {
    reader.add_key(one->key_of(srtp::Writer::kDtlsServer));
    reader.add_key(one->key_of(srtp::Writer::kDtlsClient));
    says(one->b);
    says(one->a, kFlow, Side::kA);
  }
  says(first.b);  // on its way while the keys changed
  EXPECT_EQ(opened(), 5U);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kDecrypted);
}

TEST_F(RtcpKeysTest, KeysOfOneDirectionAreForgottenWithTheirFlow) {
  reader.add_key(first.key_of(srtp::Writer::kDtlsServer));
  reader.add_key(first.key_of(srtp::Writer::kDtlsClient));
  says(first.b);
  says(first.a, kFlow, Side::kA);
  reader.on_flow_end(kFlow, kStart);
  reader.add_key(second.secret());
  says(second.b, kOtherFlow);
  reader.on_flow_end(kOtherFlow, kStart + SrtcpKeys::kUnusedFor);
  says(first.b, FlowId{3});
  says(first.a, FlowId{3}, Side::kA);
  EXPECT_EQ(opened(), 3U);
}

TEST_F(RtcpKeysTest, ASecretThatComesTwiceIsOneAndCounted) {
  reader.add_key(first.key_of(srtp::Writer::kDtlsServer));
  reader.add_key(first.key_of(srtp::Writer::kDtlsServer));
  says(first.b);
  reader.add_key(first.key_of(srtp::Writer::kDtlsServer));  // by now it is wiped, and known all the same
  says(first.b);
  EXPECT_EQ(reader.key_counters().added, 1U);
  EXPECT_EQ(reader.key_counters().duplicates, 2U);
  EXPECT_EQ(opened(), 2U);
}

TEST_F(RtcpKeysTest, WhatWasNeverEncipheredIsReadWithoutAKey) {
  reader.on_rtcp(kFlow, Side::kB, kStart, picture_loss(), false);
  ASSERT_EQ(sink.reports.size(), 1U);
  EXPECT_EQ(sink.reports[0].pli_count, 1U);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kClear);
  EXPECT_EQ(reader.counters().clear, 1U);
}

TEST_F(RtcpKeysTest, WhatIsInClearWhereKeysWereMadeIsNotBelieved) {
  reader.on_rtcp(kFlow, Side::kB, kStart, picture_loss(), true);
  says(first.b, kOtherFlow);
  reader.on_rtcp(kOtherFlow, Side::kB, kStart, picture_loss(), false);
  EXPECT_TRUE(sink.reports.empty());
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kOpaque);
}

TEST_F(RtcpKeysTest, NoEncipheredDatagramLooksLikeClear) {
  for (const srtp::Profile profile : {srtp::Profile::kAes128CmSha1_80, srtp::Profile::kAes128CmSha1_32,
                                      srtp::Profile::kAeadAes128Gcm, srtp::Profile::kAeadAes256Gcm}) {
    SrtpSender sender{profile, srtp::Writer::kDtlsClient};
    for (int i = 0; i < 1000; ++i) {
      reader.on_rtcp(kFlow, Side::kB, kStart, sender.protect_rtcp(picture_loss()), false);
    }
  }
  EXPECT_EQ(reader.counters().clear, 0U);
}

}  // namespace
}  // namespace rtcscope::flows
