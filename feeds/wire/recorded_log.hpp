#pragma once
// A recording of what came from Janus, in the order in which it came.

#include <optional>

#include "feeds/wire/delivery.hpp"
#include "feeds/wire/line_reader.hpp"

namespace rtcscope::feeds {

class RecordedLog {
 public:
  virtual ~RecordedLog() = default;
  /// The next delivery in file order, or nothing at the end. Receive times never go back.
  virtual std::optional<Delivery> next() = 0;
  /// Complete once next() has returned nothing.
  [[nodiscard]] virtual const LineCounts& counts() const noexcept = 0;
};

}  // namespace rtcscope::feeds
