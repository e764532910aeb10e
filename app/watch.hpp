#pragma once
// What `observe` and `capture` share: packets, keys and names of this host, and the loop that takes them.

#include <optional>
#include <string>
#include <vector>

#include "app/feed_desk.hpp"
#include "app/live_capture.hpp"
#include "app/live_keys.hpp"
#include "app/options.hpp"
#include "app/outlet.hpp"
#include "app/pipeline.hpp"
#include "app/privileges.hpp"

namespace rtcscope::app {

class Watch {
 public:
  /// Opens what takes privileges: key probe, taps, and the processes that keep some of them. To be called
  /// while there is one thread. Throws std::runtime_error, one line that says what was tried, what happened
  /// and what to do.
  explicit Watch(const WatchOptions& options);

  /// From here on nothing is privileged but what interfaces that come later take; files outside of `paths`
  /// are out of reach. To be called before any thread starts.
  void give_up_privileges(AllowedPaths paths);
  /// Interfaces and their counters, before the first packet.
  void show(Outlet& outlet, Pipeline& pipeline);
  /// Names come from now on. Throws as FeedDesk does.
  void start_feeds(FeedDesk& desk) const;
  /// Until a signal comes; false if the capture ended before. Finishes the pipeline. `correlator`: whose
  /// counters belong on the outlet's board; null: it is elsewhere.
  bool run(Outlet& outlet, Pipeline& pipeline, const correlator::Correlator* correlator);

  /// What is watched, in plain English.
  [[nodiscard]] const std::string& description() const noexcept { return description_; }
  /// Whether secrets are taken from processes, in plain English.
  [[nodiscard]] std::string keys() const { return keys_.description(); }
  [[nodiscard]] const std::vector<AdminFeedOptions>& admins() const noexcept { return admins_; }
  [[nodiscard]] const std::optional<OwtWatch>& owt() const noexcept { return owt_; }

 private:
  class Loop;

  /// A process that keeps privileges for us.
  struct Helper {
    PrivilegedChild process;
    std::string loss;  // what is not done any more when it ends
  };

  Helper keys_helper();
  Helper tap_helper();
  void open_capture();

  const WatchOptions& options_;
  LiveKeys keys_;
  std::vector<Helper> helpers_;
  LiveCapture capture_;
  std::string description_;
  std::vector<AdminFeedOptions> admins_;
  std::vector<BrokerFeedOptions> brokers_;
  std::optional<OwtWatch> owt_;
};

}  // namespace rtcscope::app
