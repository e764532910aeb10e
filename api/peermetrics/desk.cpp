#include "api/peermetrics/desk.hpp"

#include "api/access/token.hpp"
#include "api/http/host_policy.hpp"

namespace rtcscope::api::peermetrics {
namespace {

constexpr std::size_t kSecretOctets = 32;
constexpr Duration kSweepEvery = std::chrono::minutes{5};

}  // namespace

Desk::Desk(store::client::Reports& reports, const DeskOptions& options)
    : reports_(reports),
      options_(options),
      limit_({options.requests_per_minute / 60, options.requests_per_minute}) {
  // Now: a report that is refused would undo what it made. Where the store fails, the next one tries again.
  (void)reports_.write([this](store::client::Rows& rows) {
    secrets(rows);
    return true;
  });
}

const Secrets& Desk::secrets(store::client::Rows& rows) {
  const std::lock_guard lock(mutex_);
  if (secrets_.init.empty()) {
    secrets_.session = rows.secret("session_token", access::random_text(kSecretOctets));
    secrets_.init = rows.secret("init_token", access::random_text(kSecretOctets));
  }
  return secrets_;
}

bool Desk::admits(const std::string& address) {
  // A proxy on this host has many clients behind one address.
  return http::is_loopback(address) || !limit_.take(address, now());
}

bool Desk::sweep_is_due(UtcTime now) {
  const std::lock_guard lock(mutex_);
  if (now - swept_ < kSweepEvery) return false;
  swept_ = now;
  return true;
}

ClientReportStats Desk::stats() const {
  ClientReportStats stats;
  stats.accepted = accepted_.load(std::memory_order_relaxed);
  stats.limited = limited_.load(std::memory_order_relaxed);
  stats.failed = failed_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < kCodes; ++i) {
    const std::uint64_t count = refused_[i].load(std::memory_order_relaxed);
    if (count > 0) stats.refused.push_back({to_string(static_cast<Code>(i)), count});
  }
  return stats;
}

}  // namespace rtcscope::api::peermetrics
