// correlator/issues: what a participant's bad uplink did to those who watch.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

/// bob publishes and loses; others watch him.
class FrozenViewersTest : public Scene {
 protected:
  FrozenViewersTest() {
    take_all(joined(bob, 0s, "1234", "b", "bob"), bob.describes(0s, kServer, "srvb", ""),
             bob.describes(0s, kClient, "clib", "", 77));
    for (std::uint64_t n = 0; n < kNames.size(); ++n) {
      const Peer viewer{"3" + std::to_string(n), "30" + std::to_string(n)};
      const std::string id = std::to_string(n);
      take_all(joined(viewer, 0s, "1234", "v" + id, kNames[n]));
      const Peer subscription{viewer.session, viewer.handle + "9"};
      take_all(subscription.describes(0s, kServer, "srv" + id, ""),
               subscription.describes(0s, kClient, "cli" + id, ""),
               subscription.says(0s, feeds::RoomSubscribed{
                                         "videoroom", "1234", "", {{"0", "video", "", "b", "bob", "0"}}}));
    }
  }
  /// `frozen`: how many of the viewers saw a freeze in this second, the first ones.
  void second(int at, std::int64_t lost, std::size_t frozen) {
    flows::FlowSnapshot up = flow(1, 0s, "srvb", "clib");
    up.last_packet = kStart + std::chrono::seconds{at};
    up.dtls.connected = kStart;
    flows::StreamReport r = report(1, 1, 77, std::chrono::seconds{at - 1});
    r.interval.expected = r.interval.packets = 200;
    r.interval.lost = lost;
    lost_ += lost;
    r.total.lost = lost_;
    r.total.expected = 200U * static_cast<std::uint64_t>(at);
    take_all(up, r);
    for (std::uint64_t n = 0; n < kNames.size(); ++n) {
      freezes_[n] += n < frozen ? 1 : 0;
      const std::string id = std::to_string(n);
      flows::FlowSnapshot down =
          flow(10 + n, 0s, "srv" + id, "cli" + id, static_cast<std::uint16_t>(41000 + n));
      down.last_packet = up.last_packet;
      flows::StreamReport video = report(10 + n, 10 + n, 500 + static_cast<std::uint32_t>(n),
                                         std::chrono::seconds{at - 1}, flows::Side::kB);
      video.payload_type = 96;
      video.typing.kind = flows::MediaKind::kVideo;
      video.playout = flows::PlayoutFigures{25, freezes_[n], freezes_[n] * 300ms};
      take_all(down, video);
    }
    correlator.advance(kStart + std::chrono::seconds{at});
  }
  const model::Issue& loss() const {
    for (const auto& [id, issue] : sink.issues) {
      if (issue.kind == "high_loss") return issue;
    }
    throw std::runtime_error("there is no high_loss");
  }

  static inline const std::vector<std::string> kNames{"carol", "dave", "erin", "frank"};
  std::map<std::uint64_t, std::uint64_t> freezes_;
  std::int64_t lost_ = 0;
};

TEST_F(FrozenViewersTest, LossOfAnUplinkNamesWhoSawFreezesOfIt) {
  for (int s = 1; s <= 40; ++s) second(s, 8, s == 10 || s == 20 ? 3 : s == 15 ? 1 : 0);
  for (int s = 41; s <= 70; ++s) second(s, 0, 0);
  EXPECT_THAT(loss().text,
              ::testing::MatchesRegex("bob's uplink lost [0-9.]+ % for [0-9]+ s; three others saw freezes"));
  EXPECT_EQ(loss().evidence.back().kind, "froze_at");
  EXPECT_EQ(std::count(loss().evidence.back().detail.begin(), loss().evidence.back().detail.end(), ','), 2);
  EXPECT_THAT(loss().evidence.back().detail, ::testing::HasSubstr("erin"));
  EXPECT_THAT(loss().evidence.back().detail, ::testing::Not(::testing::HasSubstr("frank")));
}

TEST_F(FrozenViewersTest, LossThatNobodySawAndFreezesOfAnotherTimeAreNotJoined) {
  for (int s = 1; s <= 5; ++s) second(s, 0, 4);
  for (int s = 6; s <= 30; ++s) second(s, 0, 0);
  for (int s = 31; s <= 70; ++s) second(s, 8, 0);
  EXPECT_THAT(loss().text, ::testing::Not(::testing::HasSubstr("saw")));
}

}  // namespace
}  // namespace rtcscope::correlator
