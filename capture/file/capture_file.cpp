#include "capture/file/capture_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

#include "capture/open.hpp"

namespace rtcscope {
namespace {

// Large enough that the cost per batch vanishes, small enough to stay in the second-level cache.
constexpr std::size_t kBatchPackets = 512;

bool is_compressed(Bytes front) noexcept {
  switch (ByteReader{front}.u32()) {
    case 0x28b52ffd:  // zstd
    case 0xfd377a58:  // xz
    case 0x04224d18:  // lz4
    case 0x425a6839:  // bzip2 -9
      return true;
    default:
      return ByteReader{front}.u16() == 0x1f8b;  // gzip, RFC 1952 section 2.3.1
  }
}

/// What happened and what to do; the place is put before it.
std::string_view sentence(CaptureErrc code) noexcept {
  switch (code) {
    case CaptureErrc::kNotACapture:
      return "not a pcap or pcapng capture; `file` or `capinfos` may tell what it is";
    case CaptureErrc::kCompressed:
      return "compressed; unpack it first (gunzip, zstd -d, xz -d) or pipe it: gunzip -c FILE | rtcscope ... "
             "-";
    case CaptureErrc::kUnsupportedVersion:
      return "a version of the format that is not supported (pcap 2.4 and pcapng 1 are); convert it with "
             "editcap";
    case CaptureErrc::kTruncated:
      return "the capture ends inside a record, so it was cut short or is still being written; what came "
             "before "
             "is complete";
    case CaptureErrc::kOversizedRecord:
      return "the record claims a length that no capture tool writes, so the file is damaged from here on";
    case CaptureErrc::kBadBlockLength:
      return "the block's lengths contradict each other, so the file is damaged from here on";
    case CaptureErrc::kBadByteOrderMagic:
      return "the section header has no valid byte-order magic, so the file is damaged from here on";
    case CaptureErrc::kUndeclaredInterface:
      return "the packet belongs to an interface that the file does not describe";
    case CaptureErrc::kBadInterfaceOption:
      return "the interface description has options that cannot be read";
    case CaptureErrc::kTooManyInterfaces:
      return "the capture has more than 4096 interfaces";
    case CaptureErrc::kBadTimestamp:
      return "the packet's time is outside 1970-2255; is the interface's if_tsresol right?";
    default:
      return "cannot be read";
  }
}

}  // namespace

RecordStep CaptureFileParser::next(Bytes available) {
  if (std::holds_alternative<std::monostate>(parser_)) {
    const RecordStep step = choose(available);
    if (step.kind != RecordStep::Kind::kSkipped) return step;
  }
  auto* pcap = std::get_if<PcapParser>(&parser_);
  const RecordStep step =
      pcap != nullptr ? pcap->next(available) : std::get<PcapngParser>(parser_).next(available);
  recognised_ = recognised_ || step.kind == RecordStep::Kind::kSkipped;
  return step;
}

RecordStep CaptureFileParser::choose(Bytes available) {
  if (available.size() < 4) return RecordStep::need_more();
  if (PcapParser::recognises(available)) {
    parser_.emplace<PcapParser>();
  } else if (PcapngParser::recognises(available)) {
    parser_.emplace<PcapngParser>();
  } else {
    return RecordStep::failed(is_compressed(available) ? CaptureErrc::kCompressed
                                                       : CaptureErrc::kNotACapture);
  }
  return RecordStep::skipped(0);
}

const InterfaceTable& CaptureFileParser::interfaces() const noexcept {
  static const InterfaceTable kNone;
  if (const auto* pcap = std::get_if<PcapParser>(&parser_)) return pcap->interfaces();
  const auto* pcapng = std::get_if<PcapngParser>(&parser_);
  return pcapng != nullptr ? pcapng->interfaces() : kNone;
}

const char* CaptureFileParser::format() const noexcept {
  constexpr std::array kNames{"capture", "pcap", "pcapng"};
  return kNames[parser_.index()];
}

CaptureFileSource::CaptureFileSource(std::unique_ptr<OctetInput> input, std::string name)
    : window_(std::move(input)), name_(std::move(name)) {
  batch_.reserve(kBatchPackets);
}

std::optional<CaptureError> CaptureFileSource::recognise() {
  while (!parser_.recognised() && !finished_) {
    const RecordStep step = parser_.next(window_.available());
    if (step.kind == RecordStep::Kind::kFault) stop(step.fault);
    if (step.kind == RecordStep::Kind::kNeedMore) refill(Duration::zero());
    window_.consume(step.octets);
  }
  return std::exchange(fault_, std::nullopt);
}

Result<std::span<const PacketRecord>, CaptureError> CaptureFileSource::next_batch(Duration max_wait) {
  batch_.clear();
  if (finished_) return stopped();
  read_window();
  // Only the first read waits: what is there already may hold no packet, but must not cost a call each.
  for (Duration wait = max_wait; batch_.empty() && !finished_; wait = Duration::zero()) {
    if (refill(wait) == ReadWindow::Fill::kNothingYet) break;
    if (!finished_) read_window();
  }
  if (batch_.empty() && finished_) return stopped();
  return std::span<const PacketRecord>{batch_};
}

/// The fault once, then empty batches.
Result<std::span<const PacketRecord>, CaptureError> CaptureFileSource::stopped() {
  if (auto fault = std::exchange(fault_, std::nullopt)) return Unexpected{*std::move(fault)};
  return std::span<const PacketRecord>{};
}

/// Every whole record of the window, up to a batch.
void CaptureFileSource::read_window() {
  while (batch_.size() < kBatchPackets) {
    // While a block is being skipped, that block is what the file may end in.
    if (!window_.skipping()) record_offset_ = window_.offset();
    const RecordStep step = parser_.next(window_.available());
    if (step.kind == RecordStep::Kind::kNeedMore) return;
    if (step.kind == RecordStep::Kind::kFault) return stop(step.fault);
    window_.consume(step.octets);
    if (step.kind == RecordStep::Kind::kPacket) {
      count(step.record);
      batch_.push_back(step.record);
    }
  }
}

void CaptureFileSource::count(const PacketRecord& record) {
  if (record.interface_index >= counters_.size()) counters_.resize(parser_.interfaces().infos.size());
  CaptureCounters& counters = counters_[record.interface_index];
  ++counters.packets;
  counters.bytes += record.wire_length;
  if (record.wire_length > record.bytes.size()) ++counters.truncated;
  ++packets_;
}

ReadWindow::Fill CaptureFileSource::refill(Duration max_wait) {
  const auto fill = window_.fill(max_wait);
  if (fill == ReadWindow::Fill::kEnd) end_of_input();
  if (fill == ReadWindow::Fill::kFailed) stop(CaptureErrc::kReadFailed);
  return fill;
}

void CaptureFileSource::end_of_input() {
  if (window_.offset() == 0 && window_.available().empty()) return stop(CaptureErrc::kEmptyFile);
  if (!parser_.recognised() && window_.available().size() < 4) return stop(CaptureErrc::kNotACapture);
  if (!window_.available().empty() || window_.skipping()) return stop(CaptureErrc::kTruncated);
  finished_ = true;
}

void CaptureFileSource::stop(CaptureErrc code) {
  finished_ = true;
  std::string what = code == CaptureErrc::kReadFailed
                         ? "reading failed: " + std::generic_category().message(window_.error())
                         : std::string(sentence(code));
  if (code == CaptureErrc::kEmptyFile) what = "nothing came; a capture has at least a file header";
  std::string place = name_ + ": ";
  if (parser_.recognised()) {
    place += "octet " + std::to_string(record_offset_) + ", after " + std::to_string(packets_) + " packets: ";
  }
  fault_ = CaptureError{code, place + what, record_offset_, packets_};
}

std::vector<CaptureCounters> CaptureFileSource::counters() {
  std::vector<CaptureCounters> all = parser_.interfaces().counters;
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    all[i].packets = counters_[i].packets;
    all[i].bytes = counters_[i].bytes;
    all[i].truncated = counters_[i].truncated;
  }
  return all;
}

std::string CaptureFileSource::description() const {
  return std::string(parser_.format()) + (parser_.recognised() ? " file " : " ") + name_;
}

Result<std::unique_ptr<PacketSource>, CaptureError> open_capture_file(const std::string& path) {
  auto opened = open_octet_input(path);
  if (!opened) return Unexpected{opened.error()};
  auto source = std::make_unique<CaptureFileSource>(std::move(opened->input), std::move(opened->name));
  if (!opened->waiting) {
    if (auto fault = source->recognise()) return Unexpected{*std::move(fault)};
  }
  return std::unique_ptr<PacketSource>{std::move(source)};
}

std::unique_ptr<PacketSource> capture_in_memory(Bytes bytes, std::size_t piece) {
  return std::make_unique<CaptureFileSource>(octet_input_over(bytes, piece), "memory");
}

}  // namespace rtcscope
