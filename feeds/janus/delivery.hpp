#pragma once
// What comes from Janus, whichever way: its text, when it came, and what it answers.

#include <optional>
#include <string>

#include "base/time.hpp"

namespace rtcscope::feeds::janus {

/// Present when the text is an answer of the Admin API and no event.
struct AdminQuestion {
  std::string server;  // name of the Janus that was asked (server-name, the `emitter` of its events)
  UtcTime asked{};
};

/// JSON text as Janus sent it; input of parse_feed().
struct Delivery {
  UtcTime received{};
  std::string json;
  std::optional<AdminQuestion> admin = std::nullopt;
};

}  // namespace rtcscope::feeds::janus
