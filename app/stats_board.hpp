#pragma once
// rtcscope's own counters: each part hangs up its newest, the API reads them.

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "api/stats.hpp"
#include "app/live_capture.hpp"
#include "app/live_keys.hpp"
#include "app/pipeline.hpp"
#include "capture/packet_source.hpp"
#include "correlator/correlator.hpp"

namespace rtcscope::app {

class StatsBoard : public api::StatsSource, public model::ChangeSink {
 public:
  StatsBoard(std::string mode, UtcTime started_at);

  // What is written on the pipeline's thread.
  void on_change(const model::Change& change) override;  // counts flows that nothing names
  void set_capture(PacketSource& source);
  /// How live packets are seen, and what the tap says of itself.
  void set_tap(const LiveCapture& capture);
  /// `error`: "" when capture works.
  void set_capture_error(const std::string& error);
  void set_pipeline(const Pipeline& pipeline);
  void set_correlators(const std::vector<const correlator::Correlator*>& correlators);
  /// What comes over the bus, where it does; `refusals` are its probes'.
  void set_bus(api::BusStats bus, std::vector<api::RefusalStats> refusals);
  void count_feed(std::uint64_t events, std::uint64_t refused, UtcTime last_event);
  /// Faults in what was asked for, which is no event.
  void count_feed_refused(std::uint64_t refused);
  void set_keys(const LiveKeys& keys);
  void set_finished();

  // Set once before the API starts: what else is asked when somebody looks.
  std::function<void(api::Stats&)> ask_others = [](api::Stats&) {};

  [[nodiscard]] api::Stats stats() const override;
  [[nodiscard]] std::vector<api::ReadinessCheck> readiness() const override;

 private:
  mutable std::mutex mutex_;
  api::Stats stats_;
  // Parts of the refusals.
  std::vector<api::RefusalStats> packet_refusals_, correlator_refusals_, key_refusals_;
  std::set<FlowId> unmatched_;
};

}  // namespace rtcscope::app
