#include "api/owt/view.hpp"

#include <charconv>

namespace rtcscope::api::owt {
namespace {

constexpr Duration kWindow = std::chrono::minutes{5};

/// Milliseconds since 1970, as OWT's own clients put them.
bool is_now(std::string_view timestamp, UtcTime now) {
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), ms);
  constexpr std::int64_t kMost = 9'000'000'000'000;  // in nanoseconds it still fits
  if (error != std::errc{} || end != timestamp.data() + timestamp.size() || ms < 0 || ms > kMost)
    return false;
  const UtcTime time{std::chrono::milliseconds{ms}};
  return time > now - kWindow && time < now + kWindow;
}

}  // namespace

void View::allow_changes(Actor actor) {
  const std::lock_guard lock(mutex_);
  actor_ = std::move(actor);
}

Result<std::string, AuthFault> View::admit_change(const http::Request& request) {
  const auto proof = authenticate(request.header("Authorization"), services_);
  if (!proof) return Unexpected{proof.error()};
  const std::lock_guard lock(mutex_);
  if (!actor_) return Unexpected{AuthFault{403, 1102, "Permission denied: rtcscope only observes"}};
  if (!proof->service->is_operator) {
    return Unexpected{AuthFault{403, 1102, "Permission denied: the service is no operator"}};
  }
  if (!is_now(proof->timestamp, clock_())) {
    return Unexpected{AuthFault{403, 1102, "Permission denied: the signature is not of now"}};
  }
  // Of a full book the oldest goes: by then it is not of now, or 300 changes a second were asked for.
  const std::string once = proof->service->id + ',' + proof->timestamp + ',' + proof->cnonce;
  if (used_.find(once) != nullptr) {
    return Unexpected{AuthFault{403, 1102, "Permission denied: the signature was used before"}};
  }
  used_.put(once, true);
  return proof->service->id;
}

DeedAnswer View::act(const Deed& deed) {
  Actor actor;
  {
    const std::lock_guard lock(mutex_);
    actor = actor_;
  }
  if (!actor) return {403, 1102, "Permission denied: rtcscope only observes", ""};
  return actor(deed);
}

}  // namespace rtcscope::api::owt
