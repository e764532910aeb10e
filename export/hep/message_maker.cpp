#include "export/hep/message_maker.hpp"

#include <utility>
#include <variant>

#include "base/text.hpp"

namespace rtcscope::export_hep {
namespace {

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
      streams_(options_.max_entities) {}

void MessageMaker::take(const model::Change& change) {
  std::visit([this](const auto& entity) { on(entity); }, change);
  forgotten_.store(names_.evicted() + flows_.evicted() + streams_.evicted(), std::memory_order_relaxed);
}

std::array<std::uint64_t, kEncodeErrcs> MessageMaker::refused() const noexcept {
  std::array<std::uint64_t, kEncodeErrcs> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = refused_[i].load(std::memory_order_relaxed);
  return out;
}

void MessageMaker::on(const model::Flow& flow) {
  flows_.touch(flow.id) = {flow.client_endpoint, flow.server_endpoint,
                           flow.transport == "tcp" ? Transport::kTcp : Transport::kUdp};
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
  const Names names = names_.of({event.conference, event.participant, event.session, event.connection});
  const FlowEntry flow = flow_of(event, names);
  const std::string id = correlation_id(names, own_id(event));
  const std::string payload = log_line_json(event, names.room, names.display);
  HepMessage message;
  message.source = flow.client;
  message.destination = flow.server;
  message.transport = flow.transport;
  message.time = event.time;
  message.payload_type = PayloadType::kLog;
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
  message.payload_type = PayloadType::kRtpReport;
  message.correlation_id = id;
  message.payload = payload;
  send(message);
}

std::string MessageMaker::correlation_id(const Names& names, const std::string& fallback) const {
  std::string id = options_.correlation.expand(correlation_ids(names));
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
