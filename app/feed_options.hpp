#pragma once
// Which feeds the command line asks for, with the secrets that it names files of.

#include <optional>
#include <vector>

#include "app/options.hpp"
#include "app/serving.hpp"

namespace rtcscope::app {

/// Each throws std::runtime_error, one line, when a secret cannot be read or an address is none.
std::vector<AdminFeedOptions> admin_feeds(const ObserveOptions& options);
std::vector<BrokerFeedOptions> broker_feeds(const ObserveOptions& options);
/// Nothing when no OWT server is observed.
std::optional<OwtWatch> owt_watch(const ObserveOptions& options);

}  // namespace rtcscope::app
