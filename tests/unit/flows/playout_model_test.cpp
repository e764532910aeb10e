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
  /// Frames of which the receiver says that they came.
  void told_frames(int count) {
    for (int i = 0; i < count; ++i) {
      frames(1);
      tell(1, Kind::kArrival);
    }
  }
  void tell(int back, Kind kind) {
    model.add({timestamp(number_ - back), due(number_ - back), kind, 0, 0, false});
  }
  void late(Duration late) { frames(1, late); }
  /// A packet of the frame `back` frames ago, seen this long after it was due.
  void again(int back, Duration late) {
    model.add({timestamp(number_ - back), due(number_ - back) + late, Kind::kRepair, 1000, 0, false});
  }
  /// A packet of the frame `back` frames ago did not reach the receiver.
  void lose(int back) {
    model.add({timestamp(number_ - back), due(number_ - back), Kind::kLost, 0, 0, false});
  }
  /// A frame of which the receiver says that it did not come.
  void lose_told() {
    frames(1);
    tell(1, Kind::kLost);
  }
  void lose_after(int told) {
    marked_key_frame();
    told_frames(told);
    lose_told();
  }
  void ask_key_frame() { model.ask_key_frame(due(number_)); }
  void key_frame() { send({}, 10'000); }
  /// The last packet of a key frame says how the picture is turned.
  void marked_key_frame() { send({}, 1001, true); }
  void told_key_frame() {
    marked_key_frame();
    tell(1, Kind::kArrival);
  }
  /// A frame that does not come by the tap, at all.
  void miss() { number_ += 1; }
  /// The frame `back` frames ago comes after all.
  void come_late(int back, Duration late) {
    model.add({timestamp(number_ - back), due(number_ - back) + late, Kind::kLate, 1000,
               sequence(number_ - back), false});
  }
  void pad() { model.pass(sequence(number_++)); }
  /// The receiver asks for the frame `back` frames ago, now.
  void ask(int back) { model.ask(sequence(number_ - back), due(number_)); }
  const PlayoutFigures& done() {
    model.finish();
    return model.figures();
  }
  PlayoutModel model;

 private:
  static std::uint32_t timestamp(int number) {
    return 0xffff'0000U + static_cast<std::uint32_t>(number) * 6000;
  }
  static std::uint16_t sequence(int number) { return static_cast<std::uint16_t>(0xffe0 + number); }
  static UtcTime due(int number) { return kStart + number * 66'666'667ns; }
  void send(Duration late, std::uint32_t bytes = 1000, bool oriented = false) {
    model.advance(due(number_));
    model.add({timestamp(number_), due(number_) + late, Kind::kInOrder, bytes, sequence(number_), oriented});
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

TEST(PlayoutModel, WhatDidNotComeByTheTapFreezesUntilItComes) {
  Playout playout;
  playout.frames(60);
  playout.miss();
  playout.frames(4);
  playout.come_late(5, 300ms);
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 1u);
  EXPECT_EQ(playout.done().frames, 125u);
}

TEST(PlayoutModel, WhatNeverCameByTheTapFreezesUntilTheMarkedKeyFrame) {
  Playout playout;
  playout.marked_key_frame();
  playout.frames(60);
  playout.miss();
  playout.frames(50);
  playout.marked_key_frame();
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 1u);
  EXPECT_NEAR(to_milliseconds(playout.done().frozen), 52 * 66.7, 5);
}

// One frame of the lost ones comes after all: those before it are still missing, so it is not shown.
TEST(PlayoutModel, AFrameOfAGapIsNotShownWithoutThoseBeforeIt) {
  Playout playout;
  playout.marked_key_frame();
  playout.frames(60);
  for (int i = 0; i < 10; ++i) playout.miss();
  playout.frames(1);
  playout.come_late(4, 500ms);
  playout.frames(20);
  playout.marked_key_frame();
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 1u);
  EXPECT_NEAR(to_milliseconds(playout.done().frozen), 32 * 66.7, 5);
}

TEST(PlayoutModel, AGapThatIsFilledInAnyOrderIsNone) {
  Playout playout;
  playout.marked_key_frame();
  playout.frames(60);
  for (int i = 0; i < 4; ++i) playout.miss();
  playout.frames(1);
  for (const int back : {4, 2, 5, 3}) playout.come_late(back, std::chrono::milliseconds(66 * back + 20));
  playout.frames(60);
  EXPECT_EQ(playout.done().frames, 126u);
}

TEST(PlayoutModel, AGapThatNobodyAsksAKeyFrameForIsTheTaps) {
  Playout playout;
  playout.marked_key_frame();
  playout.frames(60);
  playout.miss();
  playout.frames(120);
  EXPECT_EQ(playout.done().freezes, 0u);
}

TEST(PlayoutModel, WhereKeyFramesAreMarkedALargeFrameIsNone) {
  Playout playout;
  playout.marked_key_frame();
  playout.frames(60);
  playout.lose(1);
  playout.key_frame();
  playout.frames(44);
  playout.marked_key_frame();
  playout.frames(60);
  EXPECT_NEAR(to_milliseconds(playout.done().frozen), 47 * 66.7, 5);
}

