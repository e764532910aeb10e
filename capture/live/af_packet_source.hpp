#pragma once
// Live capture: one AF_PACKET v3 ring per interface in one poll loop.
//
// What it cannot show: the segments of a packet that the kernel or the card has joined (GRO, GSO): such a
// packet is one record, as long as all of them; and interfaces that appear after it was opened.

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/live/af_packet_ring.hpp"
#include "capture/packet_source.hpp"

namespace rtcscope {

class AfPacketSource final : public PacketSource {
 public:
  /// `interfaces` and `rings` go together and are not empty.
  AfPacketSource(const std::vector<LiveInterface>& interfaces, std::vector<AfPacketRing> rings);

  Result<std::span<const PacketRecord>, CaptureError> next_batch(Duration max_wait) override;
  bool finished() const noexcept override { return finished_; }
  std::span<const InterfaceInfo> interfaces() const noexcept override { return infos_; }
  std::vector<CaptureCounters> counters() override;
  std::string description() const override;

 private:
  void take_blocks();
  void release_blocks() noexcept;
  bool nothing_can_come();
  bool wait(Duration max_wait);
  Unexpected<CaptureError> end(CaptureErrc code, std::string message);

  std::vector<AfPacketRing> rings_;
  std::vector<InterfaceInfo> infos_;
  std::vector<CaptureCounters> counters_;
  std::vector<std::uint64_t> missed_before_;  // by each card, when the capture began
  std::vector<pollfd> polled_;
  std::vector<PacketRecord> batch_;
  std::uint64_t packets_ = 0;
  std::optional<std::chrono::steady_clock::time_point> all_gone_since_;
  bool finished_ = false;
};

}  // namespace rtcscope
