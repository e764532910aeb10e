#include "flows/key_frames.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;

class KeyFramesTest : public testing::Test {
 protected:
  /// One packet of frame `frame`; `rotation`: of its orientation, -1 for none.
  void packet(Duration at, std::uint32_t frame, bool marker, int rotation = -1) {
    frames_.add(kStart + at, view(frame, marker), orientation(rotation));
  }
  void frame(Duration at, std::uint32_t number, int rotation = -1) {
    packet(at, number, false);
    packet(at + 1ms, number, true, rotation);
  }
  static rtp::RtpPacketView view(std::uint32_t frame, bool marker) {
    rtp::RtpPacketView packet;
    packet.rtp_timestamp = frame * 3000;
    packet.marker = marker;
    return packet;
  }
  static std::optional<rtp::VideoOrientation> orientation(int rotation) {
    if (rotation < 0) return std::nullopt;
    rtp::VideoOrientation value;
    value.rotation_degrees = static_cast<std::uint16_t>(rotation);
    return value;
  }

  static constexpr UtcTime kStart{std::chrono::seconds{1'795'225'174}};
  KeyFrames frames_;
};

TEST_F(KeyFramesTest, NothingShowsThemWithoutAnExtension) {
  frames_.ask(kStart);
  for (std::uint32_t i = 0; i < 100; ++i) frame(i * 33ms, i);
  EXPECT_EQ(frames_.figures().by, KeyFrameSign::kNone);
  EXPECT_FALSE(frames_.figures().ambiguous);
}

TEST_F(KeyFramesTest, AnOrientationOnTheLastPacketShowsOne) {
  frame(0ms, 0, 0);
  for (std::uint32_t i = 1; i < 30; ++i) frame(i * 33ms, i, i == 20 ? 0 : -1);
  EXPECT_EQ(frames_.figures().by, KeyFrameSign::kOrientation);
  EXPECT_EQ(frames_.figures().key_frames, 2U);
  EXPECT_EQ(frames_.figures().waits, 0U);
  EXPECT_FALSE(frames_.figures().wait_p50);
}

// Each request counts from when it passed, those of one wait too.
TEST_F(KeyFramesTest, EachRequestWaitsForTheNextKeyFrame) {
  frame(0ms, 0, 0);
  frames_.ask(kStart + 100ms);
  frames_.ask(kStart + 140ms);
  frame(133ms, 4);
  frame(166ms, 5, 0);
  frames_.ask(kStart + 300ms);  // not answered yet
  const KeyFrameFigures figures = frames_.figures();
  EXPECT_EQ(figures.waits, 2U);
  EXPECT_EQ(figures.wait_max, Duration{67ms});
  EXPECT_NEAR(to_milliseconds(*figures.wait_p50), 27, 27 * 0.04);
}

TEST_F(KeyFramesTest, ACopyOrARetransmissionOfOneIsNoOther) {
  frame(0ms, 0, 0);
  frame(33ms, 1);
  packet(40ms, 0, true, 0);
  frames_.add_repeated(kStart + 50ms, view(0, true), orientation(0));
  EXPECT_EQ(frames_.figures().key_frames, 1U);
}

TEST_F(KeyFramesTest, ARetransmissionBringsOneWhoseLastPacketWasLost) {
  frames_.ask(kStart);
  packet(10ms, 0, false);
  frame(43ms, 1);
  frames_.add_repeated(kStart + 60ms, view(0, true), orientation(0));
  EXPECT_EQ(frames_.figures().key_frames, 1U);
  EXPECT_EQ(frames_.figures().wait_max, Duration{60ms});
}

// libwebrtc puts a rotation that is not 0 onto every frame.
TEST_F(KeyFramesTest, ATurnedCameraHidesThem) {
  frame(0ms, 0, 0);
  frame(33ms, 1, 90);
  EXPECT_EQ(frames_.figures().by, KeyFrameSign::kNone);
  EXPECT_TRUE(frames_.figures().ambiguous);
  frame(66ms, 2, 0);  // may be there because the value has changed
  EXPECT_EQ(frames_.figures().by, KeyFrameSign::kNone);
}

TEST_F(KeyFramesTest, ASenderThatPutsItOnEachFrameSaysNothing) {
  for (std::uint32_t i = 0; i < 5; ++i) frame(i * 33ms, i, 0);
  EXPECT_FALSE(frames_.figures().ambiguous) << "a server that switches layers sends key frames in a row";
  frame(165ms, 5, 0);
  EXPECT_TRUE(frames_.figures().ambiguous);
}

TEST_F(KeyFramesTest, ADescriptorSaysItOutright) {
  frames_.ask(kStart);
  frames_.describe(0, true);
  packet(5ms, 0, false);
  packet(8ms, 0, true, 90);
  frames_.describe(3000, false);
  packet(40ms, 1, true, 90);
  const KeyFrameFigures figures = frames_.figures();
  EXPECT_EQ(figures.by, KeyFrameSign::kDescriptor);
  EXPECT_EQ(figures.key_frames, 1U);
  EXPECT_EQ(figures.wait_max, Duration{8ms}) << "when its last packet has passed";
}

TEST_F(KeyFramesTest, ADescribedOneWhoseLastPacketIsLostEndsWithTheNextFrame) {
  frames_.describe(0, true);
  packet(5ms, 0, false);
  frames_.ask(kStart + 6ms);
  packet(40ms, 1, false);
  EXPECT_EQ(frames_.figures().key_frames, 1U);
  EXPECT_EQ(frames_.figures().wait_max, Duration{34ms});
}

TEST_F(KeyFramesTest, NobodyIsAnsweredBeforeHeAsks) {
  frames_.ask(kStart + 5ms);
  frame(0ms, 0, 0);
  EXPECT_EQ(frames_.figures().waits, 0U);
  frame(33ms, 1, 0);
  EXPECT_EQ(frames_.figures().wait_max, Duration{29ms});
}

TEST_F(KeyFramesTest, AFloodOfRequestsKeepsTheOldest) {
  for (int i = 0; i < 1000; ++i) frames_.ask(kStart + i * 1ms);
  frame(1000ms, 0, 0);
  EXPECT_EQ(frames_.figures().wait_max, Duration{1001ms});
  EXPECT_EQ(frames_.figures().waits, 32U);
}

}  // namespace
}  // namespace rtcscope::flows
