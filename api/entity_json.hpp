#pragma once
// The model as JSON, in exactly the schemas of docs/api/openapi.yaml: ids of 16 hex digits, RFC 3339 times
// with milliseconds, null for what is absent. Pure; `rtcscope analyze --format json` prints the same shapes.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/health.hpp"
#include "correlator/model.hpp"

namespace rtcscope::api {

using Json = nlohmann::ordered_json;

struct ConferenceCounts {
  std::uint64_t participants = 0;  // all that ever took part
  std::uint64_t present = 0;       // those who have not left
  std::uint64_t connections = 0;
  std::uint64_t streams = 0;
};

struct ParticipantCounts {
  std::uint64_t connections = 0;
  std::uint64_t streams = 0;
};

struct ConnectionCounts {
  std::uint64_t flows = 0;
  std::uint64_t streams = 0;
};

Json host_json(const model::Host& host);
Json conference_json(const model::Conference& conference, const ConferenceCounts& counts,
                     const Summary& summary);
/// The few members by which a participant's page names its conference (schema ConferenceName).
Json conference_name_json(const model::Conference& conference);
/// `left`: how the last session ended; absent while one is open.
Json participant_json(const model::Participant& participant, const std::optional<model::Ending>& left,
                      const ParticipantCounts& counts, const Summary& summary);
Json session_json(const model::Session& session);
Json connection_json(const model::Connection& connection, const ConnectionCounts& counts,
                     const Summary& summary);
/// `owner`: the connection that the flow is linked to; nullptr when there is none.
Json flow_json(const model::Flow& flow, const model::Connection* owner);
Json stream_json(const model::Stream& stream, const Health& health);
Json sample_json(const model::StreamSample& sample);
/// `id`: what the store numbered the event with. A detail that is no JSON, or too deeply nested to be
/// printed, becomes a string.
Json event_json(const model::Event& event, std::uint64_t id);

/// How the last of a participant's sessions ended; absent while one is open or when there is none.
std::optional<model::Ending> left(const std::vector<model::Session>& sessions);

/// One line of compact JSON; broken UTF-8 is replaced instead of refused.
std::string to_text(const Json& json);

}  // namespace rtcscope::api
