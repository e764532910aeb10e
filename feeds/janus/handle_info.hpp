#pragma once
// The answer to handle_info as facts (internal to feeds/janus).

#include <optional>
#include <string>

#include "feeds/facts.hpp"
#include "feeds/janus/event_parser.hpp"
#include "feeds/wire/delivery.hpp"
#include "feeds/wire/json_fields.hpp"

namespace rtcscope::feeds::janus {

/// Hands to the sink what the handle's `info` says, in an order in which the events could have come.
class HandleInfo {
 public:
  HandleInfo(const AdminQuestion& question, UtcTime received, FactSink& sink);

  void read(const Json& info);

  DeliveryCounts counts;

 private:
  void plugin(Fields& info);
  void video_room(Fields& specific, UtcTime joined);
  void audio_bridge(Fields& specific, UtcTime joined);
  void description(Fields& sdps, const char* key, DescriptionOwner owner, UtcTime time);
  void peer_connection(Fields& webrtc);
  void old_peer_connection(const Json& stream);
  void ice(Fields& ice);
  void dtls(Fields& dtls);
  void media(const std::string& mid, const Json& json);
  void old_media(Fields& ssrcs);

  void say(UtcTime time, FactBody body);
  void refuse(EventErrc code) noexcept { counts.refused[static_cast<std::size_t>(code)] += 1; }
  [[nodiscard]] UtcTime moment(Fields& fields, const char* key) const;

  FactOrigin origin_;
  UtcTime received_;
  FactSink& sink_;
  std::optional<std::int64_t> now_us_;  // `current_time` of the answer
};

}  // namespace rtcscope::feeds::janus
