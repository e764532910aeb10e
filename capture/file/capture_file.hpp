#pragma once
// A capture file, a pipe or a buffer as a PacketSource.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "capture/file/octet_input.hpp"
#include "capture/file/pcap_parser.hpp"
#include "capture/file/pcapng_parser.hpp"
#include "capture/file/read_window.hpp"
#include "capture/packet_source.hpp"

namespace rtcscope {

/// Either format, chosen by the first four octets.
class CaptureFileParser {
 public:
  /// As the parsers' next(); also kNotACapture and kCompressed.
  [[nodiscard]] RecordStep next(Bytes available);
  /// True once the file's first header has been understood.
  [[nodiscard]] bool recognised() const noexcept { return recognised_; }
  [[nodiscard]] const InterfaceTable& interfaces() const noexcept;
  /// "pcap", "pcapng", "capture" while unknown.
  [[nodiscard]] const char* format() const noexcept;

 private:
  RecordStep choose(Bytes available);

  std::variant<std::monostate, PcapParser, PcapngParser> parser_;
  bool recognised_ = false;
};

class CaptureFileSource final : public PacketSource {
 public:
  CaptureFileSource(std::unique_ptr<OctetInput> input, std::string name);

  /// Reads until the format is known, so that opening what is no capture fails at once.
  [[nodiscard]] std::optional<CaptureError> recognise();

  Result<std::span<const PacketRecord>, CaptureError> next_batch(Duration max_wait) override;
  bool finished() const noexcept override { return finished_ && !fault_; }
  std::span<const InterfaceInfo> interfaces() const noexcept override { return parser_.interfaces().infos; }
  std::vector<CaptureCounters> counters() override;
  std::string description() const override;

 private:
  void read_window();
  void count(const PacketRecord& record);
  ReadWindow::Fill refill(Duration max_wait);
  void end_of_input();
  void stop(CaptureErrc code);
  Result<std::span<const PacketRecord>, CaptureError> stopped();

  ReadWindow window_;
  std::string name_;
  CaptureFileParser parser_;
  std::vector<PacketRecord> batch_;
  std::vector<CaptureCounters> counters_;  // of packets; drops are the parser's
  std::uint64_t record_offset_ = 0;        // of the last record looked at
  std::uint64_t packets_ = 0;
  std::optional<CaptureError> fault_;  // to be told once the batch before it has been
  bool finished_ = false;
};

/// A source over octets in memory, which must outlive it; `piece` is the most that one read yields.
[[nodiscard]] std::unique_ptr<PacketSource> capture_in_memory(Bytes bytes,
                                                              std::size_t piece = ReadWindow::kCapacity);

}  // namespace rtcscope
