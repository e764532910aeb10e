#pragma once
// The classic capture format: draft-ietf-opsawg-pcap-06, version 2.4, microseconds and nanoseconds, both
// byte orders.
//
//   file header    magic(4) major(2) minor(2) reserved(8) snap length(4) FCS bits and link type(4)
//   packet record  seconds(4) fraction(4) captured length(4) original length(4) octets

#include <cstdint>
#include <span>

#include "base/byte_reader.hpp"
#include "capture/file/field_reader.hpp"
#include "capture/file/record_step.hpp"

namespace rtcscope {

class PcapParser {
 public:
  /// True if a file that begins with these (at least four) octets is in this format.
  [[nodiscard]] static bool recognises(Bytes front) noexcept;

  /// The record at the front of `available`; the first call takes the file header (kSkipped).
  /// Faults: kUnsupportedVersion, kOversizedRecord.
  [[nodiscard]] RecordStep next(Bytes available);

  [[nodiscard]] const InterfaceTable& interfaces() const noexcept { return interfaces_; }

 private:
  RecordStep file_header(Bytes available);

  InterfaceTable interfaces_;  // empty until the file header has been read
  ByteOrder order_ = ByteOrder::kBig;
  std::int64_t fraction_ns_ = 1000;  // one unit of the fraction field
  LinkType link_type_ = LinkType::kEthernet;
};

}  // namespace rtcscope
