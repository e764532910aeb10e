#include "correlator/model.hpp"

namespace rtcscope::model {

const char* to_string(Source source) noexcept {
  switch (source) {
    case Source::kFeed:
      return "feed";
    case Source::kPackets:
      return "packets";
    case Source::kObserver:
      return "observer";
  }
  return "observer";
}

}  // namespace rtcscope::model
