#pragma once
// The in-kernel tap: meters RTP where the packets pass and hands on only what has to be read.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/meter_reading.hpp"
#include "base/result.hpp"
#include "capture/capture_error.hpp"
#include "capture/open.hpp"
#include "capture/packet_source.hpp"

namespace rtcscope {

enum class TapKind : std::uint8_t {
  kTc,   // both directions of an interface
  kXdp,  // a mirror port: what comes in, before the kernel makes a packet of it
};

/// How a tc tap sits on an interface.
enum class TapAttach : std::uint8_t { kAuto, kTcx, kClsact };

struct TapOptions {
  /// interfaces, loopback, promiscuous and snap_length as there; a filter is refused.
  LiveOptions live;
  TapKind kind = TapKind::kTc;
  TapAttach attach = TapAttach::kAuto;   // kAuto: a TCX link where the kernel has them (6.6), else clsact
  bool drop_when_seen = false;           // kXdp: frames end at the tap; only for a port that carries copies
  std::uint32_t ring_bytes = 8U << 20U;  // a power of two
  std::uint32_t max_streams =
      65'536;  // 0.6 KiB of kernel memory each, taken at once; more go through user space
};

struct TapLoss {
  std::string interface;  // "" where the reason is interface_gone
  std::string reason;     // events_full, streams_full, unreadable, segments, interface_gone
  std::uint64_t count = 0;
};
struct TapPass {
  std::string reason;  // not_ip, not_udp_or_tcp, tcp, udp
  std::uint64_t count = 0;
};

/// What the tap says of itself; counts since it was opened.
struct TapStatus {
  std::string attached_by;            // tcx, clsact, xdp
  std::uint64_t streams = 0;          // in the kernel's table at the last reading
  std::uint64_t max_streams = 0;      // its bound
  std::uint64_t forgotten = 0;        // streams taken out because nobody wanted them any more
  std::uint64_t attach_failures = 0;  // tries to attach to an interface that came later
  std::uint64_t clock_steps = 0;      // times that the system's clock was set
  std::vector<TapLoss> losses;        // by interface and reason, only those that happened
  std::vector<TapPass> passes;        // frames left alone because they cannot be WebRTC
};

/// next_batch() gives the frames to be read; records of RTP that is metered in the kernel say so.
class TapSource : public PacketSource {
 public:
  /// Calls `use` with the state of each stream; a stream for which it returns false is forgotten.
  virtual void read_meters(const std::function<bool(const MeterReading&)>& use) = 0;
  [[nodiscard]] virtual TapStatus status() = 0;

  /// For a child made by fork(), which keeps the privileges that it takes (CAP_NET_ADMIN, CAP_BPF;
  /// CAP_NET_RAW for promiscuous mode): attaches to interfaces as they come until `end` can be read, then
  /// detaches. `tell` gets a sentence about each interface that cannot be attached.
  virtual void keep_attached(int end, const std::function<void(const std::string&)>& tell) = 0;
  /// For the parent of such a child, which needs no privilege any more to read.
  virtual void leave_attaching_to_child() = 0;
};

/// A tap on the chosen interfaces from here on. Needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN for this call,
/// and keeps following interfaces that come at each reading, unless a child does.
/// Errors: kTapRefused, kNoCapability, kAttachFailed, kRingFailed, kBadOption, and those of the
/// choice of interfaces.
[[nodiscard]] Result<std::unique_ptr<TapSource>, CaptureError> open_tap(const TapOptions& options);

}  // namespace rtcscope
