// Audio or video, clock and repetition from headers alone.

#include "flows/media_typing.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kStart = 1'795'225'174'490'708'557;

struct Shape {
  const char* name;
  std::uint8_t payload_type;
  std::uint32_t step;         // ticks from frame to frame
  std::uint64_t interval_ms;  // time from frame to frame
  int packets;                // per frame
  double seconds;
  MediaKind kind;
  KnownBy by;
  std::uint32_t clock_rate_hz;
};

UtcTime at(std::uint64_t ns) {
  return utc_from_ns(static_cast<std::int64_t>(ns));
}

rtc_rtp_meter metered(const Shape& shape, std::uint32_t first_ts = 0xffff'f000) {
  rtc_rtp_meter m{};
  std::uint16_t seq = 65'500;
  const auto frames = static_cast<std::uint64_t>(shape.seconds * 1000) / shape.interval_ms;
  for (std::uint64_t i = 0; i < frames; ++i) {
    for (int p = 0; p < shape.packets; ++p) {
      rtc_meter_add(&m, kStart + i * shape.interval_ms * kMs, seq++,
                    first_ts + static_cast<std::uint32_t>(i) * shape.step,
                    p + 1 == shape.packets ? RTC_MARKER : 0, shape.payload_type, 200);
    }
  }
  return m;
}

