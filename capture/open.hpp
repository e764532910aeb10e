#pragma once
// How app/ gets a PacketSource.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "capture/capture_error.hpp"
#include "capture/packet_source.hpp"

namespace rtcscope {

/// A source over a pcap or pcapng file; "-" is standard input. The format is recognised by content, not
/// by name. The file is read in pieces of at most 1 MiB, so memory stays bounded whatever its size.
/// Errors: those of the first group of CaptureErrc, kReadFailed, or a fault in the file's header.
[[nodiscard]] Result<std::unique_ptr<PacketSource>, CaptureError> open_capture_file(const std::string& path);

struct LiveOptions {
  std::vector<std::string> interfaces{};  // empty: every interface that is up
  bool loopback = false;                  // with an empty list: lo as well
  bool promiscuous = false;               // for a mirror port: frames for other hosts as well
  std::uint32_t snap_length = 2048;       // octets kept of each frame, 64 to 65535
  std::uint32_t ring_bytes = 32U << 20U;  // per interface; all rings together stay within 512 MiB
  std::string filter{};                   // pcap-filter(7); empty: every frame
};

/// A source over AF_PACKET v3 rings, one per interface, capturing from here on. Needs CAP_NET_RAW for this
/// call only; it may be dropped afterwards.
/// Errors: those of the live group of CaptureErrc.
[[nodiscard]] Result<std::unique_ptr<PacketSource>, CaptureError> open_live_capture(
    const LiveOptions& options);

}  // namespace rtcscope
