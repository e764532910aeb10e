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
}

constexpr std::uint64_t kLeastChecks = 3;

/// The median over the stream with the most round trips of those that `side` reports on.
std::optional<double> reported_round_trip(const FlowState& flow, flows::Side side) {
  const flows::RemoteReport* best = nullptr;
  for (const auto& [key, report] : flow.remote) {
    const bool reports = report.media_sender == other(side) && report.round_trip_median.has_value();
    if (reports && (best == nullptr || report.round_trips > best->round_trips)) best = &report;
  }
  if (best == nullptr) return std::nullopt;
  return to_milliseconds(*best->round_trip_median);
}

}  // namespace

model::RoundTripFigures round_trips(const FlowState& flow) {
  model::RoundTripFigures figures;
  if (!flow.server()) return figures;
  const flows::Side server = *flow.server();
  const auto set = [&](std::optional<double>& value, std::string& source, flows::Side side) {
    value = reported_round_trip(flow, side);
    if (value) source = "rtcp";
    const auto& feedback = flow.snapshot.feedback_round_trip[index(side)];
    if (!value && feedback) {
      value = to_milliseconds(*feedback);
      source = "transport_cc";
    }
    // One check among the first packets of a call says little; the least of several does.
    const flows::IceFacts& ice = flow.snapshot.ice;
    const auto& check = ice.min_round_trip[index(side)];
    if (value || !check || ice.success_responses[index(side)] < kLeastChecks) return;
    value = to_milliseconds(*check);
    source = "ice";
  };
  set(figures.client_round_trip_ms, figures.client_round_trip_source, other(server));
  set(figures.server_round_trip_ms, figures.server_round_trip_source, server);
  return figures;
}

