#pragma once
// A recording played through the pipeline: packets and feed deliveries in the order of their times.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/pacer.hpp"
#include "app/pipeline.hpp"
#include "capture/packet_source.hpp"
#include "feeds/feed_parser.hpp"
#include "feeds/wire/recorded_log.hpp"

namespace rtcscope::app {

struct PlaybackResult {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  // on the wire
  UtcTime first{};
  UtcTime last{};
  std::optional<CaptureError> ended_early;  // the capture could not be read to its end
  bool stopped = false;                     // a signal came first
};

class Playback {
 public:
  /// Everything outlives run().
  Playback(PacketSource& packets, std::vector<feeds::RecordedLog*> logs, Pipeline& pipeline, Pacer pacer)
      : packets_(packets), pipeline_(pipeline), pacer_(pacer) {
    for (feeds::RecordedLog* log : logs) feeds_.push_back({log, std::nullopt});
  }

  /// Plays to the end or to a stop signal; finishes the pipeline. `tick` is called about once a second of
  /// wall time while it plays.
  template <class Tick>
  PlaybackResult run(Tick tick) {
    for (Feed& feed : feeds_) feed.next = feed.log->next();
    while (!packets_.finished() && !result_.stopped) {
      play_batch();
      tick();
    }
    for (Feed* feed = earliest(); feed != nullptr && !result_.stopped; feed = earliest()) deliver_one(*feed);
    pipeline_.finish();
    return result_;
  }

  [[nodiscard]] const feeds::DeliveryCounts& feed_counts() const noexcept { return feed_counts_; }

 private:
  void play_batch();
  void play(const PacketRecord& record);

  struct Feed {
    feeds::RecordedLog* log;
    std::optional<feeds::Delivery> next;
  };
  /// The log whose next delivery came first; nullptr when all are at their end.
  Feed* earliest();
  void deliver_one(Feed& feed);

  PacketSource& packets_;
  Pipeline& pipeline_;
  Pacer pacer_;
  std::vector<Feed> feeds_;
  feeds::FeedParser feed_parser_;
  feeds::DeliveryCounts feed_counts_;
  PlaybackResult result_;
};

}  // namespace rtcscope::app
