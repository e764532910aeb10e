#include "feeds/wire/delivery_counts.hpp"

#include <numeric>

namespace rtcscope::feeds {

const char* to_string(EventErrc code) noexcept {
  switch (code) {
    case EventErrc::kTooLarge:
      return "too_large";
    case EventErrc::kTooDeep:
      return "too_deep";
    case EventErrc::kNotJson:
      return "not_json";
    case EventErrc::kTooManyEvents:
      return "too_many_events";
    case EventErrc::kNotObject:
      return "not_object";
    case EventErrc::kBadEnvelope:
      return "bad_envelope";
    case EventErrc::kBadMember:
      return "bad_member";
    case EventErrc::kBadSdp:
      return "bad_sdp";
    case EventErrc::kBadCandidate:
      return "bad_candidate";
  }
  return "unknown";
}

std::uint64_t DeliveryCounts::refused_total() const noexcept {
  return std::accumulate(refused.begin(), refused.end(), std::uint64_t{0});
}

DeliveryCounts& DeliveryCounts::operator+=(const DeliveryCounts& more) noexcept {
  facts += more.facts;
  unknown += more.unknown;
  for (std::size_t i = 0; i < refused.size(); ++i) refused[i] += more.refused[i];
  return *this;
}

}  // namespace rtcscope::feeds