TEST(PlayoutModel, APictureThatIsTurnedMarksNoKeyFrames) {
  Playout playout;
  for (int i = 0; i < 60; ++i) playout.marked_key_frame();
  playout.lose(1);
  for (int i = 0; i < 20; ++i) playout.marked_key_frame();
  playout.key_frame();
  playout.frames(60);
  EXPECT_NEAR(to_milliseconds(playout.done().frozen), 22 * 66.7, 5);
}

TEST(PlayoutModel, AFrameThatIsStillAskedForIsNotWhole) {
  Playout playout;
  playout.marked_key_frame();
  playout.frames(60);
  playout.lose(1);
  playout.again(1, 60ms);  // another packet of the frame than the one that misses
  for (int i = 0; i < 12; ++i) {
    playout.frames(1);
    playout.ask(2 + i);
  }
  playout.frames(18);
  playout.marked_key_frame();
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 1u);
  EXPECT_NEAR(to_milliseconds(playout.done().frozen), 32 * 66.7, 5);
}

TEST(PlayoutModel, AKeyFrameOvertakesWhatWaits) {
  Playout waiting, overtaken;
  for (Playout* playout : {&waiting, &overtaken}) {
    playout->marked_key_frame();
    playout->frames(60);
  }
  overtaken.again(1, 400ms);
  overtaken.marked_key_frame();
  overtaken.frames(60);
  waiting.again(1, 400ms);
  waiting.frames(61);
  EXPECT_EQ(overtaken.done().freezes, 0u);
  EXPECT_EQ(overtaken.done().frames, 121u);
  EXPECT_EQ(waiting.done().freezes, 1u);
}

TEST(PlayoutModel, WhatIsHeldForSpeechHidesWhatWouldFreeze) {
  Playout alone, beside;
  for (Playout* playout : {&alone, &beside}) {
    for (int second = 0; second < 20; ++second) {
      playout->frames(15);
      if (playout == &beside) playout->model.hear(150, 0);
    }
    playout->late(190ms);
    playout->frames(30);
  }
  EXPECT_EQ(alone.done().freezes, 1u);
  EXPECT_EQ(beside.done().freezes, 0u);
}

