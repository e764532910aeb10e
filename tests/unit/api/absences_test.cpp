// Which reason a figure that is not there is given.

#include "api/absences.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "api/entity_json.hpp"

namespace rtcscope::api {
namespace {

std::map<std::string, std::string> reasons(const model::Stream& stream) {
  std::map<std::string, std::string> by_figure;
  for (const auto& [figure, reason] : absences(stream)) {
    EXPECT_TRUE(by_figure.emplace(figure, reason).second) << figure << " twice";
  }
  return by_figure;
}

model::Stream video(const char* direction) {
  model::Stream stream;
  stream.kind = "video";
  stream.codec = "VP8";
  stream.direction = direction;
  return stream;
}

TEST(Absences, EachFigureThatIsNullHasAReasonAndNoOther) {
  store::StreamRow row;
  row.stream = video("downlink");
  row.stream.jitter_ms = 3;
  row.stream.remote.lost = 5;
  const Json json = stream_json(row);
  EXPECT_FALSE(json.at("absent").contains("jitter_ms"));
  EXPECT_FALSE(json.at("absent").contains("remote_lost"));
  for (const auto& [figure, reason] : json.at("absent").items()) {
    ASSERT_TRUE(json.contains(figure)) << figure;
    EXPECT_TRUE(json.at(figure).is_null()) << figure;
    EXPECT_NE(reason, "") << figure;
  }
  for (const char* figure :
       {"freezes", "received_frames", "mos_lq", "frame_rate_fps", "server_lost", "round_trip_ms", "key_frames"})
    EXPECT_TRUE(json.at("absent").contains(figure)) << figure;
}

TEST(Absences, KeyFramesSayWhatHidesThem) {
  model::Stream stream = video("uplink");
  EXPECT_EQ(reasons(stream)["key_frames"], "not_sent");
  stream.key_frames_ambiguous = true;
  EXPECT_EQ(reasons(stream)["key_frames"], "key_frames_ambiguous");
  stream.codec = "rtx";
  EXPECT_EQ(reasons(stream)["key_frames"], "retransmission");
  stream.sampled = true;
  EXPECT_EQ(reasons(stream)["key_frames"], "packets_sampled");
  stream.key_frames = {3, "video_orientation", {}, {}, {}};
  EXPECT_EQ(reasons(stream).count("key_frames"), 0U);
  EXPECT_EQ(reasons(stream)["key_frame_waits"], "no_rtcp_report");
  stream.key_frames.key_frame_waits = 0;
  EXPECT_EQ(reasons(stream)["key_frame_wait_p50_ms"], "no_request_answered");
}

TEST(Absences, OfAStreamThatWasSampledWhatNeedsEachPacketIsNamed) {
  model::Stream stream = video("downlink");
  EXPECT_EQ(reasons(stream)["freezes"], "too_few_frames");
  EXPECT_EQ(reasons(stream)["received_frames"], "too_few_frames");
  stream.playback.doubtful_frames = 12;
  EXPECT_EQ(reasons(stream)["freezes"], "temporal_layers");
  stream.playback.doubtful_frames = std::nullopt;
  EXPECT_EQ(reasons(stream)["server_lost"], "no_source_found");
  EXPECT_EQ(reasons(stream)["encode_ms"], "not_sent");
  stream.sampled = true;
  EXPECT_EQ(reasons(stream)["freezes"], "packets_sampled");
  EXPECT_EQ(reasons(stream)["server_lost"], "packets_sampled");
  EXPECT_EQ(reasons(stream)["encode_ms"], "packets_sampled");
}

TEST(Absences, TheRatingOfAudioSaysWhichInputIsMissing) {
  model::Stream stream;
  stream.kind = "audio";
  stream.codec = "opus";
  EXPECT_EQ(reasons(stream)["mos_lq"], "listener_loss_unknown");
  stream.voice.voice_loss_ratio = 0;
  stream.voice.voice_rating = stream.voice.mos_lq = 4;
  EXPECT_EQ(reasons(stream)["mos_cq"], "round_trip_unknown");
  stream.codec = "G722";
  stream.voice.mos_lq.reset();
  EXPECT_EQ(reasons(stream)["mos_lq"], "codec_without_constants");
  EXPECT_EQ(reasons(stream)["frame_rate_fps"], "not_video");
  stream.kind = "unknown";
  EXPECT_EQ(reasons(stream)["talk_ms"], "not_audio");
}

}  // namespace
}  // namespace rtcscope::api
