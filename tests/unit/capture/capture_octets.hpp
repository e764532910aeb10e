#pragma once
// Capture files to build, in either byte order, and what a source makes of them as text.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "capture/file/capture_file.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::testing {

/// Fields in the byte order of the host that "wrote" the file.
class FileWriter {
 public:
  explicit FileWriter(bool little) : little_(little) {}

  FileWriter& u16(unsigned v) { return put(v, 2); }
  FileWriter& u32(std::uint32_t v) { return put(v, 4); }
  FileWriter& u64(std::uint64_t v) { return put(v, 8); }
  FileWriter& bytes(const Octets& b) {
    octets.insert(octets.end(), b.begin(), b.end());
    return *this;
  }
  FileWriter& pad() {
    while (octets.size() % 4 != 0) octets.push_back(std::byte{0});
    return *this;
  }

  Octets octets;

 private:
  FileWriter& put(std::uint64_t v, int n) {
    for (int i = 0; i < n; ++i) {
      const int shift = 8 * (little_ ? i : n - 1 - i);
      octets.push_back(static_cast<std::byte>(v >> shift & 0xff));
    }
    return *this;
  }

  bool little_;
};

inline Octets pcap_header(bool little, std::uint32_t magic, std::uint32_t link_type = 1, unsigned major = 2,
                          unsigned minor = 4) {
  return FileWriter(little).u32(magic).u16(major).u16(minor).u32(0).u32(0).u32(65535).u32(link_type).octets;
}

inline Octets pcap_record(bool little, std::uint32_t seconds, std::uint32_t fraction, const Octets& frame,
                          std::uint32_t cut = 0) {
  const auto size = static_cast<std::uint32_t>(frame.size());
  return FileWriter(little).u32(seconds).u32(fraction).u32(size).u32(size + cut).bytes(frame).octets;
}

/// The blocks of one section of a pcapng file.
class NgWriter {
 public:
  explicit NgWriter(bool little = true) : little_(little) {}

  [[nodiscard]] FileWriter fields() const { return FileWriter(little_); }

  NgWriter& block(std::uint32_t type, const Octets& body) {
    const Octets padded = fields().bytes(body).pad().octets;
    const auto length = static_cast<std::uint32_t>(padded.size() + 12);
    octets = octets + fields().u32(type).u32(length).bytes(padded).u32(length).octets;
    return *this;
  }
  NgWriter& section(unsigned major = 1) {
    return block(0x0a0d0d0a, fields().u32(0x1a2b3c4d).u16(major).u16(0).u64(~std::uint64_t{0}).octets);
  }
  [[nodiscard]] Octets option(unsigned code, const Octets& value) const {
    return fields().u16(code).u16(static_cast<unsigned>(value.size())).bytes(value).pad().octets;
  }
  [[nodiscard]] Octets name(std::string_view text) const { return option(2, Writer{}.text(text).octets); }
  [[nodiscard]] Octets resolution(unsigned value) const { return option(9, Writer{}.u8(value).octets); }
  [[nodiscard]] Octets count(unsigned code, std::uint64_t value) const {
    return option(code, fields().u64(value).octets);
  }
  NgWriter& interface(unsigned link_type = 1, const Octets& options = {}, std::uint32_t snap_length = 0) {
    return block(1, fields().u16(link_type).u16(0).u32(snap_length).bytes(options).octets);
  }
  NgWriter& packet(std::uint32_t interface, std::uint64_t timestamp, const Octets& frame,
                   const Octets& options = {}, std::uint32_t cut = 0) {
    const auto size = static_cast<std::uint32_t>(frame.size());
    return block(6, fields()
                        .u32(interface)
                        .u32(static_cast<std::uint32_t>(timestamp >> 32U))
                        .u32(static_cast<std::uint32_t>(timestamp))
                        .u32(size)
                        .u32(size + cut)
                        .bytes(frame)
                        .pad()
                        .bytes(options)
                        .octets);
  }
  NgWriter& statistics(std::uint32_t interface, const Octets& options) {
    return block(5, fields().u32(interface).u64(0).bytes(options).octets);
  }

  Octets octets;

 private:
  bool little_;
};

/// "if0/1 1700000000.000000005 aabb/2" a packet: interface, link type, time, octets, length on the wire.
inline std::string text_of(const PacketRecord& record, const PacketSource& source) {
  const std::int64_t ns = ns_since_epoch(record.time);
  char time[48];
  std::snprintf(time, sizeof time, " %lld.%09lld ", static_cast<long long>(ns / 1'000'000'000),
                static_cast<long long>(ns % 1'000'000'000));
  std::string text = source.interfaces()[record.interface_index].name + "/" +
                     std::to_string(static_cast<unsigned>(record.link_type)) + time + hex_of(record.bytes) +
                     "/" + std::to_string(record.wire_length);
  if (record.direction == PacketDirection::kIngress) text += " in";
  if (record.direction == PacketDirection::kEgress) text += " out";
  return text;
}

struct Reading {
  std::vector<std::string> packets;
  std::optional<CaptureError> fault;

  /// Packets and the fault, each on a line.
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const std::string& packet : packets) all += packet + "\n";
    if (fault) all += std::string(to_string(fault->code)) + "@" + std::to_string(fault->offset) + "\n";
    return all;
  }
};

inline Reading read_all(PacketSource& source) {
  Reading reading;
  while (!source.finished()) {
    const auto batch = source.next_batch(Duration::zero());
    if (!batch) {
      reading.fault = batch.error();
      break;
    }
    for (const PacketRecord& record : *batch) reading.packets.push_back(text_of(record, source));
  }
  return reading;
}

inline Reading read_all(const Octets& file, std::size_t piece = ReadWindow::kCapacity) {
  const auto source = capture_in_memory(file, piece);
  return read_all(*source);
}

/// A table's row: the file, and Reading::text() of it.
struct FileCase : NamedCase {
  Octets file;
  std::string want;
};

}  // namespace rtcscope::testing
