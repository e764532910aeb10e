#include "api/absences.hpp"

#include <optional>

#include "base/text.hpp"

namespace rtcscope::api {
namespace {

/// Why the members of one group are empty.
class AbsenceList {
 public:
  explicit AbsenceList(std::vector<Absence>& list) : list_(list) {}

  template <class Group>
  void add(const Group& group, const char* reason) {
    reason_ = reason;
    visit(*this, group);
  }
  template <class Value>
  void operator()(const char* name, const std::optional<Value>& value) {
    one(name, value.has_value(), reason_);
  }
  template <class Value>
  void operator()(const char*, const Value&) {}

  void one(const char* name, bool present, const char* reason) {
    if (!present) list_.push_back({name, reason});
  }

 private:
  std::vector<Absence>& list_;
  const char* reason_ = "";
};

const char* no_jitter(const model::Stream& stream) {
  if (is_retransmission(stream)) return "retransmission";
  return stream.clock_rate_hz ? "clock_rate_not_metered" : "clock_rate_unknown";
}

const char* no_frames(const model::Stream& stream) {
  if (is_retransmission(stream)) return "retransmission";
  if (is_fec(stream)) return "fec";
  return stream.kind == "video" ? "too_few_frames" : "not_video";
}

const char* no_playback(const model::Stream& stream) {
  if (stream.playback.doubtful_frames.value_or(0) != 0) return "temporal_layers";
  if (stream.playback.freezes) return "no_transport_feedback";
  if (stream.kind != "video") return "not_video";
  if (is_retransmission(stream)) return "retransmission";
  if (is_fec(stream)) return "fec";
  if (stream.direction == "uplink") return "receiver_is_server";
  if (stream.direction != "downlink") return "direction_unknown";
  return stream.sampled ? "packets_sampled" : "too_few_frames";
}

void add_voice_absences(AbsenceList& absent, const model::Stream& stream) {
  const model::VoiceFigures& voice = stream.voice;
  if (stream.kind != "audio") {
    absent.add(voice, "not_audio");
    return;
  }
  const bool opus = equals_ignoring_case(stream.codec, "opus");
  const char* rating = voice.voice_loss_ratio ? "codec_without_constants" : "listener_loss_unknown";
  absent.one("voice_loss_ratio", voice.voice_loss_ratio.has_value(), "listener_loss_unknown");
  absent.one("voice_rating", voice.voice_rating.has_value(), rating);
  absent.one("mos_lq", voice.mos_lq.has_value(), rating);
  const char* delay = opus && voice.mos_lq ? "round_trip_unknown" : rating;
  absent.one("mos_cq", voice.mos_cq.has_value(), delay);
  absent.one("voice_delay_ms", voice.voice_delay_ms.has_value(), delay);
  const char* talk = stream.sampled ? "packets_sampled" : "no_voice_flag";
  absent.one("talk_ms", voice.talk_ms.has_value(), talk);
  absent.one("talk_ratio", voice.talk_ratio.has_value(), talk);
  absent.one("audio_level_dbov", voice.audio_level_dbov.has_value(), talk);
}

void add_split_absences(AbsenceList& absent, const model::Stream& stream, const char* no_relay) {
  const model::LossSplit& split = stream.loss_split;
  absent.one("lost_after_tap", split.lost_after_tap.has_value(), "no_rtcp_report");
  absent.one("unreported_packets", split.unreported_packets.has_value(), "no_rtcp_report");
  absent.one("feedback_packets", split.feedback_packets.has_value(), "no_transport_feedback");
  absent.one("feedback_lost", split.feedback_lost.has_value(), "no_transport_feedback");
  const char* repair = stream.kind == "video" ? "retransmission" : "not_video";
  absent.one("retransmitted_packets", split.retransmitted_packets.has_value(), repair);
  const char* repaired = split.retransmitted_packets ? "not_uplink" : repair;
  absent.one("repaired_packets", split.repaired_packets.has_value(), repaired);
  absent.one("unrepaired_packets", split.unrepaired_packets.has_value(), repaired);
  absent.one("relayed_lost", split.relayed_lost.has_value(), no_relay);
  absent.one("server_lost", split.server_lost.has_value(), no_relay);
  absent.one("source_stream_id", stream.relay.source_stream.valid(), no_relay);
  absent.add(stream.relay, no_relay);
}

void add_key_frame_absences(AbsenceList& absent, const model::Stream& stream) {
  const char* hidden = "not_sent";
  if (stream.kind != "video") hidden = "not_video";
  if (stream.key_frames_ambiguous) hidden = "key_frames_ambiguous";
  if (stream.headers.cryptex_packets.value_or(0) != 0) hidden = "cryptex";
  if (is_fec(stream)) hidden = "fec";
  if (is_retransmission(stream)) hidden = "retransmission";
  if (stream.sampled) hidden = "packets_sampled";
  const model::KeyFrameFigures& figures = stream.key_frames;
  const char* unasked = figures.key_frame_waits ? "no_request_answered" : "no_rtcp_report";
  absent.add(figures, figures.key_frames ? unasked : hidden);
}

}  // namespace

std::vector<Absence> absences(const model::Stream& stream) {
  std::vector<Absence> list;
  AbsenceList absent(list);
  absent.one("clock_rate_hz", stream.clock_rate_hz.has_value(), "not_shown_yet");
  absent.one("bitrate_bps", stream.bitrate_bps.has_value(), "single_packet");
  const char* jitter = no_jitter(stream);
  absent.one("jitter_ms", stream.jitter_ms.has_value(), jitter);
  absent.one("jitter_max_ms", stream.jitter_max_ms.has_value(), jitter);
  absent.one("jitter_mean_ms", stream.jitter_mean_ms.has_value(),
             stream.jitter_ms ? "single_packet" : jitter);
  absent.one("jitter_frame_ms", stream.jitter_frame_ms.has_value(), jitter);
  absent.add(stream.typing, "kind_not_shown");
  absent.add(stream.loss, "no_burst");
  add_split_absences(absent, stream, stream.sampled ? "packets_sampled" : "no_source_found");
  absent.add(stream.video, no_frames(stream));
  absent.add(stream.playback, no_playback(stream));
  add_voice_absences(absent, stream);
  const char* header = stream.headers.cryptex_packets.value_or(0) != 0 ? "cryptex" : "not_sent";
  absent.add(stream.headers, stream.sampled ? "packets_sampled" : header);
  absent.add(stream.remote, "no_rtcp_report");
  add_key_frame_absences(absent, stream);
  return list;
}

}  // namespace rtcscope::api
