#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "base/text.hpp"

namespace rtcscope::api {
namespace {

template <class Tag>
Json id_or_null(StrongId<Tag> id) {
  return id.valid() ? Json(hex_id(id.value)) : Json(nullptr);
}

Json hit_json(const store::SearchHit& hit) {
  return {{"type", store::to_string(hit.type)},
          {"id", hex_id(hit.id)},
          {"matched", hit.matched},
          {"similar", hit.similar},
          {"title", hit.title},
          {"detail", hit.detail},
          {"time", to_rfc3339(hit.time)},
          {"conference_id", id_or_null(hit.conference)},
          {"participant_id", id_or_null(hit.participant)},
          {"connection_id", id_or_null(hit.connection)}};
}

}  // namespace

http::Response list_conferences(const Services& services, const Call& call) {
  const Arguments& arguments = call.arguments;
  store::ConferenceQuery query;
  query.state = arguments.state();
  query.room = arguments.text("room");
  query.q = arguments.text("q").value_or("");
  query.running = arguments.time_range();
  if (arguments.text("sort") == "newest") query.sort = store::ConferenceSort::kNewest;
  query.page = arguments.page();
  return page_answer(services, call, services.store.conferences(query), conference_json);
}

http::Response list_participants(const Services& services, const Call& call) {
  const Arguments& arguments = call.arguments;
  store::ParticipantQuery query;
  query.conference = arguments.id<ConferenceId>("conference_id");
  query.state = arguments.state();
  query.q = arguments.text("q").value_or("");
  query.page = arguments.page();
  return page_answer(services, call, services.store.participants(query), participant_json);
}

http::Response list_sessions(const Services& services, const Call& call) {
  const Arguments& arguments = call.arguments;
  store::SessionQuery query;
  query.conference = arguments.id<ConferenceId>("conference_id");
  query.participant = arguments.id<ParticipantId>("participant_id");
  query.state = arguments.state();
  query.page = arguments.page();
  return page_answer(services, call, services.store.sessions(query), session_json);
}

http::Response list_connections(const Services& services, const Call& call) {
  const Arguments& arguments = call.arguments;
  store::ConnectionQuery query;
  query.conference = arguments.id<ConferenceId>("conference_id");
  query.participant = arguments.id<ParticipantId>("participant_id");
  query.state = arguments.state();
  query.page = arguments.page();
  return page_answer(services, call, services.store.connections(query), connection_json);
}

http::Response list_flows(const Services& services, const Call& call) {
  const Arguments& arguments = call.arguments;
  store::FlowQuery query;
  query.conference = arguments.id<ConferenceId>("conference_id");
  query.participant = arguments.id<ParticipantId>("participant_id");
  query.connection = arguments.id<ConnectionId>("connection_id");
  query.host = arguments.id<HostId>("host_id");
  query.address = arguments.value<store::AddressFilter>("address");
  query.unmatched = arguments.value<bool>("unmatched");
  query.state = arguments.state();
  query.page = arguments.page();
  return page_answer(services, call, services.store.flows(query), flow_json);
}

http::Response list_streams(const Services& services, const Call& call) {
  const Arguments& arguments = call.arguments;
  store::StreamQuery query;
  query.conference = arguments.id<ConferenceId>("conference_id");
  query.participant = arguments.id<ParticipantId>("participant_id");
  query.connection = arguments.id<ConnectionId>("connection_id");
  query.flow = arguments.id<FlowId>("flow_id");
  query.direction = arguments.text("direction");
  query.state = arguments.state();
  query.page = arguments.page();
  return page_answer(services, call, services.store.streams(query), stream_json);
}

http::Response list_stream_samples(const Services& services, const Call& call) {
  const Arguments& arguments = call.arguments;
  const auto id = arguments.path_id<StreamId>();
  const auto stream = services.store.stream(id);
  if (!stream) return store_failure(services, call, stream.error());
  if (!stream->has_value()) return not_found(call, "stream");
  const store::SampleQuery query{id, arguments.time_range(), arguments.page()};
  return page_answer(services, call, services.store.samples(query), sample_json);
}

http::Response list_events(const Services& services, const Call& call) {
  const Arguments& arguments = call.arguments;
  store::EventQuery query;
  query.conference = arguments.id<ConferenceId>("conference_id");
  query.participant = arguments.id<ParticipantId>("participant_id");
  query.connection = arguments.id<ConnectionId>("connection_id");
  query.kind = arguments.text("kind");
  // Names and addresses of those who log in.
  query.audit = call.caller.role == access::Role::kAdmin;
  query.time = arguments.time_range();
  query.page = arguments.page();
  return page_answer(services, call, services.store.events(query), event_json);
}

http::Response list_issues(const Services& services, const Call& call) {
  const Arguments& arguments = call.arguments;
  store::IssueQuery query;
  query.conference = arguments.id<ConferenceId>("conference_id");
  query.participant = arguments.id<ParticipantId>("participant_id");
  query.connection = arguments.id<ConnectionId>("connection_id");
  query.kind = arguments.text("kind");
  const auto open = arguments.value<bool>("open");
  if (open) query.state = *open ? store::State::kLive : store::State::kEnded;
  query.page = arguments.page();
  return page_answer(services, call, services.store.issues(query), issue_json);
}

http::Response list_hosts(const Services& services, const Call& call) {
  return page_answer(services, call, services.store.hosts(call.arguments.page()), host_json);
}

http::Response search(const Services& services, const Call& call) {
  const std::string text = call.arguments.text("q").value_or("");
  const auto hits = services.store.search(text, call.arguments.page().limit);
  if (!hits) return store_failure(services, call, hits.error());
  return json_answer({{"items", json_list(*hits, hit_json)}, {"next", nullptr}});
}

}  // namespace rtcscope::api