namespace {

std::optional<double> mean_ms(Duration sum, std::uint64_t count) {
  if (count == 0) return std::nullopt;
  return to_milliseconds(sum) / static_cast<double>(count);
}

std::optional<double> optional_ms(const std::optional<Duration>& duration) {
  if (!duration) return std::nullopt;
  return to_milliseconds(*duration);
}

const char* side_text(flows::Side side, flows::Side server) {
  return side == server ? "server" : "client";
}

void tell_ice(model::FlowIce& entity, const flows::IceFacts& ice, flows::Side server, bool server_known) {
  const std::size_t up = index(other(server));
  const std::size_t down = index(server);
  entity.state = to_string(ice.state);
  entity.failure = to_string(ice.failure);
  entity.integrity = to_string(ice.integrity);
  if (server_known && ice.roles[up] != flows::IceRole::kUnknown) {
    entity.controlling = ice.roles[up] == flows::IceRole::kControlling ? "client" : "server";
  }
  entity.checks_up = ice.requests[up];
  entity.checks_down = ice.requests[down];
  entity.answers_up = ice.success_responses[up];
  entity.answers_down = ice.success_responses[down];
  entity.errors = sum(ice.error_responses);
  if (ice.last_error_code != 0) entity.last_error = ice.last_error_code;
  entity.nominations = sum(ice.nominations);
  entity.nominated_at = ice.nominated;
  entity.answered_at = ice.last_success;
  entity.restarts = ice.restarts;
  entity.goog_pings = sum(ice.goog_pings);
  entity.dtls_in_stun = ice.dtls_in_stun;
  entity.round_trip_ms = optional_ms(ice.last_round_trip[up]);
  entity.round_trip_min_ms = optional_ms(ice.min_round_trip[up]);
  entity.round_trip_mean_ms = mean_ms(ice.round_trip_sum[up], ice.round_trips[up]);
  entity.server_answer_ms = optional_ms(ice.last_round_trip[down]);
}

template <class List, class Name>
std::vector<std::string> names(const List& list, Name name) {
  std::vector<std::string> out;
  out.reserve(list.list().size() + 1);
  for (const std::uint16_t code : list.list()) out.push_back(name(code));
  if (list.more) out.emplace_back("...");
  return out;
}

void tell_offer(model::FlowDtls& entity, const flows::DtlsOffer& offer) {
  entity.offered_versions = names(offer.versions, flows::dtls_version_name);
  entity.offered_ciphers = names(offer.cipher_suites, flows::dtls_cipher_name);
  entity.offered_groups = names(offer.groups, flows::dtls_group_name);
  entity.offered_srtp_profiles = names(offer.srtp_profiles, flows::srtp_profile_name);
}

void tell_dtls(model::FlowDtls& entity, const flows::DtlsFacts& dtls, flows::Side server, bool server_known) {
  entity.version = flows::dtls_version_name(dtls.version);
  entity.cipher = flows::dtls_cipher_name(dtls.cipher_suite);
  entity.group = flows::dtls_group_name(dtls.group);
  tell_offer(entity, dtls.offer);
  if (dtls.client && server_known) entity.client = side_text(*dtls.client, server);
  if (dtls.client_hello && dtls.connected) {
    entity.handshake_ms = to_milliseconds(*dtls.connected - *dtls.client_hello);
  }
  entity.client_hellos = dtls.client_hellos;
  entity.hello_verify_requests = dtls.hello_verify_requests;
  entity.hello_retry_requests = dtls.hello_retry_requests;
  entity.fragmented_messages = dtls.fragmented_messages;
  entity.repeated_messages = dtls.repeated_messages[0] + dtls.repeated_messages[1];
  if (dtls.alert_level != 0) {
    constexpr std::uint8_t kFatal = 2;
    entity.alert = dtls.alert_level == kFatal ? "fatal " : "warning ";
    entity.alert += flows::dtls_alert_name(dtls.alert_description);
    if (server_known) entity.alert_sender = side_text(dtls.alert_sender, server);
  }
  entity.connection_ids = dtls.connection_ids;
  const std::size_t up = index(other(server));
  entity.data_packets_up = dtls.application_packets[up];
  entity.data_packets_down = dtls.application_packets[1 - up];
  entity.data_bytes_up = dtls.application_bytes[up];
  entity.data_bytes_down = dtls.application_bytes[1 - up];
}

/// RFC 8122, 6.2: the certificate's hash has to be one of those in the description.
std::string check_fingerprint(const std::string& seen, const std::set<std::string>* described,
                              std::uint16_t version) {
  constexpr std::uint16_t kDtls13 = 0xfefc;
  if (version == kDtls13) return "hidden";
  if (seen.empty() || described == nullptr || described->empty()) return "unknown";
  return described->count(seen) != 0 ? "match" : "mismatch";
}

void name_certificates(model::Flow& entity, const flows::FlowSnapshot& flow, flows::Side server,
                       const Handle* handle) {
  for (const flows::CertificateFingerprint& certificate : flow.fingerprints) {
    std::string& place = certificate.sender == server ? entity.fingerprint_server : entity.fingerprint_client;
    if (place.empty()) place = flows::fingerprint_text(certificate);
  }
  entity.dtls.fingerprint_check_client = check_fingerprint(
      entity.fingerprint_client, handle ? &handle->of_client.fingerprints : nullptr, flow.dtls.version);
  entity.dtls.fingerprint_check_server = check_fingerprint(
      entity.fingerprint_server, handle ? &handle->of_server.fingerprints : nullptr, flow.dtls.version);
}

void tell_turn(model::FlowTurn& entity, const flows::FlowSnapshot& flow) {
  const flows::TurnFacts& turn = flow.turn;
  entity.state = to_string(turn.state);
  if (turn.relayed.address.family != IpFamily::kNone) entity.relayed_endpoint = to_string(turn.relayed);
  if (turn.lifetime_s != 0) entity.lifetime_s = turn.lifetime_s;
  entity.permissions = turn.permissions;
  entity.channels = turn.channels;
  entity.refreshes = turn.refreshes;
  if (turn.last_error != 0) entity.last_error = turn.last_error;
  entity.client_flow = flow.turn_client;
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

model::Flow flow_entity(HostId host, const FlowState& state, const Handle* handle) {
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
  entity.tunnels = flow.tunnels;
  entity.vlan_id = flow.vlan_id;
  name_ice(entity, flow, server);
  entity.round_trips = round_trips(state);
  tell_rtcp(entity, flow);
  tell_ice(entity.ice, flow.ice, server, known.has_value());
  tell_dtls(entity.dtls, flow.dtls, server, known.has_value());
  entity.srtp_profile = flows::srtp_profile_name(flow.dtls.srtp_profile);
  name_certificates(entity, flow, server, handle);
  tell_turn(entity.turn, flow);
  entity.ended = ending(flow);
  return entity;
}

}  // namespace rtcscope::correlator