TEST(MediaTyping, TellsAudioFromVideo) {
  const Shape shapes[] = {
      {"opus", 111, 960, 20, 1, 1.0, MediaKind::kAudio, KnownBy::kTimestampStep, 48'000},
      {"opus on the number that others give to VP8", 96, 960, 20, 1, 1.0, MediaKind::kAudio,
       KnownBy::kTimestampStep, 48'000},
      {"opus of 60 ms, a step of which 90 kHz would make 31 frames a second", 120, 2880, 60, 1, 1.0,
       MediaKind::kAudio, KnownBy::kTimestampStep, 48'000},
      {"video with that step", 120, 2880, 32, 2, 1.0, MediaKind::kVideo, KnownBy::kSlope, 0},
      {"video at 15 frames a second, its clock after two seconds", 96, 6030, 67, 2, 2.5, MediaKind::kVideo,
       KnownBy::kSlope, 90'000},
      {"video at 8", 97, 11'250, 125, 1, 1.0, MediaKind::kVideo, KnownBy::kSlope, 0},
      {"wide-band voice on a 16 kHz clock", 120, 320, 20, 1, 1.0, MediaKind::kAudio, KnownBy::kTimestampStep,
       16'000},
      {"PCMU", 0, 160, 20, 1, 0.1, MediaKind::kAudio, KnownBy::kStaticPayloadType, 8'000},
      {"H263", 34, 3000, 33, 1, 0.1, MediaKind::kVideo, KnownBy::kStaticPayloadType, 90'000},
      {"too short to say", 96, 3000, 33, 1, 0.1, MediaKind::kUnknown, KnownBy::kNothing, 0},
      {"too short, but a number for audio only", 111, 960, 20, 1, 0.1, MediaKind::kAudio,
       KnownBy::kConvention, 0},
      {"too short, and a number for audio in one browser, retransmissions in another", 109, 960, 20, 1, 0.1,
       MediaKind::kUnknown, KnownBy::kNothing, 0},
      {"opus that starts with a burst: no video has such steps", 111, 960, 10, 1, 0.5, MediaKind::kAudio,
       KnownBy::kTimestampStep, 0},
      {"comfort noise only: the slope", 111, 19'200, 400, 1, 2.5, MediaKind::kAudio, KnownBy::kSlope, 0},
      {"a clock that nobody uses", 96, 20'000, 20, 1, 2.0, MediaKind::kUnknown, KnownBy::kNothing, 0},
  };
  for (const Shape& shape : shapes) {
    SCOPED_TRACE(shape.name);
    const rtc_rtp_meter m = metered(shape);
    MediaTyping typing;
    typing.look(m, at(m.last_ns));
    EXPECT_EQ(typing.facts().kind, shape.kind);
    EXPECT_EQ(typing.facts().kind_by, shape.by);
    EXPECT_EQ(typing.facts().clock_rate_hz, shape.clock_rate_hz);
  }
}

TEST(MediaTyping, KeepsWhatItLearnt) {
  rtc_rtp_meter m = metered({"opus", 111, 960, 20, 1, 3.0, {}, {}, 0});
  MediaTyping typing;
  typing.look(m, at(m.last_ns));
  // DTMF from now on: another number and other steps.
  for (std::uint32_t i = 0; i < 400; ++i) {
    rtc_meter_add(&m, m.last_ns + kMs, static_cast<std::uint16_t>(m.highest_seq + 1), m.last_timestamp + 90,
                  0, 110, 60);
  }
  typing.look(m, at(m.last_ns));
  EXPECT_EQ(typing.facts().kind, MediaKind::kAudio);
  EXPECT_EQ(typing.facts().clock_rate_hz, 48'000u);
}

class Repetition : public ::testing::Test {
 protected:
  const rtc_rtp_meter video_ = metered({"video", 96, 6000, 67, 2, 5.0, {}, {}, 0}, 1000);

  /// Some packets of the video again, `late_ms` after it.
  [[nodiscard]] rtc_rtp_meter again(std::uint8_t payload_type, std::uint32_t ts_offset, std::uint64_t late_ms,
                                    int packets, std::uint8_t flags) const {
    rtc_rtp_meter m{};
    for (int i = 0; i < packets; ++i) {
      const auto frame = static_cast<std::uint32_t>(i) * 2;
      rtc_meter_add(&m, kStart + (frame * 67 + late_ms) * kMs, static_cast<std::uint16_t>(i),
                    1000 + ts_offset + frame * 6000, flags, payload_type, 252);
    }
    return m;
  }
};

TEST_F(Repetition, RunsOnTheLineOfTheOriginal) {
  EXPECT_TRUE(on_the_line_of(again(97, 0, 80, 1, RTC_MARKER), video_));
  EXPECT_TRUE(on_the_line_of(again(97, 0, 1500, 9, RTC_MARKER), video_));
  EXPECT_FALSE(on_the_line_of(again(97, 0, 2500, 9, RTC_MARKER), video_)) << "too late";
  EXPECT_FALSE(on_the_line_of(again(97, 500'000, 80, 9, RTC_MARKER), video_)) << "another line";
  EXPECT_FALSE(on_the_line_of(again(97, 0, 80, 90, RTC_MARKER), video_)) << "more than half of the original";
  EXPECT_FALSE(on_the_line_of(again(96, 0, 80, 9, RTC_MARKER), video_))
      << "a layer has the same payload type";
}

TEST_F(Repetition, TakesKindAndClockOfTheOriginal) {
  MediaTyping video, rtx;
  video.look(video_, at(video_.last_ns));
  const rtc_rtp_meter m = again(97, 0, 80, 3, RTC_MARKER);
  rtx.repeats(m, 4711, role_beside(m, video_), video, at(m.last_ns));
  EXPECT_EQ(rtx.facts().kind, MediaKind::kVideo);
  EXPECT_EQ(rtx.facts().kind_by, KnownBy::kPairing);
  EXPECT_EQ(rtx.facts().role, MediaRole::kRetransmission);
  EXPECT_EQ(rtx.facts().repeats_ssrc, 4711u);
  EXPECT_EQ(rtx.facts().clock_rate_hz, 90'000u);
}

TEST_F(Repetition, WithoutMarkersIsFec) {
  EXPECT_EQ(role_beside(again(97, 0, 80, 30, 0), video_), MediaRole::kFec);
  EXPECT_EQ(role_beside(again(97, 0, 80, 10, 0), video_), MediaRole::kRetransmission) << "too few to say";
  EXPECT_EQ(role_beside(again(97, 0, 80, 30, RTC_PADDING), video_), MediaRole::kRetransmission) << "probes";
}

}  // namespace
}  // namespace rtcscope::flows
