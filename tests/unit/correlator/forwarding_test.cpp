// correlator/issues: a media server that does not pass on what a subscriber is to get.

#include <gtest/gtest.h>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

/// bob publishes audio, and alice is subscribed to it.
class ForwardingTest : public Scene {
 protected:
  ForwardingTest() {
    take_all(joined(bob, 0s, "1234", "b", "bob"), bob.describes(0s, kServer, "srvb", ""),
             bob.describes(0s, kClient, "clib", "", 77), joined(alice, 0s, "1234", "a", "alice"));
    take_all(subscription_.describes(0s, kServer, "srva", "", 99),
             subscription_.describes(0s, kClient, "clia", ""),
             subscribed(0s, {"0", "audio", "opus", "b", "bob", "0"}));
  }
  [[nodiscard]] feeds::Fact subscribed(Duration at, const feeds::RoomStream& stream) const {
    return subscription_.says(at, feeds::RoomSubscribed{"videoroom", "1234", "", {stream}});
  }
  /// Seconds in which bob's audio comes, and the server sends it on or not.
  void pass(int seconds, bool forwarded) {
    for (const int end = at_ + seconds; at_ < end; ++at_) {
      flows::FlowSnapshot up = flow(1, 0s, "srvb", "clib"), down = flow(2, 0s, "srva", "clia", 41'000);
      up.dtls.connected = down.dtls.connected = kStart;
      up.last_packet = down.last_packet = kStart + std::chrono::seconds{at_ + 1};
      heard_ += 50;
      up.rtp_packets.packets = {heard_, 0};
      down.rtcp_packets.packets = {heard_, heard_};
      take_all(up, down, report(1, 1, 77, std::chrono::seconds{at_}));
      if (forwarded) take(report(2, 2, 99, std::chrono::seconds{at_}, flows::Side::kB));
      correlator.advance(kStart + std::chrono::seconds{at_ + 1});
    }
  }
  [[nodiscard]] std::vector<model::Issue> issues() const {
    std::vector<model::Issue> found;
    for (const auto& [id, issue] : sink.issues) {
      if (issue.kind == "server_not_forwarding") found.push_back(issue);
    }
    return found;
  }

  const Peer subscription_{"11", "109"};
  int at_ = 0;
  std::uint64_t heard_ = 0;
};

TEST_F(ForwardingTest, WhatTheServerGetsAndDoesNotSendIsAnIssue) {
  pass(30, true);
  EXPECT_TRUE(issues().empty());
  pass(20, false);
  ASSERT_EQ(issues().size(), 1U);
  EXPECT_FALSE(issues()[0].ended_at);
  pass(10, true);
  ASSERT_TRUE(issues()[0].ended_at);
  EXPECT_EQ(issues()[0].text, "the media server got bob's audio but sent alice none of it for 17 s");
}

// bob published again, and alice did not subscribe again.
TEST_F(ForwardingTest, ASubscriptionThatEndedIsNone) {
  pass(30, true);
  take(subscribed(30s, {"0", "audio", "", "", "", ""}));
  pass(30, false);
  EXPECT_TRUE(issues().empty());
  take(subscribed(60s, {"0", "audio", "opus", "b", "bob", "0"}));
  pass(20, false);
  EXPECT_EQ(issues().size(), 1U);
}

TEST_F(ForwardingTest, ASubscriptionThatIsPausedIsNone) {
  pass(30, true);
  feeds::RoomSubscribed paused{"videoroom", "1234", "", {{"0", "audio", "opus", "b", "bob", "0"}},
                               false,       true};
  take(subscription_.says(30s, paused));
  pass(30, false);
  EXPECT_TRUE(issues().empty());
  paused.paused = false;
  take(subscription_.says(60s, paused));
  pass(20, false);
  EXPECT_EQ(issues().size(), 1U);
}

}  // namespace
}  // namespace rtcscope::correlator
