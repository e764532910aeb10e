#pragma once
// Where the results of a live capture go, as far as the loop that reads it has to know.

#include "app/stats_board.hpp"
#include "feeds/facts.hpp"

namespace rtcscope::app {

/// On the pipeline's thread.
class Outlet {
 public:
  virtual ~Outlet() = default;
  [[nodiscard]] virtual StatsBoard& board() noexcept = 0;
  /// Hands every delivery that waits to `facts`.
  virtual void drain_feed(feeds::FactSink& facts) = 0;
  /// SIGHUP came.
  virtual void reload() = 0;
  /// Takes nothing more from outside. What was delivered before still waits.
  virtual void stop_listening() = 0;
};

}  // namespace rtcscope::app
