#pragma once
// The tap as a packet source: programs on every chosen interface, one ring buffer, one table of meters.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/owned_fd.hpp"
#include "capture/bpf/event_ring.hpp"
#include "capture/bpf/tap_attacher.hpp"
#include "capture/bpf/tap_program.hpp"
#include "capture/live/interface_list.hpp"
#include "capture/tap.hpp"

namespace rtcscope {

class BpfTap final : public TapSource {
 public:
  BpfTap(const TapOptions& options, TapProgram program, EventRing ring, AttachKind kind);

  /// Puts the programs on one interface. Errors: kAttachFailed; the interface is then not watched.
  Result<Done, CaptureError> attach(const LiveInterface& interface);

  Result<std::span<const PacketRecord>, CaptureError> next_batch(Duration max_wait) override;
  bool finished() const noexcept override { return false; }
  std::span<const InterfaceInfo> interfaces() const noexcept override { return infos_; }
  std::vector<CaptureCounters> counters() override;
  std::string description() const override;
  void read_meters(const std::function<bool(const MeterReading&)>& use) override;
  TapStatus status() override;
  void keep_attached(int end, const std::function<void(const std::string&)>& tell) override {
    attacher_.keep_until(program_, end, tell);
  }
  void leave_attaching_to_child() override { attacher_.leave_to_child(); }

 private:
  struct Watched {
    std::uint64_t missed_before = 0;  // by the card, when the tap came
    std::uint64_t missed = 0;         // by the card since
    CaptureCounters handed_on;        // frames through the ring that no meter counted
    CaptureCounters forgotten;        // metered in streams that are gone
    CaptureCounters metered;          // in the streams of the last reading
  };

  void watch(const LiveInterface& interface);
  std::optional<std::uint32_t> index_of(std::uint32_t kernel_index) const;
  PacketRecord record_of(const rtc_tap_event& event, std::uint32_t index);
  Bytes with_tag(const rtc_tap_event& event, Bytes frame);
  void take_events();
  void follow_clock();
  void follow_interfaces();
  void look_for_interfaces();
  void forget_gone();
  bool use_stream(const rtc_stream& stream, UtcTime now, const std::function<bool(const MeterReading&)>& use);

  TapProgram program_;
  EventRing ring_;
  AttachKind kind_;
  LiveOptions live_;
  TapAttacher attacher_;
  OwnedFd epoll_;
  std::vector<InterfaceInfo> infos_;
  std::vector<Watched> watched_;  // as infos_
  std::unordered_map<std::uint32_t, std::uint32_t> by_kernel_index_;
  std::vector<PacketRecord> batch_;
  std::vector<std::vector<std::byte>> tagged_;  // frames of the batch whose VLAN tag was put back
  std::size_t tagged_used_ = 0;
  std::vector<rtc_stream> streams_;
  std::uint64_t forgotten_ = 0;
  std::uint64_t clock_steps_ = 0;
  std::uint64_t of_no_interface_ = 0;  // frames whose interface was gone before they were read
  std::int64_t clock_offset_ns_ = 0;
};

}  // namespace rtcscope
