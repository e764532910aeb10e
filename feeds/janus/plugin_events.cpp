// Plugin events (type 64): the VideoRoom, and which plugin else is asked.

#include <algorithm>

#include "feeds/janus/event_bodies.hpp"

namespace rtcscope::feeds::janus {
namespace {

constexpr const char* kVideoRoom = "videoroom";
constexpr std::size_t kMaxRoomStreams = 256;

// 1.x lists streams with feed_id and feed_mid; a request echoed back has feed and (the feed's) mid.
RoomStream parse_room_stream(Fields& fields) {
  RoomStream stream;
  stream.kind = fields.optional_text("type");
  stream.codec = fields.optional_text("codec");
  stream.feed_display = fields.optional_text("feed_display");
  if (fields.has("feed") && !fields.has("feed_id")) {
    stream.feed_id = fields.optional_id("feed");
    stream.feed_mid = fields.optional_text("mid");
  } else {
    stream.mid = fields.optional_text("mid");
    stream.feed_id = fields.optional_id("feed_id");
    stream.feed_mid = fields.optional_text("feed_mid");
  }
  return stream;
}

}  // namespace

std::optional<std::vector<RoomStream>> parse_room_streams(Fields& data) {
  std::vector<RoomStream> streams;
  if (!data.has("streams")) {
    // 0.x subscribes to one feed with all its media.
    if (data.has("feed")) streams.push_back({"", "", "", data.optional_id("feed"), "", ""});
    return streams;
  }
  const Json& list = data.array("streams");
  if (!data.ok() || list.size() > kMaxRoomStreams) return std::nullopt;
  for (const Json& json : list) {
    Fields fields(json);
    streams.push_back(parse_room_stream(fields));
    if (!fields.ok()) return std::nullopt;
  }
  return streams;
}

namespace {

BodyResult parse_published(Fields& data, const std::string& room) {
  RoomPublished published{kVideoRoom, room, data.id("id"), data.optional_text("display"), {}};
  auto streams = parse_room_streams(data);
  if (!streams) return Unexpected{EventErrc::kBadMember};
  published.streams = *std::move(streams);
  return checked(data, std::move(published));
}

BodyResult parse_subscribed(Fields& data, const std::string& room, bool is_update) {
  RoomSubscribed subscribed{kVideoRoom, room, data.optional_id("private_id"), {}, is_update};
  auto streams = parse_room_streams(data);
  if (!streams) return Unexpected{EventErrc::kBadMember};
  subscribed.streams = *std::move(streams);
  return checked(data, std::move(subscribed));
}

BodyResult parse_videoroom_event(const std::string& name, const std::string& room, Fields& data,
                                 const Json& event) {
  if (name == "created") return checked(data, RoomCreated{kVideoRoom, room});
  if (name == "destroyed") return checked(data, RoomDestroyed{kVideoRoom, room});
  if (name == "joined") {
    RoomJoined joined{kVideoRoom, room, data.id("id"), data.optional_id("private_id"),
                      data.optional_text("display")};
    return checked(data, std::move(joined));
  }
  if (name == "published") return parse_published(data, room);
  // `updated` is a publisher's when it names a user, else a subscriber's.
  if (name == "updated" && data.has("id")) return parse_published(data, room);
  if (name == "updated" || name == "subscribing" || name == "subscribed") {
    return parse_subscribed(data, room, name == "updated");
  }
  if (name == "switched") {
    auto streams = parse_room_streams(data);
    if (!streams) return Unexpected{EventErrc::kBadMember};
    return checked(data, RoomSwitched{kVideoRoom, room, *std::move(streams)});
  }
  if (name == "unpublished") {
    const std::string user = data.id("id");
    return checked(data, RoomUnpublished{kVideoRoom, room, user});
  }
  if (name == "leaving" || name == "kicked") {
    RoomLeft left{kVideoRoom, room, data.id("id"), name};
    return checked(data, std::move(left));
  }
  return checked(data, other_event("videoroom " + name, event));
}

BodyResult parse_videoroom(Fields& data, const Json& event) {
  // A few events stand under the plugin's own name: moderated, talking, stopped-talking.
  if (!data.has("event")) {
    return checked(data, other_event("videoroom " + data.optional_text("videoroom"), event));
  }
  const std::string name = data.text("event");
  constexpr std::string_view kTyped[] = {"created",     "destroyed",   "joined",     "published",
                                         "updated",     "subscribing", "subscribed", "switched",
                                         "unpublished", "leaving",     "kicked"};
  const bool typed = std::find(std::begin(kTyped), std::end(kTyped), name) != std::end(kTyped);
  const std::string room = typed ? data.id("room") : std::string{};
  if (!data.ok()) return Unexpected{EventErrc::kBadMember};
  return parse_videoroom_event(name, room, data, event);
}

}  // namespace

BodyResult parse_plugin(const Json& event) {
  Fields fields(event);
  const std::string plugin = plugin_name(fields.text("plugin"));
  Fields data(fields.object("data"));
  if (!fields.ok()) return Unexpected{EventErrc::kBadMember};
  if (plugin == kVideoRoom) return parse_videoroom(data, event);
  return parse_other_plugin(plugin, data, event);
}

}  // namespace rtcscope::feeds::janus
