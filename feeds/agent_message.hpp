#pragma once
// What another agent saw of a call: a SIP message or an RTCP report, named by a correlation id.

#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace rtcscope::feeds {

enum class AgentMessageKind : std::uint8_t { kSip, kRtcp };

struct AgentMessage {
  AgentMessageKind kind = AgentMessageKind::kSip;
  UtcTime time{};              // the agent's own
  std::string correlation_id;  // of SIP the Call-ID where it gave none; never empty
  std::string text;            // plain English, one line
  /// JSON: node, capture_id, source, destination, transport, correlation_id, and `sip` (text without its
  /// secrets) or `rtcp` (an object).
  std::string detail;
};

}  // namespace rtcscope::feeds
