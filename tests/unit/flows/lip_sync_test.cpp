// Speech buffers and the video that is kept in step with them.

#include "flows/lip_sync.hpp"

#include <gtest/gtest.h>

#include "flows/speech_delay.hpp"

namespace rtcscope::flows {
namespace {

class Speech {
 public:
  /// Packets of 20 ms each, this late.
  void packets(int count, double late_ms) {
    for (int i = 0; i < count; ++i, spoken_ms_ += 20) delay.add(spoken_ms_ + late_ms, spoken_ms_);
  }
  /// So long nothing comes, and what was meant for it never does.
  void lose(double ms) { spoken_ms_ += ms; }
  SpeechDelay delay;

 private:
  double spoken_ms_ = 0;
};

TEST(SpeechDelay, ACalmStreamIsHeldForTwoPackets) {
  Speech speech;
  speech.packets(500, 0);
  EXPECT_NEAR(speech.delay.level_ms(), 40, 15);
}

TEST(SpeechDelay, JitterIsHeldByItsLargest) {
  Speech speech;
  for (int i = 0; i < 100; ++i) {
    speech.packets(24, 0);
    speech.packets(1, 130);
  }
  EXPECT_GE(speech.delay.level_ms(), 120);
  EXPECT_LE(speech.delay.level_ms(), 300);
}

TEST(SpeechDelay, WhatLastsLongerThanTheBufferIsWaitedForEverAfter) {
  Speech speech;
  speech.packets(200, 0);
  speech.packets(30, 200);  // a queue: it ran dry for 150 ms
  EXPECT_LT(speech.delay.level_ms(), 60);
  speech.packets(50, 0);
  EXPECT_GT(speech.delay.level_ms(), 100);
  speech.packets(1500, 0);  // and is made up for by and by
  EXPECT_LT(speech.delay.level_ms(), 100);
}

TEST(SpeechDelay, ALossIsNoDelay) {
  Speech lossy, whole;
  for (int i = 0; i < 20; ++i) {
    lossy.packets(50, 0);
    lossy.lose(200);
    whole.packets(60, 0);
  }
  EXPECT_NEAR(lossy.delay.level_ms(), whole.delay.level_ms(), 20);
}

TEST(SpeechDelay, ItIsHeldForTheLips) {
  Speech speech;
  speech.packets(100, 0);
  speech.delay.hold(300);
  speech.packets(500, 0);
  EXPECT_NEAR(speech.delay.level_ms(), 300, 25);
}

TEST(SpeechDelay, ATimestampOfAnotherClockStartsAnew) {
  SpeechDelay delay;
  for (int i = 0; i < 100; ++i) delay.add(i * 20, i * 20);
  for (int i = 100; i < 300; ++i) delay.add(i * 20, 1e6 + i * 20);
  EXPECT_LE(delay.level_ms(), 100);
}

TEST(LipSync, WhatIsNearlyInStepStays) {
  LipSync sync;
  for (int i = 0; i < 60; ++i) sync.follow(30, 35, 0);
  EXPECT_EQ(sync.video_ms(), 0);
}

TEST(LipSync, VideoIsHeldForSpeechThatIsHeldLonger) {
  LipSync sync;
  for (int i = 0; i < 60; ++i) sync.follow(23, 120, 0);
  EXPECT_GE(sync.video_ms(), 100);
  EXPECT_LE(sync.video_ms(), 150);
}

TEST(LipSync, WhatWasLongerOnItsWayIsHeldLess) {
  LipSync early, late;
  for (int i = 0; i < 60; ++i) early.follow(23, 120, -200);
  for (int i = 0; i < 60; ++i) late.follow(23, 120, 200);
  EXPECT_GE(early.video_ms(), 300);
  EXPECT_EQ(late.video_ms(), 0);
  EXPECT_GE(late.speech_ms(), 100);
}

TEST(LipSync, AnotherClockChangesNothing) {
  LipSync sync;
  sync.follow(23, 120, -20'000);
  EXPECT_EQ(sync.video_ms(), 0);
}

TEST(LipSync, ItIsTakenBackWhenSpeechIsQuickAgain) {
  LipSync sync;
  for (int i = 0; i < 60; ++i) sync.follow(23, 400, 0);
  const double before = sync.video_ms();
  for (int i = 0; i < 60; ++i) sync.follow(23, 40, 0);
  EXPECT_GE(before, 380);
  EXPECT_LE(sync.video_ms(), 100);
}

TEST(LipSync, OneStepTakesEightyMilliseconds) {
  LipSync sync;
  sync.follow(23, 4000, 0);
  EXPECT_DOUBLE_EQ(sync.video_ms(), 80);
}

}  // namespace
}  // namespace rtcscope::flows
