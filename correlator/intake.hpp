#pragma once
// What the correlator takes: what packets say, what feeds say, and how time goes on.

#include "base/time.hpp"
#include "feeds/facts.hpp"
#include "flows/report.hpp"

namespace rtcscope::correlator {

/// All calls come from one thread.
class Intake : public flows::FlowSink, public feeds::FactSink {
 public:
  /// `now` is the time of packets and feed, about once a second.
  virtual void advance(UtcTime now) = 0;
  /// The packets' clock was set back to `now`: all flows of before have been told to be over, those that go
  /// on come as new ones. What the feed said stays.
  virtual void clock_went_back(UtcTime now) = 0;
  /// The observation ends at `now`. Nothing may follow.
  virtual void finish(UtcTime now) = 0;
};

}  // namespace rtcscope::correlator
