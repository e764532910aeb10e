#include "api/owt/shapes.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace rtcscope::api::owt {
namespace {

/// Packets came in the last ten seconds of reports.
const char* status_of(const std::vector<store::StreamRow>& layers) {
  const bool active = std::any_of(layers.begin(), layers.end(), [](const store::StreamRow& row) {
    return row.stream.recent_bitrate_bps.value_or(0) > 0;
  });
  return active ? "active" : "inactive";
}

/// The channels are the codec's own: opus is always 2 in SDP (RFC 7587, 7), G.711 and G.722 are 1 (RFC 3551,
/// 4.5).
Json audio_format(const model::Stream& stream) {
  Json format{{"codec", lower_case(stream.codec)}};
  if (stream.clock_rate_hz) format["sampleRate"] = *stream.clock_rate_hz;
  const std::string codec = lower_case(stream.codec);
  if (codec == "opus") format["channelNum"] = 2;
  if (codec == "pcmu" || codec == "pcma" || codec == "g722") format["channelNum"] = 1;
  return format;
}

Json video_layer(const model::Stream& stream) {
  Json parameters = Json::object();
  if (stream.video.frame_rate_fps) parameters["framerate"] = std::round(*stream.video.frame_rate_fps);
  if (stream.recent_bitrate_bps) parameters["bitrate"] = std::round(*stream.recent_bitrate_bps / 1000);
  Json layer{{"format", {{"codec", lower_case(stream.codec)}}}, {"parameters", std::move(parameters)}};
  if (!stream.rid.empty()) layer["simulcastRid"] = stream.rid;
  return layer;
}

Json video_json(const std::vector<store::StreamRow>& layers, Version version) {
  Json video{{"status", status_of(layers)}};
  Json original = Json::array();
  for (const store::StreamRow& row : layers) original.push_back(video_layer(row.stream));
  if (version == Version::kV11) {
    video["original"] = std::move(original);
  } else {
    video["format"] = original.front().at("format");
    video["parameters"] = original.front().at("parameters");
  }
  return video;
}

std::string room_name(const model::Conference& conference) {
  std::string name = conference.plugin;
  if (!conference.room.empty()) name += ' ' + conference.room;
  return conference.server.empty() ? name : name + " on " + conference.server;
}

}  // namespace

Json room_json(const model::Conference& conference) {
  return {
      {"_id", room_id(conference)},
      {"name", room_name(conference)},
      {"inputLimit", -1},
      {"participantLimit", -1},
      {"roles", Json::array()},
      {"views", Json::array()},
      {"mediaIn", {{"audio", Json::array()}, {"video", Json::array()}}},
      {"mediaOut",
       {{"audio", Json::array()}, {"video", {{"format", Json::array()}, {"parameters", Json::object()}}}}}};
}

Json participant_json(const Person& person) {
  const std::string id = person_id(person.participant);
  const bool publishes = person.publishes_audio || person.publishes_video;
  return {{"id", id},
          {"user", person.participant.display.empty() ? id : person.participant.display},
          {"role", publishes ? "presenter" : "viewer"},
          {"permission",
           {{"publish", {{"audio", person.publishes_audio}, {"video", person.publishes_video}}},
            {"subscribe", {{"audio", person.receives_audio}, {"video", person.receives_video}}}}}};
}

Json stream_json(const Publication& publication, Version version) {
  Json media = Json::object();
  if (!publication.audio.empty()) {
    media["audio"] = {{"status", status_of(publication.audio)},
                      {"format", audio_format(publication.audio.front().stream)}};
  }
  if (!publication.video.empty()) media["video"] = video_json(publication.video, version);
  Json info = Json::object();
  if (!publication.owner.empty()) info["owner"] = publication.owner;
  info["type"] = "webrtc";
  info["inViews"] = Json::array();
  info["attributes"] = Json::object();
  return {
      {"id", publication.id}, {"type", "forward"}, {"media", std::move(media)}, {"info", std::move(info)}};
}

}  // namespace rtcscope::api::owt
