#pragma once
// What an operator may have done to a media server through OWT's view: OWT's own management API does it in
// its rooms, the Admin API in Janus's.

#include <mutex>
#include <optional>
#include <vector>

#include "api/owt/deed.hpp"
#include "app/admin_feed.hpp"
#include "app/owt_rest_feed.hpp"
#include "feeds/owt/io/rest_client.hpp"

namespace rtcscope::app {

class MediaServerActions {
 public:
  /// Nothing is opened yet. Throws std::runtime_error, one line, when an address is none.
  MediaServerActions(const std::optional<OwtOptions>& owt, const std::vector<AdminFeedOptions>& janus);

  /// On any thread, one deed at a time; waits up to five seconds for each step of the media server.
  api::owt::DeedAnswer act(const api::owt::Deed& deed);

 private:
  struct Janus {
    feeds::janus::AdminAddress address;
    std::string secret, ca_file;
  };

  api::owt::DeedAnswer act_in_owt(const api::owt::Deed& deed);
  api::owt::DeedAnswer act_in_janus(const api::owt::Deed& deed);

  std::mutex mutex_;
  std::string owt_name_;  // of its server in facts; "" when there is none
  std::optional<feeds::owt::RestClient> owt_;
  std::vector<Janus> janus_;
};

}  // namespace rtcscope::app
