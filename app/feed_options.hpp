#pragma once
// Which feeds the command line asks for, with the secrets that it names files of.

#include <optional>
#include <vector>

#include "app/feed_desk.hpp"
#include "app/options.hpp"

namespace rtcscope::app {

/// Each throws std::runtime_error, one line, when a secret cannot be read or an address is none.
std::vector<AdminFeedOptions> admin_feeds(const WatchOptions& options);
std::vector<BrokerFeedOptions> broker_feeds(const WatchOptions& options);
/// Nothing when no OWT server is observed.
std::optional<OwtWatch> owt_watch(const WatchOptions& options);

}  // namespace rtcscope::app
