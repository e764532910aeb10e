// Input: one octet, how many octets a read yields at most; the capture file. Read in such pieces it has to
// give just what it gives when it is read at once.

#include <vector>

#include "capture/file/capture_file.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

struct Reading {
  std::vector<std::uint32_t> lengths;  // captured, on the wire and interface, of each packet
  std::vector<std::int64_t> times;
  std::uint64_t octets = 0;  // sum over all captured ones: that they were there to read
  std::optional<CaptureErrc> fault;
  std::uint64_t offset = 0;
  std::uint64_t drops = 0;

  bool operator==(const Reading&) const = default;
};

void add(const PacketRecord& record, const PacketSource& source, Reading& reading) {
  fuzz::check(record.interface_index < source.interfaces().size(), "a packet has an interface");
  fuzz::check(record.wire_length >= record.bytes.size(), "no more was captured than was sent");
  fuzz::check(ns_since_epoch(record.time) >= 0, "no packet is from before 1970");
  reading.lengths.push_back(static_cast<std::uint32_t>(record.bytes.size()));
  reading.lengths.push_back(record.wire_length);
  reading.lengths.push_back(record.interface_index);
  reading.times.push_back(ns_since_epoch(record.time));
  for (const std::byte octet : record.bytes) reading.octets += static_cast<unsigned>(octet);
}

void check_fault(const CaptureError& error, std::size_t size, const Reading& reading) {
  fuzz::check(error.packets == reading.times.size(), "the packets before the fault were handed out");
  fuzz::check(error.offset <= size, "the fault lies in the file");
  fuzz::check(std::string_view(to_string(error.code)) != "unknown", "a fault has a name");
  fuzz::check(!error.message.empty(), "a fault has a sentence");
}

Reading read(Bytes file, std::size_t piece) {
  Reading reading;
  const auto source = capture_in_memory(file, piece);
  while (!source->finished()) {
    const auto batch = source->next_batch(Duration::zero());
    if (!batch) {
      check_fault(batch.error(), file.size(), reading);
      reading.fault = batch.error().code;
      reading.offset = batch.error().offset;
      break;
    }
    for (const PacketRecord& record : *batch) add(record, *source, reading);
  }
  fuzz::check(source->finished(), "a fault is final");
  for (const CaptureCounters& counters : source->counters()) reading.drops += counters.kernel_drops;
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes file = fuzz::bytes_of(data + 1, size - 1);
  fuzz::check(read(file, data[0] + std::size_t{1}) == read(file, ReadWindow::kCapacity),
              "it does not matter in what pieces a file is read");
  return 0;
}
