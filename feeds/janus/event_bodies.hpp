#pragma once
// The `event` member of each Janus event type as one fact (internal to feeds/janus).

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "feeds/facts.hpp"
#include "feeds/janus/event_parser.hpp"
#include "feeds/wire/json_fields.hpp"

namespace rtcscope::feeds::janus {

/// Event types of Janus (events/eventhandler.h): one bit each.
enum EventType : std::int64_t {
  kSession = 1,
  kHandle = 2,
  kExternal = 4,
  kJsep = 8,
  kWebrtc = 16,
  kMedia = 32,
  kPlugin = 64,
  kTransport = 128,
  kCore = 256,
};

/// What is kept of one SIP message; the timeline's bound for others would cut most INVITEs away.
inline constexpr std::size_t kMaxSipJsonBytes = 16'384;

using BodyResult = Result<FactBody, EventErrc>;

/// `event` is an object. A well-formed event of an unknown kind is an OtherEvent.
BodyResult parse_body(std::int64_t type, const Json& event);

/// Types 1, 2, 128, 256.
BodyResult parse_session(const Json& event);
BodyResult parse_handle(const Json& event);
BodyResult parse_transport(const Json& event);
BodyResult parse_core(const Json& event);
/// Types 8, 16, 32.
BodyResult parse_jsep(const Json& event);
BodyResult parse_webrtc(const Json& event);
BodyResult parse_media(const Json& event);
/// "198.18.0.1:57466 [host,udp] <-> 198.18.0.11:44752 [prflx,udp]"; nullopt when it is none.
std::optional<SelectedPair> selected_pair(std::string_view text);
/// Type 64.
BodyResult parse_plugin(const Json& event);
/// Of every plugin but the VideoRoom; `data` is of `event`. Where a plugin names no user, `user_id` of
/// RoomJoined and RoomLeft is "" and the handle stands for its user.
BodyResult parse_other_plugin(const std::string& plugin, Fields& data, const Json& event);

/// `streams` of the VideoRoom, or the one feed of 0.x; nullopt when there are too many or one cannot be read.
std::optional<std::vector<RoomStream>> parse_room_streams(Fields& data);

/// The event as it came, with its JSON bounded by kMaxOtherJsonBytes.
OtherEvent other_event(std::string name, const Json& event);
/// "janus.plugin.videoroom" -> "videoroom".
std::string plugin_name(std::string name);

/// `fact`, or the fault that its members had.
template <class Body>
BodyResult checked(const Fields& fields, Body fact) {
  if (!fields.ok()) return Unexpected{EventErrc::kBadMember};
  return FactBody{std::move(fact)};
}

}  // namespace rtcscope::feeds::janus
