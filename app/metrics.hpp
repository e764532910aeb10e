#pragma once
// The page that Prometheus scrapes.

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "api/stats.hpp"

namespace rtcscope::app {

/// rtcscope's own counters as metric families; `host` is the value of their label `host`.
std::vector<prometheus::MetricFamily> stats_families(const api::Stats& stats, const std::string& host);

/// Text exposition format, version 0.0.4.
std::string exposition(const std::vector<prometheus::MetricFamily>& families);

}  // namespace rtcscope::app
