#pragma once
// Which payload types a collector is sent.

#include <string_view>

#include "export/hep/encoder.hpp"

namespace rtcscope::export_hep {

class MessageTypes {
 public:
  /// Numbers with commas between them: "35,5,100,1". Throws std::invalid_argument that names what was wrong.
  explicit MessageTypes(std::string_view list = kDefault);

  /// 34 is what Homer 7 calls a short report; Homer 11 shows 35 only, and both show that.
  static constexpr std::string_view kDefault = "35,5,100,1";

  [[nodiscard]] bool has(PayloadType type) const noexcept;

 private:
  unsigned chosen_ = 0;  // one bit a known type
};

}  // namespace rtcscope::export_hep
