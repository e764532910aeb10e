#pragma once
// A recording played through the pipeline: packets and feed deliveries in the order of their times.

#include <cstdint>
#include <optional>
#include <string>

#include "app/pacer.hpp"
#include "app/pipeline.hpp"
#include "capture/packet_source.hpp"
#include "feeds/janus/event_log.hpp"
#include "feeds/janus/event_parser.hpp"

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
  /// `events` may be null. Everything outlives run().
  Playback(PacketSource& packets, feeds::janus::EventLog* events, Pipeline& pipeline, Pacer pacer)
      : packets_(packets), events_(events), pipeline_(pipeline), pacer_(pacer) {}

  /// Plays to the end or to a stop signal; finishes the pipeline. `tick` is called about once a second of
  /// wall time while it plays.
  template <class Tick>
  PlaybackResult run(Tick tick) {
    next_delivery_ = events_ == nullptr ? std::nullopt : events_->next();
    while (!packets_.finished() && !result_.stopped) {
      play_batch();
      pipeline_.follow(packets_);
      tick();
    }
    while (next_delivery_ && !result_.stopped) deliver_one();
    pipeline_.finish();
    return result_;
  }

  [[nodiscard]] const feeds::janus::DeliveryCounts& feed_counts() const noexcept { return feed_counts_; }

 private:
  void play_batch();
  void play(const PacketRecord& record);
  void deliver_one();

  PacketSource& packets_;
  feeds::janus::EventLog* events_;
  Pipeline& pipeline_;
  Pacer pacer_;
  std::optional<feeds::janus::Delivery> next_delivery_;
  feeds::janus::DeliveryCounts feed_counts_;
  PlaybackResult result_;
};

}  // namespace rtcscope::app
