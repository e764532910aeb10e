#include "flows/packet_path.hpp"

#include <algorithm>

#include "decoders/link/frame.hpp"

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

void PacketPath::add(const PacketRecord& record) {
  newest_packet_ = std::max(newest_packet_, record.time);
  tallies_.counters.frames += 1;
  tallies_.counters.frame_bytes += record.wire_length;
  table_.advance(record.time);
  const auto frame = link::parse_frame(record.link_type, record.bytes, record.wire_length);
  if (!frame) {
    tallies_.link.add(frame.error().code);
    return;
  }
  Datagram datagram;
  datagram.time = record.time;
  datagram.five_tuple = frame->five_tuple;
  datagram.direction = record.direction != PacketDirection::kUnknown ? record.direction : frame->direction;
  datagram.interface_index = record.interface_index;
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
