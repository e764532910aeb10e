#pragma once
// What a format's parser says about the octets at the front of the window. The parsers do no input and
// keep no octets, so the same code runs over a file, a pipe and a fuzzer's buffer.

#include <cstdint>
#include <utility>
#include <vector>

#include "base/packet_record.hpp"
#include "capture/capture_error.hpp"
#include "capture/packet_source.hpp"

namespace rtcscope {

struct RecordStep {
  enum class Kind : std::uint8_t { kPacket, kSkipped, kNeedMore, kFault };

  Kind kind = Kind::kNeedMore;
  CaptureErrc fault = CaptureErrc::kTruncated;  // kFault
  std::uint64_t octets = 0;  // kPacket, kSkipped: consumed; kSkipped may go beyond the input
  PacketRecord record{};     // kPacket: a view into the input

  static RecordStep need_more() noexcept { return {}; }
  static RecordStep failed(CaptureErrc code) noexcept { return {.kind = Kind::kFault, .fault = code}; }
  static RecordStep skipped(std::uint64_t octets) noexcept {
    return {.kind = Kind::kSkipped, .octets = octets};
  }
  static RecordStep packet(std::uint64_t octets, const PacketRecord& record) noexcept {
    return {.kind = Kind::kPacket, .octets = octets, .record = record};
  }
};

/// The interfaces a parser has met, with what it knows of their counters.
struct InterfaceTable {
  std::vector<InterfaceInfo> infos;
  std::vector<CaptureCounters> counters;

  std::uint32_t add(InterfaceInfo info) {
    infos.push_back(std::move(info));
    counters.emplace_back();
    return static_cast<std::uint32_t>(infos.size() - 1);
  }
};

/// The largest captured length a tool writes: libpcap's MAXIMUM_SNAPLEN for every link type that carries
/// IP. A larger one is a damaged length field.
inline constexpr std::uint32_t kMaxCapturedLength = 262'144;

/// LINKTYPE_ of a file's link-type field, with the two values of DLT_RAW that leak into files put right
/// (https://www.tcpdump.org/linktypes.html: 12, and 14 on OpenBSD, for 101). Unknown types pass.
[[nodiscard]] LinkType link_type_of_file(std::uint16_t value) noexcept;

}  // namespace rtcscope
