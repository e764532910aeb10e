#pragma once
// The words and figures of store/health.hpp under their short names.

#include "store/health.hpp"

namespace rtcscope::api {

using store::Figures;
using store::Health;
using store::HealthWord;
using store::judge;
using store::judged_bitrate_bps;
using store::judged_loss_ratio;
using store::loss_ratio;
using store::Rollup;
using store::Summary;
using store::to_string;

}  // namespace rtcscope::api
