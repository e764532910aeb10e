#pragma once
// The tap's programs and maps, loaded into the kernel. Attaching them is the business of attachment.hpp.

#include <cstdint>
#include <string>
#include <vector>

#include "base/meter_reading.hpp"
#include "base/result.hpp"
#include "capture/bpf/bpf_skeleton.hpp"
#include "capture/bpf/mapped_map.hpp"
#include "capture/bpf/rtp_tap.h"
#include "capture/capture_error.hpp"

struct rtp_tap_bpf;  // the skeleton that bpftool makes

namespace rtcscope {

struct TapProgramOptions {
  std::uint32_t snap_length = 2048;
  std::uint32_t ring_bytes = 8U << 20U;  // a power of two, at least a page
  std::uint32_t max_streams = 65'536;
  bool drop_when_seen = false;  // XDP: frames end at the tap
  bool time_is_set = false;     // tests: packets have the time of set_now()
};

/// Which of the programs an interface wants.
enum class TapEntry : std::uint8_t { kIngress, kEgress, kIpIngress, kIpEgress, kLoopback, kXdp };

class TapProgram {
 public:
  /// Loads all programs; each is checked by the kernel's verifier here. Needs CAP_BPF, CAP_PERFMON and
  /// CAP_NET_ADMIN (or root) for this call only.
  /// Errors: kNoCapability, kTapRefused with the verifier's last lines.
  static Result<TapProgram, CaptureError> load(const TapProgramOptions& options);

  TapProgram(TapProgram&&) noexcept;
  TapProgram& operator=(TapProgram&&) noexcept;
  ~TapProgram();

  [[nodiscard]] int program_fd(TapEntry entry) const noexcept;
  [[nodiscard]] int events_fd() const noexcept;
  [[nodiscard]] std::uint32_t ring_bytes() const noexcept { return ring_bytes_; }
  [[nodiscard]] std::uint32_t max_streams() const noexcept { return max_streams_; }

  /// UTC minus CLOCK_MONOTONIC, in ns: what the programs add to their clock.
  void set_clock_offset(std::int64_t offset_ns) noexcept;
  /// The time of packets to come, where options.time_is_set.
  void set_now(UtcTime now) noexcept;

  /// Replaces `streams` by every stream's state, each consistent in itself. False if the kernel refused.
  bool read_streams(std::vector<rtc_stream>& streams) const;
  /// Empties the stream's slot for another one. What it metered since it was read is gone.
  void forget_stream(const rtc_stream_key& key) const noexcept;
  /// Losses so far, over all processors.
  struct Drops {
    rtc_drop_key key;
    std::uint64_t count;
  };
  [[nodiscard]] std::vector<Drops> read_drops() const;
  /// Frames left alone so far, by rtc_pass_reason.
  [[nodiscard]] std::vector<std::uint64_t> read_passes() const;

 private:
  TapProgram(BpfSkeleton<rtp_tap_bpf> skeleton, const TapProgramOptions& options, MappedMap<rtc_u64> index);

  BpfSkeleton<rtp_tap_bpf> skeleton_;
  MappedMap<rtc_u64> index_;  // rtc_index
  std::uint32_t ring_bytes_;
  std::uint32_t max_streams_;
};

/// The reading of one stream of the kernel; `interface_index` is left 0 (the key holds the kernel's number).
MeterReading to_reading(const rtc_stream& stream, UtcTime time) noexcept;

}  // namespace rtcscope
