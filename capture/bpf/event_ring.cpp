#include "capture/bpf/event_ring.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace rtcscope {
namespace {

std::size_t page_bytes() noexcept {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// The kernel keeps these aligned: positions at the start of a page, headers at multiples of eight.
template <class T>
T* laid_out_at(std::byte* place) noexcept {
  return reinterpret_cast<T*>(place);
}

Unexpected<CaptureError> refuse(int error) {
  return Unexpected{CaptureError{
      .code = CaptureErrc::kRingFailed,
      .message = "mapping the tap's ring buffer failed: " + std::generic_category().message(error)}};
}

}  // namespace

Result<EventRing, CaptureError> EventRing::map(int fd, std::uint32_t ring_bytes) {
  const std::size_t page = page_bytes();
  void* consumer = mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (consumer == MAP_FAILED) return refuse(errno);
  const std::size_t size = page + 2 * std::size_t{ring_bytes};
  void* producer = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(page));
  if (producer == MAP_FAILED) {
    const int error = errno;
    munmap(consumer, page);
    return refuse(error);
  }
  return EventRing{
      {static_cast<std::byte*>(consumer), page}, {static_cast<std::byte*>(producer), size}, ring_bytes};
}

EventRing::EventRing(EventRing&& other) noexcept
    : consumer_(std::exchange(other.consumer_, {})),
      producer_(std::exchange(other.producer_, {})),
      mask_(other.mask_),
      position_(other.position_) {}

EventRing::~EventRing() {
  if (!consumer_.empty()) munmap(consumer_.data(), consumer_.size());
  if (!producer_.empty()) munmap(producer_.data(), producer_.size());
}

const rtc_tap_event* EventRing::next() noexcept {
  // Pairs with the kernel's release: the records are to be seen once the position is.
  const auto end = __atomic_load_n(laid_out_at<unsigned long>(producer_.data()), __ATOMIC_ACQUIRE);
  while (position_ < end) {
    std::byte* const record = producer_.data() + page_bytes() + (position_ & mask_);
    const auto header = __atomic_load_n(laid_out_at<std::uint32_t>(record), __ATOMIC_ACQUIRE);
    if ((header & BPF_RINGBUF_BUSY_BIT) != 0) return nullptr;
    const std::uint32_t length = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    position_ += (std::uint64_t{length} + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
    if ((header & BPF_RINGBUF_DISCARD_BIT) == 0) {
      return laid_out_at<const rtc_tap_event>(record + BPF_RINGBUF_HDR_SZ);
    }
  }
  return nullptr;
}

void EventRing::release() noexcept {
  __atomic_store_n(laid_out_at<unsigned long>(consumer_.data()), position_, __ATOMIC_RELEASE);
}

}  // namespace rtcscope
