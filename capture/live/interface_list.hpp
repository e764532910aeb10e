#pragma once
// Which interfaces this network namespace has, and which of them to capture on.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "capture/capture_error.hpp"
#include "capture/open.hpp"

namespace rtcscope {

struct LiveInterface {
  std::string name;
  std::uint32_t kernel_index = 0;
  bool up = false;
  bool loopback = false;
  /// Frames begin with an Ethernet header. Elsewhere (tun, PPP, IP-over-InfiniBand, ...) the kernel is
  /// asked to take the link header off, so that the frame begins with IP.
  bool ethernet = false;
};

/// The interfaces that `options` asks for, in the order given or in that of their kernel index.
/// Errors: kNoSuchInterface (the sentence lists what there is), kInterfaceDown, kNoInterface.
[[nodiscard]] Result<std::vector<LiveInterface>, CaptureError> choose_interfaces(const LiveOptions& options);

/// Those of them that are there and up just now; none is no error.
[[nodiscard]] std::vector<LiveInterface> present_interfaces(const LiveOptions& options);

/// Frames that the network card missed since it was set up; 0 where the driver does not say.
[[nodiscard]] std::uint64_t missed_by_card(const std::string& interface);

}  // namespace rtcscope
