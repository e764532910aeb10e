#pragma once
// What comes from a media server, whichever way: its text, when it came, and what it is.

#include <string>
#include <variant>

#include "base/time.hpp"

namespace rtcscope::feeds {

/// The text is an event of Janus, or an array of them.
struct JanusEvents {};

/// The text is an answer of Janus's Admin API.
struct AdminQuestion {
  std::string server;  // name of the Janus that was asked (server-name, the `emitter` of its events)
  UtcTime asked{};
};

/// The text is an answer of OWT's management API.
struct OwtAnswer {
  std::string server;  // host:port of the management API
  std::string path;    // that was asked for, without query: "/v1/rooms/ID/participants"
  UtcTime asked{};
  bool guess = false;  // nobody tells the transports of streams: say of each owner that it has one
};

/// The text is what a viewer of an OWT room was told: {"event": name, "data": ...}.
struct OwtSignal {
  std::string server;
  std::string room;
};

/// The text is a message between OWT's media agents and a conference: {"method", "args"}.
struct OwtCast {
  std::string server;
  std::string room;  // "" when the conference process has more than one
};

/// JSON text as the server sent it; input of FeedParser.
struct Delivery {
  UtcTime received{};
  std::string json;
  std::variant<JanusEvents, AdminQuestion, OwtAnswer, OwtSignal, OwtCast> what = JanusEvents{};

  /// Whether the server said it when it happened, and not when it was asked.
  [[nodiscard]] bool is_event() const noexcept {
    return !std::holds_alternative<AdminQuestion>(what) && !std::holds_alternative<OwtAnswer>(what);
  }
};

}  // namespace rtcscope::feeds