TEST(PlayoutModel, PaddingLeavesNoGap) {
  Playout playout;
  playout.marked_key_frame();
  playout.frames(60);
  playout.pad();
  playout.frames(60);
  EXPECT_EQ(playout.done().frames, 121u);
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

// The link behind the tap was away. What was sent meanwhile is told of as lost, as far back as the receiver
// does.
TEST(PlayoutModel, AReceiverThatComesBackAfterALongSilenceWasPaused) {
  Playout playout;
  playout.marked_key_frame();
  playout.told_frames(60);
  playout.frames(120);
  for (int back = 40; back > 0; --back) playout.tell(back, Kind::kLost);
  playout.told_key_frame();
  playout.told_frames(60);
  EXPECT_EQ(playout.done().freezes, 0u);
  EXPECT_EQ(playout.done().frames, 122u);
}

TEST(PlayoutModel, AShorterSilenceIsAFreezeFromItsBeginning) {
  Playout playout;
  playout.marked_key_frame();
  playout.told_frames(60);
  playout.frames(60);
  for (int back = 45; back > 0; --back) playout.tell(back, Kind::kLost);
  playout.told_key_frame();
  playout.told_frames(60);
  EXPECT_EQ(playout.done().freezes, 1u);
  EXPECT_NEAR(to_milliseconds(playout.done().frozen), 61 * 66.7, 5);
}

TEST(PlayoutModel, ARetransmissionOfWhatHadComeDelaysNothing) {
  Playout playout;
  playout.marked_key_frame();
  playout.told_frames(60);
  playout.again(1, 400ms);
  playout.told_frames(60);
  EXPECT_EQ(playout.done().freezes, 0u);
  EXPECT_EQ(playout.done().frames, 121u);
}

TEST(PlayoutModel, ASilenceThatLeavesNothingLostIsNoFreeze) {
  Playout playout;
  playout.marked_key_frame();
  playout.told_frames(60);
  playout.frames(60);
  playout.told_frames(60);
  EXPECT_EQ(playout.done().freezes, 0u);
}

TEST(PlayoutModel, OfAReceiverThatDoesNotComeBackNothingIsSaid) {
  Playout playout;
  playout.marked_key_frame();
  playout.told_frames(60);
  playout.frames(600);
  EXPECT_EQ(playout.done().frames, 61u);
  EXPECT_EQ(playout.done().received, 61u);
}

TEST(PlayoutModel, WhatASilentReceiverGetsIsNotKnown) {
  Playout playout;
  playout.marked_key_frame();
  playout.told_frames(60);
  playout.frames(60);
  EXPECT_EQ(playout.done().received, 61u);
  EXPECT_EQ(playout.model.received().behind(kStart + 6s), 15u);
  EXPECT_EQ(playout.model.received().behind(kStart + 7s), std::nullopt);
  EXPECT_EQ(playout.model.received().behind(kStart + 9s), std::nullopt);
}

// libwebrtc hands on what it can decode: not what depends on a frame that never came.
TEST(PlayoutModel, FramesBehindALossAreReceivedFromTheNextKeyFrameOn) {
  Playout playout;
  playout.lose_after(29);
  playout.told_frames(20);
  playout.ask_key_frame();
  playout.told_frames(24);
  playout.told_key_frame();
  playout.told_frames(30);
  EXPECT_EQ(playout.done().received, 61u);
  EXPECT_EQ(playout.model.received().behind(kStart + 4s), 15u);
  EXPECT_EQ(playout.model.received().behind(kStart + 6s), 0u);
}

// Temporal layers: the receiver shows what does not need the lost frame, and only the codec knows what does.
TEST(PlayoutModel, FramesBehindALossAreDoubtfulWhereNobodyAsksForAKeyFrame) {
  Playout playout;
  playout.lose_after(29);
  playout.told_frames(89);
  playout.told_key_frame();
  playout.told_frames(60);
  EXPECT_EQ(playout.done().freezes, 0u);
  // Until they stayed whole for 4 s.
  EXPECT_EQ(playout.done().doubtful, 60u);
  EXPECT_EQ(playout.done().received, 30u + 29u + 61u);
  EXPECT_EQ(playout.model.received().behind(kStart + 8s), std::nullopt);
  EXPECT_EQ(playout.model.received().behind(kStart + 10s), 15u);
}

TEST(PlayoutModel, InLayersAFrameThatIsWholeBehindALaterOneIsDoubtful) {
  Playout playout;
  playout.lose_after(29);
  playout.told_frames(150);
  playout.marked_key_frame();
  playout.told_frames(60);
  const std::uint64_t before = playout.done().doubtful;
  playout.lose_told();
  playout.again(1, 30ms);
  playout.told_frames(30);
  EXPECT_EQ(playout.done().doubtful, before);
  playout.lose_told();
  playout.again(1, 100ms);
  playout.told_frames(30);
  EXPECT_EQ(playout.done().doubtful, before + 31);
}

// The request comes when the first frames behind the loss were looked at already.
TEST(PlayoutModel, AFreezeThatAKeyFrameIsAskedForLateCountsWhole) {
  Playout playout;
  playout.lose_after(60);
  playout.told_frames(45);
  playout.ask_key_frame();
  playout.told_frames(3);
  playout.told_key_frame();
  playout.told_frames(60);
  EXPECT_EQ(playout.done().freezes, 1u);
  EXPECT_NEAR(to_milliseconds(playout.done().frozen), 50 * 66.7, 10);
  EXPECT_EQ(playout.done().doubtful, 0u);
}

// Its feedback says that all came, but frames were lost before the tap, and no key frame follows.
TEST(PlayoutModel, AReceiverThatGoesOnAskingForAKeyFrameShowsNothing) {
  for (const bool marked : {true, false}) {
    Playout playout;
    if (marked) playout.marked_key_frame();
    playout.told_frames(marked ? 60 : 61);
    for (int i = 0; i < 5; ++i) playout.miss();
    for (int i = 0; i < 5; ++i) {
      playout.told_frames(44);
      playout.ask_key_frame();
    }
    playout.told_frames(40);
    playout.model.advance(kStart + 306 * 66'666'667ns + 2500ms);
    EXPECT_EQ(playout.model.figures().received, 61u) << marked;
    EXPECT_NEAR(to_milliseconds(playout.model.figures().standstill), 245 * 66.7, 50) << marked;
    if (marked) playout.told_key_frame();
    playout.told_frames(60);
    EXPECT_EQ(playout.done().freezes, 1u) << marked;
    EXPECT_EQ(playout.done().standstill, Duration{}) << marked;
    if (!marked) continue;
    EXPECT_EQ(playout.done().received, 122u);
    EXPECT_NEAR(to_milliseconds(playout.done().frozen), 266 * 66.7, 50);
  }
}

TEST(PlayoutModel, AGapThatTheReceiverSaysNothingOfIsNoStandstill) {
  Playout playout;
  playout.marked_key_frame();
  playout.told_frames(60);
  playout.miss();
  playout.told_frames(50);
  playout.model.advance(kStart + 110 * 66'666'667ns + 2500ms);
  EXPECT_EQ(playout.model.figures().standstill, Duration{});
}

TEST(PlayoutModel, WithoutTheReceiversWordNoFrameIsReceived) {
  Playout playout;
  playout.frames(120);
  EXPECT_EQ(playout.done().frames, 120u);
  EXPECT_FALSE(playout.done().tells);
  EXPECT_EQ(playout.done().received, 0u);
  EXPECT_EQ(playout.model.received().behind(kStart + 6s), std::nullopt);
}

TEST(PlayoutModel, TimestampsOfAnotherStreamChangeNothing) {
  Playout playout;
  playout.frames(60);
  playout.model.add({0x1234'5678, kStart + 9s, Kind::kRepair, 1000, 0, false});
  playout.frames(60);
  EXPECT_EQ(playout.done().freezes, 0u);
  EXPECT_EQ(playout.done().frames, 120u);
}

}  // namespace
}  // namespace rtcscope::flows
