#pragma once
// One interface's packet socket with its TPACKET_V3 ring (kernel: Documentation/networking/packet_mmap.rst).
// The kernel fills blocks of frames and hands each over when it is full or 50 ms old; we hand it back when
// its records have been dealt with. Nothing here is in the packets' way: a frame that finds no free block
// is only missing from the capture, and counted.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/owned_fd.hpp"
#include "base/packet_record.hpp"
#include "base/result.hpp"
#include "capture/capture_error.hpp"
#include "capture/live/interface_list.hpp"
#include "capture/live/packet_filter.hpp"

namespace rtcscope {

class AfPacketRing {
 public:
  static constexpr std::uint32_t kBlockBytes = 256U << 10U;
  /// A block that is not full is handed over when it is at least this old, and before it is twice as old.
  static constexpr std::chrono::duration<unsigned, std::milli> kBlockTimeout{50};

  struct Setup {
    std::uint32_t ring_bytes = 0;  // a multiple of kBlockBytes
    bool promiscuous = false;
    std::span<const FilterInstruction> filter;
  };

  /// A ring that fills from now on. Errors: kNoCapability, kRingFailed, kBadFilter (too long for the kernel).
  static Result<AfPacketRing, CaptureError> open(const LiveInterface& interface, const Setup& setup);

  AfPacketRing(AfPacketRing&& other) noexcept;
  AfPacketRing& operator=(AfPacketRing&&) = delete;
  ~AfPacketRing();

  /// Appends the frames of the next block, if the kernel has handed one over, as records of interface
  /// `index`, and holds it until release(). At most one block is held. False if none is ready.
  bool take_block(std::uint32_t index, std::vector<PacketRecord>& out);
  void release() noexcept;

  /// For poll(), also when the interface is gone: the last block still comes.
  [[nodiscard]] int fd() const noexcept { return fd_.value(); }
  [[nodiscard]] bool gone() const noexcept { return gone_; }
  /// Clears the error poll() reported and notes whether the interface is gone for good; one that only went
  /// down delivers again when it comes up.
  void note_error();
  /// Frames lost for want of a free block, since open().
  [[nodiscard]] std::uint64_t drops();
  [[nodiscard]] LinkType link_type() const noexcept {
    return ethernet_ ? LinkType::kEthernet : LinkType::kRaw;
  }

 private:
  AfPacketRing(OwnedFd fd, std::span<std::byte> map, const LiveInterface& interface) noexcept;

  std::optional<PacketRecord> record_at(std::byte* frame) const;

  OwnedFd fd_;
  std::span<std::byte> map_;
  std::size_t next_block_ = 0;
  std::byte* held_ = nullptr;
  bool ethernet_;
  bool loopback_;
  bool gone_ = false;
  std::uint64_t drops_ = 0;
};

}  // namespace rtcscope
