#include "export/hep/message_maker.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "base/text.hpp"
#include "export/hep/sip_message.hpp"

namespace rtcscope::export_hep {
namespace {

// What the timeline calls a SIP message; its detail is {"direction": "received" or "sent", "sip": text}.
constexpr const char* kSipMessageKind = "sip_message";
// What came as HEP does not go back as HEP: two that send to each other would never end.
constexpr const char* kAgentPrefix = "agent_";

/// Our own id of what an event is about, for when the media server's names are not known.
std::string own_id(const model::Event& event) {
  if (event.connection.valid()) return "connection:" + hex_id(event.connection.value);
  if (event.conference.valid()) return "conference:" + hex_id(event.conference.value);
  return "host:" + hex_id(event.host.value);
}

std::string own_id(const model::Stream& stream) {
  if (stream.connection.valid()) return "connection:" + hex_id(stream.connection.value);
  return "flow:" + hex_id(stream.flow.value);
}

/// 0.0.0.0 or ::, for a side that is not known: a message cannot go without addresses.
Endpoint unspecified(IpFamily family) {
  Endpoint endpoint;
  endpoint.address.family = family;
  return endpoint;
}

}  // namespace

MessageMaker::MessageMaker(MakerOptions options, Output output)
    : options_(std::move(options)),
      output_(std::move(output)),
      names_(options_.max_entities),
      flows_(options_.max_entities),
      flow_of_connection_(options_.max_entities),
      streams_(options_.max_entities),
      issues_(options_.max_entities),
      sip_ends_(options_.max_entities) {}

void MessageMaker::take(const model::Change& change) {
  std::visit([this](const auto& entity) { on(entity); }, change);
  forgotten_.store(
      names_.evicted() + flows_.evicted() + streams_.evicted() + issues_.evicted() + sip_ends_.evicted(),
      std::memory_order_relaxed);
}

std::array<std::uint64_t, kEncodeErrcs> MessageMaker::refused() const noexcept {
  std::array<std::uint64_t, kEncodeErrcs> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = refused_[i].load(std::memory_order_relaxed);
  return out;
}

void MessageMaker::on(const model::Flow& flow) {
  flows_.touch(flow.id) = {flow.client_endpoint, flow.server_endpoint,
                           flow.transport == "tcp" ? Transport::kTcp : Transport::kUdp, flow.connection};
  if (flow.connection.valid()) flow_of_connection_.touch(flow.connection) = flow.id;
}

void MessageMaker::on(const model::Stream& stream) {
  StreamEntry& entry = streams_.touch(stream.id);
  entry.stream = stream;
  if (!stream.ended || entry.final_sent) return;
  entry.final_sent = true;
  send_report(stream, ReportType::kFinal, life_of(stream));
}

void MessageMaker::on(const model::StreamSample& sample) {
  StreamEntry& entry = streams_.touch(sample.stream);
  if (entry.final_sent) return;
  // Two looks: a silence must not stretch a period, and a full one must not wait for the next sample.
  const auto is_due = [&](UtcTime now) {
    return !entry.period.empty() && now - entry.period.start() >= options_.report_period;
  };
  if (is_due(sample.start)) send_periodic(entry);
  entry.period.add(sample);
  if (is_due(sample.end)) send_periodic(entry);
}

void MessageMaker::send_periodic(StreamEntry& entry) {
  if (!entry.stream.id.valid()) return;  // the period goes on until the stream has a name
  send_report(entry.stream, ReportType::kPeriodic, entry.period.figures());
  entry.period = {};
}

void MessageMaker::on(const model::Event& event) {
  if (event.kind == kSipMessageKind) return send_sip(event);
  if (event.kind.starts_with(kAgentPrefix)) return;
  const Names names = names_.of({event.conference, event.participant, event.session, event.connection});
  send_log(event, log_line_json(event, names.room, names.display), names);
}

void MessageMaker::on(const model::Issue& issue) {
  IssueEntry& known = issues_.touch(issue.id);
  const bool ended = issue.ended_at.has_value();
  if (known.severity == issue.severity && known.ended == ended) return;
  known = {issue.severity, ended};
  model::Event subject;
  subject.time = ended ? *issue.ended_at : issue.started_at;
  subject.host = issue.host;
  subject.conference = issue.conference;
  subject.participant = issue.participant;
  subject.connection = issue.connection;
  const Names names = names_.of({issue.conference, issue.participant, {}, issue.connection});
  send_log(subject, issue_line_json(issue, names.room, names.display), names);
}

/// `subject`: when, and about whom.
void MessageMaker::send_log(const model::Event& subject, const std::string& payload, const Names& names) {
  if (!options_.types.has(PayloadType::kLog)) return;
  const FlowEntry flow = flow_of(subject, names);
  const std::string id = correlation_id(names, own_id(subject));
  HepMessage message;
  message.source = flow.client;
  message.destination = flow.server;
  message.transport = flow.transport;
  message.time = subject.time;
  message.payload_type = PayloadType::kLog;
  message.correlation_id = id;
  message.payload = payload;
  send(message);
}

/// The media server gives the text, not the addresses: they come from what the call's messages say.
void MessageMaker::send_sip(const model::Event& event) {
  if (!options_.types.has(PayloadType::kSip)) return;
  const auto detail = nlohmann::json::parse(event.detail, nullptr, false);
  if (!detail.is_object() || !detail.contains("sip") || !detail["sip"].is_string()) return;
  const std::string text = detail["sip"].get<std::string>();
  const auto sip = parse_sip(text);
  if (!sip) return;
  const bool received = detail.value("direction", "") == "received";
  const std::string call_id = safe_correlation_id(sip->call_id);
  SipEnds& ends = sip_ends_.touch(call_id);
  // A request's Via is its sender's; a response goes there (RFC 3261, 18.2.2).
  auto& via_end = received == sip->is_request ? ends.peer : ends.server;
  auto& other_end = received == sip->is_request ? ends.server : ends.peer;
  if (sip->via) via_end = sip->via;
  if (sip->target) other_end = sip->target;
  const IpFamily family =
      via_end ? via_end->address.family : (other_end ? other_end->address.family : IpFamily::kV4);
  const auto endpoint = [&](const std::optional<Endpoint>& end) {
    return end && end->address.family == family ? *end : unspecified(family);
  };
  HepMessage message;
  message.source = endpoint(received ? ends.peer : ends.server);
  message.destination = endpoint(received ? ends.server : ends.peer);
  message.transport = sip->transport;
  message.time = event.time;
  message.payload_type = PayloadType::kSip;
  message.correlation_id = call_id;
  message.payload = text;
  send(message);
}

void MessageMaker::take(const RtcpReport& report) {
  if (!options_.types.has(PayloadType::kRtcp)) return;
  const FlowEntry* flow = flows_.find(report.flow);
  const ConnectionId connection = flow != nullptr ? flow->connection : ConnectionId{};
  const Names names = names_.of({{}, {}, {}, connection});
  const std::string id = correlation_id(names, connection.valid() ? "connection:" + hex_id(connection.value)
                                                                  : "flow:" + hex_id(report.flow.value));
  const std::string payload = rtcp_report_json(report);
  HepMessage message;
  message.source = report.source;
  message.destination = report.destination;
  message.transport = report.transport;
  message.time = report.time;
  message.payload_type = PayloadType::kRtcp;
  message.correlation_id = id;
  message.payload = payload;
  send(message);
}

/// The connection's flow; else from where the client signals; else nowhere.
MessageMaker::FlowEntry MessageMaker::flow_of(const model::Event& event, const Names& names) const {
  if (const FlowId* id = flow_of_connection_.find(event.connection)) {
    if (const FlowEntry* flow = flows_.find(*id)) return *flow;
  }
  FlowEntry flow;
  flow.transport = Transport::kTcp;
  flow.client = unspecified(IpFamily::kV4);
  if (const auto address = parse_ip_address(names.signalling_address)) flow.client.address = *address;
  flow.server = unspecified(flow.client.address.family);
  return flow;
}

void MessageMaker::send_report(const model::Stream& stream, ReportType type, const ReportFigures& figures) {
  const FlowEntry* known = flows_.find(stream.flow);
  const FlowEntry flow = known != nullptr ? *known : FlowEntry{};
  const Names names = names_.of({stream.conference, stream.participant, {}, stream.connection});
  const bool downlink = stream.direction == "downlink";
  const std::string id = correlation_id(names, own_id(stream));

  RtpReport report;
  report.type = type;
  report.stream = &stream;
  report.figures = figures;
  report.source = downlink ? flow.server : flow.client;
  report.destination = downlink ? flow.client : flow.server;
  report.direction_known = downlink || stream.direction == "uplink";
  report.correlation_id = id;
  report.room = names.room;
  report.display = names.display;
  const std::string payload = rtp_report_json(report);

  HepMessage message;
  message.source = report.source;
  message.destination = report.destination;
  message.transport = flow.transport;
  message.time = figures.end;
  message.correlation_id = id;
  message.payload = payload;
  for (const PayloadType payload_type : {PayloadType::kRtpReport, PayloadType::kShortRtpReport}) {
    message.payload_type = payload_type;
    if (options_.types.has(payload_type)) send(message);
  }
}

std::string MessageMaker::correlation_id(const Names& names, const std::string& fallback) const {
  // What a SIP trace knows the call by.
  std::string id = safe_correlation_id(names.call_id);
  if (id.empty()) id = options_.correlation.expand(correlation_ids(names));
  return id.empty() ? fallback : id;
}

void MessageMaker::send(HepMessage message) {
  message.capture_id = options_.capture_id;
  message.auth_key = options_.auth_key;
  message.node_name = options_.node_name;
  const auto octets = encode(message);
  if (octets) return output_(*octets);
  refused_[static_cast<std::size_t>(octets.error())].fetch_add(1, std::memory_order_relaxed);
}

}  // namespace rtcscope::export_hep
