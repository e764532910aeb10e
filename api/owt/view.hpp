#pragma once
// What was observed, as OWT's management API would tell it. docs/owt-view.md says what differs.

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "api/http/message.hpp"
#include "api/owt/deed.hpp"
#include "api/owt/mauth.hpp"
#include "api/routes.hpp"
#include "base/fifo_map.hpp"

namespace rtcscope::api::owt {

/// Every member function may be called from several threads.
class View {
 public:
  explicit View(std::vector<Service> services, std::function<UtcTime()> clock = {})
      : services_(std::move(services)), clock_(std::move(clock)) {}

  [[nodiscard]] const std::vector<Service>& services() const noexcept { return services_; }

  /// From here on operators may change things, by this way; needs a clock.
  void allow_changes(Actor actor);

  /// The id of the service that may change something now: an operator, whose signature has a time within five
  /// minutes of ours and was not used before, though OWT would not mind.
  Result<std::string, AuthFault> admit_change(const http::Request& request);
  /// Only after admit_change().
  DeedAnswer act(const Deed& deed);

 private:
  const std::vector<Service> services_;
  const std::function<UtcTime()> clock_;
  std::mutex mutex_;
  Actor actor_;  // empty: nothing is changed
  FifoMap<std::string, bool> used_{100'000};
};

/// OWT's form of an error (owt-server, management_api/errors.js).
http::Response error_response(int status, int code, const std::string& message);
/// The answer of our own to a request, in these words.
http::Response in_their_words(const http::Response& problem);

/// The handlers ask for the signature themselves; whom the service is, is no token of ours.
std::vector<Route> routes();

/// A request below /owt that no route serves: 404 as OWT says it, or 403 when it would change something.
http::Response refuse(const Services& services, const http::Request& request);

}  // namespace rtcscope::api::owt
