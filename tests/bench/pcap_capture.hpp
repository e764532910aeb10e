#pragma once
// libpcap as others use it, for comparison. Apart: its <pcap/bpf.h> and <linux/bpf.h> do not meet.

#include <cstdint>
#include <functional>
#include <memory>

#include "base/packet_record.hpp"

namespace rtcscope::bench {

class PcapCapture {
 public:
  virtual ~PcapCapture() = default;
  /// Hands on what has come, waiting 20 ms at most.
  virtual void dispatch(const std::function<void(const PacketRecord&)>& use) = 0;
};

/// nullptr where it cannot be opened.
std::unique_ptr<PcapCapture> open_pcap(const char* interface, int snap_length);

}  // namespace rtcscope::bench
