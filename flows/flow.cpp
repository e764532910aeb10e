#include "flows/flow.hpp"

#include <algorithm>

#include "base/stable_hash.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "decoders/stun/message.hpp"

namespace rtcscope::flows {
namespace {

// An SSRC that never came twice in a row is reported this late: a lone probe or retransmission is a fact,
// but a flood of random SSRCs must not become a flood of streams.
constexpr Duration kUnprovedStreamAge = std::chrono::seconds{10};
// What a stream carries is looked at with each report; what its first second could not tell, more often.
constexpr Duration kHardToTell = std::chrono::seconds{1};
constexpr Duration kLookAgain = std::chrono::milliseconds{200};

DtlsSeen dtls_seen(const DtlsFacts& facts) noexcept {
  if (facts.connected) return DtlsSeen::kConnected;
  return facts.state == DtlsState::kNone ? DtlsSeen::kNone : DtlsSeen::kPart;
}

// Media of a pair that was silent for so long begins anew.
constexpr Duration kMediaSilence = std::chrono::seconds{2};

constexpr Duration kInterfaceSilence = std::chrono::seconds{1};
// The tap tells of a stream once a second, and of one interface's streams after another's.
constexpr Duration kMeteredInterfaceSilence = std::chrono::seconds{3};

FlowId make_flow_id(const CanonicalKey& key, UtcTime first_packet) {
  StableHash hash;
  hash.add(key.low).add(key.high).add(key.relayed_peer);
  hash.add(static_cast<std::uint64_t>(key.transport)).add(static_cast<std::uint64_t>(key.encapsulation));
  return {hash.add(ns_since_epoch(first_packet)).value()};
}

PacketDirection opposite(PacketDirection direction) {
  switch (direction) {
    case PacketDirection::kIngress:
      return PacketDirection::kEgress;
    case PacketDirection::kEgress:
      return PacketDirection::kIngress;
    case PacketDirection::kUnknown:
      break;
  }
  return PacketDirection::kUnknown;
}

/// "vxlan/gre", outermost first; "" for none.
std::string tunnels_text(const std::array<link::Tunnel, link::DatagramView::kMaxTunnels>& tunnels) {
  std::string text;
  for (const link::Tunnel tunnel : tunnels) {
    if (tunnel == link::Tunnel::kNone) break;
    text += (text.empty() ? "" : "/") + std::string(link::to_string(tunnel));
  }
  return text;
}

}  // namespace

Flow::Flow(FlowContext& context, const Datagram& first, std::string interface_name,
           std::uint64_t capture_drops)
    : context_(context),
      key_{first.five_tuple.source, first.five_tuple.destination, first.five_tuple.transport,
           first.encapsulation, first.relayed_peer},
      canonical_(canonical_key(first.five_tuple, first.encapsulation, first.relayed_peer)),
      interface_name_(std::move(interface_name)),
      interface_index_(first.interface_index),
      vlan_id_(first.vlan_id),
      tunnels_(first.tunnels),
      direction_of_a_(first.direction),
      first_packet_(first.time),
      last_packet_(first.time),
      ice_(context.options),
      dtls_state_(context.options, context.handshake_pieces),
      observer_(context.relays),
      capture_drops_reported_(capture_drops) {
  id_ = make_flow_id(canonical_, first.time);
}

Flow::~Flow() {
  context_.streams -= streams_.size();
}

Side Flow::side_of(const Endpoint& source) const noexcept {
  return source == key_.a ? Side::kA : Side::kB;
}

ClassCounts& Flow::counts_of(demux::PacketClass packet_class) noexcept {
  switch (packet_class) {
    case demux::PacketClass::kStun:
      return stun_;
    case demux::PacketClass::kDtls:
      return dtls_;
    case demux::PacketClass::kRtp:
      return rtp_;
    case demux::PacketClass::kRtcp:
      return rtcp_;
    default:
      return other_;
  }
}

bool Flow::seen_on_its_interface(Side sender, std::uint32_t interface_index, std::uint32_t path, UtcTime time,
                                 bool is_metered) noexcept {
  InterfaceBinding& binding = interfaces_[index(sender)];
  const Duration silence = binding.is_metered ? kMeteredInterfaceSilence : kInterfaceSilence;
  // A side that moved to another interface (failover) is followed after a while of silence.
  if (!binding.bound || time - binding.last_packet > silence) {
    binding.bound = true;
    binding.interface_index = interface_index;
    binding.path = path;
  }
  if (binding.interface_index != interface_index || binding.path != path) return false;
  binding.last_packet = std::max(binding.last_packet, time);
  binding.is_metered = binding.is_metered || is_metered;
  return true;
}

void Flow::add(const Datagram& datagram) {
  const Side sender = side_of(datagram.five_tuple.source);
  if (!seen_on_its_interface(sender, datagram.interface_index, datagram.path, datagram.time,
                             datagram.is_metered)) {
    if (!datagram.is_metered) context_.tallies.counters.seen_elsewhere += 1;
    return;
  }
  last_packet_ = std::max(last_packet_, datagram.time);
  active_ = true;
  if (direction_of_a_ == PacketDirection::kUnknown) {
    direction_of_a_ = sender == Side::kA ? datagram.direction : opposite(datagram.direction);
  }
  if (!datagram.is_metered) {
    ClassCounts& counts = counts_of(datagram.packet_class);
    counts.packets[index(sender)] += 1;
    counts.bytes[index(sender)] += datagram.wire_bytes;
  }
  read(datagram, sender);
  if (proved_ && dirty_) emit_snapshot();
}

void Flow::read(const Datagram& datagram, Side sender) {
  switch (datagram.packet_class) {
    case demux::PacketClass::kStun:
      add_stun(datagram, sender);
      break;
    case demux::PacketClass::kDtls:
      note_media(datagram.time);
      add_dtls(datagram.time, datagram.payload, sender, false);
      break;
    case demux::PacketClass::kRtp:
      note_media(datagram.time);
      add_rtp(datagram, sender);
      break;
    case demux::PacketClass::kTurnChannel:
      turn_.add_channel_data(sender);
      break;
    case demux::PacketClass::kRtcp:
      // What the snap length cut cannot be authenticated.
      if (proved_ && datagram.payload.size() == datagram.wire_bytes) {
        context_.rtcp.on_rtcp(id_, sender, datagram.time, datagram.payload, dtls_seen(dtls_state_.facts()),
                              this);
        const RtcpAccess access = context_.rtcp.access(id_);
        rtcp_readable_ = access == RtcpAccess::kClear || access == RtcpAccess::kDecrypted;
      }
      break;
    default:
      break;
  }
}

bool Flow::add_meter(const MeterReading& reading) {
  const Side sender = side_of(reading.five_tuple.source);
  const UtcTime last = utc_from_ns(static_cast<std::int64_t>(reading.meter.last_ns));
  if (!seen_on_its_interface(sender, reading.interface_index, reading.path, last, true)) return true;
  StreamSlot* slot =
      stream_of(reading.ssrc, sender, utc_from_ns(static_cast<std::int64_t>(reading.meter.first_ns)));
  if (slot == nullptr) {
    context_.tallies.counters.streams_refused += reading.meter.packets;
    return false;
  }
  RtpStream& stream = *slot->stream;
  if (stream.packets() != 0 && last - stream.last_packet() > context_.options.stream_pause) {
    const UtcTime second =
        std::chrono::floor<std::chrono::seconds>(reading.time - context_.options.report_interval);
    stream.resume(std::max(stream.report_start(), second));
  }
  const RtpStream::Growth growth = stream.adopt(reading);
  rtp_.packets[index(sender)] += growth.packets;
  rtp_.bytes[index(sender)] += growth.bytes;
  active_ = active_ || growth.packets != 0;
  last_packet_ = std::max(last_packet_, last);
  settle(*slot);
  if (proved_ && dirty_) emit_snapshot();
  return true;
}

/// What enough packets in sequence say: this is WebRTC, and this is a stream.
void Flow::settle(StreamSlot& slot) {
  if (!proved_ && slot.stream->sequential() >= kLateAttachPackets) prove();
  if (proved_ && !slot.published && slot.stream->sequential() >= 2) publish(slot);
}

void Flow::add_stun(const Datagram& datagram, Side sender) {
  const auto message = stun::parse_stun(datagram.payload);
  if (!message) {
    context_.tallies.stun.add(message.error().code);
    return;
  }
  // FINGERPRINT (RFC 8489, 14.7) is a 1 in 2^32 classifier: this five-tuple speaks ICE.
  if (!proved_ && message->fingerprint_valid()) prove();
  add_turn(datagram.time, sender, *message);
  const IceTracker::Changes changes = ice_.add(datagram.time, *message, sender, context_.passwords);
  context_.tallies.counters.identities_refused += changes.usernames_refused;
  if (changes.identity || changes.state || context_.extensions.version() != extensions_version_) describe();
  dirty_ = dirty_ || changes.identity || changes.state;
  if (proved_) tell_ice(datagram.time, sender, changes);
  // draft-hancke-webrtc-sped: a check may carry a datagram of the handshake.
  const auto handshake = message->dtls_in_stun();
  if (handshake && !handshake->empty() && demux::classify(*handshake) == demux::PacketClass::kDtls) {
    add_dtls(datagram.time, *handshake, sender, true);
  }
}

void Flow::tell_ice(UtcTime time, Side sender, const IceTracker::Changes& changes) {
  if (changes.first_check) emit(FlowEventKind::kIceFirstCheck, time, sender);
  if (changes.connected) emit(FlowEventKind::kIceConnected, time, sender);
  if (changes.nominated) emit(FlowEventKind::kIceNominated, time, sender);
  if (changes.restarted) emit(FlowEventKind::kIceRestarted, time, sender);
  if (changes.error_code != 0) emit(FlowEventKind::kIceErrorResponse, time, sender, changes.error_code);
}

void Flow::add_turn(UtcTime time, Side sender, const stun::MessageView& message) {
  const TurnTracker::Changes changes = turn_.add(time, message, sender);
  if (!proved_ && turn_.allocated()) prove();
  dirty_ = dirty_ || changes.state;
  if (!proved_) return;
  if (changes.allocated) emit(FlowEventKind::kTurnAllocated, time, sender);
  if (changes.error_code != 0) emit(FlowEventKind::kTurnError, time, sender, changes.error_code);
  if (changes.released) emit(FlowEventKind::kTurnReleased, time, sender);
}

void Flow::add_dtls(UtcTime time, Bytes octets, Side sender, bool in_stun) {
  const DtlsTracker::Changes changes = dtls_state_.add(time, octets, sender, in_stun, context_.tallies);
  if (changes.offers_srtp && !proved_) prove();
  dirty_ = dirty_ || changes.identity || changes.state;
  if (changes.connected) context_.rtcp.on_handshake(dtls_state_.handshake());
  if (!proved_) return;
  if (changes.client_hello) emit(FlowEventKind::kDtlsClientHello, time, sender);
  if (changes.hello_verify) emit(FlowEventKind::kDtlsHelloVerify, time, sender);
  if (changes.hello_retry) emit(FlowEventKind::kDtlsHelloRetry, time, sender);
  if (changes.connected) emit(FlowEventKind::kDtlsConnected, time, sender);
  if (changes.alert != 0) emit(FlowEventKind::kDtlsAlert, time, sender, changes.alert);
  if (changes.closed) emit(FlowEventKind::kDtlsClosed, time, sender);
}

void Flow::note_media(UtcTime time) noexcept {
  if (media_.packets == 0 && time - last_media_ > kMediaSilence) media_.since = time;
  media_.packets += 1;
  last_media_ = time;
}

void Flow::note_pair_switch() {
  if (proved_) emit(FlowEventKind::kIcePairSwitched, media_.since, Side::kA);
}

void Flow::note_lapse(UtcTime now) {
  const IceTracker::Lapse lapse = ice_.advance(now);
  if (lapse.failed && !session_connected_) {
    emit(FlowEventKind::kIceFailed, now, Side::kA, static_cast<std::uint32_t>(ice_.facts().failure));
  }
  if (lapse.consent_lost) emit(FlowEventKind::kIceConsentLost, now, *lapse.consent_lost);
  dirty_ = dirty_ || lapse.failed || lapse.consent_lost;
}

void Flow::add_rtp(const Datagram& datagram, Side sender) {
  const auto packet = rtp::parse_rtp(datagram.payload);
  if (!packet) {
    context_.tallies.rtp.add(packet.error().code);
    return;
  }
  // libwebrtc probes the path with SSRC 0 before any media: padding, never a stream.
  if (packet->ssrc == 0) {
    context_.tallies.counters.ssrc_zero += 1;
    return;
  }
  StreamSlot* slot = stream_of(packet->ssrc, sender, datagram.time);
  if (slot == nullptr) {
    context_.tallies.counters.streams_refused += 1;
    return;
  }
  if (slot->stream->packets() != 0 &&
      datagram.time - slot->stream->last_packet() > context_.options.stream_pause) {
    const UtcTime second = std::chrono::floor<std::chrono::seconds>(datagram.time);
    slot->stream->resume(std::max(slot->stream->report_start(), second));
  }
  if (datagram.is_metered) {
    slot->stream->preview(datagram.time, *packet, datagram.wire_bytes);
  } else {
    slot->stream->add(datagram.time, *packet, datagram.wire_bytes);
  }
  settle(*slot);
  // Of what the tap meters only a part comes here: too little to follow.
  if (datagram.is_metered) return;
  observe(*slot, datagram, *packet);
  const bool hard_to_tell = slot->stream->typing().kind == MediaKind::kUnknown &&
                            datagram.time - slot->stream->first_packet() > kHardToTell;
  if (hard_to_tell && datagram.time - looked_again_ >= kLookAgain) {
    looked_again_ = datagram.time;
    classify_streams(datagram.time);
  }
}

void Flow::prove() {
  proved_ = true;
  dirty_ = true;
}

void Flow::emit(FlowEventKind kind, UtcTime time, Side side, std::uint32_t code, StreamId stream) {
  context_.sink.on_flow_event({time, id_, stream, kind, side, code});
}

void Flow::emit_snapshot() {
  dirty_ = false;
  active_ = false;
  context_.sink.on_flow(snapshot());
}

void Flow::report(UtcTime boundary, std::uint64_t capture_drops) {
  const std::uint64_t lost_frames = capture_drops - capture_drops_reported_;
  capture_drops_reported_ = capture_drops;
  note_lapse(boundary);
  media_.packets = 0;
  for (StreamSlot& slot : streams_) {
    if (!slot.published && boundary - slot.stream->first_packet() > kUnprovedStreamAge) publish(slot);
  }
  if (active_) classify_streams(boundary);
  observer_.advance(boundary);
  // The sink must know a stream before its first report.
  if (dirty_ || active_) emit_snapshot();
  for (StreamSlot& slot : streams_) {
    if (!slot.published || boundary - slot.stream->last_packet() > context_.options.stream_pause) continue;
    const UtcTime until = slot.stream->measured_until(boundary);
    if (slot.stream->report_start() >= until) continue;
    context_.sink.on_stream_report(report_of(slot, until, false, lost_frames));
  }
}

void Flow::end(FlowEnd reason, UtcTime at, std::uint64_t capture_drops) {
  end_ = reason;
  ice_.end();
  for (StreamSlot& slot : streams_) {
    if (!slot.published) publish(slot);
  }
  classify_streams(last_packet_);
  observer_.finish();
  emit_snapshot();
  for (StreamSlot& slot : streams_) {
    const UtcTime until = std::max(slot.stream->last_packet(), slot.stream->report_start());
    context_.sink.on_stream_report(report_of(slot, until, true, capture_drops - capture_drops_reported_));
  }
  emit(FlowEventKind::kFlowEnded, at, Side::kA, static_cast<std::uint32_t>(reason));
}

void Flow::on_transport_feedback(Side reporter, UtcTime time, const rtcp::TransportCcFeedbackView& feedback) {
  observer_.on_feedback(other(reporter), time, feedback);
}

void Flow::on_congestion_feedback(Side reporter, UtcTime time,
                                  const rtcp::CongestionControlFeedbackView& feedback) {
  observer_.on_feedback(other(reporter), time, feedback);
}

void Flow::on_nack(Side reporter, UtcTime time, const rtcp::GenericNackView& nack) {
  observer_.on_nack(other(reporter), time, nack);
}

FlowSnapshot Flow::snapshot() const {
  FlowSnapshot s;
  s.id = id_;
  s.key = key_;
  s.interface = interface_name_;
  s.tunnels = tunnels_text(tunnels_);
  if (vlan_id_ != 0xffff) s.vlan_id = vlan_id_;
  s.direction_of_a = direction_of_a_;
  s.first_packet = first_packet_;
  s.last_packet = last_packet_;
  s.stun_packets = stun_;
  s.dtls_packets = dtls_;
  s.rtp_packets = rtp_;
  s.rtcp_packets = rtcp_;
  s.other_packets = other_;
  s.ice_usernames = ice_.usernames();
  s.ice = ice_.facts();
  s.fingerprints = dtls_state_.fingerprints();
  s.dtls = dtls_state_.facts();
  // Who tells what came is the other side of who sent it.
  for (const Side side : {Side::kA, Side::kB})
    s.feedback_round_trip[index(side)] = observer_.feedback_round_trip(other(side));
  s.rtcp_access = context_.rtcp.access(id_);
  s.opaque_reason = context_.rtcp.opaque_reason(s.dtls);
  s.turn = turn_.facts();
  s.turn_client = turn_client_;
  for (const StreamSlot& slot : streams_) {
    if (!slot.published) continue;
    StreamFacts& facts = s.streams.emplace_back(slot.stream->facts());
    const auto [mid, rid] = observer_.names_of(facts.id);
    facts.mid = mid;
    facts.rid = rid;
  }
  s.end = end_;
  return s;
}

}  // namespace rtcscope::flows
