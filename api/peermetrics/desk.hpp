#pragma once
// What the handlers of Peermetrics' API share: the rows, the secrets, the limits, and what was refused.

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>

#include "api/access/rate_limit.hpp"
#include "api/peermetrics/wire.hpp"
#include "api/stats.hpp"
#include "store/client/reports.hpp"

namespace rtcscope::api::peermetrics {

struct DeskOptions {
  std::function<UtcTime()> clock;
  bool open_queries = false;  // whoever reaches the API may read what clients reported
  std::string web_domain{};   // of the addresses that get-url makes; "" = the Host of the request
  double requests_per_minute = 2'000;
  Duration conference_timeout = std::chrono::hours{4};
};

struct Secrets {
  std::string init, session;
};

/// Every member function may be called from several threads.
class Desk {
 public:
  /// `reports` must outlive this.
  Desk(store::client::Reports& reports, const DeskOptions& options);

  [[nodiscard]] store::client::Reports& reports() noexcept { return reports_; }
  [[nodiscard]] const DeskOptions& options() const noexcept { return options_; }
  [[nodiscard]] UtcTime now() const { return options_.clock(); }

  /// Of this installation: made once and kept in the store, so that a token outlives a restart.
  const Secrets& secrets(store::client::Rows& rows);
  /// Whether an address may send one more; loopback always may.
  bool admits(const std::string& address);
  /// Once in some minutes: whether silent conferences are to be ended now.
  bool sweep_is_due(UtcTime now);

  void count_accepted() noexcept { accepted_.fetch_add(1, std::memory_order_relaxed); }
  void count_limited() noexcept { limited_.fetch_add(1, std::memory_order_relaxed); }
  void count_failed() noexcept { failed_.fetch_add(1, std::memory_order_relaxed); }
  void count_refused(Code code) noexcept {
    refused_[static_cast<std::size_t>(code)].fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] ClientReportStats stats() const;

 private:
  store::client::Reports& reports_;
  const DeskOptions options_;
  access::RateLimit limit_;
  std::mutex mutex_;
  Secrets secrets_;
  UtcTime swept_{};
  std::atomic<std::uint64_t> accepted_{0}, limited_{0}, failed_{0};
  std::array<std::atomic<std::uint64_t>, kCodes> refused_{};
};

}  // namespace rtcscope::api::peermetrics
