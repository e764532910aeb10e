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
  if (frame->five_tuple.transport == Transport::kTcp) {
    tallies_.counters.tcp_segments += 1;
    return;
  }
  tallies_.counters.datagrams += 1;
  Datagram datagram;
  datagram.time = record.time;
  datagram.five_tuple = frame->five_tuple;
  datagram.direction = record.direction != PacketDirection::kUnknown ? record.direction : frame->direction;
  datagram.interface_index = record.interface_index;
  datagram.payload = frame->payload;
  datagram.wire_bytes = frame->payload_wire_length;
  datagram.packet_class = demux::classify(frame->payload);
  count(datagram.packet_class);
  table_.add(datagram);
}

}  // namespace rtcscope::flows
