#include "api/answers.hpp"
#include "api/handlers.hpp"

namespace rtcscope::api {
namespace {

Json participant_with_connections_json(const store::ParticipantWithConnections& item) {
  Json json = participant_json(item.participant);
  json["connections"] = json_list(item.connections, connection_json);
  return json;
}

Json conference_detail_json(const store::ConferenceDetail& detail) {
  Json json = conference_json(detail.conference);
  json["participants"] = json_list(detail.participants, participant_with_connections_json);
  json["connections"] = json_list(detail.connections, connection_json);
  return json;
}

Json participant_detail_json(const store::ParticipantDetail& detail) {
  Json json = participant_json(detail.participant);
  json["conference"] = detail.conference ? conference_name_json(*detail.conference) : Json(nullptr);
  json["sessions"] = json_list(detail.sessions, session_json);
  json["connections"] = json_list(detail.connections, connection_json);
  json["streams"] = json_list(detail.streams, stream_json);
  return json;
}

Json session_detail_json(const store::SessionDetail& detail) {
  Json json = session_json(detail.session);
  json["connections"] = json_list(detail.connections, connection_json);
  return json;
}

Json connection_detail_json(const store::ConnectionDetail& detail) {
  Json json = connection_json(detail.connection);
  json["flows"] = json_list(detail.flows, flow_json);
  json["streams"] = json_list(detail.streams, stream_json);
  return json;
}

}  // namespace

http::Response show_conference(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<ConferenceId>();
  return one_answer(services, call, "conference", services.store.conference(id), conference_detail_json);
}

http::Response show_participant(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<ParticipantId>();
  return one_answer(services, call, "participant", services.store.participant(id), participant_detail_json);
}

http::Response show_session(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<SessionId>();
  return one_answer(services, call, "session", services.store.session(id), session_detail_json);
}

http::Response show_connection(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<ConnectionId>();
  return one_answer(services, call, "connection", services.store.connection(id), connection_detail_json);
}

http::Response show_flow(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<FlowId>();
  return one_answer(services, call, "flow", services.store.flow(id), flow_json);
}

http::Response show_stream(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<StreamId>();
  return one_answer(services, call, "stream", services.store.stream(id), stream_json);
}

}  // namespace rtcscope::api
