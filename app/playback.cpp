#include "app/playback.hpp"

#include <algorithm>

namespace rtcscope::app {

void Playback::play_batch() {
  const auto batch = packets_.next_batch(std::chrono::seconds{1});
  pipeline_.follow(packets_);  // first: the batch may be of interfaces that are new
  if (!batch) {
    result_.ended_early = batch.error();
    return;
  }
  for (const PacketRecord& record : *batch) {
    for (Feed* feed = earliest(); feed != nullptr && feed->next->received <= record.time; feed = earliest()) {
      deliver_one(*feed);
      if (result_.stopped) return;
    }
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

Playback::Feed* Playback::earliest() {
  Feed* first = nullptr;
  for (Feed& feed : feeds_) {
    if (feed.next && (first == nullptr || feed.next->received < first->next->received)) first = &feed;
  }
  return first;
}

void Playback::deliver_one(Feed& feed) {
  result_.stopped = !pacer_.wait_for(feed.next->received);
  if (result_.stopped) return;
  feed_counts_ += feed_parser_.parse(*feed.next, pipeline_.facts());
  pipeline_.advance(feed.next->received);
  feed.next = feed.log->next();
}

}  // namespace rtcscope::app
