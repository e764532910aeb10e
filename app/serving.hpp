#pragma once
// Everything behind the pipeline: store, exports, API and the queue in which feed deliveries come back.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/access/guard.hpp"
#include "api/http/server.hpp"
#include "api/live/broadcaster.hpp"
#include "api/owt/deed.hpp"
#include "api/peermetrics/desk.hpp"
#include "api/service.hpp"
#include "app/admin_feed.hpp"
#include "app/broker_feed.hpp"
#include "app/feed_queue.hpp"
#include "app/hep_feed.hpp"
#include "app/options.hpp"
#include "app/owt_broker_feed.hpp"
#include "app/owt_portal_feed.hpp"
#include "app/owt_rest_feed.hpp"
#include "app/rtcp_export.hpp"
#include "app/stats_board.hpp"
#include "export/cdr/recorder.hpp"
#include "export/hep/hep_exporter.hpp"
#include "export/prometheus/media_metrics.hpp"
#include "feeds/feed_parser.hpp"
#include "feeds/janus/ingest.hpp"
#include "ring/header_ring.hpp"
#include "store/store.hpp"
#include "store/writer.hpp"

namespace rtcscope::api::owt {
class View;
}

namespace rtcscope::app {

/// All that is known of one OWT server.
struct OwtWatch {
  OwtOptions rest;
  std::optional<std::string> viewer_role;  // set: a viewer in every room in use
  std::optional<OwtBrokerOptions> broker;
};

class Serving : public model::ChangeSink {
 public:
  /// Opens all of it and listens. Throws std::runtime_error, one line that says what was tried, what
  /// happened and what to do.
  Serving(const ServeOptions& options, const std::string& mode);
  ~Serving() override;

  /// On the pipeline's thread: hands the change to the store, the exports and the board.
  void on_change(const model::Change& change) override;
  /// Asks an Admin API from now on; its answers wait with the deliveries. Throws as AdminFeed does.
  void ask(const AdminFeedOptions& options);
  /// Fetches events from a broker from now on, likewise.
  void fetch(const BrokerFeedOptions& options);
  /// Observes an OWT server from now on, likewise.
  void watch(const OwtWatch& watch);
  /// Operators of OWT's view may change things by this way from now on.
  void allow_changes(api::owt::Actor actor);
  /// Hands every delivery that waits to `facts`.
  void drain_feed(feeds::FactSink& facts);

  /// Null without --capture-ring.
  [[nodiscard]] ring::HeaderRing* ring() noexcept { return ring_.get(); }
  [[nodiscard]] StatsBoard& board() noexcept { return board_; }
  /// Who wants report blocks of RTCP, on the pipeline's thread; null: nobody.
  [[nodiscard]] flows::RtcpListener* rtcp_listener() noexcept { return rtcp_export_.get(); }
  [[nodiscard]] std::string url() const { return server_->url(); }

  /// Reads tokens, certificate and key anew, now instead of at the next request.
  void reload();
  /// Takes no more requests. What was delivered before still waits in the queue.
  void stop_listening();
  /// Writes and sends what waits; nothing may come after.
  void finish();

 private:
  void open_api(const ServeOptions& options);
  void audit(const api::AuditEntry& entry);
  void ask_others(api::Stats& stats) const;
  void finish_records();
  [[nodiscard]] FeedSource::Enqueue into_queue();
  void add_source(std::unique_ptr<FeedSource> source);
  [[nodiscard]] std::string metrics() const;

  std::string host_name_;
  StatsBoard board_;
  export_prometheus::MediaMetrics media_metrics_;
  FeedQueue feed_queue_;
  feeds::FeedParser feed_parser_;
  std::unique_ptr<store::spool::Spool> spool_;  // null without a folder
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Writer> writer_;
  std::unique_ptr<export_cdr::CdrRecorder> cdr_;  // null without a folder
  std::unique_ptr<export_hep::HepExporter> hep_;  // null without targets
  std::unique_ptr<RtcpExport> rtcp_export_;       // likewise
  std::unique_ptr<HepFeed> hep_feed_;             // null without a port
  std::unique_ptr<ring::HeaderRing> ring_;        // null without a folder
  std::unique_ptr<feeds::janus::Ingest> ingest_;
  mutable std::mutex sources_mutex_;
  std::vector<std::unique_ptr<FeedSource>> sources_;
  std::unique_ptr<api::access::TokenList> tokens_;  // null: everybody may do everything
  std::unique_ptr<api::access::Guard> guard_;
  std::unique_ptr<api::live::Broadcaster> live_;
  std::unique_ptr<api::peermetrics::Desk> desk_;
  std::unique_ptr<api::owt::View> owt_view_;  // null: nobody may
  std::unique_ptr<api::Service> service_;
  std::unique_ptr<api::http::Server> server_;
};

}  // namespace rtcscope::app
