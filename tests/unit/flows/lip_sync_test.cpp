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
    for (int i = 0; i < count; ++i, spoken_ms_ += 20) delay_.add(spoken_ms_ + late_ms, spoken_ms_);
  }
  [[nodiscard]] double level_ms() const { return delay_.level_ms(); }

 private:
  SpeechDelay delay_;
  double spoken_ms_ = 0;
};

TEST(SpeechDelay, ACalmStreamIsHeldForTwoPackets) {
  Speech speech;
  speech.packets(500, 0);
  EXPECT_NEAR(speech.level_ms(), 40, 5);
}

TEST(SpeechDelay, JitterIsHeldByItsLargest) {
  Speech speech;
  for (int i = 0; i < 100; ++i) {
    speech.packets(24, 0);
    speech.packets(1, 130);
  }
  EXPECT_GE(speech.level_ms(), 130);
  EXPECT_LE(speech.level_ms(), 300);
}

TEST(SpeechDelay, ATimestampOfAnotherClockStartsAnew) {
  SpeechDelay delay;
  for (int i = 0; i < 100; ++i) delay.add(i * 20, i * 20);
  for (int i = 100; i < 200; ++i) delay.add(i * 20, 1e6 + i * 20);
  EXPECT_LE(delay.level_ms(), 100);
}

TEST(LipSync, WhatIsNearlyInStepStays) {
  LipSync sync;
  for (int i = 0; i < 60; ++i) sync.follow(30, 25);
  EXPECT_EQ(sync.video_ms(), 0);
}

TEST(LipSync, VideoIsHeldForSpeechThatIsHeldLonger) {
  LipSync sync;
  for (int i = 0; i < 60; ++i) sync.follow(23, 120);
  EXPECT_GE(sync.video_ms(), 120);
  EXPECT_LE(sync.video_ms(), 150);
}

TEST(LipSync, ItIsTakenBackWhenSpeechIsQuickAgain) {
  LipSync sync;
  for (int i = 0; i < 60; ++i) sync.follow(23, 400);
  const double before = sync.video_ms();
  for (int i = 0; i < 60; ++i) sync.follow(23, 40);
  EXPECT_GE(before, 400);
  EXPECT_LE(sync.video_ms(), 100);
}

TEST(LipSync, OneStepTakesEightyMilliseconds) {
  LipSync sync;
  sync.follow(23, 4000);
  EXPECT_DOUBLE_EQ(sync.video_ms(), 80);
}

}  // namespace
}  // namespace rtcscope::flows
