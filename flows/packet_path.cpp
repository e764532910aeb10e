#include "flows/packet_path.hpp"

#include <algorithm>

#include "decoders/rtp/rtp_packet.hpp"

namespace rtcscope::flows {
namespace {

/// What the tap meters (capture/bpf/tap_datagram.bpf.h).
bool is_readable_rtp(Bytes datagram) noexcept {
  if (demux::classify(datagram) != demux::PacketClass::kRtp) return false;
  const auto packet = rtp::parse_rtp(datagram);
  return packet && packet->ssrc != 0;
}

}  // namespace

void PacketPath::count(demux::PacketClass packet_class) noexcept {
  PathCounters& c = tallies_.counters;
  switch (packet_class) {
    case demux::PacketClass::kStun:
      c.stun += 1;
      break;
    case demux::PacketClass::kDtls:
      c.dtls += 1;
      break;
    case demux::PacketClass::kRtp:
      c.rtp += 1;
      break;
    case demux::PacketClass::kRtcp:
      c.rtcp += 1;
      break;
    case demux::PacketClass::kTurnChannel:
      c.turn_channel += 1;
      break;
    default:
      c.other += 1;
      break;
  }
}

// A fragment is an error of the parser until the last missing piece is there. What is put together may be a
// tunnel with a fragment in it, hence the loop; each turn of it goes through a tunnel or ends.
Result<link::DatagramView, link::LinkError> PacketPath::parse(const PacketRecord& record) {
  link::FragmentView piece;
  auto frame = link::parse_frame(record.link_type, record.bytes, record.wire_length, piece);
  for (std::size_t turn = 0; turn <= link::DatagramView::kMaxTunnels; ++turn) {
    if (frame || frame.error().code != link::LinkErrc::kFragment) break;
    const auto whole = fragments_.add(record.time, record.interface_index, piece);
    if (!whole) break;
    const link::DatagramView last = piece.packet;
    frame = link::parse_reassembled(last, whole->protocol, whole->payload, whole->wire_length, piece);
  }
  return frame;
}

void PacketPath::add(const PacketRecord& record) {
  newest_packet_ = std::max(newest_packet_, record.time);
  if (!record.rtp_is_metered) {
    tallies_.counters.frames += 1;
    tallies_.counters.frame_bytes += record.wire_length;
  }
  table_.advance(record.time);
  const auto frame = parse(record);
  if (!frame) {
    // A piece that waits for others is not refused; those that wait in vain are counted by their table.
    if (frame.error().code != link::LinkErrc::kFragment) tallies_.link.add(frame.error().code);
    return;
  }
  Datagram datagram;
  datagram.time = record.time;
  datagram.five_tuple = frame->five_tuple;
  datagram.direction = record.direction != PacketDirection::kUnknown ? record.direction : frame->direction;
  datagram.interface_index = record.interface_index;
  datagram.path = frame->path;
  datagram.vlan_id = frame->vlan_id;
  datagram.tunnels = frame->tunnels;
  if (frame->five_tuple.transport == Transport::kUdp) return add_udp(datagram, *frame, record);
  tallies_.counters.tcp_segments += 1;
  // A segment that the snap length cut has octets missing: it cannot be framed.
  if (frame->payload.size() != frame->payload_wire_length) {
    tallies_.counters.tcp_cut += 1;
    return;
  }
  tcp_.add(*frame, [&](TcpFraming framing, Bytes unit) {
    datagram.encapsulation = framing == TcpFraming::kRfc4571 ? Encapsulation::kIceTcp : Encapsulation::kNone;
    add_datagram(datagram, unit, static_cast<std::uint32_t>(unit.size()));
  });
}

// The segments of a super-packet are datagrams of their own on the network.
void PacketPath::add_udp(Datagram datagram, const link::DatagramView& frame, const PacketRecord& record) {
  Bytes rest = frame.payload;
  std::uint32_t wire_rest = frame.payload_wire_length;
  const std::uint32_t step = record.segment_bytes == 0 ? wire_rest : record.segment_bytes;
  do {
    const std::uint32_t wire_bytes = std::min(step, wire_rest);
    const Bytes segment = rest.first(std::min<std::size_t>(wire_bytes, rest.size()));
    datagram.is_metered = record.rtp_is_metered && is_readable_rtp(segment);
    if (!record.rtp_is_metered || datagram.is_metered || segment.size() == wire_bytes) {
      if (!datagram.is_metered) tallies_.counters.datagrams += 1;
      add_datagram(datagram, segment, wire_bytes);
    }  // else the tap has metered it, and the snap length cut its header off
    rest = rest.subspan(segment.size());
    wire_rest -= wire_bytes;
  } while (wire_rest != 0);
}

void PacketPath::begin_readings() noexcept {
  tallies_.counters.rtp_metered = metered_and_gone_;
}

bool PacketPath::add_meter(const MeterReading& reading) {
  tallies_.counters.rtp_metered += reading.meter.packets;
  const bool kept = table_.add_meter(reading);
  if (!kept) metered_and_gone_ += reading.meter.packets;
  return kept;
}

void PacketPath::add_datagram(Datagram datagram, Bytes payload, std::uint32_t wire_bytes) {
  datagram.payload = payload;
  datagram.wire_bytes = wire_bytes;
  datagram.packet_class = demux::classify(payload);
  if (!datagram.is_metered) count(datagram.packet_class);
  table_.add(datagram);
}

}  // namespace rtcscope::flows
