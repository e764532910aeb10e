#include "flows/packet_path.hpp"

#include <algorithm>

namespace rtcscope::flows {

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
  tallies_.counters.frames += 1;
  tallies_.counters.frame_bytes += record.wire_length;
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
  if (frame->five_tuple.transport == Transport::kUdp) {
    tallies_.counters.datagrams += 1;
    add_datagram(datagram, frame->payload, frame->payload_wire_length);
    return;
  }
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

void PacketPath::add_datagram(Datagram datagram, Bytes payload, std::uint32_t wire_bytes) {
  datagram.payload = payload;
  datagram.wire_bytes = wire_bytes;
  datagram.packet_class = demux::classify(payload);
  count(datagram.packet_class);
  table_.add(datagram);
}

}  // namespace rtcscope::flows
