#pragma once
// How far the clock of each media server's feed is from the packets' clock.

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace rtcscope::correlator {

struct FeedClock {
  std::string server;           // the feed's name of it (Janus `emitter`)
  double offset_ms = 0;         // feed minus packets, median
  std::size_t connections = 0;  // that it was measured on
  UtcTime measured_at{};        // by the packets' clock
};

class FeedClocks {
 public:
  /// Newest measurements that count: few, so that a clock that was set is seen after three connections.
  static constexpr std::size_t kMeasurements = 5;
  static constexpr std::size_t kMaxServers = 64;

  /// One event that both saw: `by_feed` and `by_packets` are its times.
  void add(const std::string& server, UtcTime by_feed, UtcTime by_packets);

  /// In order of name; a server without a measurement is not there.
  [[nodiscard]] std::vector<FeedClock> all() const;

 private:
  struct Measured {
    std::deque<Duration> offsets;
    UtcTime at{};
  };
  std::map<std::string, Measured> servers_;
};

}  // namespace rtcscope::correlator
