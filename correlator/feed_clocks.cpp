#include "correlator/feed_clocks.hpp"

#include <algorithm>

namespace rtcscope::correlator {
namespace {

Duration median(std::deque<Duration> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

void FeedClocks::add(const std::string& server, UtcTime by_feed, UtcTime by_packets) {
  if (servers_.count(server) == 0 && servers_.size() >= kMaxServers) {
    servers_.erase(std::min_element(servers_.begin(), servers_.end(),
                                    [](const auto& x, const auto& y) { return x.second.at < y.second.at; }));
  }
  Measured& measured = servers_[server];
  measured.offsets.push_back(by_feed - by_packets);
  if (measured.offsets.size() > kMeasurements) measured.offsets.pop_front();
  measured.at = by_packets;
}

std::vector<FeedClock> FeedClocks::all() const {
  std::vector<FeedClock> clocks;
  for (const auto& [server, measured] : servers_) {
    clocks.push_back(
        {server, to_milliseconds(median(measured.offsets)), measured.offsets.size(), measured.at});
  }
  return clocks;
}

}  // namespace rtcscope::correlator
