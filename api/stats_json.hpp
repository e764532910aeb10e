#pragma once
// Schema Stats and Readiness of docs/api/openapi.yaml.

#include <vector>

#include "api/entity_json.hpp"
#include "api/stats.hpp"
#include "store/queries.hpp"

namespace rtcscope::api {

Json stats_json(const Stats& stats, const store::LiveCounts& live);
/// `ready` is true when all required checks are.
Json readiness_json(const std::vector<ReadinessCheck>& checks);

}  // namespace rtcscope::api
