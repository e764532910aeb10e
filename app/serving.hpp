#pragma once
// Everything behind the pipeline: store, exports, API and the queue in which feed deliveries come back.

#include <atomic>
#include <memory>
#include <string>

#include "api/access/guard.hpp"
#include "api/http/server.hpp"
#include "api/live/broadcaster.hpp"
#include "api/owt/deed.hpp"
#include "api/peermetrics/desk.hpp"
#include "api/service.hpp"
#include "app/feed_desk.hpp"
#include "app/hep_feed.hpp"
#include "app/options.hpp"
#include "app/outlet.hpp"
#include "app/rtcp_export.hpp"
#include "app/stats_board.hpp"
#include "correlator/correlator.hpp"
#include "export/cdr/recorder.hpp"
#include "export/hep/hep_exporter.hpp"
#include "export/prometheus/media_metrics.hpp"
#include "feeds/janus/ingest.hpp"
#include "ring/header_ring.hpp"
#include "store/store.hpp"
#include "store/writer.hpp"

namespace rtcscope::api::owt {
class View;
}

namespace rtcscope::app {

/// How what was found is joined, as the command line says.
correlator::CorrelatorOptions correlator_options(const ServeOptions& options);

class Serving : public model::ChangeSink, public Outlet {
 public:
  /// Opens all of it and listens. Throws std::runtime_error, one line that says what was tried, what
  /// happened and what to do.
  Serving(const ServeOptions& options, const std::string& mode);
  ~Serving() override;

  /// On the pipeline's thread: hands the change to the store, the exports and the board.
  void on_change(const model::Change& change) override;
  [[nodiscard]] FeedDesk& feeds() noexcept { return feeds_; }
  /// Operators of OWT's view may change things by this way from now on.
  void allow_changes(api::owt::Actor actor);
  void drain_feed(feeds::FactSink& facts) override;

  /// Null without --capture-ring.
  [[nodiscard]] ring::HeaderRing* ring() noexcept { return ring_.get(); }
  [[nodiscard]] StatsBoard& board() noexcept override { return board_; }
  /// Who wants report blocks of RTCP, on the pipeline's thread; null: nobody.
  [[nodiscard]] flows::RtcpListener* rtcp_listener() noexcept { return rtcp_export_.get(); }
  [[nodiscard]] std::string url() const { return server_->url(); }

  /// Reads tokens, certificate and key anew, now instead of at the next request.
  void reload() override;
  /// Takes no more requests.
  void stop_listening() override;
  /// Writes and sends what waits; nothing may come after.
  void finish();

 private:
  void open_api(const ServeOptions& options);
  /// On an HTTP thread; false when it is not taken.
  bool take_event(const std::string& mode, feeds::Delivery&& delivery);
  void audit(const api::AuditEntry& entry);
  void ask_others(api::Stats& stats) const;
  void finish_records();
  [[nodiscard]] std::string metrics() const;

  std::string host_name_;
  StatsBoard board_;
  export_prometheus::MediaMetrics media_metrics_;
  FeedDesk feeds_;
  std::unique_ptr<store::spool::Spool> spool_;  // null without a folder
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Writer> writer_;
  std::unique_ptr<export_cdr::CdrRecorder> cdr_;  // null without a folder
  std::unique_ptr<export_hep::HepExporter> hep_;  // null without targets
  std::unique_ptr<RtcpExport> rtcp_export_;       // likewise
  std::unique_ptr<HepFeed> hep_feed_;             // null without a port
  std::unique_ptr<ring::HeaderRing> ring_;        // null without a folder
  std::unique_ptr<feeds::janus::Ingest> ingest_;
  std::atomic<bool> told_no_events_ = false;
  std::unique_ptr<api::access::TokenList> tokens_;  // null: everybody may do everything
  std::unique_ptr<api::access::Guard> guard_;
  std::unique_ptr<api::live::Broadcaster> live_;
  std::unique_ptr<api::peermetrics::Desk> desk_;
  std::unique_ptr<api::owt::View> owt_view_;  // null: nobody may
  std::unique_ptr<api::Service> service_;
  std::unique_ptr<api::http::Server> server_;
};

}  // namespace rtcscope::app
