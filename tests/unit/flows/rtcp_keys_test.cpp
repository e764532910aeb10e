// flows/rtcp_reader.hpp, flows/srtcp_keys.hpp: which secret belongs to which flow, and when that changes.

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

constexpr srtp::Profile kProfile = srtp::Profile::kAes128CmSha1_80;
constexpr FlowId kFlow{1};
constexpr FlowId kOtherFlow{2};
constexpr UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);

struct Recorder : testing::NoFlowSink {
  std::vector<RemoteReport> reports;

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
    reader.on_rtcp(flow, side, kStart, sender.protect_rtcp(picture_loss()), DtlsSeen::kConnected);
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

// What an attacker can make: handshakes of its own, and datagrams of any address that look like SRTCP.
class RtcpKeyFloodTest : public RtcpKeysTest {
 protected:
  static constexpr std::uint64_t kTriesASecond = TrialBudget::kPerSecond;

  void add_strangers(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i, ++strangers_) {
      Octets secret = testing::exported(kProfile, 3);
      secret[0] = static_cast<std::byte>(strangers_ >> 8);
      secret[1] = static_cast<std::byte>(strangers_);
      reader.add_key(srtp::KeyingMaterial{Bytes(secret)});
    }
  }
  void made_up(FlowId flow, UtcTime time, DtlsSeen dtls) {
    Octets datagram(100, std::byte{0x5a});
    datagram[0] = std::byte{0x80};
    datagram[1] = std::byte{200};
    datagram[86] |= std::byte{0x80};  // enciphered
    reader.on_rtcp(flow, Side::kA, time, datagram, dtls);
  }
  /// Uses up what flows with a handshake may try by then: each of these wants all secrets tried once.
  void use_up(UtcTime time) {
    for (std::uint64_t i = 0; i < 100 && reader.counters().trials_put_off == 0; ++i) {
      made_up(FlowId{100 + i}, time, DtlsSeen::kConnected);
    }
    ASSERT_EQ(reader.counters().trials_put_off, 1U);
  }
  void says_at(SrtpSender& sender, UtcTime time, DtlsSeen dtls = DtlsSeen::kConnected) {
    reader.on_rtcp(kFlow, Side::kB, time, sender.protect_rtcp(picture_loss()), dtls);
  }

 private:
  unsigned strangers_ = 0;
};

TEST_F(RtcpKeyFloodTest, TriesStayWithinTheBudgetAndACallWithAHandshakeOpensAtOnce) {
  constexpr int kFlows = 2'000;
  constexpr Duration kLasts = 2s;
  add_strangers(500);
  reader.add_key(first.secret());
  add_strangers(500);
  for (int i = 0; i < kFlows; ++i) {
    const UtcTime now = kStart + i * kLasts / kFlows;
    for (int packet = 0; packet < RtcpReader::kMaxTrials; ++packet) {
      made_up(FlowId{static_cast<std::uint64_t>(100 + i)}, now, DtlsSeen::kNone);
    }
    if (i % 200 == 100) says_at(first.b, now);
  }
  EXPECT_EQ(opened(), 10U);
  const std::uint64_t made_up_tries = reader.key_counters().tries - 2 * 501;
  EXPECT_LE(made_up_tries, 3 * kTriesASecond) << "one second's worth was saved, two went by";
  EXPECT_GE(made_up_tries, 2 * kTriesASecond) << "the flood did reach the budget";
  EXPECT_GT(reader.counters().trials_put_off, 7'000U);
  EXPECT_EQ(reader.counters().trials_put_off + reader.counters().no_key_fits, 4U * kFlows);
}

TEST_F(RtcpKeyFloodTest, WhatWasPutOffIsTriedWithTheFlowsNextDatagrams) {
  add_strangers(SrtcpKeys::kMaxSecrets - 2);
  says_at(first.b, kStart);  // the flow's first sweep begins and ends before its secret is there
  ASSERT_EQ(reader.counters().no_key_fits, 1U);
  use_up(kStart);
  reader.add_key(first.secret());
  const std::uint64_t before = reader.key_counters().tries;
  says_at(first.b, kStart);
  EXPECT_EQ(opened(), 0U) << "nothing is left of this second";
  EXPECT_LT(reader.key_counters().tries - before, 2 * SrtcpKeys::kMaxSecrets);
  says_at(first.b, kStart + 10ms);
  EXPECT_EQ(opened(), 1U);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kDecrypted);
}

TEST_F(RtcpKeyFloodTest, ASweepGoesOnWhereItStoppedAndTriesNoSecretTwice) {
  reader.add_key(first.secret());  // the oldest: the last to be tried
  add_strangers(SrtcpKeys::kMaxSecrets - 1);
  use_up(kStart);
  const std::uint64_t before = reader.key_counters().tries;
  int datagrams = 0;
  // 300 tries are earned between two of them.
  for (; opened() == 0 && datagrams < 20; ++datagrams) says_at(first.b, kStart + datagrams * 10ms);
  EXPECT_EQ(opened(), 1U);
  EXPECT_EQ(datagrams, 1 + 2 * static_cast<int>(SrtcpKeys::kMaxSecrets) / 300 + 1);
  EXPECT_EQ(reader.key_counters().tries - before, 2 * SrtcpKeys::kMaxSecrets)
      << "each of the others with both writers, and its own";
}

TEST_F(RtcpKeyFloodTest, ASecretThatComesWhileASweepWaitsIsTriedFirst) {
  add_strangers(SrtcpKeys::kMaxSecrets - 1);
  use_up(kStart);
  says_at(first.b, kStart + 10ms);
  EXPECT_EQ(opened(), 0U);
  reader.add_key(first.secret());
  says_at(first.b, kStart + 11ms);
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
  reader.on_rtcp(kFlow, Side::kB, kStart, picture_loss(), DtlsSeen::kNone);
  ASSERT_EQ(sink.reports.size(), 1U);
  EXPECT_EQ(sink.reports[0].pli_count, 1U);
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kClear);
  EXPECT_EQ(reader.counters().clear, 1U);
}

TEST_F(RtcpKeysTest, WhatIsInClearWhereKeysWereMadeIsNotBelieved) {
  reader.on_rtcp(kFlow, Side::kB, kStart, picture_loss(), DtlsSeen::kConnected);
  says(first.b, kOtherFlow);
  reader.on_rtcp(kOtherFlow, Side::kB, kStart, picture_loss(), DtlsSeen::kNone);
  EXPECT_TRUE(sink.reports.empty());
  EXPECT_EQ(reader.access(kFlow), RtcpAccess::kOpaque);
}

TEST_F(RtcpKeysTest, NoEncipheredDatagramLooksLikeClear) {
  for (const srtp::Profile profile : {srtp::Profile::kAes128CmSha1_80, srtp::Profile::kAes128CmSha1_32,
                                      srtp::Profile::kAeadAes128Gcm, srtp::Profile::kAeadAes256Gcm}) {
    SrtpSender sender{profile, srtp::Writer::kDtlsClient};
    for (int i = 0; i < 1000; ++i) {
      reader.on_rtcp(kFlow, Side::kB, kStart, sender.protect_rtcp(picture_loss()), DtlsSeen::kNone);
    }
  }
  EXPECT_EQ(reader.counters().clear, 0U);
}

}  // namespace
}  // namespace rtcscope::flows
