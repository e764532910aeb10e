#include "feeds/janus/handle_info.hpp"

#include <array>

#include "feeds/janus/event_bodies.hpp"

namespace rtcscope::feeds::janus {
namespace {

constexpr std::size_t kMaxMedia = 256;

/// An SSRC of `key`; nullopt when there is none (0 = not known yet).
std::optional<std::uint32_t> ssrc(Fields& ssrcs, const std::string& key) {
  const auto value = ssrcs.optional_integer(key.c_str());
  if (!value || *value <= 0 || *value > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

void add(MediaSsrcs& media, std::optional<std::uint32_t> main, std::optional<std::uint32_t> rtx) {
  if (main) media.ssrcs.push_back({*main, std::nullopt});
  // Janus lists a simulcast layer that so far sent only probes on its repair stream with one SSRC for both.
  if (main && rtx && *main != *rtx) media.ssrcs.push_back({*rtx, main});
}

}  // namespace

HandleInfo::HandleInfo(const AdminQuestion& question, UtcTime received, FactSink& sink)
    : received_(received), sink_(sink) {
  origin_.server = question.server;
  origin_.seen_at = question.asked;
}

void HandleInfo::read(const Json& json) {
  Fields info(json);
  origin_.session_key = info.id("session_id");
  origin_.handle_key = info.id("handle_id");
  origin_.opaque_id = info.optional_text("opaque_id");
  now_us_ = info.optional_integer("current_time");
  const UtcTime created = moment(info, "created");
  const UtcTime started = info.has("agent-created") ? moment(info, "agent-created") : created;
  if (!info.ok()) return refuse(EventErrc::kBadMember);
  if (info.has("plugin")) say(created, HandleAttached{plugin_name(info.text("plugin"))});
  if (info.has("sdps")) {
    Fields sdps(info.object("sdps"));
    description(sdps, "local", DescriptionOwner::kServer, started);
    description(sdps, "remote", DescriptionOwner::kClient, started);
  }
  if (info.has("webrtc")) {
    Fields webrtc(info.object("webrtc"));
    peer_connection(webrtc);
  } else if (info.has("streams")) {
    for (const Json& stream : info.array("streams")) old_peer_connection(stream);
  }
  plugin(info);
  if (!info.ok()) refuse(EventErrc::kBadMember);
}

// Janus tells moments on a clock of its own, microseconds since it started: `current_time` is that clock now.
UtcTime HandleInfo::moment(Fields& fields, const char* key) const {
  const auto then = fields.optional_integer(key);
  constexpr std::int64_t kMaxAgeUs = std::int64_t{10} * 365 * 86400 * 1'000'000;
  if (!then || !now_us_ || *then < 0 || *then > *now_us_ || *now_us_ - *then > kMaxAgeUs) return received_;
  return received_ - std::chrono::microseconds{*now_us_ - *then};
}

void HandleInfo::say(UtcTime time, FactBody body) {
  origin_.time = time;
  counts.facts += 1;
  sink_.on_fact({origin_, std::move(body)});
}

void HandleInfo::description(Fields& sdps, const char* key, DescriptionOwner owner, UtcTime time) {
  const std::string text = [&] {
    const Json* sdp = sdps.find(key);
    return sdp != nullptr && sdp->is_string() ? sdp->get<std::string>() : std::string{};
  }();
  if (text.empty()) return;
  auto parsed = sdp::parse_sdp(text);
  if (!parsed) return refuse(EventErrc::kBadSdp);
  say(time, Description{owner, "", *std::move(parsed)});
}

void HandleInfo::peer_connection(Fields& webrtc) {
  if (webrtc.has("ice")) {
    Fields fields(webrtc.object("ice"));
    ice(fields);
  }
  if (webrtc.has("dtls")) {
    Fields fields(webrtc.object("dtls"));
    dtls(fields);
  }
  if (!webrtc.has("media")) return;
  std::size_t taken = 0;
  for (const auto& [mid, json] : webrtc.object("media").items()) {
    if (++taken > kMaxMedia) return refuse(EventErrc::kTooManyEvents);
    media(clean_utf8(mid), json);
  }
}

// 0.x: one stream with one component, and its SSRCs by kind of medium.
void HandleInfo::old_peer_connection(const Json& json) {
  Fields stream(json);
  if (stream.has("components")) {
    for (const Json& component : stream.array("components")) {
      Fields fields(component);
      ice(fields);
      if (!fields.has("dtls")) continue;
      Fields inner(fields.object("dtls"));
      dtls(inner);
    }
  }
  if (stream.has("ssrc")) {
    Fields fields(stream.object("ssrc"));
    old_media(fields);
  }
  if (!stream.ok()) refuse(EventErrc::kBadMember);
}

void HandleInfo::ice(Fields& ice) {
  const std::string state = ice.optional_text("state");
  if (!state.empty()) say(received_, IceStateChanged{state});
  const std::string text = ice.optional_text("selected-pair");
  if (!text.empty()) {
    auto pair = selected_pair(text);
    if (!pair) return refuse(EventErrc::kBadCandidate);
    say(received_, *std::move(pair));
  }
  if (!ice.ok()) refuse(EventErrc::kBadMember);
}

void HandleInfo::dtls(Fields& dtls) {
  const std::string state = dtls.optional_text("dtls-state");
  if (!state.empty()) say(received_, DtlsStateChanged{state});
  if (state == "connected" && dtls.has("connected")) say(moment(dtls, "connected"), PeerConnectionUp{});
  if (!dtls.ok()) refuse(EventErrc::kBadMember);
}

void HandleInfo::media(const std::string& mid, const Json& json) {
  Fields medium(json);
  const std::string kind = medium.optional_text("type");
  if (kind == "data" || !medium.has("ssrc")) return;
  Fields fields(medium.object("ssrc"));
  MediaSsrcs to_client{DescriptionOwner::kServer, mid, kind, {}};
  add(to_client, ssrc(fields, "ssrc"), ssrc(fields, "ssrc-rtx"));
  MediaSsrcs from_client{DescriptionOwner::kClient, mid, kind, {}};
  for (const std::string layer : {"ssrc-peer", "ssrc-peer-sim-1", "ssrc-peer-sim-2"}) {
    add(from_client, ssrc(fields, layer), ssrc(fields, layer + "-rtx"));
  }
  if (!medium.ok() || !fields.ok()) return refuse(EventErrc::kBadMember);
  if (!to_client.ssrcs.empty()) say(received_, std::move(to_client));
  if (!from_client.ssrcs.empty()) say(received_, std::move(from_client));
}

void HandleInfo::old_media(Fields& fields) {
  for (const std::string kind : {"audio", "video"}) {
    MediaSsrcs to_client{DescriptionOwner::kServer, "", kind, {}};
    add(to_client, ssrc(fields, kind), ssrc(fields, kind + "-rtx"));
    MediaSsrcs from_client{DescriptionOwner::kClient, "", kind, {}};
    for (const std::string layer : {"-peer", "-peer-sim-1", "-peer-sim-2"}) {
      add(from_client, ssrc(fields, kind + layer), ssrc(fields, kind + layer + "-rtx"));
    }
    if (!to_client.ssrcs.empty()) say(received_, std::move(to_client));
    if (!from_client.ssrcs.empty()) say(received_, std::move(from_client));
  }
  if (!fields.ok()) refuse(EventErrc::kBadMember);
}

void HandleInfo::plugin(Fields& info) {
  if (!info.has("plugin_specific") || !info.has("plugin")) return;
  const std::string name = plugin_name(info.text("plugin"));
  // Nobody can have joined before the handle was there: that is as much as Janus tells.
  const UtcTime joined = moment(info, "created");
  Fields specific(info.object("plugin_specific"));
  if (name == "videoroom") video_room(specific, joined);
  if (name == "audiobridge") audio_bridge(specific, joined);
  if (name == "echotest") say(joined, SoloActivity{name, ""});
  if (!specific.ok()) refuse(EventErrc::kBadMember);
}

void HandleInfo::video_room(Fields& specific, UtcTime joined) {
  const std::string type = specific.optional_text("type");
  if ((type != "publisher" && type != "subscriber") || !specific.has("room")) return;
  const std::string room = specific.id("room");
  const std::string private_id = specific.optional_id("private_id");
  auto streams = parse_room_streams(specific);
  if (!streams) return refuse(EventErrc::kBadMember);
  if (type == "subscriber") {
    // 0.x names the one feed of the subscription here.
    if (streams->empty() && specific.has("feed_id")) {
      streams->push_back({"", "", "", specific.id("feed_id"), specific.optional_text("feed_display"), ""});
    }
    std::optional<bool> paused;
    if (specific.has("paused")) paused = specific.flag("paused");
    return say(joined, RoomSubscribed{"videoroom", room, private_id, *std::move(streams), false, paused});
  }
  if (!specific.has("id")) return;
  const std::string user = specific.id("id");
  const std::string display = specific.optional_text("display");
  say(joined, RoomJoined{"videoroom", room, user, private_id, display});
  if (!streams->empty()) {
    say(joined, RoomPublished{"videoroom", room, user, display, *std::move(streams)});
  }
}

void HandleInfo::audio_bridge(Fields& specific, UtcTime joined) {
  if (specific.optional_text("state") != "inroom" || !specific.has("room") || !specific.has("id")) return;
  say(joined, RoomJoined{"audiobridge", specific.id("room"), specific.id("id"), "",
                         specific.optional_text("display")});
}

}  // namespace rtcscope::feeds::janus
