#pragma once
// Where the deliveries of all feeds come together, on their way to the pipeline's thread.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/admin_feed.hpp"
#include "app/broker_feed.hpp"
#include "app/feed_queue.hpp"
#include "app/feed_source.hpp"
#include "app/owt_broker_feed.hpp"
#include "app/owt_portal_feed.hpp"
#include "app/owt_rest_feed.hpp"
#include "app/stats_board.hpp"
#include "feeds/feed_parser.hpp"

namespace rtcscope::app {

/// All that is known of one OWT server.
struct OwtWatch {
  OwtOptions rest;
  std::optional<std::string> viewer_role;  // set: a viewer in every room in use
  std::optional<OwtBrokerOptions> broker;
};

/// Events say when the last one came; answers to questions only what of them could not be used.
void count_delivery(StatsBoard& board, const feeds::Delivery& delivery, const feeds::DeliveryCounts& counts);

class FeedDesk {
 public:
  /// Asks an Admin API from now on; its answers wait with the deliveries. Throws as AdminFeed does.
  void ask(const AdminFeedOptions& options);
  /// Fetches events from a broker from now on, likewise.
  void fetch(const BrokerFeedOptions& options);
  /// Observes an OWT server from now on, likewise.
  void watch(const OwtWatch& watch);

  /// One delivery that somebody sent; false when there is no room for it. Any thread.
  bool push(feeds::Delivery&& delivery) { return queue_.push(std::move(delivery)); }
  /// Hands the facts of every delivery that waits to `facts` and counts them on `board`; `see` is called with
  /// each delivery before.
  void drain(feeds::FactSink& facts, StatsBoard& board,
             const std::function<void(const feeds::Delivery&)>& see = {});
  /// Nobody is asked any more. What was delivered before still waits.
  void stop();
  /// Any thread.
  void add_to(api::FeedStats& stats) const;

 private:
  [[nodiscard]] FeedSource::Enqueue into_queue();
  void add_source(std::unique_ptr<FeedSource> source);

  FeedQueue queue_;
  feeds::FeedParser parser_;
  mutable std::mutex sources_mutex_;
  std::vector<std::unique_ptr<FeedSource>> sources_;
};

}  // namespace rtcscope::app
