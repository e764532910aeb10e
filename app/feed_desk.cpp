#include "app/feed_desk.hpp"

namespace rtcscope::app {

void count_delivery(StatsBoard& board, const feeds::Delivery& delivery, const feeds::DeliveryCounts& counts) {
  if (delivery.is_event()) {
    board.count_feed(counts.facts, counts.refused_total(), delivery.received);
  } else {
    board.count_feed_refused(counts.refused_total());
  }
}

FeedSource::Enqueue FeedDesk::into_queue() {
  return [this](feeds::Delivery&& delivery) { return push(std::move(delivery)); };
}

void FeedDesk::add_source(std::unique_ptr<FeedSource> source) {
  const std::lock_guard lock(sources_mutex_);
  sources_.push_back(std::move(source));
}

void FeedDesk::ask(const AdminFeedOptions& options) {
  add_source(std::make_unique<AdminFeed>(options, into_queue()));
}

void FeedDesk::fetch(const BrokerFeedOptions& options) {
  add_source(std::make_unique<BrokerFeed>(options, into_queue()));
}

void FeedDesk::watch(const OwtWatch& watch) {
  const auto rooms = std::make_shared<ActiveRooms>();
  parser_ = feeds::FeedParser(watch.rest.viewer);
  // First who listens: what is told once must not be missed.
  if (watch.broker) add_source(std::make_unique<OwtBrokerFeed>(*watch.broker, rooms, into_queue()));
  add_source(std::make_unique<OwtRestFeed>(watch.rest, rooms, into_queue()));
  if (watch.viewer_role) {
    add_source(std::make_unique<OwtPortalFeed>(watch.rest, *watch.viewer_role, rooms, into_queue()));
  }
}

void FeedDesk::drain(feeds::FactSink& facts, StatsBoard& board,
                     const std::function<void(const feeds::Delivery&)>& see) {
  for (const feeds::Delivery& delivery : queue_.take_all()) {
    if (see) see(delivery);
    count_delivery(board, delivery, parser_.parse(delivery, facts));
  }
}

void FeedDesk::stop() {
  const std::lock_guard lock(sources_mutex_);
  sources_.clear();
}

void FeedDesk::add_to(api::FeedStats& stats) const {
  stats.queue_depth = queue_.depth();
  stats.queue_capacity = FeedQueue::kMaxDeliveries;
  const std::lock_guard lock(sources_mutex_);
  for (const auto& source : sources_) stats.sources.push_back(source->stats());
}

}  // namespace rtcscope::app
