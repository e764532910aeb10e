// correlator/feed_clocks.hpp: the offset of each feed's clock, and what is said of it.

#include <gtest/gtest.h>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

/// The clock of a server whose feed is `off` beside the packets, measured on its connection `n`.
class FeedClockTest : public Scene {
 protected:
  void come_up(std::uint64_t n, const std::string& server, Duration off) {
    const std::string id = std::to_string(n);
    const Peer peer{id, id, server};
    take_all(peer.describes(off, kClient, "cli" + id, ""), peer.describes(off, kServer, "srv" + id, ""),
             peer.says(off + 1s, feeds::PeerConnectionUp{}));
    flows::FlowSnapshot f = flow(n, 0s, "srv" + id, "cli" + id, static_cast<std::uint16_t>(n));
    f.dtls.connected = kStart + 1s;
    take(f);
    now_ += 1s;
    correlator.advance(now_);
  }
  std::map<std::string, double> offsets() const {
    std::map<std::string, double> found;
    for (const FeedClock& clock : correlator.feed_clocks()) found[clock.server] = clock.offset_ms;
    return found;
  }

  std::vector<model::Issue> skews() const {
    std::vector<model::Issue> found;
    for (const auto& [id, issue] : sink.issues) {
      if (issue.kind == "clock_skew") found.push_back(issue);
    }
    return found;
  }

  UtcTime now_ = kStart + 1s;
};

TEST_F(FeedClockTest, EachServerHasAClockOfItsOwn) {
  EXPECT_TRUE(offsets().empty()) << "absent before it is measured";
  for (std::uint64_t n = 1; n <= 3; ++n) come_up(n, "janus-a", 2ms);
  come_up(4, "janus-b", -90s);
  EXPECT_EQ(offsets(), (std::map<std::string, double>{{"janus-a", 2}, {"janus-b", -90'000}}));
  ASSERT_EQ(skews().size(), 1U);
  EXPECT_EQ(skews()[0].text, "the clock of the event feed of janus-b differs from the packets' by 90.0 s");
}

TEST_F(FeedClockTest, OneConnectionThatIsOffChangesNothingAndAClockThatWasSetIsSeen) {
  for (std::uint64_t n = 1; n <= 5; ++n) come_up(n, "janus-a", n == 3 ? 4s : 1ms);
  EXPECT_EQ(offsets()["janus-a"], 1);
  EXPECT_EQ(skews().size(), 0U);
  for (std::uint64_t n = 6; n <= 8; ++n) come_up(n, "janus-a", -5s);
  EXPECT_EQ(offsets()["janus-a"], -5000);
  ASSERT_EQ(skews().size(), 1U);
  for (std::uint64_t n = 9; n <= 11; ++n) come_up(n, "janus-a", 1ms);
  EXPECT_TRUE(skews()[0].ended_at.has_value()) << "it was set right";
}

}  // namespace
}  // namespace rtcscope::correlator
