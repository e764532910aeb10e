#pragma once
// User space's end of the BPF ring buffer rtc_events (kernel: Documentation/bpf/ringbuf.rst). libbpf's own
// gives a record back as soon as its callback returns; here records stay until the batch has been dealt with,
// so nothing is copied.

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "capture/bpf/rtp_tap.h"
#include "capture/capture_error.hpp"

namespace rtcscope {

class EventRing {
 public:
  /// Maps a ring of `ring_bytes` octets. Errors: kRingFailed.
  static Result<EventRing, CaptureError> map(int fd, std::uint32_t ring_bytes);
  EventRing(EventRing&& other) noexcept;
  EventRing& operator=(EventRing&&) = delete;
  ~EventRing();

  /// The next event with the frame's octets behind it, or nullptr. Valid until release().
  const rtc_tap_event* next() noexcept;
  /// Gives back to the kernel what next() returned so far.
  void release() noexcept;

 private:
  EventRing(std::span<std::byte> consumer, std::span<std::byte> producer, std::uint32_t ring_bytes) noexcept
      : consumer_(consumer), producer_(producer), mask_(ring_bytes - 1) {}

  std::span<std::byte> consumer_;  // one page: how far we are
  std::span<std::byte> producer_;  // one page: how far the kernel is; then the data, twice in a row
  std::uint64_t mask_;
  std::uint64_t position_ = 0;
};

}  // namespace rtcscope
