#pragma once
// For tests of which flows, reports and events are not the matter.

#include "flows/report.hpp"

namespace rtcscope::testing {

struct NoFlowSink : flows::FlowSink {
  void on_flow(const flows::FlowSnapshot&) override {}
  void on_stream_report(const flows::StreamReport&) override {}
  void on_flow_event(const flows::FlowEvent&) override {}
};

}  // namespace rtcscope::testing
