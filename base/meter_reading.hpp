#pragma once
// The state of one RTP stream as metered elsewhere (the in-kernel tap), on its way to the flow table.

#include <cstdint>

#include "base/net.hpp"
#include "base/packet_record.hpp"
#include "base/rtp_meter.h"
#include "base/time.hpp"

namespace rtcscope {

struct MeterReading {
  UtcTime time{};                     // when it was read: the state holds every packet before
  std::uint32_t interface_index = 0;  // as in PacketRecord
  std::uint32_t path = 0;             // as in link::DatagramView: copies in different VLANs are told apart
  PacketDirection direction = PacketDirection::kUnknown;
  FiveTuple five_tuple;
  std::uint32_t ssrc = 0;
  std::uint32_t first_timestamp = 0;  // RTP timestamp of the first packet
  rtc_rtp_meter meter{};              // its times are UTC
};

}  // namespace rtcscope
