#pragma once
// What is pushed, and who wants it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong_id.hpp"

namespace rtcscope::api::live {

/// kAudit: an event that is not for everybody's eyes.
enum class Kind : std::uint8_t { kConference, kParticipant, kConnection, kStream, kEvent, kIssue, kAudit };

/// One message in both of its wire forms, made once for all clients.
struct Message {
  std::uint64_t number = 0;  // counts up from 1
  Kind kind{};
  ConferenceId conference;  // invalid: of none
  HostId host;
  std::string event_stream;  // lines of text/event-stream
  std::string frame;         // a WebSocket text frame
};

/// "id:", "event:" and "data:" lines with the empty line that ends them; `data` has no line break.
std::string event_stream_text(std::uint64_t number, std::string_view event, std::string_view data);
/// {"id":N,"event":"...","data":{...}} in a frame; `data` is JSON.
std::string socket_text(std::uint64_t number, std::string_view event, std::string_view data);

struct Topics {
  bool conferences = false;  // that a conference, or anything in one, changed
  bool events = false;       // every line of the timeline
  bool issues = false;       // every issue that begins, changes or ends
  bool audit = false;        // with the events, those of kind audit too
  std::vector<ConferenceId> conference_ids;
  std::vector<HostId> host_ids;

  [[nodiscard]] bool want(const Message& message) const;
};

inline constexpr std::size_t kMostTopics = 32;

/// A list such as "conferences,conference=ID,host=ID,events"; nullopt when one of them is none, or when there
/// are too many.
std::optional<Topics> parse_topics(std::string_view list);

}  // namespace rtcscope::api::live
