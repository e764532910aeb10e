#pragma once
// The entities of OWT as its management API and its portal write them (internal to feeds/owt).

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "feeds/facts.hpp"
#include "feeds/wire/json_fields.hpp"

namespace rtcscope::feeds::owt {

/// What one list may have; a longer one is refused as a whole.
inline constexpr std::size_t kMaxListed = 10'000;

struct Participant {
  std::string id, user, role;
};

struct Stream {
  std::string id;
  std::string type;  // forward, mixed, selected
  std::string kind;  // of a forward stream: webrtc, streaming, sip, ...
  std::string owner;
  std::vector<RoomStream> media;
  std::string transport;  // by the ids of its tracks; "" when it lists none
};

/// nullopt when a member is missing or has the wrong type.
std::optional<Participant> parse_participant(const Json& json);
std::optional<Stream> parse_stream(const Json& json);

/// The elements of an array; nullopt when it is none, too long, or one cannot be read.
template <class Element>
std::optional<std::vector<Element>> parse_list(const Json& json,
                                               std::optional<Element> (*parse)(const Json&)) {
  if (!json.is_array() || json.size() > kMaxListed) return std::nullopt;
  std::vector<Element> list;
  for (const Json& element : json) {
    auto parsed = parse(element);
    if (!parsed) return std::nullopt;
    list.push_back(*std::move(parsed));
  }
  return list;
}

/// `id` of an object, or `_id` of a room; nullopt when there is none.
std::optional<std::string> parse_id(const Json& json);

/// The transport of a track "<transport>-<mid>[:<rid>]"; "" when it is no such id.
std::string transport_of_track(const std::string& track);

/// A room's id and the rest of "/v1/rooms/ID/REST"; both "" when the path is none of that form.
struct RoomPath {
  std::string room, resource;
};
RoomPath parse_room_path(const std::string& path);

/// The JSON, or a discarded value when it is over a bound or no JSON.
Json parse_bounded(std::string_view text);

}  // namespace rtcscope::feeds::owt
