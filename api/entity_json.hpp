#pragma once
// The model as JSON, in exactly the schemas of docs/api/openapi.yaml: ids of 16 hex digits, RFC 3339 times
// with milliseconds, null for what is absent. Pure; `rtcscope analyze --format json` prints the same shapes.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "correlator/model.hpp"
#include "store/queries.hpp"

namespace rtcscope::api {

using Json = nlohmann::ordered_json;

Json host_json(const model::Host& host);
Json conference_json(const store::ConferenceRow& row);
/// The few members by which a participant's page names its conference (schema ConferenceName).
Json conference_name_json(const model::Conference& conference);
Json participant_json(const store::ParticipantRow& row);
Json session_json(const model::Session& session);
Json connection_json(const store::ConnectionRow& row);
Json flow_json(const store::FlowRow& row);
Json stream_json(const store::StreamRow& row);
Json sample_json(const model::StreamSample& sample);
/// A detail that is no JSON, or too deeply nested to be printed, becomes a string.
Json issue_json(const model::Issue& issue);
Json event_json(const store::EventRow& row);

/// How the last of a participant's sessions ended; absent while one is open or when there is none.
std::optional<model::Ending> left(const std::vector<model::Session>& sessions);

/// One line of compact JSON; broken UTF-8 is replaced instead of refused.
std::string to_text(const Json& json);

}  // namespace rtcscope::api
