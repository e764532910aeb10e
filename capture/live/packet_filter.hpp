#pragma once
// The program the kernel runs on every frame before it is copied into the ring: it decides whether and
// how many octets.

#include <cstdint>
#include <string>
#include <vector>

#include "base/packet_record.hpp"
#include "base/result.hpp"
#include "capture/capture_error.hpp"

namespace rtcscope {

/// One instruction of classic BPF, as struct sock_filter and libpcap's bpf_insn lay it out.
struct FilterInstruction {
  std::uint16_t code = 0;
  std::uint8_t jump_true = 0;
  std::uint8_t jump_false = 0;
  std::uint32_t k = 0;
};

/// A program for frames that begin as `link_type` says (kEthernet or kRaw): keeps the first snap_length
/// octets of those that match the pcap-filter(7) expression, of all if it is empty. The kernel has taken
/// the outer VLAN tag off by then: "udp" matches tagged frames too, "vlan" matches none.
/// Errors: kBadFilter with what libpcap said.
[[nodiscard]] Result<std::vector<FilterInstruction>, CaptureError> compile_filter(
    const std::string& expression, LinkType link_type, std::uint32_t snap_length);

}  // namespace rtcscope
