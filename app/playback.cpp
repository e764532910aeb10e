#include "app/playback.hpp"

#include <algorithm>

namespace rtcscope::app {

void Playback::play_batch() {
  const auto batch = packets_.next_batch(std::chrono::seconds{1});
  if (!batch) {
    result_.ended_early = batch.error();
    return;
  }
  for (const PacketRecord& record : *batch) {
    while (next_delivery_ && next_delivery_->received <= record.time && !result_.stopped) deliver_one();
    play(record);
    if (result_.stopped) return;
  }
}

void Playback::play(const PacketRecord& record) {
  result_.stopped = !pacer_.wait_for(record.time);
  if (result_.stopped) return;
  if (result_.packets == 0) result_.first = record.time;
  result_.packets += 1;
  result_.bytes += record.wire_length;
  result_.last = std::max(result_.last, record.time);
  pipeline_.add(record);
}

void Playback::deliver_one() {
  result_.stopped = !pacer_.wait_for(next_delivery_->received);
  if (result_.stopped) return;
  feed_counts_ += feeds::janus::parse_delivery(next_delivery_->json, pipeline_.facts());
  pipeline_.advance(next_delivery_->received);
  next_delivery_ = events_->next();
}

}  // namespace rtcscope::app
