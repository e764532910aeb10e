#include "api/entity_json.hpp"

#include <utility>

#include "api/absences.hpp"
#include "base/json_depth.hpp"
#include "base/text.hpp"
#include "store/sql/columns.hpp"

namespace rtcscope::api {
namespace {

// The serializer recurses, and an event's detail came from outside.
constexpr std::size_t kMaxDetailDepth = 32;

template <class Tag>
Json id_or_null(StrongId<Tag> id) {
  return id.valid() ? Json(hex_id(id.value)) : Json(nullptr);
}

Json time_or_null(const std::optional<UtcTime>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// A field that is not there yet: [] would compare its name with those of all that are.
void put(Json& json, std::string name, Json value) {
  json.get_ref<Json::object_t&>().emplace_back(std::move(name), std::move(value));
}

/// Room for `fields` in all: an object that grows copies the names that it has.
void make_room(Json& json, std::size_t fields) {
  json.get_ref<Json::object_t&>().reserve(fields);
}

/// `prefix` is "end" or "left": ended_at and left_at differ from their reasons' spelling.
void put_ending(Json& json, const char* at, const std::string& prefix,
                const std::optional<model::Ending>& ending) {
  put(json, at, ending ? Json(to_rfc3339(ending->time)) : Json(nullptr));
  put(json, prefix + "_reason", ending ? Json(ending->reason) : Json(nullptr));
  put(json, prefix + "_source", ending ? Json(to_string(ending->source)) : Json(nullptr));
}

void put_health(Json& json, const store::Health& health) {
  put(json, "health", to_string(health.word));
  put(json, "health_reason", health.reason);
}

Json figures_or_null(const std::optional<store::Figures>& figures) {
  if (!figures) return nullptr;
  return {{"streams", figures->streams},
          {"packets", figures->packets},
          {"expected", figures->expected},
          {"lost", figures->lost},
          {"loss_ratio", or_null(figures->loss_ratio)},
          {"jitter_ms", or_null(figures->jitter_ms)},
          {"bitrate_bps", or_null(figures->bitrate_bps)}};
}

void put_directions(Json& json, const store::Summary& summary) {
  put(json, "uplink", figures_or_null(summary.uplink));
  put(json, "downlink", figures_or_null(summary.downlink));
}

Json evidence_list(const std::vector<model::Evidence>& evidence) {
  Json list = Json::array();
  for (const auto& [kind, detail] : evidence) list.push_back({{"kind", kind}, {"detail", detail}});
  return list;
}

/// Puts a group of figures under the names of its visit().
class FigureFields {
 public:
  explicit FigureFields(Json& json) : json_(json) {}

  template <class Value>
  void operator()(const char* name, const Value& value) {
    put(json_, name, value);
  }
  template <class Value>
  void operator()(const char* name, const std::optional<Value>& value) {
    put(json_, name, or_null(value));
  }
  template <class Tag>
  void operator()(const char* name, StrongId<Tag> id) {
    put(json_, name, id_or_null(id));
  }
  void operator()(const char* name, const std::optional<UtcTime>& time) {
    std::string member = name;
    member.resize(member.rfind("_ns"));  // the column's unit: here times are text
    put(json_, member, time_or_null(time));
  }

 private:
  Json& json_;
};

Json reasons_json(const model::Stream& stream) {
  Json json = Json::object();
  for (const auto& [figure, reason] : absences(stream)) put(json, figure, reason);
  return json;
}

Json detail_json(const std::string& detail) {
  if (detail.empty()) return nullptr;
  if (deeper_than(detail, kMaxDetailDepth)) return detail;
  Json parsed = Json::parse(detail, nullptr, false);
  return parsed.is_discarded() ? Json(detail) : parsed;
}

// How sure it is that packets are whose the API says.
void put_precision(Json& json, std::optional<double> confidence) {
  put(json, "precision", !confidence ? "none" : *confidence < store::kExactConfidence ? "inferred" : "exact");
  put(json, "confidence", or_null(confidence));
}

}  // namespace

Json host_json(const model::Host& host) {
  return {{"id", hex_id(host.id.value)},
          {"name", host.name},
          {"media_server", host.media_server},
          {"first_seen", to_rfc3339(host.first_seen)},
          {"last_seen", to_rfc3339(host.last_seen)}};
}

Json conference_json(const store::ConferenceRow& row) {
  const model::Conference& conference = row.conference;
  Json json{{"id", hex_id(conference.id.value)}, {"host_id", id_or_null(conference.host)},
            {"server", conference.server},       {"plugin", conference.plugin},
            {"room", conference.room},           {"started_at", to_rfc3339(conference.started_at)}};
  put_ending(json, "ended_at", "end", conference.ended);
  put_health(json, row.summary.health);
  put(json, "participant_count", row.participant_count);
  put(json, "present_count", row.present_count);
  put(json, "connection_count", row.connection_count);
  put(json, "stream_count", row.stream_count);
  put_precision(json, row.confidence);
  put_directions(json, row.summary);
  return json;
}

Json conference_name_json(const model::Conference& conference) {
  Json json{{"id", hex_id(conference.id.value)},
            {"server", conference.server},
            {"plugin", conference.plugin},
            {"room", conference.room},
            {"started_at", to_rfc3339(conference.started_at)}};
  put(json, "ended_at", conference.ended ? Json(to_rfc3339(conference.ended->time)) : Json(nullptr));
  return json;
}

Json participant_json(const store::ParticipantRow& row) {
  const model::Participant& participant = row.participant;
  Json json{{"id", hex_id(participant.id.value)},
            {"conference_id", id_or_null(participant.conference)},
            {"user_id", participant.user_id},
            {"display", participant.display},
            {"first_seen", to_rfc3339(participant.first_seen)}};
  put_ending(json, "left_at", "left", row.left);
  put_health(json, row.summary.health);
  put(json, "connection_count", row.connection_count);
  put(json, "stream_count", row.stream_count);
  put_directions(json, row.summary);
  return json;
}

Json session_json(const model::Session& session) {
  Json json{{"id", hex_id(session.id.value)},
            {"conference_id", id_or_null(session.conference)},
            {"participant_id", id_or_null(session.participant)},
            {"server_session", session.server_session},
            {"signalling_address", session.signalling_address},
            {"joined_at", to_rfc3339(session.joined_at)}};
  put_ending(json, "left_at", "left", session.left);
  return json;
}

Json connection_json(const store::ConnectionRow& row) {
  const model::Connection& connection = row.connection;
  Json json{{"id", hex_id(connection.id.value)},
            {"conference_id", id_or_null(connection.conference)},
            {"participant_id", id_or_null(connection.participant)},
            {"session_id", id_or_null(connection.session)},
            {"server", connection.server},
            {"server_session", connection.server_session},
            {"server_handle", connection.server_handle},
            {"opaque_id", connection.opaque_id},
            {"plugin", connection.plugin},
            {"role", connection.role},
            {"ice_state", connection.ice_state},
            {"dtls_state", connection.dtls_state},
            {"rtcp", connection.rtcp},
            {"rtcp_reason", connection.rtcp_reason},
            {"started_at", to_rfc3339(connection.started_at)},
            {"connected_at", time_or_null(connection.connected_at)},
            {"turn_used", connection.turn_used},
            {"tcp_used", connection.tcp_used},
            {"ice_restarts", connection.ice_restarts},
            {"pair_switches", connection.pair_switches}};
  put_ending(json, "ended_at", "end", connection.ended);
  put_health(json, row.summary.health);
  put(json, "flow_count", row.flow_count);
  put(json, "stream_count", row.stream_count);
  put_precision(json, row.confidence);
  put_directions(json, row.summary);
  return json;
}

Json flow_json(const store::FlowRow& row) {
  const model::Flow& flow = row.flow;
  Json json{{"id", hex_id(flow.id.value)},
            {"connection_id", id_or_null(flow.connection)},
            {"conference_id", id_or_null(row.conference)},
            {"participant_id", id_or_null(row.participant)},
            {"host_id", id_or_null(flow.host)},
            {"confidence", flow.confidence},
            {"evidence", evidence_list(flow.evidence)},
            {"conflicts", evidence_list(flow.conflicts)},
            {"server_endpoint", to_string(flow.server_endpoint)},
            {"client_endpoint", to_string(flow.client_endpoint)},
            {"server_known", flow.server_known},
            {"transport", flow.transport},
            {"encapsulation", flow.encapsulation},
            {"interface", flow.interface},
            {"first_packet", to_rfc3339(flow.first_packet)},
            {"last_packet", to_rfc3339(flow.last_packet)},
            {"packets_up", flow.packets_up},
            {"packets_down", flow.packets_down},
            {"bytes_up", flow.bytes_up},
            {"bytes_down", flow.bytes_down},
            {"stun_packets", flow.stun_packets},
            {"dtls_packets", flow.dtls_packets},
            {"rtp_packets", flow.rtp_packets},
            {"rtcp_packets", flow.rtcp_packets},
            {"other_packets", flow.other_packets},
            {"client_ufrag", flow.client_ufrag},
            {"server_ufrag", flow.server_ufrag},
            {"tunnels", flow.tunnels},
            {"vlan_id", or_null(flow.vlan_id)},
            {"srtp_profile", flow.srtp_profile},
            {"rtcp", flow.rtcp},
            {"rtcp_reason", flow.rtcp_reason},
            {"fingerprint_client", flow.fingerprint_client},
            {"fingerprint_server", flow.fingerprint_server}};
  make_room(json, 96);
  FigureFields fields(json);
  visit(fields, flow.round_trips);
  store::sql::visit(fields, flow.ice);
  store::sql::visit(fields, flow.dtls);
  store::sql::visit(fields, flow.turn);
  put_ending(json, "ended_at", "end", flow.ended);
  return json;
}

Json stream_json(const store::StreamRow& row) {
  const model::Stream& stream = row.stream;
  Json json{{"id", hex_id(stream.id.value)},
            {"flow_id", id_or_null(stream.flow)},
            {"connection_id", id_or_null(stream.connection)},
            {"conference_id", id_or_null(stream.conference)},
            {"participant_id", id_or_null(stream.participant)},
            {"source_participant_id", id_or_null(stream.source_participant)},
            {"ssrc", stream.ssrc},
            {"direction", stream.direction},
            {"kind", stream.kind},
            {"codec", stream.codec},
            {"payload_type", stream.payload_type},
            {"clock_rate_hz", or_null(stream.clock_rate_hz)},
            {"clock_rate_source", stream.clock_rate_source},
            {"mid", stream.mid},
            {"rid", stream.rid},
            {"rtx_of_ssrc", or_null(stream.rtx_of_ssrc)},
            {"first_packet", to_rfc3339(stream.first_packet)},
            {"last_packet", to_rfc3339(stream.last_packet)}};
  make_room(json, 192);
  FigureFields fields(json);
  store::sql::visit(fields, stream.total);
  fields("loss_ratio", store::loss_ratio(stream.total));
  fields("bitrate_bps", stream.bitrate_bps);
  fields("jitter_ms", stream.jitter_ms);
  fields("jitter_max_ms", stream.jitter_max_ms);
  fields("jitter_mean_ms", stream.jitter_mean_ms);
  fields("jitter_frame_ms", stream.jitter_frame_ms);
  fields("max_gap_ms", stream.max_gap_ms);
  fields("recent_loss_ratio", stream.recent_loss_ratio);
  fields("recent_bitrate_bps", stream.recent_bitrate_bps);
  fields("capture_drops", stream.capture_drops);
  visit(fields, stream.typing);
  visit(fields, stream.loss);
  visit(fields, stream.loss_split);
  visit(fields, stream.relay);
  visit(fields, stream.video);
  visit(fields, stream.playback);
  visit(fields, stream.voice);
  visit(fields, stream.headers);
  visit(fields, stream.remote);
  visit(fields, stream.key_frames);
  visit(fields, stream.redundancy);
  put(json, "relay_leg", stream.relay_leg);
  put(json, "absent", reasons_json(stream));
  put(json, "ended", stream.ended);
  put_health(json, row.health);
  return json;
}

Json sample_json(const model::StreamSample& sample) {
  Json json{{"stream_id", hex_id(sample.stream.value)},
            {"start", to_rfc3339(sample.start)},
            {"end", to_rfc3339(sample.end)}};
  FigureFields fields(json);
  store::sql::visit(fields, sample.interval);
  fields("bitrate_bps", sample.bitrate_bps);
  fields("jitter_ms", sample.jitter_ms);
  fields("capture_drops", sample.capture_drops);
  fields("frame_rate_fps", sample.frame_rate_fps);
  fields("frame_jitter_ms", sample.frame_jitter_ms);
  fields("stalls", sample.stalls);
  fields("freezes", sample.freezes);
  fields("received_frames", sample.received_frames);
  return json;
}

Json issue_json(const model::Issue& issue) {
  return {{"id", hex_id(issue.id.value)},
          {"host_id", id_or_null(issue.host)},
          {"conference_id", id_or_null(issue.conference)},
          {"participant_id", id_or_null(issue.participant)},
          {"connection_id", id_or_null(issue.connection)},
          {"stream_id", id_or_null(issue.stream)},
          {"kind", issue.kind},
          {"severity", issue.severity},
          {"started_at", to_rfc3339(issue.started_at)},
          {"ended_at", time_or_null(issue.ended_at)},
          {"text", issue.text},
          {"evidence", evidence_list(issue.evidence)}};
}

Json event_json(const store::EventRow& row) {
  const model::Event& event = row.event;
  Json json = Json::object();
  make_room(json, 12);
  put(json, "id", hex_id(row.id));
  put(json, "time", to_rfc3339(event.time));
  put(json, "host_id", id_or_null(event.host));
  put(json, "conference_id", id_or_null(event.conference));
  put(json, "participant_id", id_or_null(event.participant));
  put(json, "session_id", id_or_null(event.session));
  put(json, "connection_id", id_or_null(event.connection));
  put(json, "stream_id", id_or_null(event.stream));
  put(json, "source", to_string(event.source));
  put(json, "kind", event.kind);
  put(json, "text", event.text);
  put(json, "detail", detail_json(event.detail));
  return json;
}

std::optional<model::Ending> left(const std::vector<model::Session>& sessions) {
  std::optional<model::Ending> last;
  for (const model::Session& session : sessions) {
    if (!session.left) return std::nullopt;
    if (!last || session.left->time > last->time) last = session.left;
  }
  return last;
}

std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace rtcscope::api
