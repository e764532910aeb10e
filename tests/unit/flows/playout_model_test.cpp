// When a receiver would show frames: late packets, the jitter buffer, W3C's freeze rule.

#include "flows/playout_model.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;
using Kind = PlayoutPacket::Kind;

const UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);

/// 15 frames a second; `delays` by frame number.
class Playout {
 public:
  void frames(int count, Duration late = {}) {
    for (int i = 0; i < count; ++i, ++number_) send(late);
  }
  void late(Duration late) { frames(1, late); }
  /// A packet of the frame `back` frames ago, seen this long after it was due.
  void again(int back, Duration late) {
    model.add({timestamp(number_ - back), due(number_ - back) + late, Kind::kRepair, 1000});
  }
  /// A packet of the frame `back` frames ago did not reach the receiver.
  void lose(int back) { model.add({timestamp(number_ - back), due(number_ - back), Kind::kLost, 0}); }
  void key_frame() { send({}, 10'000); }
  const PlayoutFigures& done() {
    model.finish();
    return model.figures();
  }
  PlayoutModel model;

 private:
  static std::uint32_t timestamp(int number) {
    return 0xffff'0000U + static_cast<std::uint32_t>(number) * 6000;
  }
  static UtcTime due(int number) { return kStart + number * 66'666'667ns; }
  void send(Duration late, std::uint32_t bytes = 1000) {
    model.advance(due(number_));
    model.add({timestamp(number_), due(number_) + late, Kind::kInOrder, bytes});
    number_ += bytes == 1000 ? 0 : 1;
  }
  int number_ = 0;
};

TEST(PlayoutModel, ALossThatNothingRepairsLastsUntilTheNextKeyFrame) {
  Playout playout;
  playout.frames(60);
  playout.lose(1);
  playout.frames(29);
  playout.key_frame();
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 1u);
  EXPECT_NEAR(to_milliseconds(playout.done().frozen), 31 * 66.7, 5);
}

TEST(PlayoutModel, FramesThatStayWholeWereRepairedByASmallKeyFrame) {
  Playout playout;
  playout.frames(60);
  playout.lose(1);
  playout.frames(120);
  EXPECT_EQ(playout.done().freezes, 1u);
  EXPECT_NEAR(to_milliseconds(playout.done().frozen), 3000, 150);
}

TEST(PlayoutModel, ARepairedLossBreaksNothing) {
  Playout playout;
  playout.frames(60);
  playout.lose(1);
  playout.again(1, 60ms);
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 0u);
}

TEST(PlayoutModel, ASteadyStreamDoesNotFreeze) {
  Playout playout;
  playout.frames(200);
  EXPECT_EQ(playout.done().freezes, 0u);
  EXPECT_EQ(playout.done().frames, 200u);
}

TEST(PlayoutModel, AFrameThatWaitsForItsRetransmissionFreezes) {
  Playout playout;
  playout.frames(60);
  playout.again(1, 250ms);
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 1u);
  EXPECT_GT(playout.done().frozen, 217ms);
  EXPECT_LT(playout.done().frozen, 330ms);
}

TEST(PlayoutModel, AQuickRepairDoesNot) {
  Playout playout;
  playout.frames(60);
  playout.again(1, 80ms);
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 0u);
}

TEST(PlayoutModel, LaterFramesWaitForTheOneThatIsNotWhole) {
  Playout playout;
  playout.frames(60);
  playout.again(5, 700ms);  // comes with the tenth frame after it
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 1u);
}

TEST(PlayoutModel, ABufferThatGrewWithJitterHidesWhatWouldFreezeAtFirst) {
  Playout calm, restless;
  calm.frames(300);
  for (int i = 0; i < 150; ++i) {
    restless.late(0ms);
    restless.late(110ms);
  }
  for (Playout* playout : {&calm, &restless}) {
    playout->late(190ms);
    playout->frames(30);
  }
  EXPECT_EQ(calm.done().freezes, 1u);
  EXPECT_EQ(restless.done().freezes, 0u);
}

TEST(PlayoutModel, APauseIsNoFreeze) {
  Playout playout;
  playout.frames(60);
  playout.late(6s);
  playout.frames(60, 6s);
  EXPECT_EQ(playout.done().freezes, 0u);
}

TEST(PlayoutModel, TimestampsOfAnotherStreamChangeNothing) {
  Playout playout;
  playout.frames(60);
  playout.model.add({0x1234'5678, kStart + 9s, Kind::kRepair, 1000});
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 0u);
  EXPECT_EQ(playout.done().frames, 120u);
}

}  // namespace
}  // namespace rtcscope::flows
