#include "correlator/entities.hpp"
#include "flows/names.hpp"

namespace rtcscope::correlator {
namespace {

const char* text(flows::Encapsulation encapsulation) {
  switch (encapsulation) {
    case flows::Encapsulation::kTurn:
      return "turn";
    case flows::Encapsulation::kIceTcp:
      return "ice_tcp";
    case flows::Encapsulation::kNone:
      break;
  }
  return "none";
}

std::uint64_t sum(const std::array<std::uint64_t, 2>& sides) {
  return sides[0] + sides[1];
}

void count_packets(model::Flow& entity, const flows::FlowSnapshot& flow, std::size_t client) {
  for (const flows::ClassCounts* counts :
       {&flow.stun_packets, &flow.dtls_packets, &flow.rtp_packets, &flow.rtcp_packets, &flow.other_packets}) {
    entity.packets_up += counts->packets[client];
    entity.packets_down += counts->packets[1 - client];
    entity.bytes_up += counts->bytes[client];
    entity.bytes_down += counts->bytes[1 - client];
  }
  entity.stun_packets = sum(flow.stun_packets.packets);
  entity.dtls_packets = sum(flow.dtls_packets.packets);
  entity.rtp_packets = sum(flow.rtp_packets.packets);
  entity.rtcp_packets = sum(flow.rtcp_packets.packets);
  entity.other_packets = sum(flow.other_packets.packets);
}

// The first username that names both: who is the receiver depends on who sent the check.
void name_ice(model::Flow& entity, const flows::FlowSnapshot& flow, flows::Side server) {
  for (const flows::IceUsername& name : flow.ice_usernames) {
    const bool by_server = name.sender == server;
    entity.server_ufrag = by_server ? name.sender_ufrag : name.receiver_ufrag;
    entity.client_ufrag = by_server ? name.receiver_ufrag : name.sender_ufrag;
    break;
  }
  const auto& round_trip = flow.ice.last_round_trip[index(other(server))];
  if (round_trip) entity.ice_round_trip_ms = to_milliseconds(*round_trip);
}

void name_dtls(model::Flow& entity, const flows::FlowSnapshot& flow, flows::Side server, bool server_known) {
  const flows::DtlsFacts& dtls = flow.dtls;
  entity.dtls_version = flows::dtls_version_name(dtls.version);
  entity.dtls_cipher = flows::dtls_cipher_name(dtls.cipher_suite);
  entity.srtp_profile = flows::srtp_profile_name(dtls.srtp_profile);
  entity.rtcp = flows::to_string(flow.rtcp_access);
  if (flow.rtcp_access == flows::RtcpAccess::kOpaque)
    entity.rtcp_reason = flows::to_string(flow.opaque_reason);
  if (dtls.client && server_known) entity.dtls_client = *dtls.client == server ? "server" : "client";
  if (dtls.client_hello && dtls.connected) {
    entity.dtls_handshake_ms = to_milliseconds(*dtls.connected - *dtls.client_hello);
  }
  for (const flows::CertificateFingerprint& certificate : flow.fingerprints) {
    std::string& place = certificate.sender == server ? entity.fingerprint_server : entity.fingerprint_client;
    if (place.empty()) place = flows::fingerprint_text(certificate);
  }
}

std::optional<model::Ending> ending(const flows::FlowSnapshot& flow) {
  switch (flow.end) {
    case flows::FlowEnd::kNone:
      return std::nullopt;
    case flows::FlowEnd::kIdle:
      return model::Ending{flow.last_packet, "idle", model::Source::kPackets};
    case flows::FlowEnd::kEvicted:
      return model::Ending{flow.last_packet, "given up: too many flows", model::Source::kObserver};
    case flows::FlowEnd::kCaptureEnd:
      return model::Ending{flow.last_packet, "observation ended", model::Source::kObserver};
  }
  return std::nullopt;
}

}  // namespace

model::Flow flow_entity(HostId host, const FlowState& state) {
  const flows::FlowSnapshot& flow = state.snapshot;
  const std::optional<flows::Side> known = state.server();
  const flows::Side server = known.value_or(flows::Side::kB);
  model::Flow entity;
  entity.id = flow.id;
  entity.host = host;
  entity.connection = state.link.connection;
  entity.confidence = state.link.confidence;
  entity.evidence = state.link.evidence;
  entity.conflicts = state.link.conflicts;
  entity.server_endpoint = flow.key.endpoint(server);
  entity.client_endpoint = flow.key.endpoint(other(server));
  entity.server_known = known.has_value();
  entity.transport = to_string(flow.key.transport);
  entity.encapsulation = text(flow.key.encapsulation);
  entity.interface = flow.interface;
  entity.first_packet = flow.first_packet;
  entity.last_packet = flow.last_packet;
  count_packets(entity, flow, index(other(server)));
  name_ice(entity, flow, server);
  name_dtls(entity, flow, server, known.has_value());
  entity.ended = ending(flow);
  return entity;
}

}  // namespace rtcscope::correlator
