#pragma once
// Where packets come in. Everything behind this interface (a capture file, a pipe, AF_PACKET rings) ends
// in the same batches of PacketRecord. The eBPF tap meters RTP in the kernel and hands on the rest of the
// frames through a ring buffer: it becomes one more PacketSource for those frames, plus a source of its
// own for the meter reports, which have another shape and do not belong here.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/packet_record.hpp"
#include "base/result.hpp"
#include "capture/capture_error.hpp"

namespace rtcscope {

struct InterfaceInfo {
  std::string name;  // clean UTF-8; "if<N>" where a file gives none
  LinkType link_type = LinkType::kEthernet;
  std::uint32_t kernel_index = 0;  // 0 for a capture file
};

/// Of one interface, all cumulative since the source was opened and never falling.
struct CaptureCounters {
  std::uint64_t packets = 0;          // handed on in batches
  std::uint64_t bytes = 0;            // their octets on the wire
  std::uint64_t truncated = 0;        // those of `packets` cut to the snap length
  std::uint64_t kernel_drops = 0;     // lost between kernel and reader: our own loss, not the network's
  std::uint64_t interface_drops = 0;  // lost by the network card or its driver
};

class PacketSource {
 public:
  PacketSource() = default;
  PacketSource(const PacketSource&) = delete;
  PacketSource& operator=(const PacketSource&) = delete;
  virtual ~PacketSource() = default;

  /// The next packets, in order of arrival per interface; never waits longer than max_wait for the first
  /// one (but a read from a disk may block). Empty: none came in time, or the input is over: finished()
  /// tells. The records and their bytes are valid until the next call.
  /// Errors: whatever ended the input early (CaptureError says where). An error is final: every packet
  /// handed out before it stands, finished() is true from then on, and later calls give an empty batch.
  [[nodiscard]] virtual Result<std::span<const PacketRecord>, CaptureError> next_batch(Duration max_wait) = 0;

  /// True once no packet can come any more: the end of a file, or after an error. A live source finishes
  /// only by an error.
  [[nodiscard]] virtual bool finished() const noexcept = 0;

  /// What PacketRecord::interface_index points into. Entries stay, but a file may add some as it is read;
  /// valid until the next next_batch().
  [[nodiscard]] virtual std::span<const InterfaceInfo> interfaces() const noexcept = 0;

  /// One entry per interface, in the order of interfaces(). Reads the kernel's counters where there are
  /// any, so call it once a second rather than per batch.
  [[nodiscard]] virtual std::vector<CaptureCounters> counters() = 0;

  /// For people: "pcapng file call.pcapng", "live capture on eth0, eth1".
  [[nodiscard]] virtual std::string description() const = 0;
};

}  // namespace rtcscope
